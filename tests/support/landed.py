"""A database as it was at a landed migration, kept as a file of rows, and put back at that migration.

`record` writes the rows of the database at hand; `restore` puts them into one that stands at the same migration,
through the models as that migration knew them; `kept` tells which of them a later schema no longer holds as they were.

Run as a program (`python -m tests.support.landed restore FILE`, `… check FILE`) with config.settings: the database is
the one that DUBAN_DATABASE_URL names, so that the test's own is never migrated.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
from django.apps import apps as today
from django.db import connection, models, transaction
from django.db.migrations.loader import MigrationLoader

APP = "tasks_app"
Rows = dict[str, dict[str, list[Any]]]


def tables(apps: Any) -> Iterator[type[models.Model]]:
    """Every model of the app, and the tables of its many-to-many fields."""
    yield from apps.get_app_config(APP).get_models(include_auto_created=True)


def columns(model: type[models.Model]) -> list[models.Field]:
    return [field for field in model._meta.concrete_fields if field.column]


def record(path: Path) -> None:
    """Write all rows of the app's tables; a value is what its field gives to a serializer."""
    kept: Rows = {}
    for model in tables(today):
        fields = columns(model)
        rows = [[_text(field, row) for field in fields] for row in model._base_manager.order_by("pk")]
        if rows:
            kept[model._meta.model_name] = {"columns": [field.attname for field in fields], "rows": rows}
    lines = [
        f'"{name}": {{"columns": {json.dumps(table["columns"])}, "rows": [\n'
        + ",\n".join(json.dumps(row, ensure_ascii=False) for row in table["rows"])
        + "\n]}"
        for name, table in kept.items()
    ]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def _text(field: models.Field, row: models.Model) -> Any:
    value = getattr(row, field.attname)
    return value if isinstance(value, None | bool | int | dict | list) else field.value_to_string(row)


def restore(path: Path) -> None:
    """Put the rows of a file into a database that stands at the migration which the file is named for."""
    apps = MigrationLoader(connection).project_state((APP, path.stem)).apps
    with transaction.atomic():
        for name, table in _read(path).items():
            model = apps.get_model(APP, name)
            fields = {field.attname: field for field in columns(model)}
            model._base_manager.bulk_create(
                model(**{key: fields[key].to_python(value) for key, value in zip(table["columns"], row, strict=True)})
                for row in table["rows"]
            )
    _move_sequences_on(apps)


def _move_sequences_on(apps: Any) -> None:
    """Rows were written with their numbers: the next number of each table comes after them."""
    from django.core.management.color import no_style

    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(tables(apps))):
            cursor.execute(statement)


def kept(path: Path) -> list[str]:
    """What today's tables no longer hold of a file's rows: a line for each table, or row and column, that differs.

    What a later migration drops or rewrites on purpose the test takes out of the lines, by name and with the reason.
    """
    lost = []
    for name, table in _read(path).items():
        try:
            model = today.get_model(APP, name)
        except LookupError:
            lost.append(f"{name}: the table is gone")
            continue
        fields = {field.attname: field for field in columns(model)}
        lost += [f"{name}.{column}: the column is gone" for column in table["columns"] if column not in fields]
        now = {row.pk: row for row in model._base_manager.all()}
        key = table["columns"].index(model._meta.pk.attname)
        for row in table["rows"]:
            found = now.get(model._meta.pk.to_python(row[key]))
            if found is None:
                lost.append(f"{name} {row[key]}: the row is gone")
                continue
            lost += [
                f"{name} {row[key]}: {column} was {value!r}, is {_text(fields[column], found)!r}"
                for column, value in zip(table["columns"], row, strict=True)
                if column in fields and _text(fields[column], found) != value
            ]
    return lost


def _read(path: Path) -> Rows:
    return json.loads(path.read_text(encoding="utf-8"))


def check(path: Path) -> list[str]:
    """What is wrong with a restored and migrated database: rows lost, lights, the chain, pages that do not answer."""
    from django.test import Client
    from django.urls import reverse

    from tasks_app.accounts.models import User
    from tasks_app.audit.actions import first_broken
    from tasks_app.progress.models import Standing
    from tasks_app.progress.twin import differences

    wrong = kept(path)
    judged_on = Standing.objects.aggregate(day=models.Max("as_of"))["day"]
    wrong += [f"the light of task {each.task_id}" for each in differences(judged_on)]
    if broken := first_broken():
        wrong.append(f"the chain of events is broken at event {broken.pk}")
    for person in User.objects.filter(is_active=True):
        client = Client(HTTP_HOST="localhost")
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        for name in ("desk", "ledger", "reports", "overdue", "progress", "notices", "bulletins", "scores", "search"):
            status = client.get(reverse(name), follow=True).status_code
            if status not in (200, 403):
                wrong.append(f"{name} answers {person.username} with {status}")
    return wrong


if __name__ == "__main__":
    django.setup()
    verb, file = sys.argv[1], Path(sys.argv[2])
    if verb == "restore":
        restore(file)
    else:
        print(json.dumps(check(file), ensure_ascii=False))  # noqa: T201 - the answer, read by the test
