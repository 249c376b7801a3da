"""Coded words of importing."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BatchStatus(models.TextChoices):
    STAGED = "staged", _("待确认")
    APPLIED = "applied", _("已导入")


class RowChange(models.TextChoices):
    ADDED = "added", _("新增")
    CHANGED = "changed", _("变更")
    UNCHANGED = "unchanged", _("无变化")
    ERROR = "error", _("有错误")
