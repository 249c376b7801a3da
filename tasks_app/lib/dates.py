"""Dates and moments of office life, in Beijing time. Pure."""

import calendar
import datetime as dt
from collections.abc import Mapping
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")
WEEKDAYS = "一二三四五六日"


def at_beijing(day: dt.date, time: dt.time) -> dt.datetime:
    """The moment at which Beijing's wall clock shows `time` on `day`."""
    return dt.datetime.combine(day, time, tzinfo=BEIJING)


def beijing_day(moment: dt.datetime) -> dt.date:
    """The calendar day in Beijing at an aware `moment` (07:00 there is still yesterday in UTC)."""
    return moment.astimezone(BEIJING).date()


def day_of_month(year: int, month: int, day: int) -> dt.date:
    """That day, or the month's last one where the month is shorter."""
    return dt.date(year, month, min(day, calendar.monthrange(year, month)[1]))


def next_month(year: int, month: int) -> tuple[int, int]:
    return (year + 1, 1) if month == 12 else (year, month + 1)


def is_workday(day: dt.date, exceptions: Mapping[dt.date, bool]) -> bool:
    """Monday to Friday, unless `exceptions` (day → is a working day) says otherwise (调休)."""
    return exceptions.get(day, day.weekday() < 5)


def shift_workdays(day: dt.date, count: int, exceptions: Mapping[dt.date, bool]) -> dt.date:
    """The day `count` working days after `day` (before it, if negative); 0 is `day` itself.

    Counting starts from the neighbouring day, so one working day before Saturday 2024-10-05,
    in the National Day holiday, is Monday 2024-09-30.
    """
    step = dt.timedelta(days=1 if count > 0 else -1)
    left = abs(count)
    while left:
        day += step
        left -= is_workday(day, exceptions)
    return day
