"""Whose lists these are, their worst tasks, and the closures that wait; the overdue queue is `queue.py`."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Case, DateField, F, Prefetch, QuerySet, Value, When

from tasks_app.accounts.permissions import Viewer
from tasks_app.accounts.scopes import looked_after, supervised
from tasks_app.catalogue.choices import AssignmentRole
from tasks_app.catalogue.models import Assignment, Task, TaskList
from tasks_app.progress.choices import Light
from tasks_app.schedule.models import Obligation
from tasks_app.supervision.choices import ClosureStatus
from tasks_app.supervision.models import Closure
from tasks_app.units.models import Unit


def supervised_lists(viewer: Viewer) -> QuerySet[TaskList]:
    """The lists whose late tasks this person works on: of the jurisdictions overseen, and those the
    own unit coordinates."""
    return TaskList.objects.filter(looked_after(viewer))


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


def waiting_closures(viewer: Viewer) -> QuerySet[Closure]:
    """Closure requests that this supervisor is to decide, oldest first."""
    return (
        Closure.objects.filter(supervised(viewer, "task__task_list__"), status=ClosureStatus.REQUESTED)
        .select_related("task__standing", "unit")
        .order_by("requested_at")
    )


def lead_units_of(task: Task) -> list[Unit]:
    """The units that owe reports on a task as its leads: who may ask for its closure."""
    owed = Obligation.objects.filter(task=task, role=AssignmentRole.LEAD).select_related("unit")
    return [obligation.unit for obligation in owed.order_by("unit__order", "unit_id")]
