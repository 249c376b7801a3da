"""A person's deadlines, for the person's calendar: what is open, and what will fall due in the next months."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tasks_app.accounts.models import User
from tasks_app.accounts.permissions import viewer_of
from tasks_app.catalogue.choices import AssignmentRole
from tasks_app.notices.choices import OWED
from tasks_app.notices.models import Notice
from tasks_app.reminders.models import CalendarFeed
from tasks_app.reporting.models import MonthlyReport
from tasks_app.schedule.models import Obligation, Period, ReportingRule
from tasks_app.schedule.queries import coming_periods
from tasks_app.units.models import Unit
from tasks_app.workdays.queries import exceptions

# Periods that have not opened yet are shown so far ahead.
AHEAD = dt.timedelta(days=100)
# What is long past stays in the ledger; a calendar is for looking ahead.
BEHIND = dt.timedelta(days=62)


@dataclass(frozen=True)
class Deadline:
    """One deadline: a moment, or a day. `uid` stays the same for the same thing, opened or not."""

    uid: str
    on: dt.datetime | dt.date
    title: str
    text: str
    path: str


def feed_owner(token: str) -> User | None:
    """Whose calendar a secret address is; None when it is nobody's any more."""
    feed = CalendarFeed.objects.filter(token=token, user__is_active=True).select_related("user").first()
    return feed.user if feed else None


def deadlines_of(person: User, *, at: dt.datetime) -> list[Deadline]:
    """What a person owes, or collects: a constant number of queries, the earliest first.

    A liaison: reports of the own units that are not in, those of the coming periods, notices to be answered, and
    open tasks that the units lead (one entry per list and day). A coordinator: the days on which the own lists
    fall due.
    """
    viewer = viewer_of(person)
    units = {unit.pk: unit for unit in Unit.objects.filter(pk__in=viewer.liaison_unit_ids)}
    found = [
        *_reports(units.keys(), at),
        *_coming(units, viewer.coordinator_unit_ids, at),
        *_collected(viewer.coordinator_unit_ids, at),
        *_notices(units.keys()),
        *_tasks(units.keys()),
    ]
    return sorted(found, key=lambda deadline: (f"{deadline.on:%Y%m%d}", deadline.uid))


def _uid(*parts: object) -> str:
    return "-".join(map(str, parts)) + "@" + settings.BASE_URL.partition("://")[2]


def _round(period: Period) -> list[int]:
    """What names a round, stored or not."""
    key = [period.task_list_id, period.year, period.month]
    return key if period.number == 1 else [*key, period.number]


def _report(unit: Unit, period: Period, path: str) -> Deadline:
    return Deadline(
        uid=_uid("report", *_round(period), unit.pk),
        on=period.due_at,
        title=_("月报截止：%(unit)s %(period)s") % {"unit": unit, "period": period},
        text=str(period.task_list),
        path=path,
    )


def _collection(period: Period) -> Deadline:
    return Deadline(
        uid=_uid("period", *_round(period)),
        on=period.due_at,
        title=_("月报汇总：%(period)s截止") % {"period": period},
        text=str(period.task_list),
        path="/reports/",
    )


def _reports(unit_ids: Collection[int], at: dt.datetime) -> Iterator[Deadline]:
    reports = MonthlyReport.objects.outstanding().filter(unit_id__in=unit_ids, period__due_at__gt=at - BEHIND)
    for report in reports.select_related("unit", "period__task_list"):
        yield _report(report.unit, report.period, f"/reports/{report.pk}/")


def _collected(unit_ids: Collection[int], at: dt.datetime) -> Iterator[Deadline]:
    periods = Period.objects.filter(task_list__coordinating_unit_id__in=unit_ids, due_at__gt=at - BEHIND)
    for period in periods.select_related("task_list"):
        yield _collection(period)


def _notices(unit_ids: Collection[int]) -> Iterator[Deadline]:
    """Supervision notices to be answered; a new round of the same notice moves its day."""
    for notice in Notice.objects.filter(unit_id__in=unit_ids, state__in=OWED).select_related("task_list"):
        yield Deadline(
            uid=_uid("notice", notice.pk),
            on=notice.due_at,
            title=_("督办回复：%(number)s %(unit)s") % {"number": notice.number, "unit": notice.unit_name},
            text=f"{notice.title}\n{notice.task_list}",
            path=f"/notices/{notice.pk}/",
        )


def _coming(units: dict[int, Unit], coordinating: Collection[int], at: dt.datetime) -> Iterator[Deadline]:
    """Periods that have not opened yet: of the lists on which these units owe, and of those coordinated."""
    open_duties = Obligation.objects.filter(unit_id__in=units, task__closed_on=None, task__retired_at=None)
    owing: dict[int, set[int]] = defaultdict(set)
    for list_id, unit_id in open_duties.order_by().values_list("task__task_list_id", "unit_id").distinct():
        owing[list_id].add(unit_id)
    ruled = ReportingRule.objects.filter(
        Q(task_list_id__in=owing) | Q(task_list__coordinating_unit_id__in=coordinating)
    ).select_related("task_list")
    for period in coming_periods(ruled, until=at + AHEAD, days=exceptions()):
        if period.due_at <= at:
            continue
        for unit_id in sorted(owing[period.task_list_id]):
            yield _report(units[unit_id], period, "/reports/")
        if period.task_list.coordinating_unit_id in coordinating:
            yield _collection(period)


def _tasks(unit_ids: Collection[int]) -> Iterator[Deadline]:
    """Open tasks led, late ones too; those of one list and day are one entry, for year ends have dozens."""
    leads = Obligation.objects.filter(
        role=AssignmentRole.LEAD,
        unit_id__in=unit_ids,
        task__closed_on=None,
        task__retired_at=None,
        task__due_on__isnull=False,
    ).select_related("task__task_list", "unit")
    together: dict[tuple[int, int, dt.date], list[Obligation]] = defaultdict(list)
    for lead in leads.order_by("task__task_list_id", "task__seq"):
        if lead.task.due_on is not None:
            together[lead.task.task_list_id, lead.unit_id, lead.task.due_on].append(lead)
    for (list_id, unit_id, due_on), group in together.items():
        count, first = len(group), group[0]
        words = {"n": count, "unit": first.unit, "task": first.task}
        several = ngettext("%(n)d 项任务到期：%(unit)s", "%(n)d 项任务到期：%(unit)s", count)
        ledger = f"/tasks/?list={first.task.task_list.slug}"
        yield Deadline(
            uid=_uid("tasks", list_id, unit_id, due_on),
            on=due_on,
            title=(_("任务到期：%(task)s") if count == 1 else several) % words,
            text="\n".join([str(first.task.task_list), *(str(lead.task) for lead in group)]),
            path=f"/tasks/{first.task.pk}/" if count == 1 else ledger,
        )
