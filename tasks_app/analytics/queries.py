"""Where a list stands: by county, by lead unit, by chapter, month by month. Reads only.

One definition of each number (domain §4, Progress):
- a task: its standing, that is its leads' latest accepted percent (several leads: the mean);
- a county government or the park: the mean over its own obligations of its own latest accepted percent;
- a lead unit: the mean over the tasks it leads; a chapter: the mean over its tasks.
Nothing accepted counts as 0 and is counted as `unreported`, never left out. A closed task is 100 for all
who had a part in it.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Count

from tasks_app.accounts.permissions import Viewer
from tasks_app.catalogue.choices import AssignmentRole
from tasks_app.catalogue.models import Assignment, Section, Task, TaskList
from tasks_app.closing.models import PeriodSnapshot
from tasks_app.lib.dates import beijing_day
from tasks_app.progress.choices import Light
from tasks_app.progress.rules import expected_progress
from tasks_app.reporting.models import MonthlyReport, ReportEntry
from tasks_app.schedule.models import Obligation, Period
from tasks_app.units.choices import UnitKind
from tasks_app.units.models import Unit

BOARD_KINDS = {UnitKind.COUNTY_GOVERNMENT, UnitKind.PARK_COMMITTEE}


@dataclass(frozen=True)
class Group:
    """Some of a list's tasks taken together: those of a county, of a lead unit, of a chapter, or all.

    `mean` and `expected` are percents; `expected` is the mean over the tasks that have a deadline,
    None if none has. `count` is the denominator of `mean`. `lights` counts the tasks by light.
    """

    key: int
    label: str
    count: int
    mean: float
    expected: float | None
    unreported: int
    lights: Mapping[str, int]


@dataclass(frozen=True)
class TrendPoint:
    """The list at the deadline of one period; `period` is None for the day it is looked at.

    `mean` is what was published for a closed period; else it uses what is accepted by now of the periods
    up to this one.
    """

    period: Period | None
    day: dt.date
    mean: float
    expected: float | None
    count: int


@dataclass(frozen=True)
class ReportRow:
    """One unit's report of one period, as far as its being there goes."""

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


@dataclass(frozen=True)
class _TaskRow:
    pk: int
    chapter_id: int | None
    due_on: dt.date | None
    closed_on: dt.date | None
    progress: int
    expected: int | None
    has_report: bool
    light: str
    as_of: dt.date | None


@dataclass
class _Facts:
    """The rows of one list, read once."""

    task_list: TaskList
    tasks: dict[int, _TaskRow]
    owed: list[tuple[int, int, str]]  # task id, unit id, role
    accepted: list[tuple[int, int, int, str, int]]  # period id, task id, unit id, role, percent: oldest first
    periods: list[Period]
    leads: list[tuple[int, int]]  # task id, unit id: who leads, group units expanded where reports are owed
    latest: dict[tuple[int, int], int] = field(default_factory=dict)
    published: dict[int, PeriodSnapshot] = field(default_factory=dict)  # by period, the newest freeze of each

    @cached_property
    def lead_owners(self) -> dict[int, set[int]]:
        owners: dict[int, set[int]] = defaultdict(set)
        for task_id, unit_id, role in self.owed:
            if role == AssignmentRole.LEAD:
                owners[task_id].add(unit_id)
        return owners


def read_board(task_list: TaskList, *, today: dt.date) -> Board:
    """The board of one list on `today`: a constant number of queries."""
    facts = _read(task_list)
    reports = [
        ReportRow(pk, unit_id, period_id, first_submitted_at, exempt_at is not None)
        for pk, unit_id, period_id, first_submitted_at, exempt_at in MonthlyReport.objects.filter(
            period__task_list=task_list
        )
        .order_by("period_id", "unit_id")
        .values_list("pk", "unit_id", "period_id", "first_submitted_at", "exempt_at")
    ]
    wanted = {unit_id for _, unit_id, _ in facts.owed} | {unit_id for _, unit_id in facts.leads}
    units = Unit.objects.in_bulk(wanted | {report.unit_id for report in reports})
    chapters = Section.objects.filter(task_list=task_list, parent=None).order_by("order")
    rows = facts.tasks.values()
    return Board(
        task_list=task_list,
        total=_group(0, task_list.title, [(row, _standing(row)) for row in rows]),
        counties=_counties(facts, units),
        leads=_leads(facts, units),
        chapters=[
            _group(chapter.pk, chapter.heading, [(row, _standing(row)) for row in rows if row.chapter_id == chapter.pk])
            for chapter in chapters
            if any(row.chapter_id == chapter.pk for row in rows)
        ],
        trend=_trend(facts, today),
        periods=facts.periods,
        reports=reports,
        units=units,
        as_of=min((row.as_of for row in rows if row.as_of), default=None),
    )


def _task_rows(task_list: TaskList) -> list[_TaskRow]:
    stored = ("progress", "expected", "has_report", "light", "as_of")
    found = (
        Task.objects.counted()
        .filter(task_list=task_list)
        .order_by("seq")
        .values_list("pk", "chapter_id", "due_on", "closed_on", *(f"standing__{name}" for name in stored))
    )
    return [
        # A task that has no standing yet is grey and has reported nothing.
        _TaskRow(pk, chapter_id, due_on, closed_on, progress or 0, expected, bool(reported), light or Light.GREY, as_of)
        for pk, chapter_id, due_on, closed_on, progress, expected, reported, light, as_of in found
    ]


def _read(task_list: TaskList) -> _Facts:
    tasks = {row.pk: row for row in _task_rows(task_list)}
    owed = [
        row
        for row in Obligation.objects.filter(task__task_list=task_list).values_list("task_id", "unit_id", "role")
        if row[0] in tasks
    ]
    accepted = [
        (period_id, task_id, unit_id, role, percent or 0)
        for period_id, task_id, unit_id, role, percent in ReportEntry.objects.accepted()
        .filter(report__period__task_list=task_list)
        .order_by("report__period__due_at", "pk")
        .values_list("report__period_id", "task_id", "report__unit_id", "role", "percent")
        if task_id in tasks
    ]
    named = Assignment.objects.filter(task__task_list=task_list, role=AssignmentRole.LEAD)
    as_named = [row for row in named.values_list("task_id", "unit_id") if row[0] in tasks]
    as_owed = [(task_id, unit_id) for task_id, unit_id, role in owed if role == AssignmentRole.LEAD]
    facts = _Facts(
        task_list=task_list,
        tasks=tasks,
        owed=owed,
        accepted=accepted,
        periods=list(task_list.periods.order_by("due_at")),
        # A list without a reporting rule owes nothing; there the units stand as the document names them.
        leads=as_owed or as_named,
    )
    facts.latest = {(task_id, unit_id): percent for _, task_id, unit_id, _, percent in accepted}
    snapshots = PeriodSnapshot.objects.filter(period__task_list=task_list).annotate(count=Count("tasks"))
    facts.published = {snapshot.period_id: snapshot for snapshot in snapshots.order_by("version")}
    return facts


def _group(key: int, label: str, parts: Iterable[tuple[_TaskRow, tuple[int, bool]]]) -> Group:
    """`parts`: each task with its (percent, was anything accepted) as this group sees it."""
    parts = list(parts)
    expected = [row.expected for row, _ in parts if row.expected is not None]
    return Group(
        key=key,
        label=label,
        count=len(parts),
        mean=_mean(percent for _, (percent, _) in parts) or 0.0,
        expected=_mean(expected),
        unreported=sum(not reported for _, (_, reported) in parts),
        lights=Counter(row.light for row, _ in parts),
    )


def _mean(numbers: Iterable[float]) -> float | None:
    numbers = list(numbers)
    return sum(numbers) / len(numbers) if numbers else None


def _standing(row: _TaskRow) -> tuple[int, bool]:
    return row.progress, row.has_report or row.closed_on is not None


def _counties(facts: _Facts, units: Mapping[int, Unit]) -> list[Group]:
    """County governments and the park in official order, each over its own obligations."""
    parts = defaultdict(list)
    for task_id, unit_id, _ in facts.owed:
        if units[unit_id].kind in BOARD_KINDS:
            row = facts.tasks[task_id]
            said = facts.latest.get((task_id, unit_id))
            closed = row.closed_on is not None
            parts[unit_id].append((row, (100 if closed else said or 0, closed or said is not None)))
    return [_group(pk, units[pk].name, parts[pk]) for pk in sorted(parts, key=lambda pk: (units[pk].order, pk))]


def _leads(facts: _Facts, units: Mapping[int, Unit]) -> list[Group]:
    """Lead units, those with most red tasks first, among equals the slowest first."""
    parts = defaultdict(list)
    for task_id, unit_id in facts.leads:
        row = facts.tasks[task_id]
        parts[unit_id].append((row, _standing(row)))
    groups = [_group(pk, units[pk].name, rows) for pk, rows in parts.items()]
    return sorted(groups, key=lambda g: (-g.lights.get(Light.RED, 0), g.mean, units[g.key].order, g.key))


def _trend(facts: _Facts, today: dt.date) -> list[TrendPoint]:
    """One point per period that is due, and one for today; empty before the first deadline."""
    by_period = defaultdict(list)
    for period_id, task_id, unit_id, role, percent in facts.accepted:
        if role == AssignmentRole.LEAD:
            by_period[period_id].append((task_id, unit_id, percent))
    latest: dict[int, dict[int, int]] = defaultdict(dict)
    points = []
    for period in facts.periods:
        day = beijing_day(period.due_at)
        if day > today:
            break
        for task_id, unit_id, percent in by_period[period.pk]:
            latest[task_id][unit_id] = percent
        points.append(_frozen_point(facts, period, day) or _point(facts, period, day, latest))
    if not points:
        return []
    total = _group(0, "", [(row, _standing(row)) for row in facts.tasks.values()])
    return [*points, TrendPoint(None, today, total.mean, total.expected, total.count)]


def _frozen_point(facts: _Facts, period: Period, day: dt.date) -> TrendPoint | None:
    """A closed round stands in the trend as it was published."""
    frozen = facts.published.get(period.pk)
    if frozen is None:
        return None
    return TrendPoint(period, day, frozen.mean, frozen.expected, frozen.count)  # type: ignore[attr-defined]


def _point(facts: _Facts, period: Period, day: dt.date, latest: Mapping[int, Mapping[int, int]]) -> TrendPoint:
    percents, lines = [], []
    for row in facts.tasks.values():
        said = latest.get(row.pk, {})
        owners = facts.lead_owners[row.pk] | said.keys()
        closed = row.closed_on is not None and row.closed_on <= day
        percents.append(100 if closed else round(sum(said.values()) / len(owners)) if owners else 0)
        line = expected_progress(starts_on=facts.task_list.starts_on, due_on=row.due_on, today=day)
        if line is not None:
            lines.append(line)
    return TrendPoint(period, day, _mean(percents) or 0.0, _mean(lines), len(percents))


def light_counts(group: Group) -> list[tuple[Light, int]]:
    """The group's counts in the fixed order of the lights, zeroes included."""
    return [(light, group.lights.get(light, 0)) for light in ORDER]


ORDER = (Light.BLUE, Light.GREEN, Light.YELLOW, Light.RED, Light.GREY)


def visible_lists(viewer: Viewer) -> list[TaskList]:
    """The lists this person may read, in their order."""
    return list(TaskList.objects.visible_to(viewer).select_related("document", "coordinating_unit"))
