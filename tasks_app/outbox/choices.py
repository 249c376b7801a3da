"""Coded words of the outbox."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    SITE = "site", _("站内")
    EMAIL = "email", _("邮件")


class Delivery(models.TextChoices):
    WAITING = "waiting", _("待发")
    SENT = "sent", _("已发")
    SUPPRESSED = "suppressed", _("不再需要")
    FAILED = "failed", _("未能送达")
