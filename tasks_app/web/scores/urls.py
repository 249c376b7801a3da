"""Scores: rules, ranking, objections."""

from django.urls import path

from tasks_app.web.scores import lines, objections, scheme, sheets, views

urlpatterns = [
    path("scores/", views.scores, name="scores"),
    path("scores.csv", views.scores_csv, name="scores_csv"),
    path("scores/periods/<int:pk>/", sheets.score_period, name="score_period"),
    path("scores/periods/<int:pk>/publish/", sheets.score_publish, name="score_publish"),
    path("scores/periods/<int:pk>/lines/", lines.score_lines, name="score_lines"),
    path("scores/periods/<int:pk>/lines.csv", lines.score_lines_csv, name="score_lines_csv"),
    path("scores/lines/<int:pk>/objection/", objections.score_object, name="score_object"),
    path("scores/objections/", objections.objections, name="objections"),
    path("scores/objections/<int:pk>/", objections.objection, name="objection"),
    path("scores/objections/files/<int:pk>/", objections.objection_file, name="objection_file"),
    path("scores/<slug:slug>/rules/", scheme.score_rules, name="score_rules"),
    path("scores/<slug:slug>/units/<int:pk>/", sheets.score_unit, name="score_unit"),
]
