"""The leader's one screen, what its marks open, and its figures as files."""

from django.urls import path

from tasks_app.web.leader import views

urlpatterns = [
    path("leader/", views.leader, name="leader"),
    path("leader/county/<int:pk>/", views.leader_county, name="leader_county"),
    path("leader/matrix/", views.leader_matrix, name="leader_matrix"),
    path("leader/changes/", views.leader_changes, name="leader_changes"),
    path("leader/<slug:name>.csv", views.leader_csv, name="leader_csv"),
]
