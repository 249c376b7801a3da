"""Coded words of what changed between two closed rounds."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ChangeKind(models.TextChoices):
    CLOSED = "closed", _("销号")
    TURNED_RED = "turned_red", _("转为滞后")
    MADE_UP = "made_up", _("脱离滞后")
    ADVANCED = "advanced", _("进度上升")
    FELL = "fell", _("进度下降")
    DUE = "due", _("时限变更")
    LEADS = "leads", _("牵头单位变更")
    ADDED = "added", _("新增任务")
    REMOVED = "removed", _("停用任务")

    @property
    def shape(self) -> str:
        return MARKS[self][0]

    @property
    def css(self) -> str:
        """The class name of the stylesheet."""
        return MARKS[self][1]


MARKS = {
    ChangeKind.CLOSED: ("✔", "done"),
    ChangeKind.TURNED_RED: ("■", "late"),
    ChangeKind.MADE_UP: ("●", "ok"),
    ChangeKind.ADVANCED: ("●", "ok"),
    ChangeKind.FELL: ("▲", "warn"),
    ChangeKind.DUE: ("◇", "none"),
    ChangeKind.LEADS: ("◇", "none"),
    ChangeKind.ADDED: ("◇", "none"),
    ChangeKind.REMOVED: ("◇", "none"),
}
