"""Extensions, spot checks and instructions."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
