"""What several roles' parts of the desk read: the newest rounds of reporting, and tasks in trouble."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.db.models import Case, Count, DateField, F, Prefetch, QuerySet, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tasks_app.catalogue.choices import AssignmentRole
from tasks_app.catalogue.models import Assignment, Task, TaskList
from tasks_app.lib.dates import beijing_day
from tasks_app.progress.choices import Light
from tasks_app.progress.models import Standing
from tasks_app.reporting.choices import Timeliness
from tasks_app.reporting.models import MonthlyReport
from tasks_app.reporting.rules import timeliness
from tasks_app.schedule.models import Period

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
CSS = {
    Timeliness.ON_TIME: ("ok", "●"),
    Timeliness.LATE: ("warn", "▲"),
    Timeliness.MADE_UP: ("warn", "▲"),
    Timeliness.MISSING: ("late", "◇"),
    Timeliness.EXEMPT: ("none", "○"),
    Timeliness.PENDING: ("none", "◇"),
}


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


def newest_periods(task_lists: QuerySet[TaskList], at: dt.datetime) -> list[Period]:
    """The newest round of each list that has opened by `at`: one query."""
    periods = Period.objects.filter(task_list__in=task_lists, opens_at__lte=at).select_related("task_list")
    newest = {period.task_list_id: period for period in periods.order_by("opens_at")}
    return sorted(newest.values(), key=lambda period: (period.task_list.order, period.task_list_id))


def round_states(task_lists: QuerySet[TaskList], at: dt.datetime) -> list[RoundState]:
    """Who is in and who is not, in each list's newest round: two queries."""
    periods = newest_periods(task_lists, at)
    reports: dict[int, list[MonthlyReport]] = defaultdict(list)
    for report in MonthlyReport.objects.filter(period__in=periods).select_related("unit"):
        reports[report.period_id].append(report)
    return [_state(period, reports[period.pk], at) for period in periods]


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
            str(each.label),
            counts[each],
            _address("reports", list=period.task_list_id, period=period.pk, state=each.value),
            *CSS[each],
        )
        for each in told
    ]
    silent = sorted(
        (report for report in reports if report.first_submitted_at is None and report.exempt_at is None),
        key=lambda r: (r.unit.order, r.unit_id),
    )
    return RoundState(period, len(reports), numbers, silent, time_left(period.due_at, at), at > period.due_at)


def time_left(due_at: dt.datetime, at: dt.datetime) -> str:
    """还有 3 天 8 小时, or how long ago it was."""
    gap = abs(due_at - at)
    days, hours, minutes = gap.days, gap.seconds // 3600, gap.seconds % 3600 // 60
    words = {"days": days, "hours": hours, "minutes": minutes}
    if at > due_at:
        return (_("已过 %(days)d 天") if days else _("已过 %(hours)d 小时 %(minutes)d 分")) % words
    return (_("还有 %(days)d 天 %(hours)d 小时") if days else _("还有 %(hours)d 小时 %(minutes)d 分")) % words


def moment_text(moment: dt.datetime) -> str:
    """11月5日（星期二）18:00, Beijing time."""
    local = timezone.localtime(moment)
    weekday = (_("星期一"), _("星期二"), _("星期三"), _("星期四"), _("星期五"), _("星期六"), _("星期日"))[
        local.weekday()
    ]
    words = {"month": local.month, "day": local.day, "weekday": weekday, "time": f"{local:%H:%M}"}
    return _("%(month)d月%(day)d日（%(weekday)s）%(time)s") % words


def counted_in(jurisdiction_ids: Collection[int]) -> QuerySet[Task]:
    """The tasks of these jurisdictions that count, closed ones too."""
    return Task.objects.counted().filter(task_list__jurisdiction_id__in=jurisdiction_ids)


def light_numbers(tasks: QuerySet[Task]) -> list[Number]:
    """How many of the tasks show which light, each opening the ledger on them: one query."""
    rows = Standing.objects.filter(task__in=tasks).values("light").annotate(n=Count("pk")).order_by()
    counts = {row["light"]: row["n"] for row in rows}
    return [
        Number(str(light.label), counts.get(light, 0), ledger(light=light.value), light.css, light.shape)
        for light in LIGHT_ORDER
    ]


def in_trouble(tasks: QuerySet[Task], *, today: dt.date, lights: Iterable[str] = (Light.RED,)) -> QuerySet[Task]:
    """Tasks with these lights, the worst first: those past their deadline by how long, then by how far
    behind the straight line. Standing, list and lead units come along."""
    overdue = Case(When(due_on__lt=today, then=F("due_on")), default=None, output_field=DateField(null=True))
    leads = Assignment.objects.filter(role=AssignmentRole.LEAD).select_related("unit")
    return (
        tasks.filter(standing__light__in=list(lights), closed_on=None)
        .annotate(overdue_since=overdue, gap=F("standing__expected") - F("standing__progress"))
        .select_related("standing", "task_list")
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


@dataclass(frozen=True)
class TaskLine:
    """One task on the desk; `days` past its deadline (negative: still to go), None without one."""

    task: Task
    days: int | None
    units: str

    @property
    def light(self) -> Light:
        return Light(self.task.standing.light)

    @property
    def days_left(self) -> int:
        return -(self.days or 0)


def task_lines(tasks: Iterable[Task], *, today: dt.date) -> list[TaskLine]:
    """Lines for tasks as `in_trouble` gives them."""
    return [
        TaskLine(
            task=task,
            days=None if task.due_on is None else (today - task.due_on).days,
            units="、".join(part.unit.name for part in task.lead_parts),  # type: ignore[attr-defined]
        )
        for task in tasks
    ]


def ledger(**filters: object) -> str:
    """The ledger over all lists, filtered."""
    return _address("ledger", list="all", **filters)


def _address(name: str, **filters: object) -> str:
    return f"{reverse(name)}?{urlencode(filters)}"


def day_of(at: dt.datetime) -> dt.date:
    return beijing_day(at)
