"""What the columns of a document's tables are headed, and the same document with other words over them.

A person who says what a column holds gives it a heading that find_columns knows; everything after that reads the
table as if it had been printed so.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tasks_app.intake.readers.document import ABOVE, Cell, Document, Row, Table
from tasks_app.intake.understanding.cleaning import flow
from tasks_app.intake.understanding.columns import HEADER_WITHIN, OTHER, find_columns, kind_of

# A table without known headings: the first row with so many filled cells is taken for them.
_LEAST_CELLS = 3
_SAMPLES = 3


@dataclass(frozen=True)
class Headed:
    """One column as printed: its heading, the kind it was taken for, the first cells below."""

    name: str
    kind: str
    sample: tuple[str, ...]


@dataclass(frozen=True)
class _Head:
    """Rows `starts` to `ends` of a table are its headings."""

    names: Sequence[str]
    kinds: Sequence[str]
    starts: int
    ends: int


def headings_of(document: Document) -> list[Headed]:
    """The columns of all tables, each heading once, in printed order."""
    found: dict[str, Headed] = {}
    for table in document.tables():
        head = _head(table)
        if head is None:
            continue
        below = table.rows[head.ends :]
        for at, name in enumerate(head.names):
            if name and name not in found:
                found[name] = Headed(name, head.kinds[at], tuple(_sample(below, at)))
    return list(found.values())


def relabelled(document: Document, labels: Mapping[str, str]) -> Document:
    """The document with the columns of these headings headed otherwise: printed heading → new heading.

    A column whose new heading is "" is emptied.
    """
    if not labels:
        return document
    blocks = [_relabelled(block, labels) if isinstance(block, Table) else block for block in document.blocks]
    return replace(document, blocks=tuple(blocks))


def _relabelled(table: Table, labels: Mapping[str, str]) -> Table:
    head = _head(table)
    if head is None or not labels.keys() & set(head.names):
        return table
    names = [labels.get(name, name) for name in head.names]
    row = replace(table.rows[head.ends - 1], cells=tuple(Cell(name) for name in names), loose=False)
    unread = {at for at, name in enumerate(head.names) if labels.get(name) == ""}
    below = [_emptied(row, unread) for row in table.rows[head.ends :]]
    return replace(table, rows=(*table.rows[: head.starts], row, *below))


def _emptied(row: Row, unread: Container[int]) -> Row:
    return replace(row, cells=tuple(Cell("") if at in unread else cell for at, cell in enumerate(row.cells)))


def _head(table: Table) -> _Head | None:
    columns = find_columns(table.rows)
    if columns is not None:
        return _Head(columns.names, columns.kinds, columns.starts, columns.ends)
    for at, row in enumerate(table.rows[:HEADER_WITHIN]):
        names = [flow(cell.text) for cell in row.cells]
        if sum(map(bool, names)) >= _LEAST_CELLS:
            return _Head(names, [kind_of(name) or OTHER for name in names], at, at + 1)
    return None


def _sample(rows: Sequence[Row], at: int) -> Iterator[str]:
    cells = (row.cells[at] for row in rows if at < len(row.cells))
    texts = (flow(cell.text) for cell in cells if cell.merged != ABOVE and cell.text.strip())
    return (text for _place, text in zip(range(_SAMPLES), texts, strict=False))
