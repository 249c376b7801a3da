"""One search key for all that is searched, made anew for every row that is there already.

Notices, their rounds, instructions, replies and bulletins get theirs; those of tasks and entries lose the blanks that
they still held. Rows get the key that today's `search_key` makes, whatever it made when this was written: words are
looked for by it.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from tasks_app.lib.text import search_key

BATCH = 500
NEW = {
    "notice": ("number", "title", "unit_name", "demands_text"),
    "noticeround": ("reply_text", "judge_text"),
    "instruction": ("text", "closing_text"),
    "instructionreply": ("text",),
    "bulletin": (
        "number", "title", "overall", "counties", "departments", "reporting", "lagging", "changes", "demands",
    ),
}  # fmt: skip
WORDS = {**NEW, "reportentry": ("done_text", "problem_text", "help_text", "next_text")}


def fill(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    for name, words in WORDS.items():
        rows = apps.get_model("tasks_app", name)._base_manager.using(editor.connection.alias)
        _refold(rows.only("pk", "search_text", *words), lambda row, words=words: (getattr(row, one) for one in words))
    _fill_tasks(apps, editor.connection.alias)


def _fill_tasks(apps: Any, alias: str) -> None:
    sections = {
        pk: (heading, parent)
        for pk, heading, parent in apps.get_model("tasks_app", "Section")
        ._base_manager.using(alias)
        .values_list("pk", "heading", "parent_id")
    }

    def path(section: int | None) -> list[str]:
        heading, parent = sections[section] if section else ("", None)
        return [*path(parent), heading] if section else []

    def words(task: Any) -> list[str]:
        units = [one.unit.name for one in task.assignments.all()]
        return [
            task.no, *path(task.section_id), task.key_task, task.sub_task, task.title, task.content,
            *units, task.lead_text, task.assist_text,
        ]  # fmt: skip

    _refold(apps.get_model("tasks_app", "Task")._base_manager.using(alias).prefetch_related("assignments__unit"), words)


def _refold(rows: Any, words: Callable[[Any], Iterable[str]]) -> None:
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:BATCH]):
        changed = []
        for row in batch:
            key = search_key(*words(row))
            if key != row.search_text:
                row.search_text = key
                changed.append(row)
        rows.model._base_manager.using(rows.db).bulk_update(changed, ["search_text"])
        last = batch[-1].pk


class Migration(migrations.Migration):
    dependencies = [("tasks_app", "0001_initial")]

    operations = [
        *(
            migrations.AddField(model_name=name, name="search_text", field=models.TextField(default="", editable=False))
            for name in NEW
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
