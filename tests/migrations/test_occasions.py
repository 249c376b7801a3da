"""What the migrations of reminders do to rows that exist."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from tasks_app.reminders.actions import make_round
from tasks_app.reminders.models import Reminder
from tests.factories import beijing

# All that a migration asks of its schema editor.
EDITOR = SimpleNamespace(connection=connection)
KEYS = import_module("tasks_app.migrations.0004_occasions")


@pytest.fixture
def told(world):
    """A reminder of task 3, due on 2024-10-31, and one of a report."""
    make_round(at=beijing("2024-08-05 09:00"))
    make_round(at=beijing("2024-10-24 09:00"))
    assert set(Reminder.objects.values_list("occasion", flat=True)) == {"report", "task"}
    return world


def keys() -> list[str]:
    return list(Reminder.objects.order_by("pk").values_list("key", flat=True))


def test_the_day_of_a_task_goes_into_its_keys_and_out_again(told):
    today = keys()
    KEYS.day_out_of_keys(apps, EDITOR)
    assert keys() != today
    assert not [key for key in keys() if "@" in key]
    KEYS.day_into_keys(apps, EDITOR)
    assert keys() == today


def test_a_task_whose_day_has_moved_goes_back_with_its_newest_row(told):
    row = Reminder.objects.filter(occasion="task").first()
    head, _at, rest = row.key.partition("@")
    row.pk, row.key = None, f"{head}@20241231{rest[8:]}"
    row.save()
    KEYS.day_out_of_keys(apps, EDITOR)
    row.refresh_from_db()
    assert row.key == head + rest[8:]
    assert [key for key in keys() if "@" in key] == [f"{head}@{rest}"]


def test_what_was_said_before_the_migration_is_not_said_again_after_it(told):
    at = beijing("2024-10-24 09:01")
    KEYS.day_out_of_keys(apps, EDITOR)
    KEYS.day_into_keys(apps, EDITOR)
    assert make_round(at=at).messages_written == 0
