"""月报: reports that are not in, one by one for their units, and together for those who oversee."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tasks_app.accounts.permissions import can_run_month
from tasks_app.accounts.scopes import coordinated
from tasks_app.lib.dates import at_beijing
from tasks_app.reminders.choices import Audience
from tasks_app.reminders.occasions.base import (
    NINE,
    Asked,
    Case,
    Occasion,
    Owner,
    PersonalDeadline,
    Rung,
    Words,
    liaison,
    moment_text,
    uid,
)
from tasks_app.reporting.models import MonthlyReport
from tasks_app.schedule.models import Obligation, Period, ReportingRule
from tasks_app.schedule.queries import coming_periods
from tasks_app.units.models import Unit
from tasks_app.workdays.queries import exceptions

# In a calendar, periods that have not opened yet are shown so far ahead.
AHEAD = dt.timedelta(days=100)
# Days long past are left out: they are in the ledger, and a calendar looks ahead.
BEHIND = dt.timedelta(days=62)


def cases(asked: Asked) -> Iterator[Case]:
    """Of the rounds that are open, and of those that open by then."""
    yield from _open_cases(asked)
    yield from _coming_cases(asked)


def _open_cases(asked: Asked) -> Iterator[Case]:
    outstanding = (
        MonthlyReport.objects.outstanding()
        .filter(period__due_at__gt=asked.since, period__due_at__lt=asked.until, period__opens_at__lte=asked.at)
        .select_related("unit", "period__task_list")
        .order_by("period_id", "unit__order", "unit_id")
    )
    by_period: dict[Period, list[MonthlyReport]] = defaultdict(list)
    for report in outstanding:
        by_period[report.period].append(report)
    for period, reports in by_period.items():
        yield from _period_cases(period, [report.unit for report in reports], {r.unit_id: r.pk for r in reports})


def _coming_cases(asked: Asked) -> Iterator[Case]:
    """The cases of periods that open by `until` and are not stored yet, for every unit that owes."""
    owing: dict[int, dict[int, Unit]] = defaultdict(dict)
    units = Unit.objects.in_bulk()
    pairs = Obligation.objects.filter(task__retired_at=None, task__closed_on=None).order_by("unit__order", "unit_id")
    for list_id, unit_id in pairs.values_list("task__task_list_id", "unit_id").distinct():
        owing[list_id][unit_id] = units[unit_id]
    ruled = ReportingRule.objects.select_related("task_list")
    for period in coming_periods(ruled, until=asked.until, days=asked.days):
        yield from _period_cases(period, owing[period.task_list_id].values(), {})


def _period_cases(period: Period, units: Iterable[Unit], report_of: Mapping[int, int]) -> Iterator[Case]:
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
        "occasion": REPORT.code,
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
            path=reverse("report", args=[report_id]) if report_id else reverse("reports"),
            words={**words, "单位": unit.name, "事项": f"{period.name}月报"},
            template="report",
            unit=unit,
            report_id=report_id,
            **common,
        )
    yield Case(
        key=f"period:{name}",
        topic=f"period:{period.pk}" if period.pk else "",
        path=reverse("reports") + (f"?period={period.pk}" if period.pk else ""),
        words={**words, "单位": "、".join(unit.name for unit in units), "数量": str(len(units)), "事项": "月报"},
        template="overview",
        **common,
    )


# --- the calendar --------------------------------------------------------------------------------


def deadlines(owner: Owner, at: dt.datetime) -> Iterator[PersonalDeadline]:
    """Reports of the owner's units that are not in, those of coming periods, and the days on which lists fall due."""
    reports = MonthlyReport.objects.outstanding().filter(unit__in=owner.units, period__due_at__gt=at - BEHIND)
    for report in reports.select_related("unit", "period__task_list"):
        yield _report(report.unit, report.period, report.get_absolute_url())
    periods = Period.objects.filter(coordinated(owner.viewer, "task_list__"), due_at__gt=at - BEHIND)
    for period in periods.select_related("task_list"):
        yield _collection(period)
    yield from _coming(owner, at)


def _coming(owner: Owner, at: dt.datetime) -> Iterator[PersonalDeadline]:
    """Periods that have not opened yet: of the lists on which these units owe, and of those coordinated."""
    open_duties = Obligation.objects.filter(unit__in=owner.units, task__closed_on=None, task__retired_at=None)
    owing: dict[int, set[int]] = defaultdict(set)
    for list_id, unit_id in open_duties.order_by().values_list("task__task_list_id", "unit_id").distinct():
        owing[list_id].add(unit_id)
    ruled = ReportingRule.objects.filter(
        Q(task_list_id__in=owing) | coordinated(owner.viewer, "task_list__")
    ).select_related("task_list")
    for period in coming_periods(ruled, until=at + AHEAD, days=exceptions()):
        if period.due_at <= at:
            continue
        for unit_id in sorted(owing[period.task_list_id]):
            yield _report(owner.units[unit_id], period, reverse("reports"))
        if can_run_month(owner.viewer, coordinating_unit_id=period.task_list.coordinating_unit_id):
            yield _collection(period)


def _round(period: Period) -> list[int]:
    """What names a round, stored or not."""
    key = [period.task_list_id, period.year, period.month]
    return key if period.number == 1 else [*key, period.number]


def _report(unit: Unit, period: Period, path: str) -> PersonalDeadline:
    return PersonalDeadline(
        uid=uid("report", *_round(period), unit.pk),
        on=period.due_at,
        title=gettext("月报截止：%(unit)s %(period)s") % {"unit": unit, "period": period},
        text=str(period.task_list),
        path=path,
    )


def _collection(period: Period) -> PersonalDeadline:
    return PersonalDeadline(
        uid=uid("period", *_round(period)),
        on=period.due_at,
        title=gettext("月报汇总：%(period)s截止") % {"period": period},
        text=str(period.task_list),
        path=reverse("reports"),
    )


REPORT = Occasion(
    code="report",
    label=_("月报"),
    urgency=2,
    cases=cases,
    words={
        "report-before": Words(
            _("月报截止前，给联络员"),
            "请报送：{单位} {期}月报",
            "{清单} {期}月报请于 {截止} 前报送，{单位}尚未报送。",
        ),
        "report-after": Words(
            _("月报截止后，给联络员"),
            "催报：{单位} {期}月报已过截止时间",
            "{清单} {期}月报已于 {截止} 截止，{单位}尚未报送。请尽快补报；迟报会留有记录。",
        ),
        "overview-before": Words(
            _("月报截止前，给汇总员、督查员和群"),
            "{期}还有 {数量} 个单位未报送",
            "{清单} {期}月报将于 {截止} 截止，未报送的单位：{单位}。",
        ),
        "overview-after": Words(
            _("月报截止后，给汇总员、督查员和群"),
            "{期}还有 {数量} 个单位未报送",
            "{清单} {期}月报已于 {截止} 截止，未报送的单位：{单位}。",
        ),
    },
    placeholders={
        "清单": "海东市2024年重点任务清单",
        "期": "2024年8月期",
        "单位": "市住房建设局",
        "截止": "8月5日18:00",
        "数量": "2",
        "事项": "2024年8月期月报",
    },
    steps=(
        liaison(-3),
        liaison(-1),
        liaison(0),
        liaison(1),
        Rung(1, NINE, Audience.COORDINATOR),
        Rung(3, NINE, Audience.SUPERVISOR),
    ),
    deadlines=deadlines,
    by_round=True,
)
