"""Coded words of importing."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BatchStatus(models.TextChoices):
    READING = "reading", _("正在读取")
    FAILED = "failed", _("读不出来")
    STAGED = "staged", _("待确认")
    APPLYING = "applying", _("正在导入")
    APPLIED = "applied", _("已导入")
    UNDONE = "undone", _("已撤销")


class RowChange(models.TextChoices):
    """What a row would do to its list. The last two are items of the list that the file does not mention."""

    ADDED = "added", _("新增")
    CHANGED = "changed", _("变更")
    UNCHANGED = "unchanged", _("无变化")
    ERROR = "error", _("有错误")
    REMOVED = "removed", _("停用")
    KEPT = "kept", _("文件未提，保留")
