"""Addresses of a round as a whole: its page, what is done to it, what was published, what changed."""

from django.urls import path

from tasks_app.web.closing import figures, views

urlpatterns = [
    path("periods/<int:pk>/", views.period, name="period"),
    path("periods/<int:pk>/chase/", views.period_chase, name="period_chase"),
    path("periods/<int:pk>/exempt/", views.period_exempt, name="period_exempt"),
    path("periods/<int:pk>/withdraw/", views.period_withdraw, name="period_withdraw"),
    path("periods/<int:pk>/close/", views.period_close, name="period_close"),
    path("periods/<int:pk>/reopen/", views.period_reopen, name="period_reopen"),
    path("periods/<int:pk>/figures/", figures.period_figures, name="period_figures"),
    path("periods/<int:pk>/figures.csv", figures.period_figures_csv, name="period_figures_csv"),
    path("periods/<int:pk>/changes/", figures.period_changes, name="period_changes"),
    path("periods/<int:pk>/changes.csv", figures.period_changes_csv, name="period_changes_csv"),
]
