"""The six roles, as stored on a membership. What each may do stands in `permissions.py`."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    LIAISON = "liaison", _("联络员")
    HEAD = "head", _("单位负责人")
    COORDINATOR = "coordinator", _("汇总员")
    SUPERVISOR = "supervisor", _("督查员")
    LEADER = "leader", _("领导")
    ADMINISTRATOR = "administrator", _("管理员")
