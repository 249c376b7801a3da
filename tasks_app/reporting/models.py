"""The month: the list's rule, who owes what, the periods, and what the units report."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from tasks_app.accounts.models import User
from tasks_app.catalogue.choices import AssignmentRole
from tasks_app.catalogue.models import Indicator, Task, TaskList
from tasks_app.reporting.choices import FreeDayPolicy, Frequency, ReportStatus
from tasks_app.units.models import Unit

if TYPE_CHECKING:
    from tasks_app.accounts.permissions import Viewer


class ReportingRule(models.Model):
    """When a list is reported, by whom beside the leads, and the sentence that says so."""

    task_list = models.OneToOneField(TaskList, models.CASCADE, related_name="reporting_rule", verbose_name=_("清单"))
    frequency = models.CharField(_("频次"), max_length=10, choices=Frequency, default=Frequency.MONTHLY)
    day = models.PositiveSmallIntegerField(_("报送日"), help_text=_("每月几日；小月取当月最后一天。"))
    time = models.TimeField(_("截止时刻"), default=dt.time(18))
    free_day_policy = models.CharField(_("遇休息日"), max_length=8, choices=FreeDayPolicy, default=FreeDayPolicy.KEEP)
    first_due_at = models.DateTimeField(_("首期截止"), help_text=_("首期可以与例行报送日不同。"))
    ends_on = models.DateField(_("报送终止日"), null=True, blank=True)
    # Kinds of units that also owe a report when they only assist.
    assisting_kinds = models.JSONField(_("配合单位也须报送的类别"), default=list, blank=True)
    text = models.TextField(_("原文依据"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("报送规则")

    def __str__(self) -> str:
        return _("%(list)s：每月%(day)s日") % {"list": self.task_list, "day": self.day}


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
    """期: one reporting round of one list, named by the month its deadline falls in."""

    task_list = models.ForeignKey(TaskList, models.CASCADE, related_name="periods", verbose_name=_("清单"))
    year = models.PositiveSmallIntegerField(_("年"))
    month = models.PositiveSmallIntegerField(_("月"))
    opens_at = models.DateTimeField(_("开始"))
    due_at = models.DateTimeField(_("截止"))

    class Meta:
        verbose_name = verbose_name_plural = _("报送期")
        ordering = ["year", "month", "task_list_id"]
        constraints = [models.UniqueConstraint(fields=["task_list", "year", "month"], name="period_once_per_list")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return date_format(self.first_day, str(_("Y年n月期")))

    @property
    def first_day(self) -> dt.date:
        """The first of the month that names the period."""
        return dt.date(self.year, self.month, 1)


class MonthlyReportQuerySet(models.QuerySet["MonthlyReport"]):
    def listed_for(self, viewer: "Viewer") -> "MonthlyReportQuerySet":
        """Reports whose existence and state this person may know (not their words)."""
        return self.filter(
            Q(unit_id__in=viewer.liaison_unit_ids)
            | Q(period__task_list__coordinating_unit_id__in=viewer.coordinator_unit_ids)
            | Q(period__task_list__jurisdiction_id__in=viewer.overseen_jurisdiction_ids)
        )

    def readable_by(self, viewer: "Viewer") -> "MonthlyReportQuerySet":
        """Reports this person may open: own at any time, others' once submitted."""
        return self.listed_for(viewer).filter(
            Q(unit_id__in=viewer.liaison_unit_ids) | Q(first_submitted_at__isnull=False)
        )

    def outstanding(self) -> "MonthlyReportQuerySet":
        """Never submitted."""
        return self.filter(first_submitted_at=None)


class MonthlyReport(models.Model):
    """月报: one per unit and period; holds an entry per task owed.

    `first_submitted_at` decides whether the unit was on time and never changes once set.
    """

    period = models.ForeignKey(Period, models.CASCADE, related_name="reports", verbose_name=_("报送期"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="reports", verbose_name=_("单位"))
    status = models.CharField(_("状态"), max_length=10, choices=ReportStatus, default=ReportStatus.DRAFT)
    first_submitted_at = models.DateTimeField(_("首次报送"), null=True)
    submitted_at = models.DateTimeField(_("最近报送"), null=True)
    submitted_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("报送人"))
    receipt_no = models.CharField(_("回执号"), max_length=40, blank=True)
    saved_at = models.DateTimeField(_("最近保存"), null=True)

    objects = MonthlyReportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("月报")
        ordering = ["period_id", "unit__order", "unit_id"]
        constraints = [
            models.UniqueConstraint(fields=["period", "unit"], name="report_once_per_unit_and_period"),
            models.UniqueConstraint(fields=["receipt_no"], condition=~Q(receipt_no=""), name="receipt_no_unique"),
        ]

    def __str__(self) -> str:
        return _("%(unit)s %(period)s月报") % {"unit": self.unit, "period": self.period}


class ReportEntryQuerySet(models.QuerySet["ReportEntry"]):
    def accepted(self) -> "ReportEntryQuerySet":
        return self.filter(status=ReportStatus.ACCEPTED)

    def readable_by(self, viewer: "Viewer") -> "ReportEntryQuerySet":
        """Accepted words are for all of the jurisdiction, submitted ones for who coordinates or
        oversees, drafts (and what was returned, until it comes again) for the own unit alone."""
        lists = "report__period__task_list__"
        return self.filter(
            Q(report__unit_id__in=viewer.liaison_unit_ids)
            | Q(status=ReportStatus.ACCEPTED, **{f"{lists}jurisdiction_id__in": viewer.jurisdiction_ids})
            | Q(status=ReportStatus.SUBMITTED)
            & (
                Q(**{f"{lists}coordinating_unit_id__in": viewer.coordinator_unit_ids})
                | Q(**{f"{lists}jurisdiction_id__in": viewer.overseen_jurisdiction_ids})
            )
        )


class ReportEntry(models.Model):
    """What one unit says of one task in one period.

    `version` counts the saves; a form that comes back with an older one is in conflict.
    """

    report = models.ForeignKey(MonthlyReport, models.CASCADE, related_name="entries", verbose_name=_("月报"))
    task = models.ForeignKey(Task, models.PROTECT, related_name="entries", verbose_name=_("任务"))
    role = models.CharField(_("分工"), max_length=8, choices=AssignmentRole)
    status = models.CharField(_("状态"), max_length=10, choices=ReportStatus, default=ReportStatus.DRAFT)
    percent = models.PositiveSmallIntegerField(_("完成百分比"), null=True)
    done_text = models.TextField(_("本月做了什么"), blank=True)
    problem_text = models.TextField(_("存在问题"), blank=True)
    next_text = models.TextField(_("下步安排"), blank=True)
    no_progress = models.BooleanField(_("本月无进展"), default=False)
    returned_reason = models.TextField(_("退回理由"), blank=True)
    reviewed_at = models.DateTimeField(_("审核时间"), null=True)
    reviewed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("审核人"))
    version = models.PositiveIntegerField(default=0)

    objects = ReportEntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("月报条目")
        ordering = ["task__seq", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["report", "task"], name="entry_once_per_report_and_task"),
            models.CheckConstraint(condition=Q(percent=None) | Q(percent__lte=100), name="percent_at_most_100"),
        ]
        indexes = [models.Index(fields=["task", "status"])]

    def __str__(self) -> str:
        return f"{self.report} {self.task}"


class IndicatorValue(models.Model):
    """The value a unit reports for an indicator (the own county's share where it is split)."""

    entry = models.ForeignKey(ReportEntry, models.CASCADE, related_name="values", verbose_name=_("条目"))
    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="values", verbose_name=_("指标"))
    value = models.DecimalField(_("完成值"), max_digits=18, decimal_places=4)

    class Meta:
        verbose_name = verbose_name_plural = _("指标完成值")
        constraints = [
            models.UniqueConstraint(fields=["entry", "indicator"], name="value_once_per_entry_and_indicator")
        ]

    def __str__(self) -> str:
        return f"{self.indicator}：{self.value}"
