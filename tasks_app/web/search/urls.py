"""Search over tasks, reports and notices."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
