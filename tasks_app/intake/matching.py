"""Rows of a file held against a list: which item each row is, and what it would change."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tasks_app.catalogue.items import Item, to_json
from tasks_app.intake.choices import RowChange
from tasks_app.intake.columns import Context, Due, Layout
from tasks_app.intake.readers import RawRow, Sheet
from tasks_app.intake.rules import CellProblem, Problem
from tasks_app.lib.text import normalise

# Headings of merged cells: a spreadsheet saved as CSV keeps them in the first row only.
MERGED = ("chapter", "section", "key_task")
LARGEST_NUMBER = 99_999


@dataclass
class Understood:
    """One row as understood. `item` is None exactly when there are problems."""

    line: int
    raw: dict[str, str]
    item: Item | None = None
    problems: list[Problem] = field(default_factory=list)
    change: str = RowChange.ERROR
    changed: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Comparison:
    """A sheet against a list: its rows, how many took a heading from the row above, and the printed
    numbers of the list's items that the file does not mention."""

    rows: list[Understood]
    inherited: int
    missing: list[str]


def digest_of(items: Mapping[int, Item]) -> str:
    """A fingerprint of a list's items: the same as long as nobody changed one."""
    words = [to_json(items[seq]) for seq in sorted(items)]
    return hashlib.sha256(json.dumps(words, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def understand(
    sheet: Sheet, layout: Layout, current: Mapping[int, Item], context: Context, taken: set[int]
) -> Comparison:
    """Every row of the sheet against the list's `current` items.

    `taken` holds the numbers (seq) in use, those of retired tasks too; new items get free ones.
    """
    match = _Match(current, taken)
    rows, inherited = [], 0
    for raw, cells, took in _filled_down(sheet, layout):
        inherited += took
        row = Understood(line=raw.line, raw=dict(zip(sheet.headings, raw.cells, strict=True)))
        row.problems.extend(raw.problems)
        if not any(problem.code == "quote_open" for problem in raw.problems):
            _understand_row(row, cells, layout, context, match)
        rows.append(row)
    return Comparison(rows, inherited, match.missing())


def _filled_down(sheet: Sheet, layout: Layout) -> Iterator[tuple[RawRow, dict[str, str], bool]]:
    """Each row with its cells by column; a row whose chapter is blank takes the headings of the row above.

    Only then: a blank section or key task under a printed chapter is meant.
    """
    above: dict[str, str] = {}
    for raw in sheet.rows:
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
    row: Understood, cells: Mapping[str, str], layout: Layout, context: Context, match: "_Match"
) -> None:
    values: dict[str, Any] = {}
    for _place, heading, column in layout.columns:
        try:
            values[column.name] = column.clean(cells[column.name], context)
        except CellProblem as problem:
            value = cells[column.name][:200]
            row.problems.append(Problem(problem.code, row.line, heading, value, problem.details))
    filled = [cell for cell in cells.values() if cell]
    if len(filled) == 1 and not any(values.get(name) for name in ("content", "number")):
        row.problems[:] = [Problem("lonely_cell", row.line, value=filled[0][:200])]
    heading = next((heading for _place, heading, column in layout.columns if column.name == "number"), "")
    known: Item | None = None
    if "number" in values:
        try:
            known = match.find(values["number"], values, row.line)
        except CellProblem as problem:
            row.problems.append(Problem(problem.code, row.line, heading, cells["number"], problem.details))
    if row.problems:
        return
    item = known or Item(seq=match.free(values["number"]), no=values["number"], content="")
    for _place, _heading, column in layout.columns:
        item = column.assign(item, values[column.name])
    if known is None and "deadline" not in values:
        item = Due().assign(item, Due().clean("", context))
    row.item = item
    fields = known.changed_fields(item) if known else []
    row.change = RowChange.ADDED if known is None else RowChange.CHANGED if fields else RowChange.UNCHANGED
    row.changed = [
        {"field": name, "before": as_text(getattr(known, name)), "after": as_text(getattr(item, name))}
        for name in fields
    ]


def as_text(value: Any) -> str:
    """A field's value as it is shown: units and headings joined, days as ISO dates."""
    if isinstance(value, tuple):
        return "、".join(str(part) for part in value)
    return "" if value is None else str(value)


class _Match:
    """Which item of the list a row's number means; every number once in the file."""

    def __init__(self, current: Mapping[int, Item], taken: set[int]) -> None:
        self._by_number: dict[str, list[Item]] = defaultdict(list)
        for item in current.values():
            self._by_number[normalise(item.no)].append(item)
        self._taken = taken | set(current)
        self._seen: dict[str, int] = {}
        self._unseen = dict(current)

    def find(self, number: str, values: Mapping[str, Any], line: int) -> Item | None:
        """The list's item of that number, None for a new one. Raises CellProblem."""
        items = self._by_number.get(normalise(number), [])
        if len(items) > 1:
            # Numbers that begin anew in every section: the headings decide.
            headings = [values[name] for name in ("chapter", "section") if values.get(name)]
            items = [item for item in items if headings and list(item.path[: len(headings)]) == headings]
            if len(items) != 1:
                raise CellProblem("number_ambiguous")
        key = f"#{items[0].seq}" if items else number
        if key in self._seen:
            raise CellProblem("number_twice", line=str(self._seen[key]))
        self._seen[key] = line
        if items:
            self._unseen.pop(items[0].seq, None)
        return items[0] if items else None

    def missing(self) -> list[str]:
        """The printed numbers of the items that no row meant, in the list's order."""
        return [self._unseen[seq].no or f"#{seq}" for seq in sorted(self._unseen)]

    def free(self, number: str) -> int:
        """A place in the list for a new item: its number, or the next after all."""
        seq = int(number) if number.isascii() and number.isdigit() and len(number) <= 6 else 0
        if not 0 < seq <= LARGEST_NUMBER or seq in self._taken:
            seq = max(self._taken, default=0) + 1
        self._taken.add(seq)
        return seq
