"""Rows of a file held against a list: which item each row is, and what it would change."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tasks_app.catalogue.items import Item, to_json
from tasks_app.intake.choices import RowChange
from tasks_app.intake.column import Column
from tasks_app.intake.columns import BY_NAME, COLUMN_OF
from tasks_app.intake.context import Context
from tasks_app.intake.layout import Layout
from tasks_app.intake.problem import Problem
from tasks_app.intake.readers import RawRow
from tasks_app.intake.rules import CellProblem
from tasks_app.lib.text import normalise

# Headings of merged cells: a spreadsheet saved as CSV keeps them in the first row only.
MERGED = ("chapter", "section", "key_task")
LARGEST_NUMBER = 99_999


@dataclass
class Understood:
    """One row as understood: as far as possible where there are problems.

    `place` and `blocks` say where it stands in a document; `doubts` are {text, field, accepted}.
    """

    line: int
    raw: dict[str, str] = field(default_factory=dict)
    item: Item | None = None
    problems: list[Problem] = field(default_factory=list)
    change: str = RowChange.ERROR
    changed: list[dict[str, str]] = field(default_factory=list)
    doubts: list[dict[str, Any]] = field(default_factory=list)
    place: dict[str, Any] = field(default_factory=dict)
    blocks: list[int] = field(default_factory=list)


def digest_of(items: Mapping[int, Item]) -> str:
    """A fingerprint of a list's items: the same as long as nobody changed one."""
    hashed = hashlib.sha256()
    for seq in sorted(items):
        hashed.update(json.dumps(to_json(items[seq]), ensure_ascii=False, sort_keys=True).encode())
    return hashed.hexdigest()


def understand_rows(
    headings: Sequence[str], rows: Iterable[RawRow], layout: Layout, context: Context, match: "Match"
) -> Iterator[Understood]:
    """Each row of a table against the list's items, one after the other."""
    for raw, cells, took in _filled_down(rows, layout):
        match.inherited += took
        row = Understood(line=raw.line, raw=dict(zip(headings, raw.cells, strict=True)))
        row.problems.extend(_named(problem, layout) for problem in raw.problems)
        if not any(problem.code == "quote_open" for problem in raw.problems):
            _understand_row(row, cells, layout, context, match)
        yield row


def _named(problem: Problem, layout: Layout) -> Problem:
    """The reader's problem with the name of the column that its heading stands for."""
    name = next((column.name for _place, heading, column in layout.columns if heading == problem.column), "")
    return replace(problem, name=name)


def _filled_down(rows: Iterable[RawRow], layout: Layout) -> Iterator[tuple[RawRow, dict[str, str], bool]]:
    """Each row with its cells by column; a row whose chapter is blank takes the headings of the row above.

    Only then: under a printed chapter, a blank section or key task is intentional.
    """
    above: dict[str, str] = {}
    for raw in rows:
        cells = {column.name: raw.cells[place] for place, _heading, column in layout.columns}
        took = False
        if "chapter" in cells and not cells["chapter"] and above.get("chapter"):
            for name in MERGED:
                if name not in cells:
                    continue
                if cells[name]:
                    break
                cells[name] = above[name]
                took = True
        above = cells
        yield raw, cells, took


def _understand_row(
    row: Understood, cells: Mapping[str, str], layout: Layout, context: Context, match: "Match"
) -> None:
    values: dict[str, Any] = {}
    for _place, heading, column in layout.columns:
        try:
            values[column.name] = column.clean(cells[column.name], context)
        except CellProblem as problem:
            value = cells[column.name][:200]
            row.problems.append(Problem(problem.code, row.line, heading, value, problem.details, column.name))
            if problem.partial is not None:
                values[column.name] = problem.partial
    filled = [cell for cell in cells.values() if cell]
    if len(filled) == 1 and not any(values.get(name) for name in ("content", "number")):
        row.problems[:] = [Problem("lonely_cell", row.line, value=filled[0][:200])]
    heading = next((heading for _place, heading, column in layout.columns if column.name == "number"), "")
    known: Item | None = None
    if values.get("number"):
        try:
            known = match.find(values["number"], values, row.line)
        except CellProblem as problem:
            row.problems.append(Problem(problem.code, row.line, heading, cells["number"], problem.details, "number"))
    settle(row, values, [column for _place, _heading, column in layout.columns], known, context, match)


def settle(
    row: Understood,
    values: Mapping[str, Any],
    columns: Sequence[Column],
    known: Item | None,
    context: Context,
    match: "Match",
) -> None:
    """Give the row its item: the list's own with the row's values, or a new one."""
    number = values.get("number") or ""
    item = known or Item(seq=match.free(number) if not row.problems else 0, no=number, content="")
    for column in columns:
        if column.name in values:
            item = column.assign(item, values[column.name])
    if known is None and "deadline" not in values:
        due = BY_NAME["deadline"]
        item = due.assign(item, due.clean("", context))
    row.item = item
    row.change, row.changed = compare(known, item)
    if row.problems:
        row.change = RowChange.ERROR


def compare(known: Item | None, item: Item) -> tuple[str, list[dict[str, str]]]:
    """What an item would do to the list, and field by field what was and what will be."""
    if known is None:
        return RowChange.ADDED, []
    fields = [name for name in known.changed_fields(item) if name in COLUMN_OF]
    changed = [
        {"field": name, "before": as_text(getattr(known, name)), "after": as_text(getattr(item, name))}
        for name in fields
    ]
    return (RowChange.CHANGED if fields else RowChange.UNCHANGED), changed


def as_text(value: Any) -> str:
    """A field's value as it is shown: units and headings joined, days as ISO dates."""
    if isinstance(value, tuple):
        return "、".join(str(getattr(part, "text", part)) for part in value)
    return "" if value is None else str(value)


class Match:
    """Which item of the list a row's number means; every number once in the file."""

    def __init__(self, current: Mapping[int, Item], taken: set[int]) -> None:
        self.by_number: dict[str, list[Item]] = defaultdict(list)
        for item in current.values():
            self.by_number[normalise(item.no)].append(item)
        self._taken = taken | set(current)
        self._last = max(self._taken, default=0)
        self._seen: dict[str, int] = {}
        self.unseen = dict(current)
        self.inherited = 0

    def find(self, number: str, values: Mapping[str, Any], line: int) -> Item | None:
        """The list's item of that number, None for a new one. Raises CellProblem."""
        items = self.by_number.get(normalise(number), [])
        if len(items) > 1:
            # Numbers restart in every section: the headings decide.
            headings = [values[name] for name in ("chapter", "section") if values.get(name)]
            items = [item for item in items if headings and list(item.path[: len(headings)]) == headings]
            if len(items) != 1:
                raise CellProblem("number_ambiguous")
        key = f"#{items[0].seq}" if items else number
        if key in self._seen:
            raise CellProblem("number_twice", line=str(self._seen[key]))
        self._seen[key] = line
        if items:
            self.unseen.pop(items[0].seq, None)
        return items[0] if items else None

    def take(self, item: Item) -> Item:
        """Note that a row stands for this item."""
        self.unseen.pop(item.seq, None)
        return item

    def free(self, number: str) -> int:
        """A place in the list for a new item: its number, or the next free place at the end."""
        seq = int(number) if number.isascii() and number.isdigit() and len(number) <= 6 else 0
        if not 0 < seq <= LARGEST_NUMBER or seq in self._taken:
            seq = self._last + 1
        self._taken.add(seq)
        self._last = max(self._last, seq)
        return seq


def leftovers(match: Match, after: int) -> Iterator[Understood]:
    """The list's items that no row meant, as rows after line `after`: kept unless somebody decides to retire them."""
    for line, seq in enumerate(sorted(match.unseen), start=after + 1):
        yield Understood(line=line, item=match.unseen[seq], change=RowChange.KEPT)
