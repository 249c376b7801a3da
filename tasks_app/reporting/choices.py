"""Coded words of the month."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReportStatus(models.TextChoices):
    """Stored on a report and on each entry; moved only by actions."""

    DRAFT = "draft", _("填报中")
    SUBMITTED = "submitted", _("待审核")
    RETURNED = "returned", _("已退回")
    ACCEPTED = "accepted", _("已通过")


class SignState(models.TextChoices):
    """The unit head's signature under a report that is not handed in yet."""

    NONE = "none", _("未送签")
    ASKED = "asked", _("待签批")
    SIGNED = "signed", _("已签批")
    REFUSED = "refused", _("负责人退回")


class Flag(models.TextChoices):
    """What a coordinator should check more closely; the placeholders are the doubt's inputs."""

    SAME_TEXT = "same_text", _("文字与上期 %(same)d%% 相同")
    FELL = "fell", _("完成百分比低于上期（%(before)d%% → %(now)d%%）")
    VALUE_FELL = "value_fell", _("指标“%(name)s”低于上期（%(before)s → %(now)s）")
    JUMPED = "jumped", _("一期上升 %(points)d 个百分点")
    NOT_CLOSED = "not_closed", _("已报 100%%，没有申请销号")
    NO_EVIDENCE = "no_evidence", _("报称完成指标“%(name)s”，没有附件佐证")


class Timeliness(models.TextChoices):
    """A unit's month, computed: never stored."""

    ON_TIME = "on_time", _("按时")
    LATE = "late", _("迟报")
    MADE_UP = "made_up", _("缺报已补")
    MISSING = "missing", _("缺报")
    EXEMPT = "exempt", _("免报")
    PENDING = "pending", _("未到期")
    NONE = "none", _("无任务")

    @property
    def shape(self) -> str:
        return TIMELINESS_MARKS[self][0]

    @property
    def css(self) -> str:
        """The class name of the stylesheet."""
        return TIMELINESS_MARKS[self][1]


TIMELINESS_MARKS = {
    Timeliness.ON_TIME: ("✔", "ok"),
    Timeliness.LATE: ("▲", "warn"),
    Timeliness.MADE_UP: ("▲", "late"),
    Timeliness.MISSING: ("◇", "late"),
    Timeliness.EXEMPT: ("○", "none"),
    Timeliness.PENDING: ("◇", "none"),
    Timeliness.NONE: ("◇", "none"),
}


TIMELINESS_SHAPES = {
    Timeliness.ON_TIME: "✓",
    Timeliness.LATE: _("迟"),
    Timeliness.MADE_UP: _("补"),
    Timeliness.MISSING: "◇",
    Timeliness.EXEMPT: _("免"),
    Timeliness.PENDING: "…",
    Timeliness.NONE: "",
}
