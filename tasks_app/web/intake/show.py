"""A batch as the workbench shows it: rows with their cells, the source with its places."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from tasks_app.intake.annotated import place_of
from tasks_app.intake.choices import RowChange
from tasks_app.intake.columns import COLUMN_OF, ROW_COLUMNS
from tasks_app.intake.editing import item_of
from tasks_app.intake.models import ImportBatch, StagedRow
from tasks_app.intake.queries import FieldChange, Trouble, troubles

# A row's change as shape, word (its label) and colour.
MARKS = {
    RowChange.ERROR: ("×", "late"),
    RowChange.CHANGED: ("△", "warn"),
    RowChange.ADDED: ("＋", "ok"),
    RowChange.UNCHANGED: ("＝", "none"),
    RowChange.REMOVED: ("－", "late"),
    RowChange.KEPT: ("·", "none"),
}
# Blocks of the source shown at once; of a longer document those beside the page's rows.
MOST_BLOCKS = 1500


@dataclass
class CellView:
    """One field of a row: what it says, what is wrong with it, what is doubtful, what was there before."""

    name: str
    label: str
    text: str
    note: str = ""
    beside: bool = False
    troubles: list[Trouble] = field(default_factory=list)
    doubts: list[Mapping[str, Any]] = field(default_factory=list)
    changes: list[FieldChange] = field(default_factory=list)

    @property
    def state(self) -> str:
        if self.troubles:
            return "bad"
        return "doubtful" if any(not doubt["accepted"] for doubt in self.doubts) else ""


@dataclass
class RowView:
    """One row of the workbench."""

    row: StagedRow
    shape: str
    css: str
    place: str
    cells: dict[str, CellView]
    whole: CellView

    @property
    def left_out(self) -> bool:
        """An item of the list that the file does not mention."""
        return self.row.change in {RowChange.KEPT, RowChange.REMOVED}

    @property
    def parts(self) -> list[CellView]:
        """What stands in the list beside the row's words."""
        return [cell for cell in self.cells.values() if cell.beside]


@dataclass(frozen=True)
class Block:
    """A piece of the source: text or cells, its place, and the rows read from it."""

    index: int
    text: str
    cells: Sequence[str]
    place: str
    rows: list[StagedRow]


def row_view(row: StagedRow) -> RowView:
    """A row with each problem, doubt and change beside the cell that it is about."""
    item = item_of(row)
    cells = {
        column.name: CellView(column.name, str(column.label), column.shown(item), column.note(item), column.beside)
        for column in ROW_COLUMNS
    }
    whole = CellView("", "", "")
    for trouble in troubles(row):
        cells.get(trouble.name, whole).troubles.append(trouble)
    for doubt in row.doubts:
        cells.get(doubt["field"], whole).doubts.append(doubt)
    for change in row.changed_fields:
        name = change["field"]
        if column := COLUMN_OF.get(name):
            before, after = (column.change(name, change[side]) for side in ("before", "after"))
            cells[column.name].changes.append(FieldChange(str(column.called[name]), before, after))
    shape, css = MARKS[RowChange(row.change)]
    return RowView(row=row, shape=shape, css=css, place=place_of(row), cells=cells, whole=whole)


def source_of(batch: ImportBatch, rows: Iterable[StagedRow]) -> list[Block]:
    """The source beside these rows. A table's rows are their own source."""
    shown = [row for row in rows if row.change not in {RowChange.KEPT, RowChange.REMOVED}]
    if not batch.source:
        return [
            Block(row.line, "", list(row.raw.values()), _("第%(line)d行") % {"line": row.line}, [row]) for row in shown
        ]
    read_from: dict[int, list[StagedRow]] = {}
    for row in shown:
        if row.blocks:
            read_from.setdefault(row.blocks[0], []).append(row)
    first, last = 0, len(batch.source) - 1
    if last >= MOST_BLOCKS and read_from:
        first, last = max(0, min(read_from) - 20), min(last, max(read_from) + 40)
    return [
        Block(
            index,
            block.get("text", ""),
            block.get("cells", ()),
            _place(block["place"]),
            read_from.get(index, []),
        )
        for index, block in enumerate(batch.source[first : last + 1], start=first)
    ]


def _place(place: Mapping[str, Any]) -> str:
    """The margin of the source: a line's or row's number."""
    return str(place.get("line") or place.get("row") or place.get("paragraph") or "")
