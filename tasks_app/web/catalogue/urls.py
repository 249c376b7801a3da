"""Addresses of the ledger and of a task's page."""

from django.urls import path

from tasks_app.web.catalogue import views

urlpatterns = [
    path("tasks/", views.ledger, name="ledger"),
    path("tasks.csv", views.ledger_csv, name="ledger_csv"),
    path("tasks.xlsx", views.ledger_xlsx, name="ledger_xlsx"),
    path("tasks/<int:pk>/", views.task, name="task"),
]
