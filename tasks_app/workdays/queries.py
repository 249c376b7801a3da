"""Reading the calendar."""

import datetime as dt

from django.utils.translation import gettext as _

from tasks_app.workdays import rules
from tasks_app.workdays.models import DayException


def exceptions() -> dict[dt.date, bool]:
    """Day → is it worked, for every day that differs from Monday-to-Friday."""
    return dict(DayException.objects.values_list("day", "is_workday"))


def calendar_warning(*, today: dt.date) -> str:
    """What to tell administrators and coordinators when a year's calendar is missing; empty when all is well."""
    years = {day.year for day in DayException.objects.dates("day", "year")}
    missing = rules.missing_year(known_years=years, today=today)
    if missing is None:
        return ""
    return _(
        "还没有 %(year)d 年的节假日与调休安排，%(year)d 年的提醒暂按周一至周五上班推算。"
        "请在国务院办公厅发布通知后导入。"
    ) % {"year": missing}
