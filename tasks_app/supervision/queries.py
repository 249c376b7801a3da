"""What is late or behind, and whose it is; the closures that wait."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import (
    Case,
    Count,
    DateField,
    F,
    FilteredRelation,
    IntegerField,
    Prefetch,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Greatest

from tasks_app.accounts.choices import Role
from tasks_app.accounts.permissions import Viewer
from tasks_app.catalogue.choices import AssignmentRole
from tasks_app.catalogue.models import Assignment, Task, TaskList
from tasks_app.progress.choices import Light, Reason
from tasks_app.reporting.models import ReportEntry
from tasks_app.schedule.models import Obligation, round_name
from tasks_app.supervision.choices import ClosureStatus
from tasks_app.supervision.models import Closure
from tasks_app.units.models import Unit

# The ways of being late that the page tells apart: name in the address → the reasons it stands for.
KINDS = {
    "overdue": (Reason.OVERDUE,),
    "behind": (Reason.BEHIND,),
    "silent": (Reason.SILENT, Reason.MISSED),
    "due_soon": (Reason.DUE_SOON,),
}


def supervised_lists(viewer: Viewer) -> QuerySet[TaskList]:
    """The lists whose late tasks this person works on: of the jurisdictions overseen, and those the
    own unit coordinates."""
    return TaskList.objects.filter(
        Q(jurisdiction_id__in=viewer.overseen_jurisdiction_ids)
        | Q(coordinating_unit_id__in=viewer.coordinator_unit_ids)
    )


def late_tasks(lists: Collection[TaskList]) -> QuerySet[Task]:
    """Open tasks under a red or yellow light, the worst first.

    Annotated: `behind`, the points behind the straight line (0 if none or no deadline); `rank`, 1 red,
    2 yellow. Within a light the oldest deadline that has passed comes first, then the widest gap.
    """
    return (
        Task.objects.counted()
        .filter(task_list__in=lists, standing__light__in=(Light.RED, Light.YELLOW))
        .select_related("standing", "task_list__document")
        .annotate(
            behind=Greatest(F("standing__expected") - F("standing__progress"), Value(0), output_field=IntegerField()),
            rank=Case(When(standing__light=Light.RED, then=1), default=2, output_field=IntegerField()),
            past=Case(When(standing__reason=Reason.OVERDUE, then=0), default=1, output_field=IntegerField()),
        )
        .order_by("rank", "past", F("due_on").asc(nulls_last=True), F("behind").desc(nulls_last=True), "pk")
    )


def in_trouble(tasks: QuerySet[Task], *, today: dt.date, lights: Iterable[str] = (Light.RED,)) -> QuerySet[Task]:
    """Tasks with these lights, the worst first: those past their deadline by how long, then by how far
    behind the straight line. Standing, list and lead units come along."""
    overdue = Case(When(due_on__lt=today, then=F("due_on")), default=None, output_field=DateField(null=True))
    leads = Assignment.objects.filter(role=AssignmentRole.LEAD).select_related("unit")
    return (
        tasks.filter(standing__light__in=list(lights), closed_on=None)
        .annotate(overdue_since=overdue, gap=F("standing__expected") - F("standing__progress"))
        .select_related("standing", "task_list__document")
        .prefetch_related(Prefetch("assignments", queryset=leads, to_attr="lead_parts"))
        .order_by(
            Case(
                When(standing__light=Light.RED, then=Value(0)),
                When(standing__light=Light.YELLOW, then=Value(1)),
                default=Value(2),
            ),
            F("overdue_since").asc(nulls_last=True),
            F("gap").desc(nulls_last=True),
            "pk",
        )
    )


def by_lead_unit(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """The late tasks unit by unit in the official order, within a unit as they were ordered.

    A task that several units lead comes once for each. Annotated: the unit's name, place and key, as
    `lead_unit`, `lead_order` and `led_by_id`.
    """
    return (
        tasks.annotate(lead=FilteredRelation("assignments", condition=Q(assignments__role=AssignmentRole.LEAD)))
        .filter(lead__isnull=False)
        .annotate(lead_unit=F("lead__unit__name"), lead_order=F("lead__unit__order"), led_by_id=F("lead__unit_id"))
        .order_by("lead_order", "led_by_id", *tasks.query.order_by)
    )


@dataclass(frozen=True)
class LateCounts:
    """How many late tasks by light and by kind (a key of KINDS); each task has one of both."""

    total: int
    by_light: dict[str, int]
    by_kind: dict[str, int]


def late_counts(tasks: QuerySet[Task]) -> LateCounts:
    """Counts of a selection of late tasks: one query."""
    rows = list(
        tasks.order_by()
        .values("standing__light", "standing__reason")
        .annotate(n=Count("pk"))
        .values_list("standing__light", "standing__reason", "n")
    )
    return LateCounts(
        total=sum(n for _, _, n in rows),
        by_light={light: sum(n for each, _, n in rows if each == light) for light in (Light.RED, Light.YELLOW)},
        by_kind={kind: sum(n for _, reason, n in rows if reason in reasons) for kind, reasons in KINDS.items()},
    )


@dataclass(frozen=True)
class Whose:
    """Who leads a task, and the newest period in which any of them reported on it."""

    leads: Sequence[str] = ()
    last_period: str = ""
    last_submitted_at: dt.datetime | None = field(default=None)


def whose(task_ids: Collection[int]) -> dict[int, Whose]:
    """Lead units as the document names them and last reports of some tasks: two queries."""
    leads: dict[int, list[str]] = {}
    named = Assignment.objects.filter(task_id__in=task_ids, role=AssignmentRole.LEAD).order_by("order", "pk")
    for task_id, name in named.values_list("task_id", "unit__name"):
        leads.setdefault(task_id, []).append(name)
    last: dict[int, tuple[str, dt.datetime]] = {}
    said = ReportEntry.objects.filter(
        task_id__in=task_ids, role=AssignmentRole.LEAD, report__first_submitted_at__isnull=False
    ).order_by("report__period__due_at", "report__first_submitted_at")
    path = "report__period__"
    for task_id, year, month, number, at in said.values_list(
        "task_id", f"{path}year", f"{path}month", f"{path}number", "report__first_submitted_at"
    ):
        last[task_id] = (round_name(year, month, number), at)
    return {pk: Whose(leads.get(pk, ()), *last.get(pk, ("", None))) for pk in task_ids}


def waiting_closures(viewer: Viewer) -> QuerySet[Closure]:
    """Closure requests that this supervisor is to decide, oldest first."""
    jurisdictions = [m.unit.jurisdiction_id for m in viewer.memberships if m.role == Role.SUPERVISOR]
    return (
        Closure.objects.filter(status=ClosureStatus.REQUESTED, task__task_list__jurisdiction_id__in=jurisdictions)
        .select_related("task__standing", "unit")
        .order_by("requested_at")
    )


def lead_units_of(task: Task) -> list[Unit]:
    """The units that owe reports on a task as its leads: who may ask for its closure."""
    owed = Obligation.objects.filter(task=task, role=AssignmentRole.LEAD).select_related("unit")
    return [obligation.unit for obligation in owed.order_by("unit__order", "unit_id")]
