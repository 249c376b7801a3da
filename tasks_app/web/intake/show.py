"""A batch as the workbench shows it: rows with their cells, the source with its places."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from tasks_app.catalogue.choices import DueBasis
from tasks_app.intake.annotated import place_of
from tasks_app.intake.choices import RowChange
from tasks_app.intake.editing import item_of
from tasks_app.intake.models import ImportBatch, StagedRow
from tasks_app.intake.queries import FieldChange, Trouble, field_label, troubles
from tasks_app.intake.rules import target_line

# A row's change as shape, word (its label) and colour.
MARKS = {
    RowChange.ERROR: ("×", "late"),
    RowChange.CHANGED: ("△", "warn"),
    RowChange.ADDED: ("＋", "ok"),
    RowChange.UNCHANGED: ("＝", "none"),
    RowChange.REMOVED: ("－", "late"),
    RowChange.KEPT: ("·", "none"),
}
# Which cell a changed field of the list belongs to.
CELL_OF = {"lead_text": "lead_units", "assist_text": "assist_units", "due_on": "deadline", "due_text": "deadline",
           "due_basis": "deadline", "sub_task": "key_task", "no": "number"}  # fmt: skip
# Blocks of the source shown at once; of a longer document those beside the page's rows.
MOST_BLOCKS = 1500


@dataclass
class CellView:
    """One field of a row: what it says, what is wrong with it, what is doubtful, what was there before."""

    name: str
    label: str
    text: str
    note: str = ""
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
    def units(self) -> list[CellView]:
        return [self.cells[name] for name in ("lead_units", "assist_units", "deadline", "targets")]


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
    due = item.due_on.isoformat() if item.due_on else item.due_text or "—"
    note = item.due_text if item.due_on and item.due_text != due else ""
    basis = str(DueBasis(item.due_basis).label) if item.due_basis in DueBasis.values else ""
    texts = {
        "number": item.no,
        "path": " › ".join(item.path),
        "key_task": " / ".join(filter(None, (item.key_task, item.sub_task))),
        "title": item.title,
        "content": item.content,
        "lead_units": "、".join(item.lead_units),
        "assist_units": "、".join(item.assist_units),
        "deadline": due,
        "targets": "；".join(map(target_line, item.targets)),
    }
    cells = {name: CellView(name, _label(name), text) for name, text in texts.items()}
    cells["deadline"].note = "，".join(filter(None, (note, basis)))
    whole = CellView("", "", "")
    for trouble in troubles(row):
        cells.get(trouble.name, whole).troubles.append(trouble)
    for doubt in row.doubts:
        cells.get(doubt["field"], whole).doubts.append(doubt)
    for change in row.changed_fields:
        shown = FieldChange(field_label(change["field"]), _word(change, "before"), _word(change, "after"))
        cells.get(CELL_OF.get(change["field"], change["field"]), whole).changes.append(shown)
    shape, css = MARKS[RowChange(row.change)]
    return RowView(row=row, shape=shape, css=css, place=place_of(row), cells=cells, whole=whole)


def _word(change: Mapping[str, str], side: str) -> str:
    value = change[side]
    return str(DueBasis(value).label) if change["field"] == "due_basis" and value else value


def _label(name: str) -> str:
    return {
        "number": _("序号"),
        "path": _("章节"),
        "key_task": _("重点任务"),
        "title": _("标题"),
        "content": _("内容"),
        "lead_units": _("牵头"),
        "assist_units": _("配合"),
        "deadline": _("时限"),
        "targets": _("目标"),
    }[name]


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
