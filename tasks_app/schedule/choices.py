"""Coded words of the calendar of reports."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Frequency(models.TextChoices):
    MONTHLY = "monthly", _("每月")
    QUARTERLY = "quarterly", _("每季度，次季首月报")
    QUARTER_END = "quarter_end", _("每季度，季末月报")
    FIXED = "fixed", _("指定日期")


class FreeDayPolicy(models.TextChoices):
    KEEP = "keep", _("不变")
    EARLIER = "earlier", _("提前到前一工作日")
    LATER = "later", _("顺延到后一工作日")


class Why(models.TextChoices):
    """Why a unit owes a report on a task, or why a unit that is named in it does not."""

    LEAD = "lead", _("牵头单位")
    LEAD_GROUP = "lead_group", _("牵头，“%(group)s”展开")
    ASSIST = "assist", _("配合单位，规则要求此类单位报送")
    ASSIST_GROUP = "assist_group", _("配合，“%(group)s”展开")
    NAMED = "named", _("配合，“%(group)s”中点名的县区")
    KIND = "kind", _("配合单位，规则不要求此类单位报送")
    ELSEWHERE = "elsewhere", _("“%(group)s”中未点名的县区")
