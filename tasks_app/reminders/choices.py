"""Coded words of reminders."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Audience(models.TextChoices):
    LIAISON = "liaison", _("联络员")
    COORDINATOR = "coordinator", _("汇总员")
    SUPERVISOR = "supervisor", _("督查员")


class DayKind(models.TextChoices):
    WORKDAY = "workday", _("工作日")
    CALENDAR = "calendar", _("自然日")


class ReminderState(models.TextChoices):
    DUE = "due", _("待发")
    SENT = "sent", _("已发")
    SKIPPED = "skipped", _("已跳过")
    SUPPRESSED = "suppressed", _("不再需要")


class Why(models.TextChoices):
    """Why a reminder was not sent."""

    SETTLED = "settled", _("事项已了结（已报送、已销号或已补正）")
    NOT_IN_CHARGE = "not_in_charge", _("此人已不任此职，改发现任")
    SWITCHED_OFF = "switched_off", _("这一步已停用或改期")
    SUPERSEDED = "superseded", _("同一事项已有更近的一步")
    MISSED = "missed", _("停机期间错过，补发已无意义")
    PAUSED = "paused", _("本清单提醒已暂停")
    NOBODY = "nobody", _("没有可以接收的人")
