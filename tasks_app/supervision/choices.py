"""Coded words of supervision."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ClosureStatus(models.TextChoices):
    REQUESTED = "requested", _("待审批")
    GRANTED = "granted", _("同意销号")
    REFUSED = "refused", _("不同意销号")
