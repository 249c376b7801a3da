"""Reading imports back: what may be imported into, what was uploaded, and each row in words."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from tasks_app.accounts.choices import Role
from tasks_app.catalogue.choices import DueBasis
from tasks_app.catalogue.models import TaskList
from tasks_app.intake.choices import RowChange
from tasks_app.intake.models import ImportBatch, StagedRow
from tasks_app.intake.wording import explain
from tasks_app.units.choices import UnitKind
from tasks_app.units.models import Unit

if TYPE_CHECKING:
    from tasks_app.accounts.permissions import Viewer

# Most urgent first.
ROW_ORDER = (RowChange.ERROR, RowChange.CHANGED, RowChange.ADDED, RowChange.UNCHANGED)
# A spreadsheet computes cells that begin so; an apostrophe makes it show them (the reader takes it off again).
_COMPUTED = re.compile(r"[=+@]|-\S")


@dataclass(frozen=True)
class Trouble:
    """One problem in words."""

    column: str
    value: str
    reason: str
    remedy: str


@dataclass(frozen=True)
class FieldChange:
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class RowView:
    """One staged row as the page shows it: as understood, or as read where it has problems."""

    line: int
    change: str
    label: str
    no: str
    key_task: str
    content: str
    lead: str
    assist: str
    due: str
    due_note: str = ""
    troubles: list[Trouble] = field(default_factory=list)
    changes: list[FieldChange] = field(default_factory=list)


def importable_lists(viewer: "Viewer") -> QuerySet[TaskList]:
    """The lists that this person may import into (accounts.permissions.can_import_into, as a query)."""
    return TaskList.objects.filter(
        Q(jurisdiction_id__in=administered(viewer)) | Q(coordinating_unit_id__in=viewer.coordinator_unit_ids)
    ).select_related("document")


def administered(viewer: "Viewer") -> set[int]:
    """The jurisdictions in which this person may make new lists."""
    return {m.unit.jurisdiction_id for m in viewer.memberships if m.role == Role.ADMINISTRATOR}


def possible_coordinators(viewer: "Viewer") -> QuerySet[Unit]:
    """The units that may coordinate a new list."""
    return Unit.objects.filter(jurisdiction_id__in=administered(viewer), active=True).exclude(kind=UnitKind.GROUP)


def recent_batches(viewer: "Viewer", limit: int = 10) -> list[ImportBatch]:
    """The newest batches with the number of rows of each change as `n_added`, `n_changed`, …: one query."""
    counts = {change: Count("rows", filter=Q(rows__change=change)) for change in RowChange.values}
    batches = ImportBatch.objects.visible_to(viewer).select_related("task_list", "uploaded_by")
    counted = batches.defer("content").annotate(**{f"n_{name}": count for name, count in counts.items()})
    return list(counted.order_by("-pk")[:limit])


def row_counts(batch: ImportBatch) -> dict[str, int]:
    """How many rows of each change."""
    found = dict(batch.rows.order_by().values_list("change").annotate(n=Count("pk")))
    return {change: found.get(change, 0) for change in ROW_ORDER}


def rows_in_order(batch: ImportBatch, change: str = "") -> QuerySet[StagedRow]:
    """The rows, those with errors first; only those of one change if it is given."""
    rank = Case(
        *(When(change=name, then=Value(place)) for place, name in enumerate(ROW_ORDER)), output_field=IntegerField()
    )
    rows = batch.rows.filter(change=change) if change else batch.rows.all()
    return rows.annotate(rank=rank).order_by("rank", "line")


def row_view(row: StagedRow, columns: dict[str, str]) -> RowView:
    """`columns` maps a column's name to its heading in the file (`ImportBatch.reading`)."""
    words = _as_understood(row.item) if row.item else _as_read(row.raw, columns)
    return RowView(
        line=row.line,
        change=row.change,
        label=row.get_change_display(),
        troubles=list(troubles(row)),
        changes=list(_changes(row)),
        **words,
    )


def _changes(row: StagedRow) -> Iterator[FieldChange]:
    """The changed fields; the printed words of units only where they say more than the names."""
    shown = set()
    for change in row.changed_fields:
        before, after = (_shown(change, side) for side in ("before", "after"))
        if change["field"].endswith("_text") and (before, after) in shown:
            continue
        shown.add((before, after))
        yield FieldChange(field_label(change["field"]), before, after)


def troubles(row: StagedRow) -> Iterator[Trouble]:
    for problem in row.problems:
        reason, remedy = explain({**problem, "line": row.line})
        yield Trouble(problem["column"], problem["value"], reason, remedy)


def annotated_rows(batch: ImportBatch, rows: Iterable[StagedRow]) -> Iterator[list[str]]:
    """The file again, row by row, with what is wrong in a last column 问题."""
    headings = batch.reading["headings"]
    yield [*headings, _("问题")]
    for row in rows:
        said = "；".join(
            _("%(column)s：%(reason)s%(remedy)s")
            % {"column": trouble.column or _("整行"), "reason": trouble.reason, "remedy": trouble.remedy}
            for trouble in troubles(row)
        )
        cells = [row.raw.get(heading, "") for heading in headings]
        yield [*(f"'{cell}" if _COMPUTED.match(cell) else cell for cell in cells), said]


def field_label(name: str) -> str:
    return {
        "no": _("序号"),
        "path": _("章节"),
        "key_task": _("重点任务"),
        "sub_task": _("二级重点任务"),
        "content": _("工作事项和年度目标成果"),
        "lead_units": _("牵头单位"),
        "lead_text": _("牵头单位（原文）"),
        "assist_units": _("配合单位"),
        "assist_text": _("配合单位（原文）"),
        "due_on": _("完成时限"),
        "due_text": _("时限原文"),
        "due_basis": _("时限依据"),
    }.get(name, name)


def _shown(change: dict[str, str], side: str) -> str:
    value = change[side]
    return str(DueBasis(value).label) if change["field"] == "due_basis" and value else value


def _as_understood(item: dict[str, Any]) -> dict[str, str]:
    deadline = item["deadline"]
    return {
        "no": item["no"],
        "key_task": " / ".join(filter(None, (item["key_task"], item["sub_task"]))),
        "content": item["content"],
        "lead": "、".join(item["lead_units"]),
        "assist": "、".join(item["assist_units"]),
        "due": deadline["date"] or deadline["text"] or "—",
        "due_note": deadline["text"] if deadline["date"] and deadline["text"] != deadline["date"] else "",
    }


def _as_read(raw: dict[str, str], columns: dict[str, str]) -> dict[str, str]:
    def cell(name: str) -> str:
        return raw.get(columns.get(name, ""), "")

    return {
        "no": cell("number"),
        "key_task": cell("key_task"),
        "content": cell("content"),
        "lead": cell("lead_units"),
        "assist": cell("assist_units"),
        "due": cell("deadline"),
    }
