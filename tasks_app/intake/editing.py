"""One row, thought over again: after an edit, after a unit became known, after its file was read anew."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from tasks_app.catalogue.items import Item, from_json, to_json
from tasks_app.intake import rules
from tasks_app.intake.choices import RowChange
from tasks_app.intake.columns import BY_NAME, FIELDS, Context, Units
from tasks_app.intake.matching import compare
from tasks_app.intake.models import StagedRow
from tasks_app.intake.rules import CellProblem, Problem

# What a person typed for a column, or names that are split already.
Given = str | tuple[list[str], str]
# Problems of a row as a whole: who edits the row has looked at it.
_OF_THE_ROW = ""
REQUIRED = tuple(column.name for column in FIELDS if column.required)


def item_of(row: StagedRow) -> Item:
    return from_json(row.item) if row.item else Item(seq=0, no="", content="")


def text_of(item: Item, name: str) -> str:
    """A field as it is edited."""
    if name == "number":
        return item.no
    if name == "path":
        return "\n".join(item.path)
    if name == "key_task":
        return " / ".join(filter(None, (item.key_task, item.sub_task)))
    if name in {"lead_units", "assist_units"}:
        return "、".join(getattr(item, name))
    if name == "deadline":
        return item.due_text if item.due_basis == "explicit" and item.due_text else _day_of(item)
    if name == "targets":
        return "\n".join(map(rules.target_line, item.targets))
    return str(getattr(item, name))


def _day_of(item: Item) -> str:
    return item.due_on.isoformat() if item.due_on else item.due_text


def revise(
    row: StagedRow, given: Mapping[str, Given], context: Context, known: Item | None, free: Callable[[], int]
) -> None:
    """Put new values into a row and judge it again; `known` is the list's item that it is, `free` a new place.

    Changes `row` without saving it.
    """
    item = item_of(row)
    if not row.item:
        given = {column.name: "" for column in FIELDS} | dict(given)
    problems = [p for p in row.problems if p["name"] not in given and p["name"] != _OF_THE_ROW]
    for name, value in given.items():
        item, problem = _put(item, name, value, context)
        if problem is not None:
            found = Problem(problem.code, row.line, _heading(row, name), _said(value), problem.details, name)
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


def _put(item: Item, name: str, value: Given, context: Context) -> tuple[Item, CellProblem | None]:
    column = BY_NAME[name]
    problem: CellProblem | None = None
    understood: Any
    try:
        if isinstance(column, Units) and not isinstance(value, str):
            understood = column.known(*value, context)
        else:
            understood = column.clean(str(value), context)
    except CellProblem as caught:
        problem, understood = caught, caught.partial
    if name == "targets" and understood is not None:
        same = {rules.target_line(target): target for target in item.targets}
        understood = tuple(same.get(rules.target_line(target), target) for target in understood)
    if name == "content":
        return replace(item, content=understood or ""), problem
    if name == "number":
        return replace(item, no=understood or ""), problem
    return (column.assign(item, understood) if understood is not None else item), problem


def _onto(known: Item, item: Item) -> Item:
    """The list's item with the row's values; where both say the same the list's words stay."""
    values = {
        "number": item.no,
        "path": item.path,
        "key_task": (item.key_task, item.sub_task),
        "title": item.title,
        "content": item.content,
        "lead_units": (item.lead_units, item.lead_text),
        "assist_units": (item.assist_units, item.assist_text),
        "deadline": rules.Deadline(item.due_on, item.due_text, item.due_basis),
        "targets": item.targets,
    }
    for column in FIELDS:
        known = column.assign(known, values[column.name])
    return known


def _heading(row: StagedRow, name: str) -> str:
    headings: Mapping[str, str] = row.batch.reading.get("columns") or {}
    return headings.get(name) or str(BY_NAME[name].title)


def _said(value: Given) -> str:
    return (value if isinstance(value, str) else value[1])[:200]
