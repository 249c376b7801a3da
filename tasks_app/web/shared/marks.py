"""What several areas say in the same words: timeliness as shape + word + colour, days, moments, time left.

On the screen a day of the running year stands without its year (11月5日), any other with it; the pages of
record (a task, a receipt, a closure, a message) always name the year. Files have ISO days.
"""

import datetime as dt
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tasks_app.lib.dates import BEIJING
from tasks_app.reporting.choices import Timeliness


@dataclass(frozen=True)
class Mark:
    """What templates/_parts/light.html draws."""

    label: str
    shape: str
    css: str


def timeliness_mark(value: Timeliness) -> Mark:
    return Mark(str(value.label), value.shape, value.css)


def day_text(day: dt.date | None, today: dt.date) -> str:
    """12月31日, with the year where it is not that of `today`."""
    if day is None:
        return _("未规定")
    return date_format(day, _("n月j日") if day.year == today.year else _("Y年n月j日"))


def moment(at: dt.datetime, *, year_of: dt.datetime) -> str:
    """8月5日（星期一）18:00, with the year where it is not that of `year_of`."""
    local = at.astimezone(BEIJING)
    same_year = local.year == year_of.astimezone(BEIJING).year
    return date_format(local, _("n月j日（l）H:i") if same_year else _("Y年n月j日（l）H:i"))


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
