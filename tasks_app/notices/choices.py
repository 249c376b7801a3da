"""Coded words of the notices: levels, states, what can be done, why one is proposed."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class NoticeLevel(models.TextChoices):
    """The three steps of supervision (domain §4), mildest first."""

    REMINDER = "reminder", _("督办提醒")
    ORDER = "order", _("督办单")
    RED = "red", _("红单")

    @property
    def shape(self) -> str:
        return LEVEL_MARKS[self][0]

    @property
    def css(self) -> str:
        """The class name of the stylesheet."""
        return LEVEL_MARKS[self][1]

    @property
    def height(self) -> int:
        """0 for the mildest."""
        return list(NoticeLevel).index(self)

    @property
    def above(self) -> "NoticeLevel":
        """The next step up; nothing is above the red one."""
        return list(NoticeLevel)[min(self.height + 1, len(NoticeLevel) - 1)]

    @property
    def full(self) -> str:
        """As it is called on paper."""
        return str(FULL[self])


LEVEL_MARKS = {
    NoticeLevel.REMINDER: ("◆", "done"),
    NoticeLevel.ORDER: ("▲", "warn"),
    NoticeLevel.RED: ("■", "late"),
}
FULL = {
    NoticeLevel.REMINDER: _("督办提醒"),
    NoticeLevel.ORDER: _("督办单"),
    NoticeLevel.RED: _("红单（挂牌督办）"),
}


class NoticeState(models.TextChoices):
    ISSUED = "issued", _("待签收")
    RECEIVED = "received", _("待回复")
    REPLIED = "replied", _("待评定")
    RETURNED = "returned", _("退办待复")
    CLOSED = "closed", _("办结")
    ESCALATED = "escalated", _("已升级")
    WITHDRAWN = "withdrawn", _("撤销")

    @property
    def shape(self) -> str:
        return STATE_MARKS[self][0]

    @property
    def css(self) -> str:
        return STATE_MARKS[self][1]


STATE_MARKS = {
    NoticeState.ISSUED: ("◇", "warn"),
    NoticeState.RECEIVED: ("▲", "warn"),
    NoticeState.REPLIED: ("●", "done"),
    NoticeState.RETURNED: ("■", "late"),
    NoticeState.CLOSED: ("✔", "ok"),
    NoticeState.ESCALATED: ("◇", "none"),
    NoticeState.WITHDRAWN: ("◇", "none"),
}
# The unit owes a reply; the supervisor owes a verdict.
OWED = (NoticeState.ISSUED, NoticeState.RECEIVED, NoticeState.RETURNED)
OPEN = (*OWED, NoticeState.REPLIED)


class NoticeAct(models.TextChoices):
    RECEIVE = "receive", _("签收")
    REPLY = "reply", _("回复")
    CLOSE = "close", _("评定办结")
    SEND_BACK = "send_back", _("退办")
    ESCALATE = "escalate", _("升级")
    WITHDRAW = "withdraw", _("撤销")


class Verdict(models.TextChoices):
    CLOSED = "closed", _("办结")
    RETURNED = "returned", _("退办")


class Ground(models.TextChoices):
    """Why a notice is proposed; the placeholders are the proposal's inputs."""

    YELLOW = "yellow", _("任务亮黄灯：%(reason)s")
    RED = "red", _("任务亮红灯：%(reason)s")
    DISAGREE = "disagree", _("自报、系统计算与现场核查的灯色不一致")
    LONG_OVERDUE = "long_overdue", _("逾期已满 %(days)d 天")
    LONG_SILENT = "long_silent", _("连续 %(misses)d 期未见报送")
    AGAIN = "again", _("%(level)s（%(number)s）办结后问题仍在或再次出现")
    UNANSWERED = "unanswered", _("%(level)s（%(number)s）逾期未回复")
