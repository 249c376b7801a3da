"""Which heading of a table stands for which column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from tasks_app.intake.column import Column
from tasks_app.intake.columns import COLUMNS, FILE_COLUMNS, IGNORED, RESPONSIBLE
from tasks_app.intake.readers import Unreadable
from tasks_app.intake.rules import heading_key

IGNORE = "-"
# What may be said of a heading: a column of tables, or that it is not read.
SAYABLE: Mapping[str, Column] = {column.name: column for column in (*FILE_COLUMNS, RESPONSIBLE)}


@cache
def _by_key() -> dict[str, str]:
    return {heading_key(name): column.name for column in SAYABLE.values() for name in (column.title, *column.synonyms)}


def column_of(heading: str) -> str | None:
    """The name of the column that a heading stands for, or None."""
    return _by_key().get(heading_key(heading)) if heading and len(heading) <= 60 else None


@dataclass(frozen=True)
class Layout:
    """Which heading stands for which column: (place in the row, heading, column), and what is left over."""

    columns: tuple[tuple[int, str, Column], ...]
    unknown: tuple[str, ...]


def layout_of(headings: Sequence[str], mapping: Mapping[str, str] | None = None) -> Layout:
    """Resolve the headings of a file, in whatever order. Raises Unreadable with every heading missing.

    `mapping` is what a person said: heading → column name, or IGNORE.
    """
    mapping = mapping or {}
    named = [mapping.get(heading) or column_of(heading) for heading in headings]
    found = _placed(headings, named)
    if missing := [column.title for column in FILE_COLUMNS if column.required and column.name not in found]:
        raise Unreadable("column_missing", names="、".join(missing), found="、".join(filter(None, headings)))
    ignored = {heading_key(heading) for heading in IGNORED}
    unknown = (h for h, name in zip(headings, named, strict=True) if h and not name and heading_key(h) not in ignored)
    return Layout(columns=tuple(found[c.name] for c in FILE_COLUMNS if c.name in found), unknown=tuple(unknown))


def _placed(headings: Sequence[str], named: Sequence[str | None]) -> dict[str, tuple[int, str, Column]]:
    """Column name → (place in the row, heading, column). 责任单位 assist beside a column of leads, else they lead."""
    stands_for: dict[str, Column] = {column.name: column for column in FILE_COLUMNS}
    if RESPONSIBLE.name in named:
        stands_for[RESPONSIBLE.name] = stands_for["assist_units" if "lead_units" in named else "lead_units"]
    found: dict[str, tuple[int, str, Column]] = {}
    for place, (heading, name) in enumerate(zip(headings, named, strict=True)):
        if name is None or name not in stands_for:
            continue
        column = stands_for[name]
        if column.name in found:
            raise Unreadable("column_twice", one=found[column.name][1], other=heading, column=column.title)
        found[column.name] = (place, heading, column)
    return found


def labels_of(mapping: Mapping[str, str]) -> dict[str, str]:
    """What a person said of a document's headings, as headings that the understanding knows: "" is not read."""
    columns = {heading: SAYABLE[name] for heading, name in mapping.items() if name in SAYABLE}
    said = {heading: column.printed or column.title for heading, column in columns.items()}
    return said | {heading: "" for heading, name in mapping.items() if name == IGNORE}


def taken_for(kind: str, heading: str) -> str:
    """The column that a heading of a document's table was taken for, whose kind is `kind`; "" for none."""
    by_kind = {column.kind: column.name for column in COLUMNS if column.kind} | {RESPONSIBLE.kind: RESPONSIBLE.name}
    named = column_of(heading) or ""
    return by_kind.get(kind) or (named if named in SAYABLE and SAYABLE[named].carried else "")
