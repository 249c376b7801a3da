"""Coded words of the month."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Frequency(models.TextChoices):
    MONTHLY = "monthly", _("每月")


class FreeDayPolicy(models.TextChoices):
    KEEP = "keep", _("不变")
    EARLIER = "earlier", _("提前到前一工作日")
    LATER = "later", _("顺延到后一工作日")


class ReportStatus(models.TextChoices):
    """Stored on a report and on each entry; moved only by actions."""

    DRAFT = "draft", _("填报中")
    SUBMITTED = "submitted", _("待审核")
    RETURNED = "returned", _("已退回")
    ACCEPTED = "accepted", _("已通过")


class Timeliness(models.TextChoices):
    """A unit's month, computed: never stored."""

    ON_TIME = "on_time", _("按时")
    LATE = "late", _("迟报")
    MADE_UP = "made_up", _("缺报已补")
    MISSING = "missing", _("缺报")
    PENDING = "pending", _("未到期")
    NONE = "none", _("无任务")


TIMELINESS_SHAPES = {
    Timeliness.ON_TIME: "✓",
    Timeliness.LATE: _("迟"),
    Timeliness.MADE_UP: _("补"),
    Timeliness.MISSING: "◇",
    Timeliness.PENDING: "…",
    Timeliness.NONE: "",
}
