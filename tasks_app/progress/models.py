"""Where each task stands on a day: computed by `rules.py`, stored so that pages need not recompute it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tasks_app.catalogue.models import Task
from tasks_app.progress.choices import Light, Reason


class Standing(models.Model):
    """A task's progress and light as of a day, with the reason and the inputs it was drawn from.

    Only `progress.actions.refresh_standings` writes it: after each accepted report, each closure,
    each import, and on the first tick of a day. See ADR 0003.
    """

    task = models.OneToOneField(Task, models.CASCADE, primary_key=True, related_name="standing", verbose_name=_("任务"))
    as_of = models.DateField(_("截至"), db_index=True)
    progress = models.PositiveSmallIntegerField(_("进度"), default=0)
    expected = models.PositiveSmallIntegerField(_("序时进度"), null=True)
    has_report = models.BooleanField(_("有已通过的报送"), default=False)
    light = models.CharField(_("状态"), max_length=8, choices=Light, db_index=True)
    reason = models.CharField(_("原因"), max_length=12, choices=Reason)
    inputs = models.JSONField(default=dict)

    class Meta:
        verbose_name = verbose_name_plural = _("任务状态")
        indexes = [models.Index(fields=["task", "light"])]  # counting lights reads this alone

    def __str__(self) -> str:
        return f"{self.task}：{self.get_light_display()}"

    @property
    def reason_text(self) -> str:
        """The reason in words, in the reader's language."""
        return str(Reason(self.reason).label) % self.inputs
