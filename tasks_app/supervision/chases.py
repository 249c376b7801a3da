"""催办 of tasks out of the queue: who would be told of what, and telling them.

A chase of a round (`reminders.chasing.chase_period`) asks for a report; this one asks what becomes of tasks, reported
on or not.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from tasks_app.accounts.models import User
from tasks_app.accounts.permissions import Viewer
from tasks_app.accounts.scopes import chased
from tasks_app.audit.actions import record
from tasks_app.catalogue.choices import AssignmentRole
from tasks_app.catalogue.models import Task, TaskList
from tasks_app.lib.errors import Refused
from tasks_app.progress.models import Standing
from tasks_app.roster.queries import charges, liaisons_by_unit
from tasks_app.schedule.models import Obligation
from tasks_app.supervision.telling import tasks_chased
from tasks_app.units.models import Unit


@dataclass(frozen=True)
class Chase:
    """What a chase of some tasks comes to: each person gets one message about all of theirs.

    `units` are the lead units that somebody answers for; `unreached` those without a liaison; `closed` and
    `unled` the tasks for which nobody is told.
    """

    told: dict[User, list[Task]]
    units: list[Unit]
    unreached: list[Unit]
    closed: list[Task]
    unled: list[Task]

    @property
    def tasks(self) -> int:
        return len({task.pk for tasks in self.told.values() for task in tasks})


def chaseable_tasks(viewer: Viewer, task_ids: Collection[int]) -> list[Task]:
    """Those of some tasks whose units this person may chase, in the order of their lists."""
    lists = TaskList.objects.filter(chased(viewer))
    return list(
        Task.objects.counted()
        .filter(pk__in=task_ids, task_list__in=lists)
        .select_related("task_list")
        .order_by("task_list__order", "task_list_id", "seq")
    )


def plan_chase(tasks: Iterable[Task]) -> Chase:
    """Who would be told: whom the roster names for each lead unit, else its liaisons. A constant number of queries."""
    tasks = list(tasks)
    open_tasks = {task.pk: task for task in tasks if task.closed_on is None}
    owed = Obligation.objects.filter(role=AssignmentRole.LEAD, task_id__in=list(open_tasks)).select_related("unit")
    liaisons = liaisons_by_unit()
    charged = charges(liaisons)
    told: dict[User, dict[int, Task]] = defaultdict(dict)
    reached: dict[int, Unit] = {}
    unreached: dict[int, Unit] = {}
    led = set()
    for duty in owed.order_by("unit__order", "unit_id", "task__task_list__order", "task__seq"):
        task = open_tasks[duty.task_id]
        led.add(task.pk)
        people = charged.get((task.task_list_id, duty.unit_id)) or liaisons.get(duty.unit_id, [])
        for person in people:
            told[person][task.pk] = task
        (reached if people else unreached)[duty.unit_id] = duty.unit
    return Chase(
        told={person: list(theirs.values()) for person, theirs in told.items()},
        units=list(reached.values()),
        unreached=list(unreached.values()),
        closed=[task for task in tasks if task.closed_on],
        unled=[task for task in open_tasks.values() if task.pk not in led],
    )


@transaction.atomic
def chase_tasks(*, tasks: Iterable[Task], note: str, once: str, by: User, at: dt.datetime) -> Chase:
    """Tell who answers for the lead units of these tasks, with the reason of each light; one message per person.

    `note` is what the sender adds. `once` names this sending: the same name sends nothing a second time (Refused), so a
    button pressed twice sends once.
    """
    chase = plan_chase(tasks)
    if not chase.told:
        raise Refused(_("没有可以通知的人：任务已销号，或牵头单位没有在任的联络员。请先确定人员。"))
    event = record(
        by=by,
        at=at,
        verb="supervision.chase",
        target=by,
        after={
            "tasks": sorted({task.pk for theirs in chase.told.values() for task in theirs}),
            "units": [unit.name for unit in chase.units],
            "people": len(chase.told),
        },
        reason=note.strip(),
    )
    ids = {task.pk for theirs in chase.told.values() for task in theirs}
    standings = {standing.task_id: standing for standing in Standing.objects.filter(task_id__in=ids)}
    if not tasks_chased(chase.told, standings, note.strip(), key=f"tasks-chased:{once or event.pk}", at=at):
        raise Refused(_("这次催办已经发出，没有重复发送。"))
    return chase
