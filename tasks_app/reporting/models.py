"""The month: the list's rule, who owes what, the periods, and what the units report."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tasks_app.accounts.models import User
from tasks_app.accounts.scopes import in_sight, looked_after, own_units
from tasks_app.catalogue.choices import AssignmentRole
from tasks_app.catalogue.models import Indicator, Task
from tasks_app.lib.text import search_key
from tasks_app.progress.choices import SAID_LIGHTS, Light
from tasks_app.reporting.choices import ReportStatus, SignState
from tasks_app.schedule.models import Period
from tasks_app.units.models import Unit

if TYPE_CHECKING:
    from tasks_app.accounts.permissions import Viewer

EDITABLE_STATUSES = (ReportStatus.DRAFT, ReportStatus.RETURNED)


class MonthlyReportQuerySet(models.QuerySet["MonthlyReport"]):
    def listed_for(self, viewer: "Viewer") -> "MonthlyReportQuerySet":
        """Reports whose existence and state this person may know (not their words)."""
        return self.filter(own_units(viewer) | looked_after(viewer, "period__task_list__"))

    def readable_by(self, viewer: "Viewer") -> "MonthlyReportQuerySet":
        """Reports this person may open: own at any time, others' once submitted."""
        return self.listed_for(viewer).filter(own_units(viewer) | Q(first_submitted_at__isnull=False))

    def outstanding(self) -> "MonthlyReportQuerySet":
        """Never submitted, not excused, and still to be handed in: missing reports of a closed round are no longer
        asked for.
        """
        frozen = Q(period__closed_at__isnull=False, reopened_at=None)
        return self.filter(first_submitted_at=None, exempt_at=None).exclude(frozen)


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
    # 免报: the coordinator has excused the unit from this round.
    exempt_at = models.DateTimeField(_("免报时间"), null=True)
    exempt_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("免报批准人"))
    exempt_reason = models.TextField(_("免报理由"), blank=True)
    # Open again although the round is closed (closing/), until it is closed again.
    reopened_at = models.DateTimeField(_("重开时间"), null=True)
    # Used where the list's rule asks for the unit head's signature; any later change of the text removes it.
    sign_state = models.CharField(_("负责人签批"), max_length=8, choices=SignState, default=SignState.NONE)
    sign_at = models.DateTimeField(_("签批时间"), null=True)
    sign_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("签批人"))
    sign_note = models.TextField(_("签批意见"), blank=True)

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

    def get_absolute_url(self) -> str:
        return reverse("report", args=[self.pk])

    @property
    def is_frozen(self) -> bool:
        """Its round is closed and the report was not reopened: nothing in it can change."""
        return self.period.closed_at is not None and self.reopened_at is None


class ReportEntryQuerySet(models.QuerySet["ReportEntry"]):
    def asked(self) -> "ReportEntryQuerySet":
        """What the unit has to report on: all but what is excused and was not reported all the same."""
        return self.exclude(exempt_at__isnull=False, status__in=EDITABLE_STATUSES)

    def accepted(self) -> "ReportEntryQuerySet":
        return self.filter(status=ReportStatus.ACCEPTED)

    def readable_by(self, viewer: "Viewer") -> "ReportEntryQuerySet":
        """Accepted words are for all of the jurisdiction, submitted ones for those who coordinate or
        oversee, drafts (and what was returned, until it comes again) for the unit itself alone.
        """
        lists = "report__period__task_list__"
        return self.filter(
            own_units(viewer, "report__")
            | Q(in_sight(viewer, lists), status=ReportStatus.ACCEPTED)
            | Q(status=ReportStatus.SUBMITTED) & looked_after(viewer, lists)
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
    help_text = models.TextField(_("需协调事项"), blank=True)
    next_text = models.TextField(_("下步安排"), blank=True)
    no_progress = models.BooleanField(_("本月无进展"), default=False)
    # What the unit says of itself; empty where it does not say.
    own_light = models.CharField(_("自评状态"), max_length=8, choices=SAID_LIGHTS, blank=True)
    returned_reason = models.TextField(_("退回理由"), blank=True)
    # When a returned entry is due again; stands until the entry comes back.
    returned_due_at = models.DateTimeField(_("重报期限"), null=True)
    reviewed_at = models.DateTimeField(_("审核时间"), null=True)
    reviewed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("审核人"))
    version = models.PositiveIntegerField(default=0)
    # Follows the words: see `fold`.
    search_text = models.TextField(editable=False, default="")
    # 免报: the unit need not report on this task in this round.
    exempt_at = models.DateTimeField(_("免报时间"), null=True)
    exempt_reason = models.TextField(_("免报理由"), blank=True)

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

    def fold(self) -> None:
        """Recompute the search key from the words; call it before saving a change to any of them."""
        self.search_text = search_key(self.done_text, self.problem_text, self.help_text, self.next_text)

    @property
    def own_mark(self) -> Light | None:
        """The unit's own reading as shape, word and colour; None where it gave none."""
        return Light(self.own_light) if self.own_light else None


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


class Submission(models.Model):
    """One handing-in of a report: the first is number 1, each after a return counts on.

    `check_code` is taken over the words of the whole report as handed in; it stands on the paper form.
    """

    report = models.ForeignKey(MonthlyReport, models.CASCADE, related_name="submissions", verbose_name=_("月报"))
    number = models.PositiveSmallIntegerField(_("第几次报送"))
    submitted_at = models.DateTimeField(_("报送时间"))
    submitted_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("报送人"))
    check_code = models.CharField(_("校验码"), max_length=20)

    class Meta:
        verbose_name = verbose_name_plural = _("报送记录")
        ordering = ["report_id", "number"]
        constraints = [models.UniqueConstraint(fields=["report", "number"], name="submission_number_once_per_report")]

    def __str__(self) -> str:
        return f"{self.report} #{self.number}"


class EntryVersion(models.Model):
    """An entry's words as they were handed in once: what came later never changes them."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="versions", verbose_name=_("报送记录"))
    entry = models.ForeignKey(ReportEntry, models.CASCADE, related_name="versions", verbose_name=_("条目"))
    percent = models.PositiveSmallIntegerField(_("完成百分比"), null=True)
    done_text = models.TextField(_("本月做了什么"), blank=True)
    problem_text = models.TextField(_("存在问题"), blank=True)
    help_text = models.TextField(_("需协调事项"), blank=True)
    next_text = models.TextField(_("下步安排"), blank=True)
    no_progress = models.BooleanField(_("本月无进展"), default=False)
    # What the unit says of itself; empty where it does not say.
    own_light = models.CharField(_("自评状态"), max_length=8, choices=SAID_LIGHTS, blank=True)
    # Indicator's primary key as text → value as text.
    values = models.JSONField(_("指标完成值"), default=dict)

    class Meta:
        verbose_name = verbose_name_plural = _("条目历次报送")
        ordering = ["submission_id", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "entry"], name="version_once_per_submission_and_entry")
        ]

    def __str__(self) -> str:
        return f"{self.entry} #{self.submission.number}"

    @property
    def own_mark(self) -> Light | None:
        """The unit's own reading as it was handed in; None where it gave none."""
        return Light(self.own_light) if self.own_light else None


class EntryReturn(models.Model):
    """退回: one time that an entry was sent back. The entry itself forgets it when it comes again."""

    entry = models.ForeignKey(ReportEntry, models.CASCADE, related_name="returns", verbose_name=_("条目"))
    reason = models.TextField(_("退回理由"))
    returned_at = models.DateTimeField(_("退回时间"))
    returned_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("退回人"))

    class Meta:
        verbose_name = verbose_name_plural = _("退回记录")
        ordering = ["returned_at", "pk"]

    def __str__(self) -> str:
        return f"{self.entry} {self.reason}"
