"""督办通知: proposed, issued, answered, judged."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
