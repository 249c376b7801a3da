"""Addresses of what the lights are drawn from."""

from django.urls import path

from tasks_app.web.progress import milestones, thresholds

urlpatterns = [
    path("lists/<int:pk>/thresholds/", thresholds.thresholds, name="thresholds"),
    path("tasks/<int:pk>/milestones/", milestones.milestones, name="task_milestones"),
]
