"""What can be searched."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    TASK = "task", _("任务")
    REPORT = "report", _("月报")
    NOTICE = "notice", _("督办通知")
    INSTRUCTION = "instruction", _("批示")
    BULLETIN = "bulletin", _("通报")
