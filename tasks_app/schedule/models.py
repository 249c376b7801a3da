"""When a list is reported and by whom: its rule, its rounds, and the duties that follow."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from tasks_app.accounts.models import User
from tasks_app.catalogue.choices import AssignmentRole
from tasks_app.catalogue.models import Task, TaskList
from tasks_app.schedule.choices import FreeDayPolicy, Frequency
from tasks_app.schedule.rules import next_opening
from tasks_app.units.models import Unit


class ReportingRule(models.Model):
    """When a list is reported, by whom beside the leads, and the sentence that says so.

    `version` counts the saves; a form that comes back with an older one is in conflict.
    """

    task_list = models.OneToOneField(TaskList, models.CASCADE, related_name="reporting_rule", verbose_name=_("清单"))
    frequency = models.CharField(_("频次"), max_length=12, choices=Frequency, default=Frequency.MONTHLY)
    day = models.PositiveSmallIntegerField(_("报送日"), help_text=_("每月几日；小月取当月最后一天。"))
    time = models.TimeField(_("截止时刻"), default=dt.time(18))
    free_day_policy = models.CharField(_("遇休息日"), max_length=8, choices=FreeDayPolicy, default=FreeDayPolicy.KEEP)
    first_due_at = models.DateTimeField(_("首期截止"), help_text=_("首期可以与例行报送日不同。"))
    ends_on = models.DateField(_("报送终止日"), null=True, blank=True)
    # Moments as ISO text, for the frequency FIXED.
    fixed_dates = models.JSONField(_("指定的截止时间"), default=list, blank=True)
    # Kinds of units that also owe a report when they only assist.
    assisting_kinds = models.JSONField(_("配合单位也须报送的类别"), default=list, blank=True)
    text = models.TextField(_("原文依据"), blank=True)
    return_workdays = models.PositiveSmallIntegerField(
        _("退回后几个工作日内重报"), default=2, help_text=_("从退回次日起算，到末日的截止时刻为止。")
    )
    head_signs = models.BooleanField(
        _("报送前须单位负责人签批"), default=False, help_text=_("勾选后，联络员送签、单位负责人签批同意才能提交。")
    )
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("报送规则")

    def __str__(self) -> str:
        if self.frequency == Frequency.FIXED:
            return _("%(list)s：%(frequency)s") % {"list": self.task_list, "frequency": self.get_frequency_display()}
        words = {"list": self.task_list, "frequency": self.get_frequency_display(), "day": self.day}
        return _("%(list)s：%(frequency)s%(day)s日") % words


class Obligation(models.Model):
    """One real unit's duty to report on one task: assignments with groups expanded and counties narrowed."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="obligations", verbose_name=_("任务"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="obligations", verbose_name=_("单位"))
    role = models.CharField(_("分工"), max_length=8, choices=AssignmentRole)

    class Meta:
        verbose_name = verbose_name_plural = _("报送义务")
        constraints = [models.UniqueConstraint(fields=["task", "unit"], name="unit_owes_task_once")]

    def __str__(self) -> str:
        return f"{self.unit}：{self.task}"


class Period(models.Model):
    """期: one reporting round of one list, named by the month its deadline falls in.

    `number` tells several rounds of one month apart. `closed_at`: the figures are frozen (closing/).
    """

    task_list = models.ForeignKey(TaskList, models.CASCADE, related_name="periods", verbose_name=_("清单"))
    year = models.PositiveSmallIntegerField(_("年"))
    month = models.PositiveSmallIntegerField(_("月"))
    number = models.PositiveSmallIntegerField(_("当月第几期"), default=1)
    opens_at = models.DateTimeField(_("开始"))
    due_at = models.DateTimeField(_("截止"))
    next_opens_at = models.DateTimeField(_("下一期开始"), null=True)
    closed_at = models.DateTimeField(_("关账时间"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("报送期")
        ordering = ["year", "month", "number", "task_list_id"]
        constraints = [
            models.UniqueConstraint(fields=["task_list", "year", "month", "number"], name="period_once_per_list")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return round_name(self.year, self.month, self.number)

    @property
    def first_day(self) -> dt.date:
        """The first of the month that names the period."""
        return dt.date(self.year, self.month, 1)

    @property
    def made_up_from(self) -> dt.datetime:
        """What comes from this moment on was missing and is made up: the next round has opened."""
        return self.next_opens_at or next_opening(self.year, self.month)


def round_name(year: int, month: int, number: int) -> str:
    """2024年8月期, 2024年8月第2期"""
    first_day = dt.date(year, month, 1)
    if number == 1:
        return date_format(first_day, str(_("Y年n月期")))
    return _("%(month)s第%(number)d期") % {"month": date_format(first_day, str(_("Y年n月"))), "number": number}


class DueChange(models.Model):
    """Another due moment for one round than the rule gives, with its reason."""

    task_list = models.ForeignKey(TaskList, models.CASCADE, related_name="due_changes", verbose_name=_("清单"))
    year = models.PositiveSmallIntegerField(_("年"))
    month = models.PositiveSmallIntegerField(_("月"))
    number = models.PositiveSmallIntegerField(_("当月第几期"), default=1)
    rule_due_at = models.DateTimeField(_("按规则的截止"))
    due_at = models.DateTimeField(_("改为"))
    reason = models.TextField(_("理由"))
    changed_at = models.DateTimeField(_("变更时间"))
    changed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("变更人"))

    class Meta:
        verbose_name = verbose_name_plural = _("截止时间变更")
        ordering = ["year", "month", "number"]
        constraints = [
            models.UniqueConstraint(fields=["task_list", "year", "month", "number"], name="due_change_once_per_round"),
            models.CheckConstraint(condition=~Q(reason=""), name="due_change_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.task_list} {round_name(self.year, self.month, self.number)}"
