"""Every address of the app. The names are what templates and tests use."""

from django.urls import include, path

urlpatterns = [
    path("", include("tasks_app.web.desk.urls")),
    path("", include("tasks_app.web.catalogue.urls")),
    path("", include("tasks_app.web.reporting.urls")),
    path("", include("tasks_app.web.closing.urls")),
    path("", include("tasks_app.web.schedule.urls")),
    path("", include("tasks_app.web.roster.urls")),
    path("", include("tasks_app.web.progress.urls")),
    path("", include("tasks_app.web.supervision.urls")),
    path("", include("tasks_app.web.inspection.urls")),
    path("", include("tasks_app.web.notices.urls")),
    path("", include("tasks_app.web.bulletins.urls")),
    path("", include("tasks_app.web.scores.urls")),
    path("", include("tasks_app.web.analytics.urls")),
    path("", include("tasks_app.web.leader.urls")),
    path("", include("tasks_app.web.search.urls")),
    path("", include("tasks_app.web.intake.urls")),
    path("", include("tasks_app.web.outbox.urls")),
    path("", include("tasks_app.web.reminders.urls")),
    path("", include("tasks_app.web.accounts.urls")),
]
