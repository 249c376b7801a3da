"""The holiday rows against an independent library, and against days everyone remembers."""

import csv
import datetime as dt
from pathlib import Path

import pytest

HOLIDAYS = Path(__file__).parents[2] / "fixtures" / "holidays.csv"


def _exceptions():
    with HOLIDAYS.open(encoding="utf-8", newline="") as lines:
        return {dt.date.fromisoformat(row["date"]): row["is_workday"] == "1" for row in csv.DictReader(lines)}


EXCEPTIONS = _exceptions()


def _is_workday(day):
    return EXCEPTIONS.get(day, day.weekday() < 5)


def test_only_exceptions_to_monday_to_friday_are_carried():
    assert all(works != (day.weekday() < 5) for day, works in EXCEPTIONS.items())
    assert list(EXCEPTIONS) == sorted(EXCEPTIONS)


def test_one_working_day_before_5_october_2024_is_30_september():
    day = dt.date(2024, 10, 4)
    while not _is_workday(day):
        day -= dt.timedelta(days=1)
    assert day == dt.date(2024, 9, 30)


def test_twelve_of_the_thirty_fifths_to_the_end_of_2026_are_free():
    fifths = [dt.date(year, month, 5) for year in (2024, 2025, 2026) for month in range(1, 13)]
    fifths = [day for day in fifths if day >= dt.date(2024, 7, 1)]
    assert (len(fifths), sum(not _is_workday(day) for day in fifths)) == (30, 12)


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_every_day_agrees_with_chinesecalendar(year):
    calendar = pytest.importorskip("chinese_calendar")
    first = dt.date(year, 1, 1)
    days = [first + dt.timedelta(days=n) for n in range((dt.date(year + 1, 1, 1) - first).days)]
    assert [day for day in days if _is_workday(day) != calendar.is_workday(day)] == []
