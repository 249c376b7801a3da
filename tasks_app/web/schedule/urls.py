"""Addresses of a list's reporting rule."""

from django.urls import path

from tasks_app.web.schedule import views

urlpatterns = [
    path("lists/<slug:slug>/rule/", views.reporting_rule, name="reporting_rule"),
    path("lists/<slug:slug>/rule/due/", views.rule_due, name="rule_due"),
    path("lists/<slug:slug>/duties/", views.duties, name="duties"),
]
