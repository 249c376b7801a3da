"""通报: drafted, approved, published, recalled."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
