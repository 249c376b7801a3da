"""Coded words of instructions."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class InstructionStatus(models.TextChoices):
    """Moved only as `rules.MOVES` says."""

    ISSUED = "issued", _("待回复")
    ANSWERED = "answered", _("已回复")
    CLOSED = "closed", _("已办结")


class ReplyKind(models.TextChoices):
    SEEN = "seen", _("已阅知")
    ANSWER = "answer", _("落实情况")
