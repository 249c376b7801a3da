"""The supervisor's part: what is really late, and whose is it?"""

import datetime as dt
from dataclasses import dataclass

from tasks_app.accounts.permissions import Viewer
from tasks_app.accounts.scopes import supervised
from tasks_app.catalogue.models import Task, TaskList
from tasks_app.notices.queries import to_judge
from tasks_app.scores.models import Objection
from tasks_app.scores.queries import waiting_objections
from tasks_app.supervision.models import Closure
from tasks_app.supervision.queries import in_trouble, waiting_closures
from tasks_app.web.desk import common

WORST_FOR_SUPERVISOR = 10


@dataclass
class SupervisorPart:
    """`numbers`: overdue and by light; `lines`: the worst; `closures`, replies to
    `notices` and `objections` wait for a decision."""

    numbers: list[common.Number]
    total: int
    lines: list[common.TaskLine]
    closures: list[Closure]
    notices: list[common.NoticeLine]
    objections: list[Objection]
    rounds: list[common.RoundState]


def read_supervisor(viewer: Viewer, at: dt.datetime) -> SupervisorPart:
    today = common.day_of(at)
    tasks = Task.objects.counted().filter(supervised(viewer, "task_list__"))
    lights = common.light_numbers(tasks)
    overdue = tasks.filter(due_on__lt=today, closed_on=None).count()
    return SupervisorPart(
        numbers=[common.Number("", overdue, common.ledger(due="overdue"), "late"), *lights],
        total=sum(number.count for number in lights),
        lines=common.task_lines(in_trouble(tasks, today=today)[:WORST_FOR_SUPERVISOR], today=today),
        closures=list(waiting_closures(viewer)),
        notices=common.notice_lines(to_judge(viewer), at),
        objections=list(waiting_objections(viewer)),
        rounds=common.round_states(TaskList.objects.filter(supervised(viewer)), at),
    )
