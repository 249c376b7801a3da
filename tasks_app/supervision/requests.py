"""Reads of extensions and closures: what waits, what was decided, a task's deadlines one after the other."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from tasks_app.accounts.permissions import Viewer
from tasks_app.accounts.scopes import overseen, spoken_for
from tasks_app.catalogue.choices import TargetKind
from tasks_app.catalogue.models import Indicator, Task
from tasks_app.reporting.choices import ReportStatus
from tasks_app.reporting.models import IndicatorValue
from tasks_app.supervision.choices import ClosureStatus, ExtensionStatus
from tasks_app.supervision.models import Closure, ClosureHearing, Extension
from tasks_app.units.models import Unit

EXTENSION, CLOSURE = "extension", "closure"
WAITING, DECIDED = "waiting", "decided"


@dataclass(frozen=True)
class Request:
    """An extension or a closure, as the list of requests shows it."""

    kind: str
    of: Extension | Closure

    @property
    def waits(self) -> bool:
        return self.of.status in (ExtensionStatus.REQUESTED, ClosureStatus.REQUESTED)

    @property
    def ended_at(self) -> dt.datetime:
        """When it was decided or taken back; the moment of asking while it waits."""
        return self.of.decided_at or self.of.requested_at


@dataclass(frozen=True)
class Wanted:
    """Which requests are asked for; empty fields narrow nothing. `since` is a day of asking."""

    kind: str = ""
    state: str = ""
    task_list: str = ""
    unit: int | None = None


def requests_for(viewer: Viewer, wanted: Wanted) -> list[Request]:
    """Requests of the jurisdiction: what waits first, the oldest on top; then the rest, the newest on top.

    Two queries at most. That a request was made and how it ended is public in the jurisdiction; its words are not
    read here.
    """
    found: list[Request] = []
    if wanted.kind in ("", EXTENSION):
        rows = Extension.objects.listed_for(viewer).filter(_narrowing(wanted, ExtensionStatus.REQUESTED))
        found += [Request(EXTENSION, row) for row in rows.select_related("task__task_list", "unit", "decided_by")]
    if wanted.kind in ("", CLOSURE):
        rows = Closure.objects.listed_for(viewer).filter(_narrowing(wanted, ClosureStatus.REQUESTED))
        found += [Request(CLOSURE, row) for row in rows.select_related("task__task_list", "unit", "decided_by")]
    waiting = sorted((one for one in found if one.waits), key=lambda one: one.of.requested_at)
    ended = sorted((one for one in found if not one.waits), key=lambda one: one.ended_at, reverse=True)
    return waiting + ended


def _narrowing(wanted: Wanted, waits: str) -> Q:
    narrowing = Q()
    if wanted.state:
        narrowing &= Q(status=waits) if wanted.state == WAITING else ~Q(status=waits)
    if wanted.task_list:
        narrowing &= Q(task__task_list__slug=wanted.task_list)
    if wanted.unit:
        narrowing &= Q(unit_id=wanted.unit)
    return narrowing


def unheard_count(viewer: Viewer) -> int:
    """How many closures that wait have no opinion yet from this liaison's units: one query."""
    asked = ClosureHearing.objects.filter(closure__status=ClosureStatus.REQUESTED, opinion="")
    return asked.filter(spoken_for(viewer)).count()


def waiting_count(viewer: Viewer) -> int:
    """How many requests wait for a decision in the jurisdictions overseen: two queries."""
    mine = overseen(viewer, "task__task_list__")
    return (
        Extension.objects.filter(mine, status=ExtensionStatus.REQUESTED).count()
        + Closure.objects.filter(mine, status=ClosureStatus.REQUESTED).count()
    )


def own_targets(task: Task, unit: Unit) -> list[Indicator]:
    """The targets of which this lead says what was reached: its county's share where it has one, else the totals."""
    rows = list(task.indicators.filter(kind__in=[TargetKind.TARGET, TargetKind.BREAKDOWN]))
    shares = [row for row in rows if unit.county_id and row.county_id == unit.county_id]
    shared = {row.parent_id for row in shares}
    totals = [row for row in rows if row.county_id is None and row.kind == TargetKind.TARGET and row.pk not in shared]
    return sorted([*shares, *totals], key=lambda row: (row.order, row.pk))


def last_values(units: Sequence[Unit], indicator_ids: Sequence[int]) -> dict[int, Decimal]:
    """Indicator → the value that one of these units last had accepted: one query."""
    accepted = IndicatorValue.objects.filter(
        indicator_id__in=indicator_ids,
        entry__status=ReportStatus.ACCEPTED,
        entry__report__unit__in=units,
    )
    return dict(accepted.order_by("entry__report__period__opens_at").values_list("indicator_id", "value"))


@dataclass(frozen=True)
class DeadlineInForce:
    """One deadline that was in force: the day, and the extension that set it (None for the document's own)."""

    day: dt.date
    set_by: Extension | None = None


def deadlines_of(task: Task, granted: Sequence[Extension]) -> list[DeadlineInForce]:
    """原定, 第1次延期 …: the deadlines in the order in which they were in force. `granted` are oldest first."""
    if not granted:
        return [DeadlineInForce(task.due_on)] if task.due_on else []
    return [
        DeadlineInForce(granted[0].old_due_on),
        *(DeadlineInForce(one.new_due_on, one) for one in granted if one.new_due_on),
    ]


def hearings_of(viewer: Viewer, *, task_id: int | None = None) -> list[ClosureHearing]:
    """Closures that wait and on which the viewer's units are heard, unanswered first."""
    asked = ClosureHearing.objects.filter(spoken_for(viewer), closure__status=ClosureStatus.REQUESTED).select_related(
        "closure__task__task_list", "closure__unit", "unit"
    )
    if task_id is not None:
        asked = asked.filter(closure__task_id=task_id)
    return sorted(asked, key=lambda one: (bool(one.opinion), one.due_at, one.pk))
