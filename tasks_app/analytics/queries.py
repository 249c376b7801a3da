"""The board of the progress page: where a list stands by county, lead unit and chapter, month by month.

What each number means is said in `analytics.facts`.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count

from tasks_app.accounts.permissions import Viewer
from tasks_app.analytics.facts import Group, ListFacts, chapters, counties, lead_units, mean_of, read_facts, total
from tasks_app.catalogue.choices import AssignmentRole
from tasks_app.catalogue.models import Milestone, TaskList
from tasks_app.closing.models import PeriodSnapshot
from tasks_app.lib.dates import beijing_day
from tasks_app.progress.queries import milestone_points
from tasks_app.progress.rules import Point, expected_progress, mean_progress
from tasks_app.reporting.models import MonthlyReport, ReportEntry
from tasks_app.schedule.models import Period
from tasks_app.units.models import Unit

Accepted = tuple[int, int, int, str, int]  # period id, task id, unit id, role, percent


@dataclass(frozen=True)
class TrendPoint:
    """The list at the deadline of one period; `period` is None for the day it is looked at.

    `mean` is what was published for a closed period; else the mean of what has been accepted so far for the periods up
    to this one.
    """

    period: Period | None
    day: dt.date
    mean: float
    expected: float | None
    count: int


@dataclass(frozen=True)
class ReportRow:
    """Whether and when one unit reported in one period, nothing of its content."""

    pk: int
    unit_id: int
    period_id: int
    first_submitted_at: dt.datetime | None
    exempt: bool = False


@dataclass(frozen=True)
class Board:
    """Everything the progress page shows of one list."""

    task_list: TaskList
    total: Group
    counties: Sequence[Group]
    leads: Sequence[Group]
    chapters: Sequence[Group]
    trend: Sequence[TrendPoint]
    periods: Sequence[Period]
    reports: Sequence[ReportRow]
    units: Mapping[int, Unit]
    as_of: dt.date | None


def read_board(task_list: TaskList, *, today: dt.date) -> Board:
    """The board of one list on `today`: a constant number of queries."""
    accepted = _accepted(task_list)
    reports = [
        ReportRow(pk, unit_id, period_id, first_submitted_at, exempt_at is not None)
        for pk, unit_id, period_id, first_submitted_at, exempt_at in MonthlyReport.objects.filter(
            period__task_list=task_list
        )
        .order_by("period_id", "unit_id")
        .values_list("pk", "unit_id", "period_id", "first_submitted_at", "exempt_at")
    ]
    latest = {(task_id, unit_id): percent for _, task_id, unit_id, _, percent in accepted}
    facts = read_facts(task_list, latest=latest, also={report.unit_id for report in reports})
    periods = list(task_list.periods.order_by("due_at"))
    whole = total(facts)
    return Board(
        task_list=task_list,
        total=whole,
        counties=counties(facts),
        leads=lead_units(facts),
        chapters=chapters(facts),
        trend=_trend(facts, whole, accepted, periods, today),
        periods=periods,
        reports=reports,
        units=facts.units,
        as_of=min((row.as_of for row in facts.tasks.values() if row.as_of), default=None),
    )


def _accepted(task_list: TaskList) -> list[Accepted]:
    """Every accepted percent of the list, oldest first."""
    rows = (
        ReportEntry.objects.accepted()
        .filter(report__period__task_list=task_list)
        .order_by("report__period__due_at", "pk")
        .values_list("report__period_id", "task_id", "report__unit_id", "role", "percent")
    )
    return [(period_id, task_id, unit_id, role, percent or 0) for period_id, task_id, unit_id, role, percent in rows]


def _trend(
    facts: ListFacts, whole: Group, accepted: Iterable[Accepted], periods: Sequence[Period], today: dt.date
) -> list[TrendPoint]:
    """One point per period that is due, and one for today; empty before the first deadline."""
    by_period = defaultdict(list)
    for period_id, task_id, unit_id, role, percent in accepted:
        if role == AssignmentRole.LEAD and task_id in facts.tasks:
            by_period[period_id].append((task_id, unit_id, percent))
    frozen = _published(facts.task_list)
    milestones = milestone_points(Milestone.objects.filter(task__task_list=facts.task_list))
    latest: dict[int, dict[int, int]] = defaultdict(dict)
    points = []
    for period in periods:
        day = beijing_day(period.due_at)
        if day > today:
            break
        for task_id, unit_id, percent in by_period[period.pk]:
            latest[task_id][unit_id] = percent
        points.append(
            _frozen_point(frozen.get(period.pk), period, day) or _point(facts, period, day, latest, milestones)
        )
    if not points:
        return []
    return [*points, TrendPoint(None, today, whole.mean, whole.expected, whole.count)]


def _published(task_list: TaskList) -> dict[int, PeriodSnapshot]:
    """The newest freeze of each closed round, with the number of its tasks."""
    snapshots = PeriodSnapshot.objects.filter(period__task_list=task_list).annotate(count=Count("tasks"))
    return {snapshot.period_id: snapshot for snapshot in snapshots.order_by("version")}


def _frozen_point(frozen: PeriodSnapshot | None, period: Period, day: dt.date) -> TrendPoint | None:
    """A closed round stands in the trend as it was published."""
    if frozen is None:
        return None
    return TrendPoint(period, day, frozen.mean, frozen.expected, frozen.count)  # type: ignore[attr-defined]


def _point(
    facts: ListFacts,
    period: Period,
    day: dt.date,
    latest: Mapping[int, Mapping[int, int]],
    milestones: Mapping[int, tuple[Point, ...]],
) -> TrendPoint:
    percents, lines = [], []
    for row in facts.tasks.values():
        said = latest.get(row.pk, {})
        owners = facts.lead_owners[row.pk] | said.keys()
        closed = row.closed_on is not None and row.closed_on <= day
        percents.append(100 if closed else mean_progress(said.values(), len(owners)))
        line = expected_progress(
            starts_on=facts.task_list.starts_on,
            due_on=row.due_on,
            today=day,
            milestones=milestones.get(row.pk, ()),
        )
        if line is not None:
            lines.append(line)
    return TrendPoint(period, day, mean_of(percents) or 0.0, mean_of(lines), len(percents))


def visible_lists(viewer: Viewer) -> list[TaskList]:
    """The lists this person may read, in their order."""
    return list(TaskList.objects.visible_to(viewer).select_related("document", "coordinating_unit"))
