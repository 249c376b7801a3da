"""Re-evaluating one row: after an edit, after a unit became known, after its file was read again."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django.db.models import Max

from tasks_app.catalogue.items import Item, from_json, to_json
from tasks_app.intake.choices import RowChange
from tasks_app.intake.column import Column
from tasks_app.intake.columns import BY_NAME, ROW_COLUMNS
from tasks_app.intake.context import Context
from tasks_app.intake.matching import compare
from tasks_app.intake.models import ImportBatch, StagedRow
from tasks_app.intake.problem import Problem
from tasks_app.intake.rules import CellProblem

# Problems of a row as a whole: they go away when a person edits the row, who has then looked at it.
_OF_THE_ROW = ""


def item_of(row: StagedRow) -> Item:
    return from_json(row.item) if row.item else Item(seq=0, no="", content="")


def free_place(batch: ImportBatch) -> int:
    """The last place in the list."""
    used = [batch.rows.aggregate(last=Max("seq"))["last"] or 0]
    if batch.task_list:
        used.append(batch.task_list.tasks.aggregate(last=Max("seq"))["last"] or 0)
    return max(used) + 1


def revise(
    row: StagedRow, given: Mapping[str, str | None], context: Context, known: Item | None, free: Callable[[], int]
) -> None:
    """Put what a person typed into a row and judge it again: column name → text, None for what stands there already.

    `known` is the list's item that the row is, `free` gives a new place. Changes `row` without saving it.
    """
    item = item_of(row)
    if not row.item:
        given = {column.name: "" for column in ROW_COLUMNS} | dict(given)
    said = {p["name"]: p["value"] for p in row.problems}
    problems = [p for p in row.problems if p["name"] not in given and p["name"] != _OF_THE_ROW]
    for name, text in given.items():
        column = BY_NAME[name]
        item, problem = _put(item, column, text, context)
        if problem is not None:
            value = said.get(name, "") if text is None else text[:200]
            found = Problem(problem.code, row.line, heading_of(row, name), value, problem.details, name)
            problems.append(found.as_json())
    judge(row, item, problems, known, free)


def judge(
    row: StagedRow, item: Item, problems: list[dict[str, Any]], known: Item | None, free: Callable[[], int]
) -> None:
    """Give the row its item, its problems, and what it would change."""
    if known is not None:
        item = _onto(known, item)
    elif not problems and (not item.seq or (row.change == RowChange.ERROR and row.seq is None)):
        item = replace(item, seq=item.seq or free())
    row.item, row.problems = to_json(item), problems
    row.no, row.seq = item.no[:20], item.seq or None
    row.change, row.changed_fields = compare(known, item)
    if problems:
        row.change = RowChange.ERROR


def _put(item: Item, column: Column, text: str | None, context: Context) -> tuple[Item, CellProblem | None]:
    try:
        if text is None:
            return column.put(item, column.anew(item, context)), None
        return column.onto(item, text, context), None
    except CellProblem as problem:
        return (item if problem.partial is None else column.put(item, problem.partial)), problem


def _onto(known: Item, item: Item) -> Item:
    """The list's item with the row's values; where both say the same the list's words stay."""
    for column in ROW_COLUMNS:
        known = column.take(known, item)
    return known


def heading_of(row: StagedRow, name: str) -> str:
    """The column's heading in the row's file."""
    headings: Mapping[str, str] = row.batch.reading.get("columns") or {}
    return headings.get(name) or BY_NAME[name].title
