"""Columns whose values must be unique within a list: which rows repeat the value of another."""

from typing import Any

from django.db.models import Case, IntegerField, Q, When
from django.db.models.fields.json import KT

from tasks_app.catalogue.queries import current_items
from tasks_app.intake import editing
from tasks_app.intake.choices import RowChange
from tasks_app.intake.column import Column
from tasks_app.intake.columns import ROW_COLUMNS
from tasks_app.intake.models import ImportBatch, StagedRow
from tasks_app.lib.text import normalise

# Another row of the file has the value; an item of the list has it that the file does not mention.
CODES = ("value_twice", "value_held")


def recheck(batch: ImportBatch) -> None:
    """Give this problem to each row that repeats a value, and clear it from rows that no longer do. Called by actions
    only.
    """
    for column in ROW_COLUMNS:
        if column.once:
            _recheck(batch, column)


def _recheck(batch: ImportBatch, column: Column) -> None:
    found = _again(batch, column)
    for row in batch.rows.filter(Q(pk__in=found) | Q(change=RowChange.ERROR)):
        row.batch = batch
        others = [p for p in row.problems if not (p["name"] == column.name and p["code"] in CODES)]
        problems = others + ([_problem(row, column, **found[row.pk])] if row.pk in found else [])
        if problems == row.problems:
            continue
        if problems:
            row.problems, row.change = problems, RowChange.ERROR
        else:
            task_list, seqs = batch.task_list, [row.seq] if row.seq else []
            known = current_items(task_list, seqs=seqs).get(row.seq or 0) if task_list else None
            editing.judge(row, editing.item_of(row), [], known, lambda: editing.free_place(batch))
        row.save()


def _again(batch: ImportBatch, column: Column) -> dict[int, dict[str, Any]]:
    """Rows that repeat the value of an earlier row, or of an item that the file does not mention: row → code and
    details.
    """
    kept_first = Case(When(change=RowChange.KEPT, then=0), default=1, output_field=IntegerField())
    rows = (
        batch.rows.filter(item__has_key=column.name)
        .exclude(change=RowChange.REMOVED)
        .order_by(kept_first, "line")
        .values_list("pk", "line", "no", "change", KT(f"item__{column.name}"))
    )
    first: dict[str, tuple[str, dict[str, str]]] = {}
    found: dict[int, dict[str, Any]] = {}
    for pk, line, no, change, value in rows:
        key = normalise(value)
        if key in first:
            code, details = first[key]
            found[pk] = {"code": code, "details": details}
        elif key:
            kept = change == RowChange.KEPT
            first[key] = (CODES[1], {"no": no}) if kept else (CODES[0], {"line": str(line)})
    return found


def _problem(row: StagedRow, column: Column, *, code: str, details: dict[str, str]) -> dict[str, Any]:
    heading = editing.heading_of(row, column.name)
    value = column.of(editing.item_of(row))
    return {"code": code, "name": column.name, "column": heading, "value": value, "details": details}
