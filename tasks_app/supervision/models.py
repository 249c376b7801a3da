"""Formal acts on a task: so far the closure (销号)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tasks_app.accounts.models import User
from tasks_app.catalogue.models import Task
from tasks_app.supervision.choices import ClosureStatus
from tasks_app.units.models import Unit


class Closure(models.Model):
    """办结销号: asked for by a lead unit with evidence, granted or refused by a supervisor."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="closures", verbose_name=_("任务"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("申请单位"))
    evidence_text = models.TextField(_("完成情况与依据"))
    status = models.CharField(_("状态"), max_length=10, choices=ClosureStatus, default=ClosureStatus.REQUESTED)
    requested_at = models.DateTimeField(_("申请时间"))
    requested_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("申请人"))
    decided_at = models.DateTimeField(_("审批时间"), null=True)
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("审批人"))
    decision_text = models.TextField(_("审批意见"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("销号申请")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["task"],
                condition=Q(status=ClosureStatus.REQUESTED),
                name="one_open_closure_per_task",
            )
        ]

    def __str__(self) -> str:
        return _("%(task)s 销号申请") % {"task": self.task}
