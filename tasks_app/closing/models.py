"""What was published for a closed round. Written once by closing.actions, never changed afterwards."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tasks_app.accounts.models import User
from tasks_app.catalogue.models import Task
from tasks_app.progress.choices import Light, Reason
from tasks_app.reporting.choices import Timeliness
from tasks_app.schedule.models import Period
from tasks_app.units.models import Unit


class PeriodSnapshot(models.Model):
    """关账: one freeze of one round. A round that was reopened and closed again has several versions.

    `as_of` is the day of the first closing, for which the lights hold in every version. `digest` seals
    all figures (closing.rules.seal).
    """

    period = models.ForeignKey(Period, models.CASCADE, related_name="snapshots", verbose_name=_("报送期"))
    version = models.PositiveSmallIntegerField(_("版次"))
    as_of = models.DateField(_("数据截至"))
    closed_at = models.DateTimeField(_("关账时间"))
    closed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("关账人"))
    note = models.TextField(_("说明"), blank=True)
    mean = models.FloatField(_("平均进度"))
    expected = models.FloatField(_("序时进度"), null=True)
    digest = models.CharField(_("校验值"), max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = _("关账快照")
        ordering = ["period_id", "version"]
        constraints = [models.UniqueConstraint(fields=["period", "version"], name="snapshot_version_once_per_period")]

    def __str__(self) -> str:
        return f"{self.period} v{self.version}"


class SnapshotTask(models.Model):
    """A task as it was published, in words and numbers of that day."""

    snapshot = models.ForeignKey(PeriodSnapshot, models.CASCADE, related_name="tasks", verbose_name=_("快照"))
    task = models.ForeignKey(Task, models.PROTECT, related_name="+", verbose_name=_("任务"))
    seq = models.PositiveIntegerField(_("序"))
    no = models.CharField(_("序号"), max_length=20)
    headline = models.CharField(_("任务"), max_length=200)
    progress = models.PositiveSmallIntegerField(_("进度"))
    expected = models.PositiveSmallIntegerField(_("序时进度"), null=True)
    has_report = models.BooleanField(_("有已通过的报送"))
    light = models.CharField(_("状态"), max_length=8, choices=Light)
    reason = models.CharField(_("原因"), max_length=12, choices=Reason)
    inputs = models.JSONField(default=dict)
    due_on = models.DateField(_("完成时限"), null=True)
    leads = models.JSONField(_("牵头单位"), default=list)

    class Meta:
        verbose_name = verbose_name_plural = _("快照任务")
        ordering = ["seq"]
        constraints = [models.UniqueConstraint(fields=["snapshot", "task"], name="task_once_in_snapshot")]

    def __str__(self) -> str:
        return f"{self.snapshot} {self.no}"

    @property
    def mark(self) -> Light:
        return Light(self.light)

    @property
    def reason_text(self) -> str:
        """The reason in words, in the reader's language."""
        return str(Reason(self.reason).label) % self.inputs


class SnapshotUnit(models.Model):
    """A unit's month as it was published; `mean` over its own duties, for counties and parks."""

    snapshot = models.ForeignKey(PeriodSnapshot, models.CASCADE, related_name="units", verbose_name=_("快照"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    order = models.PositiveIntegerField(_("排序"))
    name = models.CharField(_("单位"), max_length=60)
    timeliness = models.CharField(_("报送"), max_length=8, choices=Timeliness)
    first_submitted_at = models.DateTimeField(_("首次报送"), null=True)
    owed = models.PositiveSmallIntegerField(_("应报项数"))
    accepted = models.PositiveSmallIntegerField(_("已通过项数"))
    returned = models.PositiveSmallIntegerField(_("退回未改项数"))
    mean = models.FloatField(_("平均进度"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("快照单位")
        ordering = ["order", "unit_id"]
        constraints = [models.UniqueConstraint(fields=["snapshot", "unit"], name="unit_once_in_snapshot")]

    def __str__(self) -> str:
        return f"{self.snapshot} {self.name}"

    @property
    def mark(self) -> Timeliness:
        return Timeliness(self.timeliness)
