"""The leader's page."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
