"""Importing lists from files."""

from django.urls import path

from tasks_app.web.intake import views

urlpatterns = [
    path("imports/", views.imports, name="imports"),
    path("imports/template.csv", views.template, name="import_template"),
    path("imports/example.csv", views.example, name="import_example"),
    path("imports/<int:pk>/", views.batch, name="import_batch"),
    path("imports/<int:pk>/apply/", views.apply, name="import_apply"),
    path("imports/<int:pk>/annotated.csv", views.annotated, name="import_annotated"),
]
