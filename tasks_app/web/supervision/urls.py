"""What is late, and the closure of tasks."""

from django.urls import path

from tasks_app.web.supervision import closures, views

urlpatterns = [
    path("overdue/", views.overdue, name="overdue"),
    path("overdue.csv", views.overdue_csv, name="overdue_csv"),
    path("tasks/<int:pk>/closure/", closures.closure_request, name="closure_request"),
    path("closures/<int:pk>/", closures.closure_decide, name="closure_decide"),
]
