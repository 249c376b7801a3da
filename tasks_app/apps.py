"""The one Django app; its rooms are plain sub-packages."""

import logging

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


def _answers_in_one_line(record: logging.LogRecord) -> bool:
    """A refusal is an answer, not a fault: one log line says what was asked for; no traceback is needed."""
    if 400 <= getattr(record, "status_code", 500) < 500:
        record.exc_info = None
    return True


class TasksAppConfig(AppConfig):
    name = "tasks_app"
    label = "tasks_app"
    verbose_name = _("督办台账")

    def ready(self) -> None:
        from tasks_app import checks  # noqa: F401  (registers the system checks)

        logging.getLogger("django.request").addFilter(_answers_in_one_line)


class DubanAdminConfig(AdminConfig):
    """Django's admin with our site: our sign-in page, our roles."""

    default_site = "tasks_app.web.shared.admin_site.DubanAdminSite"
