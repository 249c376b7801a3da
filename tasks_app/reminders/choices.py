"""Coded words of reminders."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Audience(models.TextChoices):
    LIAISON = "liaison", _("联络员")
    COORDINATOR = "coordinator", _("汇总员")
    SUPERVISOR = "supervisor", _("督查员")
