"""Scores: rules, ranking, objections."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
