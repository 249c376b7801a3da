"""What can have happened to a task."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    REPORT = "report", _("月报")
    LIGHT = "light", _("状态变化")
    NOTICE = "notice", _("督办通知")
    INSTRUCTION = "instruction", _("批示")
    CHECK = "check", _("现场核查")
    EXTENSION = "extension", _("延期")
    CLOSURE = "closure", _("销号")
    CHANGE = "change", _("清单变更")
