"""What several roles' parts of the desk show: the newest rounds of reporting, and tasks in trouble."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from tasks_app.catalogue.models import Task, TaskList
from tasks_app.lib.dates import beijing_day
from tasks_app.notices.choices import OWED
from tasks_app.notices.models import Notice
from tasks_app.progress.choices import Light
from tasks_app.progress.queries import light_counts
from tasks_app.reporting.choices import Timeliness
from tasks_app.reporting.models import MonthlyReport
from tasks_app.reporting.queries import newest_rounds
from tasks_app.reporting.rules import timeliness
from tasks_app.schedule.models import Period
from tasks_app.web.shared.marks import day_text, moment, time_left, timeliness_mark

LIGHT_ORDER = (Light.RED, Light.YELLOW, Light.GREEN, Light.BLUE, Light.GREY)
# The order in which a round's numbers are told.
TOLD = (
    Timeliness.ON_TIME,
    Timeliness.LATE,
    Timeliness.MADE_UP,
    Timeliness.MISSING,
    Timeliness.EXEMPT,
    Timeliness.PENDING,
)


@dataclass(frozen=True)
class Number:
    """A count that opens the list behind it; `css` and `shape` as a light has them."""

    label: str
    count: int
    url: str
    css: str = ""
    shape: str = ""


@dataclass
class RoundState:
    """How far one round of reporting has come: `numbers` by timeliness, `silent` the units not in."""

    period: Period
    total: int = 0
    numbers: list[Number] = field(default_factory=list)
    silent: list[MonthlyReport] = field(default_factory=list)
    due_text: str = ""
    is_due: bool = False

    @property
    def url(self) -> str:
        return _address("reports", list=self.period.task_list_id, period=self.period.pk)


def round_states(task_lists: QuerySet[TaskList], at: dt.datetime) -> list[RoundState]:
    """Who is in and who is not, in each list's newest round: two queries."""
    return [_state(period, reports, at) for period, reports in newest_rounds(task_lists, at)]


def _state(period: Period, reports: list[MonthlyReport], at: dt.datetime) -> RoundState:
    counts: Counter[Timeliness] = Counter(
        timeliness(
            due_at=period.due_at,
            first_submitted_at=report.first_submitted_at,
            next_opens_at=period.made_up_from,
            at=at,
            exempt=report.exempt_at is not None,
        )
        for report in reports
    )
    told = [
        each
        for each in TOLD
        if counts[each] or each == Timeliness.ON_TIME or (each == Timeliness.MISSING and at > period.due_at)
    ]
    numbers = [
        Number(
            mark.label,
            counts[each],
            _address("reports", list=period.task_list_id, period=period.pk, state=each.value),
            mark.css,
            mark.shape,
        )
        for each, mark in ((each, timeliness_mark(each)) for each in told)
    ]
    silent = sorted(
        (report for report in reports if report.first_submitted_at is None and report.exempt_at is None),
        key=lambda r: (r.unit.order, r.unit_id),
    )
    return RoundState(period, len(reports), numbers, silent, time_left(period.due_at, at), at > period.due_at)


def light_numbers(tasks: QuerySet[Task]) -> list[Number]:
    """How many of the tasks show which light, each opening the ledger on them: one query."""
    counts = light_counts(tasks)
    return [
        Number(str(light.label), counts.get(light, 0), ledger(light=light.value), light.css, light.shape)
        for light in LIGHT_ORDER
    ]


@dataclass(frozen=True)
class TaskLine:
    """One task on the desk; `days` past its deadline (negative: still to go), None without one.

    `origin` is the document's number where the lines come from several.
    """

    task: Task
    due: str
    origin: str
    days: int | None
    units: str

    @property
    def light(self) -> Light:
        return Light(self.task.standing.light)

    @property
    def days_left(self) -> int:
        return -(self.days or 0)


def task_lines(tasks: Iterable[Task], *, today: dt.date) -> list[TaskLine]:
    """Lines for tasks as `supervision.queries.in_trouble` gives them."""
    tasks = list(tasks)
    several = len({task.task_list_id for task in tasks}) > 1
    return [
        TaskLine(
            task=task,
            due=day_text(task.due_on, today),
            origin=task.task_list.document.number if several else "",
            days=None if task.due_on is None else (today - task.due_on).days,
            units="、".join(part.unit.name for part in task.lead_parts),  # type: ignore[attr-defined]
        )
        for task in tasks
    ]


@dataclass(frozen=True)
class NoticeLine:
    """A supervision notice that waits for this person; `left_text` while an answer is owed."""

    notice: Notice
    due_text: str
    left_text: str
    is_late: bool


def notice_lines(notices: Iterable[Notice], at: dt.datetime) -> list[NoticeLine]:
    return [
        NoticeLine(
            notice=notice,
            due_text=moment(notice.due_at, year_of=at),
            left_text=time_left(notice.due_at, at) if notice.state in OWED else "",
            is_late=notice.state in OWED and notice.due_at < at,
        )
        for notice in notices
    ]


def ledger(**filters: object) -> str:
    """The ledger over all lists, filtered."""
    return _address("ledger", list="all", **filters)


def _address(name: str, **filters: object) -> str:
    return f"{reverse(name)}?{urlencode(filters)}"


def day_of(at: dt.datetime) -> dt.date:
    return beijing_day(at)
