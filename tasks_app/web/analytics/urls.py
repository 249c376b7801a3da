"""Progress of a list, and each plot's figures."""

from django.urls import path

from tasks_app.web.analytics import views

urlpatterns = [
    path("progress/", views.progress, name="progress"),
    path("progress/<slug:name>.csv", views.progress_csv, name="progress_csv"),
]
