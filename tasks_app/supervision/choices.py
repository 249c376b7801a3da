"""Coded words of supervision."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ClosureStatus(models.TextChoices):
    """Moved only as `rules.CLOSURE_MOVES` says."""

    REQUESTED = "requested", _("待审批")
    GRANTED = "granted", _("同意销号")
    REFUSED = "refused", _("不同意销号")
    WITHDRAWN = "withdrawn", _("单位撤回")
    REOPENED = "reopened", _("已撤销销号")


class ExtensionStatus(models.TextChoices):
    """Moved only as `rules.EXTENSION_MOVES` says."""

    REQUESTED = "requested", _("待审批")
    GRANTED = "granted", _("同意延期")
    REFUSED = "refused", _("不同意延期")
    WITHDRAWN = "withdrawn", _("单位撤回")
    LAPSED = "lapsed", _("任务已销号，不再审批")


class Opinion(models.TextChoices):
    """What an assisting unit says to a closure. Silence has no row."""

    AGREED = "agreed", _("同意")
    DISPUTED = "disputed", _("有异议")
