"""Coded words of the lists."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TaskKind(models.TextChoices):
    TASK = "task", _("任务")
    DUTY = "duty", _("部门职责")
    MILESTONE = "milestone", _("时间节点")


class AssignmentRole(models.TextChoices):
    LEAD = "lead", _("牵头")
    ASSIST = "assist", _("配合")


class DueBasis(models.TextChoices):
    EXPLICIT = "explicit", _("原文写明")
    INFERRED = "inferred", _("由原文推断")
    DEFAULT = "default", _("按清单默认")
    NONE = "none", _("未规定")


class Comparator(models.TextChoices):
    EQUAL = "=", _("为")
    AT_LEAST = ">=", _("不少于")
    AT_MOST = "<=", _("不超过")
    ABOUT = "~", _("左右")


class TargetKind(models.TextChoices):
    TARGET = "target", _("考核目标")
    BREAKDOWN = "breakdown", _("分解")
    SCALE = "scale", _("规模")
    PARAMETER = "parameter", _("参数")
