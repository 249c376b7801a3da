"""The desk, and the address that load balancers ask."""

from django.urls import path

from tasks_app.web.desk import views

urlpatterns = [
    path("", views.desk, name="desk"),
    path("healthz", views.healthz, name="healthz"),
]
