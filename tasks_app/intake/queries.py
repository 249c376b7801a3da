"""Reading imports back: what may be imported into, what was uploaded, and each row in words."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Count, Q, QuerySet

from tasks_app.accounts.scopes import administered, kept
from tasks_app.catalogue.models import TaskList
from tasks_app.intake.choices import RowChange
from tasks_app.intake.context import Context
from tasks_app.intake.models import ImportBatch, StagedRow
from tasks_app.intake.wording import explain
from tasks_app.units.choices import UnitKind
from tasks_app.units.models import Unit
from tasks_app.units.queries import NameBook

if TYPE_CHECKING:
    from tasks_app.accounts.permissions import Viewer

# At most this many unknown names are asked about at a time.
MOST_UNKNOWN = 30
# What people look for in a batch: name → the rows.
TODO = Q(change=RowChange.ERROR) | Q(open_doubts__gt=0)
FILTERS: dict[str, Q] = {
    "todo": TODO,
    "error": Q(change=RowChange.ERROR),
    "doubt": Q(open_doubts__gt=0),
    **{name: Q(change=name) for name in ("added", "changed", "unchanged", "removed", "kept")},
}


@dataclass(frozen=True)
class Trouble:
    """One problem in words."""

    column: str
    value: str
    reason: str
    remedy: str
    name: str = ""


@dataclass(frozen=True)
class FieldChange:
    """A field of the list's item: what it says and what it would say."""

    label: str
    before: str
    after: str


def importable_lists(viewer: "Viewer") -> QuerySet[TaskList]:
    """The lists that this person may import into (accounts.permissions.can_import_into, as a query)."""
    return TaskList.objects.filter(kept(viewer)).select_related("document")


def possible_coordinators(viewer: "Viewer") -> QuerySet[Unit]:
    """The units that may coordinate a new list."""
    return Unit.objects.filter(administered(viewer), active=True).exclude(kind=UnitKind.GROUP)


def recent_batches(viewer: "Viewer", limit: int = 10) -> list[ImportBatch]:
    """The newest batches with the number of rows of each change as `n_added`, `n_changed`, …: one query."""
    counts = {change: Count("rows", filter=Q(rows__change=change)) for change in RowChange.values}
    counts["doubt"] = Count("rows", filter=Q(rows__open_doubts__gt=0))
    batches = ImportBatch.objects.visible_to(viewer).select_related("task_list", "uploaded_by")
    counted = batches.defer("content", "source", "undo").annotate(
        **{f"n_{name}": count for name, count in counts.items()}
    )
    return list(counted.order_by("-pk")[:limit])


def filter_counts(batch: ImportBatch) -> dict[str, int]:
    """How many rows each filter finds, all of them as "all": one query."""
    counted = {name: Count("pk", filter=condition) for name, condition in FILTERS.items()}
    return batch.rows.aggregate(all=Count("pk"), **counted)


def rows_of(batch: ImportBatch, wanted: str = "") -> QuerySet[StagedRow]:
    """The rows in the file's order; only those of one filter if it is given."""
    rows = batch.rows.select_related("edited_by").order_by("line")
    return rows.filter(FILTERS[wanted]) if wanted in FILTERS else rows


def troubles(row: StagedRow) -> Iterator[Trouble]:
    for problem in row.problems:
        reason, remedy = explain({**problem, "line": row.line})
        yield Trouble(problem["column"], problem["value"], reason, remedy, problem.get("name", ""))


@dataclass(frozen=True)
class UnknownUnit:
    """A name that nobody knows, in how many rows, and the units written like it with their likeness in percent."""

    name: str
    rows: int
    like: list[tuple[Unit, int]] = field(default_factory=list)


def unknown_units(batch: ImportBatch, names: NameBook) -> list[UnknownUnit]:
    """The batch's unknown names, most frequent first: one query beside those of `names`."""
    found: Counter[str] = Counter()
    for item in batch.rows.filter(change=RowChange.ERROR).values_list("item", flat=True).iterator():
        found.update(set(names.unknown([*item.get("lead_units", ()), *item.get("assist_units", ())])))
    context = Context(names, 0, None, "", {})
    return [
        UnknownUnit(name, n, [(unit, score) for like, score in context.scored(name) if (unit := names.find(like))])
        for name, n in found.most_common(MOST_UNKNOWN)
    ]


def siblings(batch: ImportBatch, viewer: "Viewer") -> list[ImportBatch]:
    """The lists of the same upload, in the file's order; nothing where it held only one."""
    if (batch.facts or {}).get("parts", 1) < 2:
        return []
    same = ImportBatch.objects.visible_to(viewer).filter(
        sha256=batch.sha256, uploaded_at=batch.uploaded_at, uploaded_by=batch.uploaded_by_id
    )
    return list(same.select_related("task_list").defer("content", "source", "undo").order_by("part"))
