"""Twenty-four months of rounds against a table of days that our code had no part in.

`expected_days.csv` was written with the chinesecalendar package (Monday to Friday in 2027, which it does not
know). Three lists are due on the 5th, the 20th and the 31st (the month's last day where it is shorter); nobody
ever reports. The clock is asked at uneven times, in UTC or in Shanghai, and jumps back and ahead by hours.
"""

import csv
import datetime as dt
import os
import random
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.management import call_command

from tasks_app.catalogue.actions import apply_items, save_list
from tasks_app.lib.dates import BEIJING, at_beijing
from tasks_app.outbox.actions import deliver_waiting
from tasks_app.reminders.actions import make_round, save_ladder
from tasks_app.reminders.choices import ReminderState
from tasks_app.reminders.models import Reminder, ReminderStep
from tasks_app.reminders.occasions import REPORT
from tasks_app.schedule.actions import derive_obligations, save_rule
from tasks_app.workdays.actions import import_days
from tests.factories import ITEMS, beijing

TABLE = list(csv.DictReader(Path(__file__).with_name("expected_days.csv").open(encoding="utf-8")))
HOLIDAYS = Path(__file__).parents[2] / "fixtures" / "holidays.csv"
# Column → (offset, who is told in the small city: the one lead's liaison, and who oversees).
STEPS = {
    "before3": [(-3, "liaison")],
    "before1": [(-1, "liaison")],
    "day": [(0, "liaison")],
    "after1": [(1, "liaison"), (1, "coordinator")],
    "after3": [(3, "supervisor"), (3, "inspector")],
}
# The suite plays four months on one host and two on the other; scripts/prove_reminders the whole table on both.
MONTHS = int(os.environ.get("DUBAN_TEST_MONTHS", "4"))
START = beijing("2025-01-01 00:00")


def expected(months: int) -> set[tuple[str, str, int, str]]:
    """(list, day, offset, person) for periods of so many months, as far as it has come by their end."""
    periods = {f"{2025 + n // 12}-{n % 12 + 1:02}" for n in range(months)}
    end = (dt.date(2025 + months // 12, months % 12 + 1, 1)).isoformat()
    return {
        (f"due-{row['due_day']}", row[column], offset, who)
        for row in TABLE
        if row["period"] in periods
        for column, steps in STEPS.items()
        for offset, who in steps
        if "2025-01-01" <= row[column] < end
    }


def happened(until: dt.datetime, months: int) -> list[tuple[str, str, int, str]]:
    """The same of what the ledger says was sent, by the day its step was due; next periods' early steps aside."""
    last = (2025 + (months - 1) // 12, (months - 1) % 12 + 1)
    rows = Reminder.objects.filter(state=ReminderState.SENT, moment__lt=until).select_related(
        "task_list", "step", "recipient"
    )
    found = []
    for row in rows:
        _list, year, month = row.key.split("/")[1].split(":")[1].split(".")[:3]
        if (int(year), int(month)) <= last:
            day = row.moment.astimezone(BEIJING).date().isoformat()
            found.append((row.task_list.slug, day, row.step.offset, row.recipient.username))
    return found


@pytest.fixture
def three_lists(world):
    """Lists due on the 5th, 20th and 31st from January 2025 on; the small city's own is silent."""
    world.task_list.reporting_rule.delete()
    world.task_list.periods.all().delete()
    ReminderStep.objects.all().delete()
    import_days(data=HOLIDAYS.read_bytes(), by=None, at=START)
    for day in (5, 20, 31):
        old = world.task_list
        values = {"title": f"{day}日清单", "jurisdiction": old.jurisdiction, "year": 2025, "starts_on": START.date()}
        document = {"number": f"〔2025〕{day}号", "title": "清单", "issuer": "市", "issued_on": START.date()}
        values["coordinating_unit"] = old.coordinating_unit
        task_list = save_list(slug=f"due-{day}", document=document, values=values, by=None, at=START)
        item = replace(ITEMS[0], assist_units=(), due_on=None)
        apply_items(task_list=task_list, items=[item], by=None, at=START)
        first = at_beijing(dt.date(2025, 1, day), dt.time(18))
        save_rule(task_list=task_list, values={"day": day, "first_due_at": first}, by=None, at=START)
        save_ladder(task_list=task_list, steps=REPORT.ladder, by=None, at=START)
        derive_obligations(task_list=task_list, by=None, at=START)
    return world


def clock(until: dt.datetime, zone: dt.tzinfo, chance: random.Random):
    """Uneven moments until the end, with jumps: back by up to two hours, ahead by up to twenty."""
    at = START.astimezone(zone)
    while at < until:
        yield at
        if chance.random() < 0.03:
            yield at - dt.timedelta(minutes=chance.randrange(1, 120))
        at += dt.timedelta(minutes=chance.choice([45, 240, 700, 1000, 1200]))
    # A quiet last hour, so that the last day is complete whatever the steps were.
    yield (until - dt.timedelta(minutes=1)).astimezone(zone)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("host", "zone", "months"),
    [("UTC", dt.UTC, MONTHS), ("Asia/Shanghai", BEIJING, MONTHS if MONTHS > 4 else 2)],
)
def test_every_step_is_sent_once_on_its_day_and_nothing_else(three_lists, monkeypatch, host, zone, months):
    monkeypatch.setenv("TZ", host)
    time.tzset()
    until = beijing(f"{2025 + months // 12}-{months % 12 + 1:02}-01 00:00")
    for at in clock(until, zone, random.Random(20250105)):
        make_round(at=at)
        deliver_waiting(at=at)
    make_round(at=until - dt.timedelta(seconds=1))
    found = happened(until, months)
    assert len(found) == len(set(found))
    assert set(found) == expected(months)
    assert not Reminder.objects.filter(state=ReminderState.SUPPRESSED).exists()


def test_the_simulation_prints_the_same_set(three_lists, capsys):
    """The command's own lines against the table: 24 months at once, nothing written."""
    call_command("simulate_reminders", "--from", "2025-01-01", "--to", "2026-12-31")
    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()[:-1]]
    people = {str(three_lists.people[who]): who for who in ("liaison", "coordinator", "supervisor", "inspector")}
    printed = sorted((moment[:10], people[person]) for moment, _channels, person, _title in lines)
    # What belongs to January 2027 is announced in the last days of December.
    wanted = sorted((day, who) for _list, day, _offset, who in expected(24))
    assert not Counter(wanted) - Counter(printed)
    assert all(day >= "2026-12-28" for day, _who in Counter(printed) - Counter(wanted))
    assert not Reminder.objects.exists()
