"""When a step of the ladder falls due, on the real calendar."""

import csv
import datetime as dt
from pathlib import Path

import pytest

from tasks_app.reminders.rules import GRACE, is_due, step_moment
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
    ("at", "due"),
    [
        ("2024-12-05 08:59:59", False),
        ("2024-12-05 09:00:00", True),
        ("2024-12-06 09:00:00", True),
        ("2024-12-08 08:59:59", True),
        ("2024-12-08 09:00:00", False),
    ],
)
def test_a_step_is_due_from_its_moment_for_the_grace_time(at, due):
    assert dt.timedelta(days=3) == GRACE
    moment, opens = beijing("2024-12-05 09:00"), beijing("2024-12-01 00:00")
    assert is_due(moment=moment, opens_at=opens, at=beijing(at)) is due


def test_nobody_is_reminded_of_what_was_not_asked_yet():
    moment = beijing("2024-07-05 09:00")
    assert not is_due(moment=moment, opens_at=beijing("2024-07-09 00:00"), at=beijing("2024-07-09 01:00"))
