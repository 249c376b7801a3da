"""The calendar behind the patterns of deadlines: which day a phrase ends on, and where its month or quarter begins."""

import calendar
import datetime as dt
from collections.abc import Mapping

from tasks_app.intake.understanding.deadline_patterns import DIGITS
from tasks_app.lib.numerals import from_chinese


def figures(year: str | None) -> int | None:
    """A year in figures or Chinese figures."""
    return int(year.translate(DIGITS)) if year else None


def number(text: str | None) -> int:
    """A number of one or two figures or in Chinese; 0 for none and for what is no number (五六)."""
    return from_chinese(text) or 0 if text else 0


def last_day(kind: str, groups: Mapping[str, str | None], year: int) -> dt.date | None:
    """The last day that a phrase allows; None when the calendar has no such day."""
    if not 1 < year <= dt.MAXYEAR:
        return None
    if kind == "before_year":
        return dt.date(year - 1, 12, 31)
    if kind in {"year", "years", "year_end", "within", "bare_year"}:
        return dt.date(year, 12, 31)
    if kind == "part":
        quarter = number(groups.get("q") or groups.get("qq"))
        month = quarter * 3 if quarter else 6 if groups["p"] == "上半年" else 12
    else:
        month = number(groups["m"])
    if not 1 <= month <= 12:
        return None
    last = calendar.monthrange(year, month)[1]
    named, thirds = groups.get("d"), {"初": 10, "上旬": 10, "中旬": 20, "中": 20}
    day = number(named) if named else thirds.get(groups.get("part") or "", last)
    return dt.date(year, month, day) if 1 <= day <= last else None


def begins(kind: str, words: str, groups: Mapping[str, str | None], day: dt.date) -> tuple[str, dt.date]:
    """What a day is the end of (旬, 月, 季度, 半年, 年), and the first day of that."""
    if kind in {"before_year", "years"}:
        return "年", day.replace(month=1, day=1)
    if kind == "part" and "半年" in words:
        return "半年", day.replace(month=day.month - 5, day=1)
    if kind == "part":
        return "季度", day.replace(month=day.month - 2, day=1)
    if groups.get("part"):
        return "旬", day.replace(day={10: 1, 20: 11}.get(day.day, 21))
    return "月", day.replace(day=1)
