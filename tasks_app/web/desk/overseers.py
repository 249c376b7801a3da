"""The supervisor's and the leader's parts: what is really late and whose is it; where do we stand?"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from tasks_app.accounts.choices import Role
from tasks_app.accounts.permissions import Viewer
from tasks_app.analytics.queries import Group, read_board
from tasks_app.catalogue.models import TaskList
from tasks_app.supervision.models import Closure
from tasks_app.supervision.queries import in_trouble, waiting_closures
from tasks_app.web.desk import common

WORST_FOR_SUPERVISOR = 10
WORST_FOR_LEADER = 5


@dataclass
class SupervisorPart:
    """`numbers`: overdue and by light; `lines`: the worst; `closures` wait for a decision."""

    numbers: list[common.Number]
    total: int
    lines: list[common.TaskLine]
    closures: list[Closure]
    rounds: list[common.RoundState]


@dataclass
class LeaderPart:
    """`mean`: percent over the `mean_count` tasks of `task_list`; `counties`: means over each county's own
    obligations on it; `numbers` count the tasks of all lists."""

    numbers: list[common.Number]
    total: int
    mean: int | None
    mean_count: int
    lines: list[common.TaskLine]
    task_list: TaskList | None
    counties: Sequence[Group]
    rounds: list[common.RoundState]


def read_supervisor(viewer: Viewer, at: dt.datetime) -> SupervisorPart:
    today = common.day_of(at)
    places = _places(viewer, Role.SUPERVISOR)
    tasks = common.counted_in(places)
    lights = common.light_numbers(tasks)
    overdue = tasks.filter(due_on__lt=today, closed_on=None).count()
    return SupervisorPart(
        numbers=[common.Number("", overdue, common.ledger(due="overdue"), "late"), *lights],
        total=sum(number.count for number in lights),
        lines=common.task_lines(in_trouble(tasks, today=today)[:WORST_FOR_SUPERVISOR], today=today),
        closures=list(waiting_closures(viewer)),
        rounds=common.round_states(_lists(places), at),
    )


def read_leader(viewer: Viewer, at: dt.datetime) -> LeaderPart:
    today = common.day_of(at)
    places = _places(viewer, Role.LEADER)
    tasks = common.counted_in(places)
    lights = common.light_numbers(tasks)
    # The first list that is reported carries the counties' figures; the progress page has the others.
    task_list = _lists(places).exclude(reporting_rule=None).first()
    board = read_board(task_list, today=today) if task_list else None
    return LeaderPart(
        numbers=lights,
        total=sum(number.count for number in lights),
        mean=round(board.total.mean) if board else None,
        mean_count=board.total.count if board else 0,
        lines=common.task_lines(in_trouble(tasks, today=today)[:WORST_FOR_LEADER], today=today),
        task_list=task_list,
        counties=board.counties if board else (),
        rounds=common.round_states(_lists(places), at),
    )


def _places(viewer: Viewer, role: Role) -> set[int]:
    return {m.unit.jurisdiction_id for m in viewer.memberships if m.role == role}


def _lists(places: set[int]) -> QuerySet[TaskList]:
    return TaskList.objects.filter(jurisdiction_id__in=places)
