"""Addresses of a list's roster."""

from django.urls import path

from tasks_app.web.roster import views

urlpatterns = [
    path("roster/vacancies/", views.vacancies, name="vacancies"),
    path("roster/vacancies.csv", views.vacancies_csv, name="vacancies_csv"),
    path("lists/<slug:slug>/roster/", views.roster, name="roster"),
    path("lists/<slug:slug>/roster/set/", views.roster_set, name="roster_set"),
    path("lists/<slug:slug>/roster/hand-over/", views.roster_hand_over, name="roster_hand_over"),
    path("lists/<slug:slug>/roster/import/", views.roster_import, name="roster_import"),
    path("lists/<slug:slug>/roster.csv", views.roster_csv, name="roster_csv"),
]
