"""逾期队列: the tasks that need a supervisor, by what they need one, and whose they are.

A task is in the queue while its light is red or yellow, or while the readings of its light differ: what the unit
says of itself, what the rule computes, what was verified on the spot.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import (
    Case,
    Count,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest

from tasks_app.catalogue.choices import AssignmentRole
from tasks_app.catalogue.models import Assignment, Task, TaskList
from tasks_app.lib.dates import at_beijing
from tasks_app.progress.choices import Light, Reason
from tasks_app.progress.models import LightChange
from tasks_app.reporting.choices import Timeliness
from tasks_app.reporting.models import ReportEntry
from tasks_app.reporting.rules import timeliness
from tasks_app.schedule.models import Period, round_name
from tasks_app.schedule.rules import next_opening

# So many times red, and a task is a repeat offender (反复滞后).
REPEATED = 2
LIGHTS = (Light.RED, Light.YELLOW, Light.GREEN)


def late_tasks(lists: Collection[TaskList]) -> QuerySet[Task]:
    """The queue of some lists, the worst first.

    Annotated: `behind`, the points behind the expected line (0 if none or no deadline); `rank`, 1 red,
    2 yellow, 3 green. Within a light the oldest deadline that has passed comes first, then the widest gap.
    """
    late = Q(standing__light__in=(Light.RED, Light.YELLOW)) | Q(standing__disagreement__gte=1)
    return (
        Task.objects.counted()
        .filter(late, task_list__in=lists)
        .select_related("standing", "task_list__document", "chapter")
        .annotate(
            behind=Greatest(F("standing__expected") - F("standing__progress"), Value(0), output_field=IntegerField()),
            rank=Case(
                When(standing__light=Light.RED, then=1),
                When(standing__light=Light.YELLOW, then=2),
                default=3,
                output_field=IntegerField(),
            ),
            past=Case(When(standing__reason=Reason.OVERDUE, then=0), default=1, output_field=IntegerField()),
        )
        .order_by("rank", "past", F("due_on").asc(nulls_last=True), F("behind").desc(nulls_last=True), "pk")
    )


def kinds(lists: Collection[TaskList], *, today: dt.date) -> dict[str, Q]:
    """The things a queue is worked by, as the address names them → the tasks they stand for: one query.

    A task may be of several kinds. `silent`: no lead reported in the last round that was due; `repeated`: the
    light turned red `REPEATED` times or more; `differs`: the readings of the light lie a step or more apart.
    """
    rounds = _last_rounds(lists, today)
    said = ReportEntry.objects.filter(role=AssignmentRole.LEAD, report__period__in=rounds)
    owed = said.filter(report__first_submitted_at=None, report__exempt_at=None, exempt_at=None)
    heard = said.filter(report__first_submitted_at__isnull=False)
    often = turned_red().filter(n__gte=REPEATED)
    return {
        "overdue": Q(standing__reason=Reason.OVERDUE),
        "behind": Q(standing__reason=Reason.BEHIND),
        "silent": Q(pk__in=owed.order_by().values("task_id")) & ~Q(pk__in=heard.order_by().values("task_id")),
        "due_soon": Q(standing__reason=Reason.DUE_SOON),
        "differs": Q(standing__disagreement__gte=1),
        "repeated": Q(pk__in=often.values("task_id")),
    }


def _last_rounds(lists: Collection[TaskList], today: dt.date) -> list[int]:
    """The last round of each list that was due before a day."""
    due = Period.objects.filter(task_list__in=lists, due_at__lt=at_beijing(today, dt.time()))
    return list({list_id: pk for pk, list_id in due.order_by("due_at").values_list("pk", "task_list_id")}.values())


def turned_red() -> QuerySet[Any, Any]:
    """`task_id` → `n`, how many times the task's light turned red."""
    return LightChange.objects.filter(after=Light.RED).order_by().values("task_id").annotate(n=Count("pk"))


def by_times_red(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """Annotated with `times_red`, for putting them in that order."""
    counted = turned_red().filter(task_id=OuterRef("pk")).values("n")
    return tasks.annotate(times_red=Coalesce(Subquery(counted), Value(0)))


def by_lead_unit(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """The tasks unit by unit in the official order, within a unit as they were ordered.

    A task that several units lead comes once for each. Annotated: the unit's name, place and key, as
    `lead_unit`, `lead_order` and `led_by_id`.
    """
    return (
        tasks.annotate(lead=FilteredRelation("assignments", condition=Q(assignments__role=AssignmentRole.LEAD)))
        .filter(lead__isnull=False)
        .annotate(lead_unit=F("lead__unit__name"), lead_order=F("lead__unit__order"), led_by_id=F("lead__unit_id"))
        .order_by("lead_order", "led_by_id", *tasks.query.order_by)
    )


def by_chapter(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """The tasks list by list and chapter by chapter as printed, within a chapter as they were ordered."""
    return tasks.order_by("task_list__order", "task_list_id", "chapter__order", "chapter_id", *tasks.query.order_by)


@dataclass(frozen=True)
class LateCounts:
    """How many tasks in all, by light, and by kind; of the kinds a task may have several."""

    total: int
    by_light: dict[str, int]
    by_kind: dict[str, int]


def late_counts(tasks: QuerySet[Task], kinds: Mapping[str, Q]) -> LateCounts:
    """Counts of a selection of the queue: one query."""
    of_light = {f"light_{light}": Count("pk", filter=Q(standing__light=light)) for light in LIGHTS}
    of_kind = {f"kind_{kind}": Count("pk", filter=condition) for kind, condition in kinds.items()}
    found = tasks.order_by().aggregate(total=Count("pk"), **of_light, **of_kind)
    return LateCounts(
        total=found["total"],
        by_light={light: found[f"light_{light}"] for light in LIGHTS},
        by_kind={kind: found[f"kind_{kind}"] for kind in kinds},
    )


@dataclass(frozen=True)
class Record:
    """Who leads a task and how it was reported on: the newest round in which any lead reported, how many rounds
    in a row up to now none did, how many were missed and made up later (已补); how often the light turned red."""

    leads: Sequence[str] = ()
    last_period: str = ""
    last_submitted_at: dt.datetime | None = None
    silent: int = 0
    made_up: int = 0
    times_red: int = 0


def records(task_ids: Collection[int], *, at: dt.datetime) -> dict[int, Record]:
    """The records of some tasks, lead units named as in the document: three queries."""
    leads: dict[int, list[str]] = defaultdict(list)
    named = Assignment.objects.filter(task_id__in=task_ids, role=AssignmentRole.LEAD).order_by("order", "pk")
    for task_id, name in named.values_list("task_id", "unit__name"):
        leads[task_id].append(name)
    red = dict(turned_red().filter(task_id__in=task_ids).values_list("task_id", "n"))
    rounds = _rounds(task_ids)
    return {
        pk: _record(rounds.get(pk, ()), leads=leads.get(pk, ()), times_red=red.get(pk, 0), at=at) for pk in task_ids
    }


class _Round(NamedTuple):
    """One round of a task: when the first of its leads reported; `excused` where they need not have."""

    name: str
    due_at: dt.datetime
    made_up_from: dt.datetime
    first_at: dt.datetime | None
    excused: bool


def _rounds(task_ids: Collection[int]) -> dict[int, list[_Round]]:
    """Task → its rounds in order of their deadlines, the leads' reports on one taken together."""
    period = "report__period__"
    entries = ReportEntry.objects.filter(task_id__in=task_ids, role=AssignmentRole.LEAD).order_by(f"{period}due_at")
    found: dict[int, dict[int, _Round]] = defaultdict(dict)
    for task_id, period_id, year, month, number, due_at, next_at, first_at, entry_exempt, report_exempt in (
        entries.values_list(
            "task_id", "report__period_id", f"{period}year", f"{period}month", f"{period}number", f"{period}due_at",
            f"{period}next_opens_at", "report__first_submitted_at", "exempt_at", "report__exempt_at",
        )
    ):  # fmt: skip
        excused = bool(entry_exempt or report_exempt)
        known = found[task_id].get(period_id)
        if known:
            moments = [moment for moment in (known.first_at, first_at) if moment]
            first_at, excused = min(moments, default=None), excused and known.excused
        made_up_from = next_at or next_opening(year, month)
        found[task_id][period_id] = _Round(round_name(year, month, number), due_at, made_up_from, first_at, excused)
    return {task_id: list(rounds.values()) for task_id, rounds in found.items()}


def _record(rounds: Iterable[_Round], *, leads: Sequence[str], times_red: int, at: dt.datetime) -> Record:
    last: _Round | None = None
    silent = made_up = 0
    for each in rounds:
        if each.first_at:
            last, silent = each, 0
            how = timeliness(
                due_at=each.due_at, first_submitted_at=each.first_at, next_opens_at=each.made_up_from, at=at
            )
            made_up += how == Timeliness.MADE_UP
        elif not each.excused and each.due_at < at:
            silent += 1
    return Record(
        leads=leads,
        last_period=last.name if last else "",
        last_submitted_at=last.first_at if last else None,
        silent=silent,
        made_up=made_up,
        times_red=times_red,
    )
