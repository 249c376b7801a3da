"""Formal acts on a task: a later deadline (延期) and its closure (销号)."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tasks_app.accounts.models import User
from tasks_app.accounts.scopes import in_sight, looked_after, own_units
from tasks_app.catalogue.models import Indicator, Task
from tasks_app.files.models import StoredFile
from tasks_app.supervision.choices import ClosureStatus, ExtensionStatus, Opinion
from tasks_app.units.models import Unit

if TYPE_CHECKING:
    from tasks_app.accounts.permissions import Viewer


class RequestQuerySet(models.QuerySet):
    """What extensions and closures have in common: a task, a unit that asks, a status."""

    def listed_for(self, viewer: "Viewer") -> "RequestQuerySet":
        """That it was asked for and how it was decided is for all of the jurisdiction: it moves public figures."""
        return self.filter(in_sight(viewer, "task__task_list__"))

    def readable_by(self, viewer: "Viewer") -> "RequestQuerySet":
        """The words: for the unit that asked, who coordinates the list, who oversees."""
        return self.filter(own_units(viewer) | looked_after(viewer, "task__task_list__"))


class Extension(models.Model):
    """延期: a lead unit asks, before the deadline, for a later one; a supervisor decides.

    `old_due_on` is the deadline in force when it was asked for and, once granted, the one replaced;
    `new_due_on` the one set. `decided_*` also say who took the request back.
    """

    task = models.ForeignKey(Task, models.CASCADE, related_name="extensions", verbose_name=_("任务"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("申请单位"))
    old_due_on = models.DateField(_("原时限"))
    asked_due_on = models.DateField(_("申请延至"))
    reason = models.TextField(_("延期理由"))
    status = models.CharField(_("状态"), max_length=10, choices=ExtensionStatus, default=ExtensionStatus.REQUESTED)
    requested_at = models.DateTimeField(_("申请时间"))
    requested_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("申请人"))
    new_due_on = models.DateField(_("批准延至"), null=True)
    decided_at = models.DateTimeField(_("审批时间"), null=True)
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("审批人"))
    decision_text = models.TextField(_("审批意见"), blank=True)

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("延期申请")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["task"],
                condition=Q(status=ExtensionStatus.REQUESTED),
                name="one_open_extension_per_task",
            ),
            models.CheckConstraint(
                condition=Q(new_due_on=None) | Q(new_due_on__gt=F("old_due_on")), name="extension_moves_later"
            ),
        ]

    def __str__(self) -> str:
        return _("%(task)s 延期申请") % {"task": self.task}

    def get_absolute_url(self) -> str:
        return reverse("extension", args=[self.pk])


class ClosureQuerySet(RequestQuerySet):
    def readable_by(self, viewer: "Viewer") -> "RequestQuerySet":
        """Also by the assisting units that are heard on it: they are asked about these words."""
        heard = ClosureHearing.objects.filter(own_units(viewer)).values("closure")
        return self.filter(Q(pk__in=super().readable_by(viewer).values("pk")) | Q(pk__in=heard))


class Closure(models.Model):
    """办结销号: asked for by a lead unit with evidence, granted or refused by a supervisor.

    `decided_*` also say who took the request back; a granted one that is reopened keeps its decision and
    gets `reopened_*`.
    """

    task = models.ForeignKey(Task, models.CASCADE, related_name="closures", verbose_name=_("任务"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("申请单位"))
    evidence_text = models.TextField(_("完成情况与依据"))
    status = models.CharField(_("状态"), max_length=10, choices=ClosureStatus, default=ClosureStatus.REQUESTED)
    requested_at = models.DateTimeField(_("申请时间"))
    requested_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("申请人"))
    decided_at = models.DateTimeField(_("审批时间"), null=True)
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("审批人"))
    decision_text = models.TextField(_("审批意见"), blank=True)
    reopened_at = models.DateTimeField(_("撤销时间"), null=True)
    reopened_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("撤销人"))
    reopen_text = models.TextField(_("撤销理由"), blank=True)

    objects = ClosureQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("销号申请")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["task"],
                condition=Q(status=ClosureStatus.REQUESTED),
                name="one_open_closure_per_task",
            ),
            models.CheckConstraint(
                condition=~Q(status=ClosureStatus.REOPENED) | ~Q(reopen_text=""), name="reopening_says_why"
            ),
        ]

    def __str__(self) -> str:
        return _("%(task)s 销号申请") % {"task": self.task}

    def get_absolute_url(self) -> str:
        return reverse("closure_decide", args=[self.pk])


class ClosureFileQuerySet(models.QuerySet["ClosureFile"]):
    def readable_by(self, viewer: "Viewer") -> "ClosureFileQuerySet":
        return self.filter(closure__in=Closure.objects.readable_by(viewer))


class ClosureFile(StoredFile):
    """What proves that a task is done."""

    closure = models.ForeignKey(Closure, models.CASCADE, related_name="files", verbose_name=_("销号申请"))

    objects = ClosureFileQuerySet.as_manager()

    class Meta(StoredFile.Meta):
        abstract = False
        verbose_name = verbose_name_plural = _("销号佐证材料")


class ClosureValue(models.Model):
    """What was reached of one target, beside the target as it read when the closure was asked for."""

    closure = models.ForeignKey(Closure, models.CASCADE, related_name="values", verbose_name=_("销号申请"))
    indicator = models.ForeignKey(Indicator, models.SET_NULL, null=True, related_name="+", verbose_name=_("指标"))
    subject = models.CharField(_("指标"), max_length=200)
    comparator = models.CharField(_("口径"), max_length=2)
    target = models.DecimalField(_("目标值"), max_digits=18, decimal_places=4)
    target_max = models.DecimalField(_("上限"), max_digits=18, decimal_places=4, null=True)
    measure = models.CharField(_("计量单位"), max_length=20, blank=True)
    value = models.DecimalField(_("完成值"), max_digits=18, decimal_places=4)
    reached = models.BooleanField(_("达到目标"))

    class Meta:
        verbose_name = verbose_name_plural = _("销号指标值")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["closure", "indicator"], name="value_once_per_closure_and_indicator")
        ]

    def __str__(self) -> str:
        return f"{self.subject}：{self.value}"


class ClosureHearing(models.Model):
    """An assisting unit that is asked for its opinion on a closure, and what it said.

    No answer by `due_at` is shown as silence and holds nothing up; an answer is taken until the decision.
    """

    closure = models.ForeignKey(Closure, models.CASCADE, related_name="hearings", verbose_name=_("销号申请"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("配合单位"))
    due_at = models.DateTimeField(_("答复期限"))
    opinion = models.CharField(_("意见"), max_length=8, choices=Opinion, blank=True)
    reason = models.TextField(_("异议说明"), blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True)
    answered_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("答复人"))

    class Meta:
        verbose_name = verbose_name_plural = _("销号征求意见")
        ordering = ["unit__order", "unit_id"]
        constraints = [
            models.UniqueConstraint(fields=["closure", "unit"], name="hearing_once_per_closure_and_unit"),
            models.CheckConstraint(condition=~Q(opinion=Opinion.DISPUTED) | ~Q(reason=""), name="objection_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.unit}：{self.get_opinion_display() or '—'}"
