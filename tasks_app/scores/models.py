"""Scores: the rules of a list in versions, the sheets of its closed rounds in versions, and objections to lines.

A sheet is never changed: corrections make the next version, and the old one stays.
"""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tasks_app.accounts.models import User
from tasks_app.accounts.scopes import in_sight, looked_after, own_units
from tasks_app.catalogue.models import TaskList
from tasks_app.closing.models import PeriodSnapshot
from tasks_app.files.models import StoredFile
from tasks_app.reporting.choices import Timeliness
from tasks_app.schedule.models import Period
from tasks_app.scores.choices import EventKind, Group, ObjectionStatus, Outcome, Per, SheetCause
from tasks_app.units.models import Unit

if TYPE_CHECKING:
    from tasks_app.accounts.permissions import Viewer


class ScoreScheme(models.Model):
    """考核规则: one version of a list's rules, from the round of a month on.

    A round is scored by the newest version that holds for it, and keeps that version whatever comes later.
    """

    task_list = models.ForeignKey(TaskList, models.CASCADE, related_name="score_schemes", verbose_name=_("清单"))
    version = models.PositiveSmallIntegerField(_("版次"))
    base = models.DecimalField(_("基础分"), max_digits=5, decimal_places=1, default=100)
    starts_on = models.DateField(_("起始期"), help_text=_("从哪个月的报送期起执行，存为该月第一天。"))
    objection_workdays = models.PositiveSmallIntegerField(
        _("申诉期限（工作日）"), default=5, help_text=_("从公布次日起算的工作日数。")
    )
    basis = models.TextField(_("依据"), blank=True)
    reason = models.TextField(_("修改理由"))
    saved_at = models.DateTimeField(_("保存时间"))
    saved_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("保存人"))

    class Meta:
        verbose_name = verbose_name_plural = _("考核规则")
        ordering = ["task_list_id", "version"]
        constraints = [models.UniqueConstraint(fields=["task_list", "version"], name="scheme_version_once_per_list")]

    def __str__(self) -> str:
        return _("%(list)s考核规则第 %(n)d 版") % {"list": self.task_list, "n": self.version}


class ScoreRule(models.Model):
    """What one kind of event comes to in points; `cap` limits it for one unit in one round."""

    scheme = models.ForeignKey(ScoreScheme, models.CASCADE, related_name="rules", verbose_name=_("考核规则"))
    kind = models.CharField(_("事项"), max_length=12, choices=EventKind)
    active = models.BooleanField(_("启用"), default=True)
    points = models.DecimalField(_("分值"), max_digits=4, decimal_places=1)
    per = models.CharField(_("计分方式"), max_length=6, choices=Per, default=Per.EVENT)
    cap = models.DecimalField(_("每期上限"), max_digits=4, decimal_places=1, null=True)
    wording = models.CharField(_("规则原文"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("考核规则条目")
        ordering = ["scheme_id", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "kind"], name="kind_once_in_scheme"),
            models.CheckConstraint(condition=Q(cap=None) | Q(cap__gt=0), name="cap_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.points:+}"


class ScoreSheet(models.Model):
    """考核结果: the scores of one closed round as published, drawn from one of its freezes by one scheme."""

    period = models.ForeignKey(Period, models.CASCADE, related_name="score_sheets", verbose_name=_("报送期"))
    version = models.PositiveSmallIntegerField(_("版次"))
    cause = models.CharField(_("缘由"), max_length=10, choices=SheetCause)
    snapshot = models.ForeignKey(PeriodSnapshot, models.CASCADE, related_name="+", verbose_name=_("关账快照"))
    scheme = models.ForeignKey(ScoreScheme, models.PROTECT, related_name="sheets", verbose_name=_("考核规则"))
    published_at = models.DateTimeField(_("公布时间"))
    published_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("公布人"))

    class Meta:
        verbose_name = verbose_name_plural = _("考核结果")
        ordering = ["period_id", "version"]
        constraints = [models.UniqueConstraint(fields=["period", "version"], name="sheet_version_once_per_period")]

    def __str__(self) -> str:
        return _("%(period)s考核结果第 %(n)d 版") % {"period": self.period, "n": self.version}


class ScoreUnit(models.Model):
    """One unit's score in a sheet, with what it owed: units that owed nothing or were excused have no row."""

    sheet = models.ForeignKey(ScoreSheet, models.CASCADE, related_name="units", verbose_name=_("考核结果"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    order = models.PositiveIntegerField(_("排序"))
    name = models.CharField(_("单位"), max_length=60)
    group = models.CharField(_("类别"), max_length=10, choices=Group)
    timeliness = models.CharField(_("报送"), max_length=8, choices=Timeliness)
    owed = models.PositiveSmallIntegerField(_("应报项数"))
    minus = models.DecimalField(_("扣分"), max_digits=6, decimal_places=1)
    plus = models.DecimalField(_("加分"), max_digits=6, decimal_places=1)
    score = models.DecimalField(_("得分"), max_digits=6, decimal_places=1)

    class Meta:
        verbose_name = verbose_name_plural = _("单位得分")
        ordering = ["order", "unit_id"]
        constraints = [models.UniqueConstraint(fields=["sheet", "unit"], name="unit_once_in_sheet")]

    def __str__(self) -> str:
        return f"{self.sheet} {self.name} {self.score}"


class ScoreLineQuerySet(models.QuerySet["ScoreLine"]):
    def readable_by(self, viewer: "Viewer") -> "ScoreLineQuerySet":
        """A unit's lines are for the unit itself and for those who coordinate the list or oversee."""
        lists = "sheet__period__task_list__"
        return self.filter(own_units(viewer) & in_sight(viewer, lists) | looked_after(viewer, lists))


class ScoreLine(models.Model):
    """One event in a sheet and what it comes to. `full` is what the rule says, `points` what counts.

    `thing` names the table and `thing_id` the row that the event happened to; `text` is how it was worded then,
    `path` where it can be looked at.
    `key` is the event's, the same in each version; `since` is when a sheet with it was first published.
    """

    sheet = models.ForeignKey(ScoreSheet, models.CASCADE, related_name="lines", verbose_name=_("考核结果"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    kind = models.CharField(_("事项"), max_length=12, choices=EventKind)
    key = models.CharField(max_length=80)
    thing = models.CharField(_("对象类型"), max_length=20)
    thing_id = models.BigIntegerField(_("对象编号"))
    text = models.TextField(_("事实"))
    day = models.DateField(_("日期"))
    path = models.CharField(_("出处"), max_length=120, blank=True)
    full = models.DecimalField(_("规则分值"), max_digits=4, decimal_places=1)
    points = models.DecimalField(_("计分"), max_digits=4, decimal_places=1)
    outcome = models.CharField(_("说明"), max_length=8, choices=Outcome)
    since = models.DateTimeField(_("首次公布"))

    objects = ScoreLineQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("考核明细")
        ordering = ["sheet_id", "pk"]
        constraints = [models.UniqueConstraint(fields=["sheet", "key"], name="event_once_in_sheet")]
        indexes = [models.Index(fields=["sheet", "unit"])]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.text}"


class ObjectionQuerySet(models.QuerySet["Objection"]):
    def readable_by(self, viewer: "Viewer") -> "ObjectionQuerySet":
        """The own unit's, those of coordinated lists, and all of the jurisdictions overseen."""
        lists = "period__task_list__"
        return self.filter(own_units(viewer) | looked_after(viewer, lists))


class Objection(models.Model):
    """申诉: a unit says that a line is wrong; a supervisor upholds it, which strikes the line, or dismisses it.

    `key` is the event's; `line` the line as it stood when the unit objected.
    """

    period = models.ForeignKey(Period, models.CASCADE, related_name="objections", verbose_name=_("报送期"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    line = models.ForeignKey(ScoreLine, models.CASCADE, related_name="objections", verbose_name=_("考核明细"))
    key = models.CharField(max_length=80)
    text = models.TextField(_("申诉理由"))
    filed_at = models.DateTimeField(_("提出时间"))
    filed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("提出人"))
    status = models.CharField(_("状态"), max_length=10, choices=ObjectionStatus, default=ObjectionStatus.FILED)
    decision_text = models.TextField(_("裁定理由"), blank=True)
    decided_at = models.DateTimeField(_("裁定时间"), null=True)
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("裁定人"))

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("申诉")
        ordering = ["-filed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["period", "key"], condition=Q(status=ObjectionStatus.FILED), name="one_open_objection_per_line"
            )
        ]

    def __str__(self) -> str:
        return _("%(unit)s对%(period)s“%(kind)s”的申诉") % {
            "unit": self.unit,
            "period": self.period,
            "kind": self.line.get_kind_display(),
        }

    def get_absolute_url(self) -> str:
        return reverse("objection", args=[self.pk])


class ObjectionFileQuerySet(models.QuerySet["ObjectionFile"]):
    def readable_by(self, viewer: "Viewer") -> "ObjectionFileQuerySet":
        return self.filter(objection__in=Objection.objects.readable_by(viewer))


class ObjectionFile(StoredFile):
    """What a unit lays beside its objection."""

    objection = models.ForeignKey(Objection, models.CASCADE, related_name="files", verbose_name=_("申诉"))

    objects = ObjectionFileQuerySet.as_manager()

    class Meta(StoredFile.Meta):
        abstract = False
        verbose_name = verbose_name_plural = _("申诉附件")
