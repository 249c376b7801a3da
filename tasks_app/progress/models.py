"""Where each task stands on a day: computed by `rules.py`, stored so that pages need not recompute it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tasks_app.accounts.models import User
from tasks_app.catalogue.models import Task
from tasks_app.progress.choices import SAID_LIGHTS, Light, Reason


class Standing(models.Model):
    """A task's progress and light as of a day, with the reason and the inputs it was drawn from.

    Three readings stand side by side: `own` is what the leads say of themselves, `light` what the rule computes,
    `verified` what a supervisor found on the spot. `disagreement` is how many steps lie between them.

    Only `progress.actions` writes it: after each accepted report, each closure, each import, each spot check, and
    on the first tick of a day. See ADR 0003 and ADR 0009.
    """

    task = models.OneToOneField(Task, models.CASCADE, primary_key=True, related_name="standing", verbose_name=_("任务"))
    as_of = models.DateField(_("截至"), db_index=True)
    progress = models.PositiveSmallIntegerField(_("进度"), default=0)
    expected = models.PositiveSmallIntegerField(_("序时进度"), null=True)
    has_report = models.BooleanField(_("有已通过的报送"), default=False)
    light = models.CharField(_("状态"), max_length=8, choices=Light, db_index=True)
    reason = models.CharField(_("原因"), max_length=12, choices=Reason)
    inputs = models.JSONField(default=dict)
    own = models.CharField(_("单位自评"), max_length=8, choices=SAID_LIGHTS, blank=True)
    verified = models.CharField(_("实地核查"), max_length=8, choices=SAID_LIGHTS, blank=True)
    verified_on = models.DateField(_("核查日期"), null=True)
    verified_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("核查人"))
    disagreement = models.PositiveSmallIntegerField(_("三方读数相差（级）"), default=0, db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = _("任务状态")
        indexes = [models.Index(fields=["task", "light"])]  # counting lights reads this alone

    def __str__(self) -> str:
        return f"{self.task}：{self.get_light_display()}"

    @property
    def reason_text(self) -> str:
        """The reason in words, in the reader's language."""
        return str(Reason(self.reason).label) % self.inputs

    @property
    def mark(self) -> Light:
        return Light(self.light)

    @property
    def own_mark(self) -> Light | None:
        return Light(self.own) if self.own else None

    @property
    def verified_mark(self) -> Light | None:
        return Light(self.verified) if self.verified else None


class LightChange(models.Model):
    """A change of a task's light: at most one row per task and day, holding the day's last light.

    Written by `progress.actions.store_standings` alone. `before` is empty for a task's first light; a light that
    came back to what it was in the morning leaves no row.
    """

    task = models.ForeignKey(Task, models.CASCADE, related_name="light_changes", verbose_name=_("任务"))
    on = models.DateField(_("日期"), db_index=True)
    before = models.CharField(_("原状态"), max_length=8, choices=Light, blank=True)
    after = models.CharField(_("新状态"), max_length=8, choices=Light)
    reason = models.CharField(_("原因"), max_length=12, choices=Reason)
    inputs = models.JSONField(default=dict)

    class Meta:
        verbose_name = verbose_name_plural = _("状态变化")
        ordering = ["on", "pk"]
        constraints = [models.UniqueConstraint(fields=["task", "on"], name="light_change_once_per_task_and_day")]

    def __str__(self) -> str:
        return f"{self.task} {self.on:%Y-%m-%d} {self.before}→{self.after}"

    @property
    def reason_text(self) -> str:
        """The reason for the new light in words, in the reader's language."""
        return str(Reason(self.reason).label) % self.inputs
