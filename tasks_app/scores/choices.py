"""Coded words of the scores: what is scored, how often it counts, and what became of a line."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EventKind(models.TextChoices):
    """What a rule may give or take points for; the order is that of sheets and forms."""

    LATE = "late", _("迟报")
    MISSING = "missing", _("缺报")
    MADE_UP = "made_up", _("缺报已补")
    RETURNED = "returned", _("退回")
    EMPTY = "empty", _("空报")
    RED = "red", _("任务滞后")
    OVERDUE = "overdue", _("任务逾期")
    NOTICE_LATE = "notice_late", _("督办超期回复")
    NOTICE_RETURNED = "notice_back", _("督办退办")
    MISREPORT = "misreport", _("核查不符")
    CLOSED = "closed", _("任务销号")


EXPLAINED = {
    EventKind.LATE: _("截止时间之后、下一期开始之前报送。"),
    EventKind.MISSING: _("下一期开始前没有报送；以后补报的，缺报仍然记着。"),
    EventKind.MADE_UP: _("缺报之后补报，与缺报并列一行，不取代缺报。"),
    EventKind.RETURNED: _("汇总单位退回一个条目计一次。"),
    EventKind.EMPTY: _(
        "按时报送，但每一项文字都与上期相同，进度、指标没有变化，也没有附件。如实填“本月无进展”的不算。"
    ),
    EventKind.RED: _("关账时本单位牵头的任务为红灯（逾期的另计，不重复扣分）。"),
    EventKind.OVERDUE: _("关账时本单位牵头的任务已过完成时限、没有销号。"),
    EventKind.NOTICE_LATE: _("督办通知到回复期限没有回复，或者超期才回复。"),
    EventKind.NOTICE_RETURNED: _("督办通知的回复被退办。"),
    EventKind.MISREPORT: _("现场核查的状态比本单位自报的差。"),
    EventKind.CLOSED: _("申请销号获得同意。"),
}


class Per(models.TextChoices):
    """How often a rule counts for one unit in one round."""

    EVENT = "event", _("每次都计")
    UNIT = "unit", _("每期只计一次")


class Outcome(models.TextChoices):
    """Why a line has the points that it has."""

    COUNTED = "counted", _("计分")
    CAPPED = "capped", _("已到上限")
    ONCE = "once", _("本期只计一次")
    STRUCK = "struck", _("申诉成立，撤销")


class Group(models.TextChoices):
    """Units are compared with their like."""

    COUNTY = "county", _("县区和园区")
    DEPARTMENT = "department", _("部门")


class SheetCause(models.TextChoices):
    """Why there is a new version of a sheet."""

    FIRST = "first", _("首次公布")
    RECLOSED = "reclosed", _("重开后再次关账")
    OBJECTION = "objection", _("申诉成立")


class ObjectionStatus(models.TextChoices):
    FILED = "filed", _("待裁定")
    UPHELD = "upheld", _("申诉成立")
    DISMISSED = "dismissed", _("维持原扣分")

    @property
    def shape(self) -> str:
        return OBJECTION_MARKS[self][0]

    @property
    def css(self) -> str:
        """The class name of the stylesheet."""
        return OBJECTION_MARKS[self][1]


OBJECTION_MARKS = {
    ObjectionStatus.FILED: ("◇", "warn"),
    ObjectionStatus.UPHELD: ("✔", "ok"),
    ObjectionStatus.DISMISSED: ("○", "none"),
}
