"""The leader's page: where a list stands, what changed, whom to call. Reads only.

Where it stands is counted live from the standings; how it got there is read from the frozen rounds. Today is
compared with what was published for the last closed round before the running one, so on any day of the month
the difference is what this month has changed.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.db.models import Count, F, Max, OuterRef, Q, Subquery, Sum, Window
from django.db.models.functions import RowNumber

from tasks_app.accounts.permissions import Viewer
from tasks_app.accounts.scopes import looked_after
from tasks_app.analytics import facts as counted
from tasks_app.analytics.facts import ORDER, Group, ListFacts, TaskRow
from tasks_app.analytics.rules import Mover, Slip, furthest_behind, movers, worst, worst_light
from tasks_app.audit.models import Event
from tasks_app.catalogue.models import Task, TaskList
from tasks_app.closing.models import SnapshotTask
from tasks_app.closing.rules import Change, TaskFigure, task_changes
from tasks_app.lib.dates import beijing_day
from tasks_app.progress.choices import Light
from tasks_app.reporting.choices import Timeliness
from tasks_app.reporting.models import MonthlyReport, ReportEntry
from tasks_app.reporting.queries import timeliness_of
from tasks_app.schedule.models import Period, round_name

WORST = 5
MOVERS = 6


@dataclass(frozen=True)
class Frozen:
    """One closed round as it was published, in its newest version; `lights` counts its tasks."""

    period_id: int
    snapshot_id: int
    name: str
    month: dt.date
    day: dt.date
    mean: float
    expected: float | None
    lights: Mapping[str, int]

    @property
    def count(self) -> int:
        return sum(self.lights.values())


@dataclass(frozen=True)
class Cell:
    """The tasks that one unit leads and one county has a duty on."""

    county_id: int
    lights: Mapping[str, int]

    @property
    def count(self) -> int:
        return sum(self.lights.values())

    @property
    def light(self) -> Light | None:
        return worst_light(self.lights)

    @property
    def of_light(self) -> int:
        """How many of them show the worst light."""
        return self.lights.get(self.light, 0) if self.light else 0


@dataclass(frozen=True)
class MatrixRow:
    """One lead unit with a cell per county, in the counties' order."""

    lead: Group
    cells: Sequence[Cell]


@dataclass(frozen=True)
class RoundState:
    """The running round: its reports by timeliness, and those that are not in, in official order."""

    period: Period
    counts: Mapping[Timeliness, int]
    silent: Sequence[MonthlyReport]
    came_in: int
    total: int
    is_due: bool


@dataclass(frozen=True)
class Overview:
    """One list at a moment. `running` is its newest round (None before the first), `baseline` the closed round
    that today is compared with (None before there is one).
    """

    at: dt.datetime
    facts: ListFacts
    total: Group
    counties: Sequence[Group]
    leads: Sequence[Group]
    chapters: Sequence[Group]
    rounds: Sequence[Frozen]
    baseline: Frozen | None
    published: Sequence[TaskFigure]
    running: RoundState | None
    tasks: Mapping[int, Task] = field(default_factory=dict)

    @property
    def task_list(self) -> TaskList:
        return self.facts.task_list

    @property
    def today(self) -> dt.date:
        return beijing_day(self.at)

    @property
    def as_of(self) -> dt.date | None:
        """The oldest day for which a light was computed."""
        return min((row.as_of for row in self.facts.tasks.values() if row.as_of), default=None)

    @cached_property
    def furthest(self) -> int | None:
        """The county that is furthest behind its own expected progress."""
        return furthest_behind([(group.key, group.behind) for group in self.counties])

    @cached_property
    def movers(self) -> tuple[list[Mover], list[Mover]]:
        """The largest gains and losses since the baseline."""
        before = {figure.task_id: figure.progress for figure in self.published}
        after = {row.pk: row.progress for row in self.facts.tasks.values()}
        return movers(before, after, most=MOVERS)

    @cached_property
    def worst(self) -> list[int]:
        slips = (Slip(row.pk, row.light, row.due_on, row.gap) for row in self.facts.tasks.values())
        return worst(slips, today=self.today, most=WORST)

    @cached_property
    def changes(self) -> list[Change]:
        """Everything that differs from the baseline; headlines only of `tasks`."""
        if self.baseline is None:
            return []
        return task_changes(self.published, [self.figure(row) for row in self.facts.tasks.values()])

    def figure(self, row: TaskRow) -> TaskFigure:
        """A task as it would be published now."""
        task = self.tasks.get(row.pk)
        leads = tuple(self.facts.units[pk].name for pk in self.facts.leads_of[row.pk])
        return TaskFigure(row.pk, row.no, task.headline if task else "", row.progress, row.light, row.due_on, leads)


def overview_lists(viewer: Viewer, at: dt.datetime) -> list[TaskList]:
    """The lists that this person reads as a whole: those of jurisdictions overseen, and those their own unit
    coordinates.

    Each carries the deadline of its newest round as `round_due_at`.
    """
    newest = Period.objects.filter(task_list=OuterRef("pk"), opens_at__lte=at).order_by("-opens_at")
    return list(
        TaskList.objects.filter(looked_after(viewer))
        .select_related("document")
        .annotate(round_due_at=Subquery(newest.values("due_at")[:1]))
    )


def mark_of(task_list: TaskList) -> tuple[object, ...]:
    """A value that changes whenever the page of this list could show something else: one query.

    Every act leaves an event. Lights change without one, by acts and as days pass, so their own sums are part of it.
    """
    newest = Event.objects.order_by("-pk").values("pk")[:1]
    return (
        TaskList.objects.filter(pk=task_list.pk)
        .annotate(
            newest=Subquery(newest),
            count=Count("tasks__standing"),
            progress=Sum("tasks__standing__progress"),
            day=Max("tasks__standing__as_of"),
        )
        .values_list("newest", "count", "progress", "day")
        .get()
    )


def first_of(lists: Sequence[TaskList]) -> TaskList | None:
    """The list shown first: the first that is being reported on, else the first."""
    return next((each for each in lists if each.round_due_at), lists[0] if lists else None)  # type: ignore[attr-defined]


def read_overview(task_list: TaskList, *, at: dt.datetime, all_tasks: bool = False) -> Overview:
    """The leader's page of one list: at most ten queries. `all_tasks` brings the words of every task along, not
    only of those that are shown by name.
    """
    facts = read_facts(task_list)
    running, rounds = _rounds(task_list, at)
    earlier = [each for each in rounds if running is None or each.period_id != running.pk]
    baseline = earlier[-1] if earlier else None
    found = Overview(
        at=at,
        facts=facts,
        total=counted.total(facts),
        counties=counted.counties(facts),
        leads=counted.lead_units(facts),
        chapters=counted.chapters(facts),
        rounds=rounds,
        baseline=baseline,
        published=_published(baseline) if baseline else [],
        running=_state(running, at) if running else None,
    )
    shown = set(facts.tasks) if all_tasks else {*found.worst, *(m.task_id for side in found.movers for m in side)}
    return replace(found, tasks=words(shown))


def read_facts(task_list: TaskList) -> ListFacts:
    """The rows of one list with what its counties last said: four queries, five where nobody owes reports."""
    newest = Window(
        RowNumber(),
        partition_by=[F("task_id"), F("report__unit_id")],
        order_by=[F("report__period__due_at").desc(), F("pk").desc()],
    )
    said = (
        ReportEntry.objects.accepted()
        .filter(report__period__task_list=task_list, report__unit__kind__in=counted.BOARD_KINDS)
        .annotate(place=newest)
        .filter(place=1)
        .values_list("task_id", "report__unit_id", "percent")
    )
    latest = {(task_id, unit_id): percent or 0 for task_id, unit_id, percent in said}
    return counted.read_facts(task_list, latest=latest)


def matrix(facts: ListFacts, leads: Sequence[Group], counties: Sequence[Group]) -> list[MatrixRow]:
    """Lead unit × county: the tasks that the one leads and the other has a duty on, by light."""
    lights: dict[tuple[int, int], Counter[str]] = defaultdict(Counter)
    for task_id, lead_id in facts.leads:
        for county_id in facts.boards_of[task_id]:
            lights[lead_id, county_id][facts.tasks[task_id].light] += 1
    return [MatrixRow(lead, [Cell(c.key, lights[lead.key, c.key]) for c in counties]) for lead in leads]


def _rounds(task_list: TaskList, at: dt.datetime) -> tuple[Period | None, list[Frozen]]:
    """The newest round and all closed ones, oldest first: one query.

    A round that was closed several times counts with its newest version.
    """
    by_light = {
        f"n_{light.value}": Count("snapshots__tasks", filter=Q(snapshots__tasks__light=light)) for light in ORDER
    }
    names = ("pk", "mean", "expected", "as_of")
    rows = list(
        Period.objects.filter(task_list=task_list, opens_at__lte=at)
        .annotate(**{f"frozen_{name}": F(f"snapshots__{name}") for name in names}, **by_light)
        .order_by("opens_at", "snapshots__version")
    )
    frozen = {row.pk: _frozen(row) for row in rows if row.frozen_pk}  # type: ignore[attr-defined]
    return (rows[-1] if rows else None), list(frozen.values())


def _frozen(row: Any) -> Frozen:
    return Frozen(
        period_id=row.pk,
        snapshot_id=row.frozen_pk,
        name=round_name(row.year, row.month, row.number),
        month=row.first_day,
        day=row.frozen_as_of,
        mean=row.frozen_mean,
        expected=row.frozen_expected,
        lights={light: getattr(row, f"n_{light.value}") for light in ORDER},
    )


def _published(frozen: Frozen) -> list[TaskFigure]:
    rows = SnapshotTask.objects.filter(snapshot_id=frozen.snapshot_id).order_by("seq")
    stored = rows.values_list("task_id", "no", "headline", "progress", "light", "due_on", "leads")
    return [
        TaskFigure(task_id, no, headline, progress, light, due_on, tuple(leads))
        for task_id, no, headline, progress, light, due_on, leads in stored
    ]


def _state(period: Period, at: dt.datetime) -> RoundState:
    reports = list(period.reports.select_related("unit").order_by("unit__order", "unit_id"))
    for report in reports:
        report.period = period
    silent = [report for report in reports if report.first_submitted_at is None and report.exempt_at is None]
    return RoundState(
        period=period,
        counts=Counter(timeliness_of(report, at) for report in reports),
        silent=silent,
        came_in=sum(report.first_submitted_at is not None for report in reports),
        total=len(reports),
        is_due=at > period.due_at,
    )


def words(task_ids: set[int]) -> dict[int, Task]:
    """Tasks by key, with their standings."""
    return Task.objects.select_related("standing").in_bulk(task_ids)
