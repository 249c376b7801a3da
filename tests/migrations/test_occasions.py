"""What the migrations of reminders do to rows that exist."""

import json
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from tasks_app.reminders.actions import make_round
from tasks_app.reminders.models import Reminder
from tests.factories import beijing
from tests.migrations.databases import run

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


def test_a_day_that_has_moved_and_moved_back_is_no_hindrance_on_the_way_there_again(told):
    """The newest row, of the other day, has the bare key; the task's day of now stands in the key of the older."""
    row = Reminder.objects.filter(occasion="task").first()
    here = row.key
    head, _at, rest = here.partition("@")
    row.pk, row.key = None, f"{head}@20241231{rest[8:]}"
    row.save()
    KEYS.day_out_of_keys(apps, EDITOR)
    KEYS.day_into_keys(apps, EDITOR)
    assert here in keys()
    row.refresh_from_db()
    assert row.key == head + rest[8:]


def test_what_was_said_before_the_migration_is_not_said_again_after_it(told):
    at = beijing("2024-10-24 09:01")
    KEYS.day_out_of_keys(apps, EDITOR)
    KEYS.day_into_keys(apps, EDITOR)
    assert make_round(at=at).messages_written == 0


# --- the rows of the first schema, through the models as each migration knew them -------------------

FIRST, BEFORE, AFTER = "0001_initial", "0003_task_external_code", "0004_occasions"
# The landed month holds no reminder of a task: one is made as the first release made it. Then there, a second day
# beside it, back, and there again.
PLAY = f"""
import datetime as dt, json, django
django.setup()
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
def at(name):
    return MigrationLoader(connection).project_state(("tasks_app", name)).apps.get_model("tasks_app", "Reminder")
def keys(name):
    return list(at(name).objects.filter(occasion="task").order_by("pk").values_list("key", flat=True))
def copy(name, **parts):
    row = at(name).objects.order_by("pk").last()
    for part, value in {{"pk": None, "occasion": "task", **parts}}.items():
        setattr(row, part, value)
    row.save(force_insert=True)
migrate = lambda name: call_command("migrate", "tasks_app", name, verbosity=0)
migrate("{BEFORE}")
task = at("{BEFORE}")._meta.get_field("task").related_model.objects.filter(due_on__isnull=False).earliest("pk")
task.due_on = dt.date(2024, 10, 31)
task.save()
seen = []
copy("{BEFORE}", task_id=task.pk, key=f"5.0/task:{{task.pk}}:12/u7")
for name in ("{AFTER}", "{BEFORE}", "{AFTER}"):
    migrate(name)
    seen.append([key.replace(f"task:{{task.pk}}", "task:T") for key in keys(name)])
    if len(seen) == 1:
        copy("{AFTER}", task_id=task.pk, key=f"5.0/task:{{task.pk}}@20241231:12/u7")
        type(task).objects.filter(pk=task.pk).update(due_on=dt.date(2024, 12, 31))
call_command("migrate", verbosity=0)
print(json.dumps(seen))
"""


@pytest.mark.slow
def test_landed_rows_go_there_back_and_there_again_also_with_two_days_of_one_task(landed):
    there, back, again = json.loads(run(landed(FIRST), "-c", PLAY))
    assert there == ["5.0/task:T@20241031:12/u7"]
    assert back == ["5.0/task:T@20241031:12/u7", "5.0/task:T:12/u7"]
    assert again == ["5.0/task:T@20241031:12/u7", "5.0/task:T@20241231:12/u7"]
