"""What is seen on the spot (现场核查), and what a leader writes on a task (批示)."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tasks_app.accounts.models import User
from tasks_app.accounts.scopes import looked_after
from tasks_app.catalogue.choices import AssignmentRole
from tasks_app.catalogue.models import Task
from tasks_app.files.models import StoredFile
from tasks_app.inspection.choices import InstructionStatus, ReplyKind
from tasks_app.inspection.rules import differs
from tasks_app.lib.text import search_key
from tasks_app.progress.choices import SAID_LIGHTS, Light
from tasks_app.supervision.concerned import tasks_of
from tasks_app.units.models import Unit

if TYPE_CHECKING:
    from tasks_app.accounts.permissions import Viewer


def _watched_by(viewer: "Viewer") -> Q:
    """Of lists that this person coordinates or oversees."""
    return looked_after(viewer, "task__task_list__")


class SpotCheckQuerySet(models.QuerySet["SpotCheck"]):
    def readable_by(self, viewer: "Viewer") -> "SpotCheckQuerySet":
        """Who oversees or coordinates, and the units that lead the task: it concerns them."""
        return self.filter(_watched_by(viewer) | Q(task__in=tasks_of(viewer, AssignmentRole.LEAD)))


class SpotCheck(models.Model):
    """现场核查: what a supervisor saw, where and when, and which light it deserves.

    `computed_light` and `own_light` are those that stood beside it at that moment ("" for none).
    """

    task = models.ForeignKey(Task, models.CASCADE, related_name="spot_checks", verbose_name=_("任务"))
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name=_("被核查单位"))
    place = models.CharField(_("核查地点"), max_length=120)
    day = models.DateField(_("核查日期"))
    finding = models.TextField(_("核查情况"))
    light = models.CharField(_("核实状态"), max_length=8, choices=SAID_LIGHTS)
    computed_light = models.CharField(_("系统测算"), max_length=8, choices=Light, blank=True)
    own_light = models.CharField(_("单位自评"), max_length=8, choices=Light, blank=True)
    made_at = models.DateTimeField(_("登记时间"))
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("核查人"))
    # Counts the corrections; a form that comes back with an older one is in conflict.
    version = models.PositiveIntegerField(default=0)

    objects = SpotCheckQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("现场核查")
        ordering = ["-day", "-pk"]

    def __str__(self) -> str:
        return _("%(task)s 现场核查（%(day)s）") % {"task": self.task, "day": self.day}

    def get_absolute_url(self) -> str:
        return reverse("spot_check", args=[self.pk])

    @property
    def mark(self) -> Light:
        return Light(self.light)

    @property
    def computed_mark(self) -> Light | None:
        return Light(self.computed_light) if self.computed_light else None

    @property
    def own_mark(self) -> Light | None:
        return Light(self.own_light) if self.own_light else None

    @property
    def is_finding(self) -> bool:
        """The light seen on the spot differs from the computed one or the unit's own."""
        return differs(self.light, self.computed_light, self.own_light)


class SpotCheckVersion(models.Model):
    """A spot check as it read before a correction, and why it was corrected."""

    check_of = models.ForeignKey(SpotCheck, models.CASCADE, related_name="versions", verbose_name=_("现场核查"))
    number = models.PositiveIntegerField(_("版本"))
    place = models.CharField(_("核查地点"), max_length=120)
    day = models.DateField(_("核查日期"))
    finding = models.TextField(_("核查情况"))
    light = models.CharField(_("核实状态"), max_length=8, choices=SAID_LIGHTS)
    corrected_at = models.DateTimeField(_("更正时间"))
    corrected_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("更正人"))
    reason = models.TextField(_("更正理由"))

    class Meta:
        verbose_name = verbose_name_plural = _("现场核查更正")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["check_of", "number"], name="version_once_per_spot_check"),
            models.CheckConstraint(condition=~Q(reason=""), name="correction_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.check_of} #{self.number}"

    @property
    def mark(self) -> Light:
        return Light(self.light)


class SpotCheckFileQuerySet(models.QuerySet["SpotCheckFile"]):
    def readable_by(self, viewer: "Viewer") -> "SpotCheckFileQuerySet":
        return self.filter(check_of__in=SpotCheck.objects.readable_by(viewer))


class SpotCheckFile(StoredFile):
    """A photo or paper of a visit."""

    check_of = models.ForeignKey(SpotCheck, models.CASCADE, related_name="files", verbose_name=_("现场核查"))

    objects = SpotCheckFileQuerySet.as_manager()

    class Meta(StoredFile.Meta):
        abstract = False
        verbose_name = verbose_name_plural = _("现场核查材料")


class InstructionQuerySet(models.QuerySet["Instruction"]):
    def readable_by(self, viewer: "Viewer") -> "InstructionQuerySet":
        """Who oversees or coordinates, and every unit with a part in the task."""
        return self.filter(_watched_by(viewer) | Q(task__in=tasks_of(viewer)))


class Instruction(models.Model):
    """批示: a leader's words on a task; the lead units answer, a supervisor closes it."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="instructions", verbose_name=_("任务"))
    text = models.TextField(_("批示内容"))
    status = models.CharField(_("状态"), max_length=10, choices=InstructionStatus, default=InstructionStatus.ISSUED)
    issued_at = models.DateTimeField(_("批示时间"))
    issued_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("批示人"))
    closed_at = models.DateTimeField(_("办结时间"), null=True)
    closed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("办结人"))
    closing_text = models.TextField(_("办结意见"), blank=True)
    # Follows the words: see `fold`.
    search_text = models.TextField(editable=False, default="")

    objects = InstructionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("批示")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return _("%(task)s 批示") % {"task": self.task}

    def get_absolute_url(self) -> str:
        return reverse("instruction", args=[self.pk])

    def fold(self) -> None:
        """Make the search key of the words anew; whoever writes one of them does so before saving."""
        self.search_text = search_key(self.text, self.closing_text)


class InstructionReply(models.Model):
    """What a lead unit says to an instruction: that it has read it, or what it did."""

    instruction = models.ForeignKey(Instruction, models.CASCADE, related_name="replies", verbose_name=_("批示"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    kind = models.CharField(_("性质"), max_length=8, choices=ReplyKind)
    text = models.TextField(_("落实情况"), blank=True)
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("回复人"))
    # Follows the words: see `fold`.
    search_text = models.TextField(editable=False, default="")

    class Meta:
        verbose_name = verbose_name_plural = _("批示回复")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["instruction", "unit"], condition=Q(kind=ReplyKind.SEEN), name="seen_once_per_unit"
            ),
            models.CheckConstraint(condition=~Q(kind=ReplyKind.ANSWER) | ~Q(text=""), name="answer_has_words"),
        ]

    def __str__(self) -> str:
        return f"{self.unit}：{self.get_kind_display()}"

    def fold(self) -> None:
        """Make the search key of the words anew; whoever writes one of them does so before saving."""
        self.search_text = search_key(self.text)
