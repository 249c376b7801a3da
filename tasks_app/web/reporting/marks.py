"""The words of the month as a page shows them: shape + word + colour, moments, time left."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tasks_app.lib.dates import BEIJING
from tasks_app.reporting.choices import ReportStatus, Timeliness


@dataclass(frozen=True)
class Mark:
    """What templates/_parts/light.html draws."""

    label: str
    shape: str
    css: str


_STATUS = {
    ReportStatus.DRAFT: ("◇", "none"),
    ReportStatus.SUBMITTED: ("●", "done"),
    ReportStatus.RETURNED: ("▲", "warn"),
    ReportStatus.ACCEPTED: ("✔", "ok"),
}


def timeliness_mark(value: Timeliness) -> Mark:
    return Mark(str(value.label), value.shape, value.css)


def status_mark(value: str) -> Mark:
    """The mark of a report's or an entry's stored status."""
    return Mark(str(ReportStatus(value).label), *_STATUS[ReportStatus(value)])


def draft_mark(*, missing: list[str], no_progress: bool, begun: bool) -> Mark:
    """The mark of an entry that the unit is still writing."""
    if not missing:
        return Mark(_("本月无进展（已说明）") if no_progress else _("已填"), "✔", "ok")
    return Mark(_("未填完"), "◆", "warn") if begun else Mark(_("未填"), "◇", "none")


def exempt_mark() -> Mark:
    """The mark of an entry from which the unit is excused this time."""
    return Mark(_("本期免报"), "○", "none")


def unsaved_mark() -> Mark:
    """The mark of an entry whose typed words could not be saved, whatever is stored."""
    return Mark(_("未保存"), "▲", "late")


def moment(at: dt.datetime, *, year_of: dt.datetime) -> str:
    """8月5日（星期一）18:00, with the year where it is not that of `year_of`."""
    local = at.astimezone(BEIJING)
    weekday = (_("星期一"), _("星期二"), _("星期三"), _("星期四"), _("星期五"), _("星期六"), _("星期日"))[
        local.weekday()
    ]
    words = {"year": local.year, "month": local.month, "day": local.day, "weekday": weekday, "time": f"{local:%H:%M}"}
    if local.year == year_of.astimezone(BEIJING).year:
        return _("%(month)d月%(day)d日（%(weekday)s）%(time)s") % words
    return _("%(year)d年%(month)d月%(day)d日（%(weekday)s）%(time)s") % words


def time_left(due_at: dt.datetime, at: dt.datetime) -> str:
    """还有 1 天 3 小时, or how long ago the deadline was."""
    past = at > due_at
    minutes = int(abs(due_at - at).total_seconds()) // 60
    days, hours = minutes // 1440, minutes // 60 % 24
    parts = []
    if days:
        parts.append(ngettext("%(n)d 天", "%(n)d 天", days) % {"n": days})
    if hours and days < 7:
        parts.append(ngettext("%(n)d 小时", "%(n)d 小时", hours) % {"n": hours})
    if not parts:
        parts.append(ngettext("%(n)d 分钟", "%(n)d 分钟", minutes) % {"n": minutes})
    length = " ".join(parts)
    return _("已过截止时间 %(length)s") % {"length": length} if past else _("还有 %(length)s") % {"length": length}
