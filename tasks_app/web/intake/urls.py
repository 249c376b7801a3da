"""Importing lists from documents and tables."""

from django.urls import path

from tasks_app.web.intake import decide, views

urlpatterns = [
    path("imports/", views.imports, name="imports"),
    path("imports/template.csv", views.template, name="import_template"),
    path("imports/example.csv", views.example, name="import_example"),
    path("imports/<int:pk>/", views.batch, name="import_batch"),
    path("imports/<int:pk>/apply/", views.apply, name="import_apply"),
    path("imports/<int:pk>/undo/", views.undo, name="import_undo"),
    path("imports/<int:pk>/annotated/", views.annotated_file, name="import_annotated"),
    path("imports/<int:pk>/original/", views.original, name="import_original"),
    path("imports/<int:pk>/accept/", decide.accept_all, name="import_accept_all"),
    path("imports/<int:pk>/unit/", decide.unit, name="import_unit"),
    path("imports/<int:pk>/columns/", decide.columns, name="import_columns"),
    path("imports/<int:pk>/list/", decide.target, name="import_list"),
    path("imports/<int:pk>/left-out/", decide.left_out, name="import_left_out"),
    path("imports/<int:pk>/restage/", decide.restage, name="import_restage"),
    path("imports/<int:pk>/facts/", decide.facts, name="import_facts"),
    path("imports/<int:pk>/rows/<int:row>/", decide.row, name="import_row"),
    path("imports/<int:pk>/rows/<int:row>/accept/", decide.accept, name="import_accept"),
]
