"""Figures of a round: current ones (to be frozen), frozen ones, and the changes between two freezes."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from django.db.models import Count, Q

from tasks_app.accounts.permissions import Viewer, can_read_submitted
from tasks_app.catalogue.choices import AssignmentRole
from tasks_app.catalogue.models import Task, TaskList
from tasks_app.closing import rules
from tasks_app.closing.models import PeriodSnapshot, SnapshotTask, SnapshotUnit
from tasks_app.progress.rules import verdict
from tasks_app.reporting.choices import ReportStatus, Timeliness
from tasks_app.reporting.models import ReportEntry
from tasks_app.reporting.queries import standing_facts, timeliness_of
from tasks_app.schedule.models import Obligation, Period
from tasks_app.units.choices import UnitKind
from tasks_app.units.models import Unit

BOARD_KINDS = (UnitKind.COUNTY_GOVERNMENT, UnitKind.PARK_COMMITTEE)


def task_rows(
    period: Period, *, as_of: dt.date, task_ids: Collection[int] | None = None, frozen: Iterable[SnapshotTask] = ()
) -> list[SnapshotTask]:
    """The list's tasks (or `task_ids`) as of a day and this round, unsaved: a constant number of queries.

    Deadline and leads of `frozen` rows stay as published.
    """
    known = {row.task_id: row for row in frozen}
    tasks = Task.objects.counted().filter(task_list_id=period.task_list_id).order_by("seq")
    if task_ids is not None:
        tasks = tasks.filter(pk__in=task_ids)
    facts = standing_facts(today=as_of, task_ids=[task.pk for task in tasks], until=period)
    leads = _leads(period.task_list_id)
    rows = []
    for task in tasks:
        fact, thresholds = facts[task.pk]
        if task.pk in known:
            fact = replace(fact, due_on=known[task.pk].due_on)
        answer = verdict(fact, thresholds, as_of)
        rows.append(
            SnapshotTask(
                task=task,
                seq=task.seq,
                no=task.no,
                headline=task.headline,
                progress=fact.progress,
                expected=answer.expected,
                has_report=fact.has_report,
                light=answer.light,
                reason=answer.reason,
                inputs=answer.inputs,
                due_on=fact.due_on,
                leads=known[task.pk].leads if task.pk in known else leads.get(task.pk, []),
            )
        )
    return rows


def _leads(task_list_id: int) -> dict[int, list[str]]:
    """Task id → names of the units that owe its report as leads, in official order."""
    found: dict[int, list[str]] = defaultdict(list)
    owed = Obligation.objects.filter(task__task_list_id=task_list_id, role=AssignmentRole.LEAD)
    for task_id, name in owed.order_by("unit__order", "unit_id").values_list("task_id", "unit__name"):
        found[task_id].append(name)
    return found


def unit_rows(
    period: Period, *, as_of: dt.date, at: dt.datetime, unit_ids: Collection[int] | None = None
) -> list[SnapshotUnit]:
    """The round's units (or `unit_ids`) as of a moment, unsaved: a constant number of queries."""
    reports = period.reports.select_related("unit", "period").annotate(
        owed=Count("entries", filter=Q(entries__exempt_at=None)),
        accepted=Count("entries", filter=Q(entries__status=ReportStatus.ACCEPTED)),
        returned=Count("entries", filter=Q(entries__status=ReportStatus.RETURNED)),
    )
    if unit_ids is not None:
        reports = reports.filter(unit_id__in=unit_ids)
    means = county_means(period, as_of=as_of)
    rows = [
        SnapshotUnit(
            unit=report.unit,
            order=report.unit.order,
            name=report.unit.name,
            timeliness=timeliness_of(report, at),
            first_submitted_at=report.first_submitted_at,
            owed=report.owed,
            accepted=report.accepted,
            returned=report.returned,
            mean=means.pop(report.unit_id, None),
        )
        for report in reports
    ]
    if unit_ids is None:
        # Boards whose duties were all closed before this round still stand on the published board.
        rows += [
            SnapshotUnit(
                unit=unit, order=unit.order, name=unit.name, timeliness=Timeliness.NONE,
                owed=0, accepted=0, returned=0, mean=means[unit.pk],
            )
            for unit in Unit.objects.filter(pk__in=means)
        ]  # fmt: skip
    return sorted(rows, key=lambda row: (row.order, row.unit_id))


def county_means(period: Period, *, as_of: dt.date) -> dict[int, float]:
    """County government or park → mean over its own duties of its latest accepted percent up to this round.

    Nothing accepted counts as 0, a closed task as 100 (domain §4, Progress).
    """
    owed = Obligation.objects.filter(
        task__task_list_id=period.task_list_id, unit__kind__in=BOARD_KINDS, task__in=Task.objects.counted()
    ).values_list("unit_id", "task_id", "task__closed_on")
    said: dict[tuple[int, int], int] = {}
    for unit_id, task_id, percent in (
        ReportEntry.objects.accepted()
        .filter(report__period__task_list_id=period.task_list_id, report__period__opens_at__lte=period.opens_at)
        .order_by("report__period__due_at", "pk")
        .values_list("report__unit_id", "task_id", "percent")
    ):
        said[unit_id, task_id] = percent or 0
    percents: dict[int, list[int]] = defaultdict(list)
    for unit_id, task_id, closed_on in owed:
        closed = closed_on is not None and closed_on <= as_of
        percents[unit_id].append(100 if closed else said.get((unit_id, task_id), 0))
    return {unit_id: sum(numbers) / len(numbers) for unit_id, numbers in percents.items()}


def task_figure(row: SnapshotTask) -> rules.TaskFigure:
    return rules.TaskFigure(row.task_id, row.no, row.headline, row.progress, row.light, row.due_on, tuple(row.leads))


def unit_figure(row: SnapshotUnit) -> rules.UnitFigure:
    return rules.UnitFigure(row.unit_id, row.name, row.timeliness, row.mean)


def seal_of(snapshot: PeriodSnapshot, tasks: Iterable[SnapshotTask], units: Iterable[SnapshotUnit]) -> str:
    head = {"period": str(snapshot.period), "version": snapshot.version, "as_of": str(snapshot.as_of)}
    return rules.seal(head, map(task_figure, tasks), map(unit_figure, units))


def is_intact(snapshot: PeriodSnapshot) -> bool:
    """Whether the stored figures still match the seal."""
    return seal_of(snapshot, snapshot.tasks.all(), snapshot.units.all()) == snapshot.digest


def published(period: Period) -> PeriodSnapshot | None:
    """The newest freeze of a round."""
    return period.snapshots.order_by("-version").first()


def waiting_units(period: Period) -> list[str]:
    """Names of the units with something still to be accepted or returned."""
    waiting = period.reports.filter(entries__status=ReportStatus.SUBMITTED).distinct()
    return list(waiting.order_by("unit__order", "unit_id").values_list("unit__name", flat=True))


def known_units(rows: Iterable[SnapshotUnit], viewer: Viewer, task_list: TaskList) -> list[SnapshotUnit]:
    """The rows of units whose month this person may see (as in the matrix of the progress page)."""
    return [
        row
        for row in rows
        if can_read_submitted(
            viewer,
            unit_id=row.unit_id,
            coordinating_unit_id=task_list.coordinating_unit_id,
            jurisdiction_id=task_list.jurisdiction_id,
        )
    ]


@dataclass(frozen=True)
class Comparison:
    """Two freezes laid side by side: `before` is None for the first closed round of a list."""

    before: PeriodSnapshot | None
    after: PeriodSnapshot
    tasks: list[rules.Change]
    counties: list[rules.CountyChange]
    timeliness: list[tuple[str, str, str]]


def compare(after: PeriodSnapshot, viewer: Viewer) -> Comparison:
    """What changed since the newest freeze of the closed round before: a constant number of queries."""
    period = after.period
    before = (
        PeriodSnapshot.objects.filter(period__task_list_id=period.task_list_id, period__opens_at__lt=period.opens_at)
        .select_related("period")
        .order_by("-period__opens_at", "-version")
        .first()
    )
    if before is None:
        return Comparison(None, after, [], [], [])
    old, new = list(before.units.all()), list(after.units.all())
    may_know = {row.unit_id for row in known_units(new, viewer, period.task_list)}
    return Comparison(
        before=before,
        after=after,
        tasks=rules.task_changes(map(task_figure, before.tasks.all()), map(task_figure, after.tasks.all())),
        counties=rules.county_changes(map(unit_figure, old), [unit_figure(row) for row in new]),
        timeliness=rules.timeliness_changes(
            map(unit_figure, old), [unit_figure(row) for row in new if row.unit_id in may_know]
        ),
    )
