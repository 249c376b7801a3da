"""Search over tasks, reports, notices, instructions and bulletins."""

from django.urls import path

from tasks_app.web.search import views

urlpatterns = [path("search/", views.search, name="search")]
