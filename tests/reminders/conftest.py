"""What the tests of reminders play with."""

import datetime as dt
from dataclasses import replace

import pytest

from tasks_app.accounts.actions import add_person
from tasks_app.accounts.choices import Role
from tasks_app.catalogue.actions import apply_items, save_list
from tasks_app.outbox.actions import deliver_waiting
from tasks_app.reminders.actions import make_round, save_ladder
from tasks_app.reminders.occasions import DEFAULT_LADDER
from tasks_app.schedule.actions import derive_obligations, save_rule
from tests.factories import ITEMS, START, beijing


@pytest.fixture
def tick():
    """`tick("2024-08-05 09:00")` is a round and a delivery at that Beijing moment."""

    def play(moment: str) -> int:
        made = make_round(at=beijing(moment))
        deliver_waiting(at=beijing(moment))
        make_round(at=beijing(moment))
        return made.messages_written

    return play


@pytest.fixture
def staffed(world):
    """Every unit has a liaison; those that the cast leaves without get one that has no mail."""
    for name in ("海东工业园区管委会", "平安区政府"):
        world.people[name] = add_person(
            username=name, name=f"{name}联络员", email="", password_hash="", role=Role.LIAISON,
            unit=world.units[name], by=None, at=beijing("2024-08-02 10:00"),
        )  # fmt: skip
    return world


@pytest.fixture
def second_list(staffed):
    """Another list of the same city, due on the same day; 市住房建设局 leads its one task."""
    at = beijing("2024-08-02 10:00")
    document = {"number": "东政办〔2024〕46号", "title": "又一份清单", "issuer": "海东市", "issued_on": START}
    values = {
        "title": "又一份清单",
        "jurisdiction": staffed.task_list.jurisdiction,
        "coordinating_unit": staffed.task_list.coordinating_unit,
        "year": 2024,
        "starts_on": dt.date(2024, 8, 1),
    }
    task_list = save_list(slug="second", document=document, values=values, by=None, at=at)
    apply_items(task_list=task_list, items=[replace(ITEMS[0], assist_units=())], by=None, at=at)
    rule = {"day": 5, "first_due_at": beijing("2024-08-05 18:00"), "assisting_kinds": []}
    save_rule(task_list=task_list, values=rule, by=None, at=at)
    save_ladder(task_list=task_list, steps=DEFAULT_LADDER, by=None, at=at)
    derive_obligations(task_list=task_list, by=None, at=at)
    staffed.open("2024-08-02 10:00")
    return task_list
