"""What people are reminded of: the sources of open cases, each read in a constant number of queries."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Max
from django.utils import timezone

from tasks_app.catalogue.choices import AssignmentRole
from tasks_app.catalogue.models import Task, TaskList
from tasks_app.lib.dates import at_beijing, beijing_day
from tasks_app.notices.choices import OWED, NoticeLevel
from tasks_app.notices.models import Notice
from tasks_app.reminders.choices import Occasion
from tasks_app.reporting.choices import ReportStatus
from tasks_app.reporting.models import MonthlyReport, ReportEntry
from tasks_app.schedule.models import Obligation, Period, ReportingRule
from tasks_app.schedule.queries import coming_periods
from tasks_app.units.models import Unit


@dataclass(frozen=True)
class Case:
    """Something open that people are reminded of until it is settled.

    With a `unit` it is for that unit's liaisons, without one for those who oversee the list and for its
    groups. `due_at` is the moment that steps count from; `has_deadline` is False where that is not a
    deadline (a return). Cases of one `group` and step become one line.
    """

    key: str
    occasion: str
    task_list: TaskList
    due_at: dt.datetime
    opens_at: dt.datetime
    topic: str
    path: str
    words: Mapping[str, str]
    template: str
    group: str = ""
    has_deadline: bool = True
    unit: Unit | None = None
    period_id: int | None = None
    report_id: int | None = None
    task_id: int | None = None
    notice_id: int | None = None
    is_open: bool = True  # False: a period that has not opened yet

    def code(self, at: dt.datetime) -> str:
        """The default template: "x-before" or "x-after", as the deadline lies at `at`."""
        if not self.has_deadline:
            return self.template
        return f"{self.template}-{'after' if at > self.due_at else 'before'}"


def report_cases(*, at: dt.datetime, since: dt.datetime, until: dt.datetime) -> Iterator[Case]:
    """Reports not in, one by one for their units, and together for those who oversee."""
    outstanding = (
        MonthlyReport.objects.outstanding()
        .filter(period__due_at__gt=since, period__due_at__lt=until, period__opens_at__lte=at)
        .select_related("unit", "period__task_list")
        .order_by("period_id", "unit__order", "unit_id")
    )
    by_period: dict[Period, list[MonthlyReport]] = defaultdict(list)
    for report in outstanding:
        by_period[report.period].append(report)
    for period, reports in by_period.items():
        yield from period_cases(period, [report.unit for report in reports], {r.unit_id: r.pk for r in reports})


def period_cases(period: Period, units: Iterable[Unit], report_of: Mapping[int, int]) -> Iterator[Case]:
    """The cases of one period, open already (with its reports) or not yet.

    Both have the same keys, so that "one working day before" 2024-10-05, which is 2024-09-30 and before the
    period opens, is sent then or, missed, later, but once. Steps reach back to the list's own start.
    """
    units = list(units)
    name = f"{period.task_list_id}.{period.year}.{period.month}"
    if period.number > 1:
        name += f".{period.number}"
    words = {"清单": period.task_list.title, "期": period.name, "截止": moment_text(period.due_at), "数量": "1"}
    common: dict[str, Any] = {
        "occasion": Occasion.REPORT,
        "task_list": period.task_list,
        "due_at": period.due_at,
        "opens_at": at_beijing(period.task_list.starts_on, dt.time()),
        "period_id": period.pk,
        "is_open": period.pk is not None,
    }
    for unit in units:
        report_id = report_of.get(unit.pk)
        yield Case(
            key=f"report:{name}:{unit.pk}",
            topic=f"report:{report_id}" if report_id else "",
            path=f"/reports/{report_id}/" if report_id else "/reports/",
            words={**words, "单位": unit.name, "事项": f"{period.name}月报"},
            template="report",
            unit=unit,
            report_id=report_id,
            **common,
        )
    yield Case(
        key=f"period:{name}",
        topic=f"period:{period.pk}" if period.pk else "",
        path=f"/reports/?period={period.pk}" if period.pk else "/reports/",
        words={**words, "单位": "、".join(unit.name for unit in units), "数量": str(len(units)), "事项": "月报"},
        template="overview",
        **common,
    )


def coming_cases(days: Mapping[dt.date, bool], *, until: dt.datetime) -> Iterator[Case]:
    """The cases of periods that open by `until` and are not stored yet, for every unit that owes."""
    owing: dict[int, dict[int, Unit]] = defaultdict(dict)
    units = Unit.objects.in_bulk()
    pairs = Obligation.objects.filter(task__retired_at=None, task__closed_on=None).order_by("unit__order", "unit_id")
    for list_id, unit_id in pairs.values_list("task__task_list_id", "unit_id").distinct():
        owing[list_id][unit_id] = units[unit_id]
    ruled = ReportingRule.objects.select_related("task_list")
    for period in coming_periods(ruled, until=until, days=days):
        yield from period_cases(period, owing[period.task_list_id].values(), {})


def returned_cases() -> Iterator[Case]:
    """Reports with entries sent back that have not come again and still can; a new return is a new case."""
    returned: dict[MonthlyReport, list[ReportEntry]] = defaultdict(list)
    for entry in (
        ReportEntry.objects.filter(status=ReportStatus.RETURNED, reviewed_at__isnull=False)
        .exclude(report__period__closed_at__isnull=False, report__reopened_at=None)
        .select_related("report__unit", "report__period__task_list", "task")
        .order_by("task__seq")
    ):
        returned[entry.report].append(entry)
    for report, entries in returned.items():
        period = report.period
        since = max(entry.reviewed_at for entry in entries if entry.reviewed_at)
        due_again = min((entry.returned_due_at for entry in entries if entry.returned_due_at), default=period.due_at)
        case = Case(
            key=f"returned:{report.pk}:{since.timestamp():.0f}",
            occasion=Occasion.RETURNED,
            task_list=period.task_list,
            due_at=since,
            opens_at=since,
            topic=f"report:{report.pk}",
            path=f"/reports/{report.pk}/",
            words={
                "清单": period.task_list.title,
                "期": period.name,
                "单位": report.unit.name,
                "截止": moment_text(due_again),
                "数量": str(len(entries)),
                "事项": "、".join(f"第{entry.task.no}项" for entry in entries),
            },
            template="returned",
            has_deadline=False,
            unit=report.unit,
            period_id=period.pk,
            report_id=report.pk,
        )
        yield case
        yield replace(case, key=f"{case.key}:all", unit=None)


def notice_cases() -> Iterator[Case]:
    """Supervision notices that wait for the unit's answer; each round of a notice is a case of its own."""
    owed = (
        Notice.objects.filter(state__in=OWED)
        .annotate(round_number=Max("rounds__number"), round_opened_at=Max("rounds__opened_at"))
        .select_related("unit", "task_list")
        .order_by("due_at", "pk")
    )
    for notice in owed:
        case = Case(
            key=f"notice:{notice.pk}.{notice.round_number}",
            occasion=Occasion.NOTICE,
            task_list=notice.task_list,
            due_at=notice.due_at,
            opens_at=notice.round_opened_at,
            topic=f"notice:{notice.pk}",
            path=f"/notices/{notice.pk}/",
            words={
                "清单": notice.task_list.title,
                "期": "",
                "单位": notice.unit_name,
                "截止": moment_text(notice.due_at),
                "数量": "1",
                "事项": f"{NoticeLevel(notice.level).label} {notice.number}",
            },
            template="notice",
            unit=notice.unit,
            notice_id=notice.pk,
        )
        yield case
        yield replace(case, key=f"{case.key}:all", unit=None)


def task_cases(list_ids: set[int], *, until: dt.datetime) -> Iterator[Case]:
    """Open tasks with a deadline: for each lead unit, and together for those who oversee."""
    tasks = {
        task.pk: task
        for task in Task.objects.counted()
        .filter(task_list_id__in=list_ids, closed_on=None, due_on__lte=beijing_day(until))
        .select_related("task_list")
    }
    leads = Obligation.objects.filter(
        role=AssignmentRole.LEAD,
        task__task_list_id__in=list_ids,
        task__closed_on=None,
        task__due_on__lte=beijing_day(until),
    )
    led: dict[int, list[Unit]] = defaultdict(list)
    for obligation in leads.select_related("unit").order_by("task__seq", "pk"):
        if obligation.task_id in tasks:
            led[obligation.task_id].append(obligation.unit)
    for task_id, units in led.items():
        task = tasks[task_id]
        case = Case(
            key=f"task:{task.pk}",
            occasion=Occasion.TASK,
            task_list=task.task_list,
            due_at=end_of_day(task.due_on),  # type: ignore[arg-type]
            opens_at=at_beijing(task.task_list.starts_on, dt.time()),
            topic=f"task:{task.pk}",
            path=f"/tasks/{task.pk}/",
            words={
                "清单": task.task_list.title,
                "期": "",
                "单位": "、".join(unit.name for unit in units),
                "截止": f"{task.due_on:%Y}年{task.due_on.month}月{task.due_on.day}日",  # type: ignore[union-attr]
                "数量": "1",
                "事项": str(task),
            },
            template="task",
            group=f"{task.due_on}",
            task_id=task.pk,
        )
        yield case
        for unit in units:
            words = {**case.words, "单位": unit.name}
            yield replace(case, key=f"{case.key}:{unit.pk}", unit=unit, words=words, group=f"{task.due_on}:{unit.pk}")


def end_of_day(day: dt.date) -> dt.datetime:
    """The moment until which something due on a day is in time."""
    return at_beijing(day, dt.time(23, 59, 59))


def moment_text(moment: dt.datetime) -> str:
    due = timezone.localtime(moment)
    return f"{due.month}月{due.day}日{due:%H:%M}"
