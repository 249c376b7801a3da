"""Occasions of reminders come from their registry; parts of a round that fail are noted; a task's day is in its key."""

from collections.abc import Iterator
from typing import Any

from django.db import migrations, models

import tasks_app.reminders.occasions

TOGETHER = 500


def day_into_keys(apps: Any, schema_editor: Any) -> None:
    """`task:3:12` becomes `task:3@20241031:12`: else what was said of a deadline would be said once more.

    Which deadline a row spoke of is not kept; it is taken to be the task's own of today, as it was until now. Who has
    been there and back may hold a row with that very day: it says the same, and the bare one stays as it is.
    """
    table = apps.get_model("tasks_app", "Reminder").objects.using(schema_editor.connection.alias)
    taken = set(table.filter(occasion="task", key__contains="@").values_list("key", flat=True))
    changed = []
    for row in _with_a_day(table):
        step, case, who = row.key.split("/")
        kind, task, *unit = case.split(":")
        key = f"{step}/{':'.join([kind, f'{task}@{row.task.due_on:%Y%m%d}', *unit])}/{who}"
        if key in taken:
            continue
        row.key = key
        changed.append(row)
        if len(changed) == TOGETHER:
            table.bulk_update(changed, ["key"])
            changed = []
    table.bulk_update(changed, ["key"])


def _with_a_day(table: Any) -> Iterator[Any]:
    rows = table.filter(occasion="task", task__due_on__isnull=False).exclude(key__contains="@")
    # Read whole before anything is written: SQLite reads on what it has changed.
    yield from list(rows.select_related("task").only("key", "task__due_on").order_by("pk"))


def day_out_of_keys(apps: Any, schema_editor: Any) -> None:
    """The way back. Of a task whose day has moved the newest row gets the bare key; the others keep their day.

    The release before never asks for a key with a day.
    """
    table = apps.get_model("tasks_app", "Reminder").objects.using(schema_editor.connection.alias)
    taken = set(table.filter(occasion="task").exclude(key__contains="@").values_list("key", flat=True))
    for row in list(table.filter(occasion="task", key__contains="@").only("key").order_by("-pk")):
        head, _at, rest = row.key.partition("@")
        if (bare := head + rest[8:]) not in taken:
            taken.add(bare)
            table.filter(pk=row.pk).update(key=bare)


class Migration(migrations.Migration):
    dependencies = [("tasks_app", "0003_task_external_code")]

    operations = [
        migrations.CreateModel(
            name="Breakdown",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("part", models.CharField(max_length=40, unique=True)),
                ("since", models.DateTimeField()),
                ("at", models.DateTimeField()),
                ("count", models.PositiveIntegerField(default=1)),
                ("error", models.CharField(max_length=100)),
            ],
            options={"verbose_name": "故障", "verbose_name_plural": "故障"},
        ),
        migrations.AlterField(
            model_name="reminder",
            name="occasion",
            field=models.CharField(
                choices=tasks_app.reminders.occasions.occasion_choices, max_length=10, verbose_name="事项"
            ),
        ),
        migrations.AlterField(
            model_name="reminderstep",
            name="occasion",
            field=models.CharField(
                choices=tasks_app.reminders.occasions.occasion_choices,
                default="report",
                max_length=10,
                verbose_name="事项",
            ),
        ),
        migrations.RunPython(day_into_keys, day_out_of_keys),
    ]
