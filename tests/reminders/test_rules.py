"""When a step of the ladder falls due, on the real calendar."""

import csv
import datetime as dt
import re
from pathlib import Path

import pytest

from tasks_app.reminders import rules
from tasks_app.reminders.choices import DayKind
from tasks_app.reminders.rules import GRACE, Step, is_too_late, moments, step_moment
from tests.factories import beijing

ROWS = csv.DictReader((Path(__file__).parents[2] / "fixtures" / "holidays.csv").open(encoding="utf-8-sig"))
CALENDAR = {dt.date.fromisoformat(row["date"]): row["is_workday"] == "1" for row in ROWS}


@pytest.mark.parametrize(
    ("due", "offset", "moment"),
    [
        # 2024-10-05 is a Saturday in the National Day holiday (10-01 … 10-07).
        ("2024-10-05 18:00", -3, "2024-09-27 09:00"),
        ("2024-10-05 18:00", -1, "2024-09-30 09:00"),
        ("2024-10-05 18:00", 0, "2024-10-05 09:00"),
        ("2024-10-05 18:00", 1, "2024-10-08 09:00"),
        ("2024-10-05 18:00", 3, "2024-10-10 09:00"),
        # 2025-01-05 is a Sunday; 2025-01-01 is free.
        ("2025-01-05 18:00", -3, "2024-12-31 09:00"),
        ("2025-01-05 18:00", -1, "2025-01-03 09:00"),
        ("2025-01-05 18:00", 1, "2025-01-06 09:00"),
        # 2025-02-05 is the first working day after Spring Festival; 01-26 was worked.
        ("2025-02-05 18:00", -1, "2025-01-27 09:00"),
        ("2025-02-05 18:00", -2, "2025-01-26 09:00"),
        # An ordinary week.
        ("2024-12-05 18:00", -1, "2024-12-04 09:00"),
        ("2024-12-05 18:00", 3, "2024-12-10 09:00"),
    ],
)
def test_steps_count_working_days_of_the_mainland_calendar(due, offset, moment):
    found = step_moment(due_at=beijing(due), offset=offset, time=dt.time(9), exceptions=CALENDAR)
    assert found == beijing(moment)


def test_the_due_day_is_beijings_day_on_a_utc_server():
    due = dt.datetime(2024, 12, 4, 23, 0, tzinfo=dt.UTC)  # 07:00 on the 5th in Beijing
    assert step_moment(due_at=due, offset=0, time=dt.time(9), exceptions={}) == beijing("2024-12-05 09:00")


@pytest.mark.parametrize(
    ("at", "late"),
    [
        ("2024-12-05 09:00:00", False),
        ("2024-12-12 08:59:59", False),
        ("2024-12-12 09:00:00", True),
    ],
)
def test_a_missed_step_is_sent_for_the_grace_time(at, late):
    assert dt.timedelta(days=7) == GRACE
    assert is_too_late(moment=beijing("2024-12-05 09:00"), at=beijing(at)) is late


def step(offset=0, repeat_days=0, day_kind=DayKind.CALENDAR):
    return Step(1, 1, "task", offset, day_kind, dt.time(9), "liaison", repeat_days, ("site",), "")


def ask(rung, since, until, due="2024-10-31 23:59"):
    return list(moments(rung, due_at=beijing(due), since=beijing(since), until=beijing(until), exceptions=CALENDAR))


def test_thirty_days_before_a_task_is_due_are_calendar_days():
    assert ask(step(-30), "2024-09-01 00:00", "2024-10-31 00:00") == [(0, beijing("2024-10-01 09:00"))]


def test_an_overdue_task_is_chased_every_week_until_it_is_settled():
    found = ask(step(1, repeat_days=7), "2024-10-31 00:00", "2024-11-20 00:00")
    assert found == [
        (0, beijing("2024-11-01 09:00")),
        (1, beijing("2024-11-08 09:00")),
        (2, beijing("2024-11-15 09:00")),
    ]


def test_a_window_begins_after_its_first_moment_and_ends_with_its_last():
    weekly = step(1, repeat_days=7)
    assert ask(weekly, "2024-11-01 09:00", "2024-11-08 09:00") == [(1, beijing("2024-11-08 09:00"))]
    assert ask(weekly, "2024-11-01 09:01", "2024-11-08 08:59") == []
    assert ask(weekly, "2024-12-01 00:00", "2024-12-07 00:00") == [(5, beijing("2024-12-06 09:00"))]


def test_the_table_in_the_rules_is_what_the_rules_say():
    """Each worked example of the module's own docstring."""
    rows = re.findall(r"^\| \w+ (\d{4}-\d\d-\d\d) \|(.+?)\|[^|]+\|$", rules.__doc__, re.MULTILINE)
    assert len(rows) == 4
    for due, cells in rows:
        for offset, cell in zip((-3, -1, 0, 1, 3), cells.split("|"), strict=True):
            found = step_moment(due_at=beijing(f"{due} 18:00"), offset=offset, time=dt.time(9), exceptions=CALENDAR)
            weekday, day = cell.split()
            assert f"{found:%a %m-%d}" == f"{weekday} {day}", (due, offset)
