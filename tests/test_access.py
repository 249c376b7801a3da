"""Every address of the app, asked by every role and by nobody: the answer is as access_table.csv says.

A row is an address's name, a method, and what each of the cast gets: the status, and a "+" where something happened,
by the audit or by a message. Where an address names an object, `tests/support/objects.py` says which one: always
something of 市住房建设局 on the first list, in a state that the address speaks of. Each cell begins with it as it was
made. `DUBAN_UPDATE_ACCESS=1 pytest tests/test_access.py` fills in the cells that are empty; read them before keeping
them.
"""

import csv
import os
from copy import copy
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from tasks_app.audit.models import Event
from tasks_app.outbox.models import Message
from tasks_app.web.shared import errors
from tests.factories import CAST
from tests.support.bodies import FORMS
from tests.support.neighbours import with_neighbours
from tests.support.objects import address_of, addresses

TABLE = Path(__file__).with_name("access_table.csv")
NOBODY = "anonymous"
ROLES = [NOBODY, *CAST, "left", "twice"]


@dataclass(frozen=True)
class Row:
    name: str
    method: str
    answers: dict[str, str]


def table() -> list[Row]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [
            Row(row["address"], row["method"], {role: row.get(role) or "" for role in ROLES})
            for row in csv.DictReader(file)
        ]


def test_every_address_is_in_the_table():
    assert {row.name for row in table()} == set(addresses())


def test_no_row_is_there_twice_and_every_address_is_read_or_written():
    pairs = [(row.name, row.method) for row in table()]
    assert len(pairs) == len(set(pairs))
    assert {method for _, method in pairs} == {"GET", "POST"}


def browsers(world) -> dict[str, Client]:
    """A browser for each of the cast, signed in, and one for nobody."""
    made = {role: Client(raise_request_exception=False) for role in ROLES}
    for role, browser in made.items():
        if role != NOBODY:
            browser.force_login(world.people[role], backend="django.contrib.auth.backends.ModelBackend")
    return made


def written() -> tuple[int, int]:
    return Event.objects.count(), Message.objects.count()


def asked(browser: Client, row: Row, address: str, form: dict[str, object], before: tuple[int, int]) -> str:
    """The answer of one cell; whatever it did is undone."""
    cookies = copy(browser.cookies)  # signing out, or choosing a language, leaves its mark there
    with transaction.atomic():
        status = getattr(browser, row.method.lower())(address, form).status_code
        happened = written() != before
        transaction.set_rollback(True)
    browser.cookies = cookies
    return f"{status}+" if happened else str(status)


def answers_of(row: Row, world, people: dict[str, Client]) -> dict[str, str]:
    """A row of the table as it is now: the object is made once, and stands for each of the cast as it was made."""
    with transaction.atomic():
        address = address_of(row.name, world)
        make = FORMS.get(row.name) if row.method == "POST" else None
        answers, before = {}, written()
        for role in ROLES:
            form = make(world) if make else {}
            answers[role] = asked(people[role], row, address, form, before)
        transaction.set_rollback(True)
    return answers


def test_each_role_gets_the_answer_that_the_table_gives(world, settings, monkeypatch):
    settings.ROBOT_HOSTS = ["robots.example.test"]
    # Two thirds of the cells are turned away; what the page then says is for test_scopes and test_errors.
    monkeypatch.setattr(errors, "_page", lambda request, template, status, *_, **__: HttpResponse(status=status))
    with_neighbours(world)
    people = browsers(world)
    found = [Row(row.name, row.method, answers_of(row, world, people)) for row in table()]
    if os.environ.get("DUBAN_UPDATE_ACCESS"):
        _fill(found)
    wrong = [
        f"{row.method} {row.name} as {role}: {now.answers[role]}, the table says {row.answers[role]}"
        for row, now in zip(table(), found, strict=True)
        for role in ROLES
        if now.answers[role] != row.answers[role]
    ]
    assert not wrong, "\n".join(wrong)


def _fill(found: list[Row]) -> None:
    """Empty cells get what was found; the others stay."""
    kept = [
        {role: row.answers[role] or now.answers[role] for role in ROLES}
        for row, now in zip(table(), found, strict=True)
    ]
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["address", "method", *ROLES])
        writer.writerows([row.name, row.method, *cells.values()] for row, cells in zip(found, kept, strict=True))
