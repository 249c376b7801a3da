"""The one Django app; its rooms are plain sub-packages."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class TasksAppConfig(AppConfig):
    name = "tasks_app"
    label = "tasks_app"
    verbose_name = _("督办台账")

    def ready(self) -> None:
        from tasks_app import checks  # noqa: F401  (registers the system checks)


class DubanAdminConfig(AdminConfig):
    """Django's admin with our site: our sign-in page, our roles."""

    default_site = "tasks_app.web.shared.admin_site.DubanAdminSite"
