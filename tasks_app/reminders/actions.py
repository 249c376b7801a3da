"""The minute's round: open what should be open, refresh what is stale, remind who is late."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tasks_app.accounts.choices import Role
from tasks_app.accounts.models import Membership
from tasks_app.audit.actions import record
from tasks_app.catalogue.models import TaskList
from tasks_app.lib.dates import beijing_day
from tasks_app.outbox.actions import enqueue
from tasks_app.reminders import rules
from tasks_app.reminders.choices import Audience
from tasks_app.reminders.models import ReminderStep
from tasks_app.reporting.actions import open_periods, refresh_stale_standings
from tasks_app.reporting.models import MonthlyReport, Period
from tasks_app.workdays.queries import exceptions

# (offset in working days, time, audience): the ladder of domain §4, for a list that brings none.
DEFAULT_LADDER = (
    (-3, dt.time(9), Audience.LIAISON),
    (-1, dt.time(9), Audience.LIAISON),
    (0, dt.time(9), Audience.LIAISON),
    (1, dt.time(9), Audience.LIAISON),
    (1, dt.time(9), Audience.COORDINATOR),
    (3, dt.time(9), Audience.SUPERVISOR),
)


@dataclass(frozen=True)
class Round:
    """What one tick did."""

    periods_opened: int
    standings_refreshed: int
    messages_written: int


@transaction.atomic
def make_round(*, at: dt.datetime, by: models.Model | None = None) -> Round:
    """Everything the clock does in one go. Running it twice for the same moment does it once."""
    opened = open_periods(by=by, at=at)
    refreshed = refresh_stale_standings(today=beijing_day(at))
    return Round(len(opened), refreshed, send_due(at=at, by=by))


@transaction.atomic
def save_ladder(
    *,
    task_list: TaskList,
    steps: Iterable[tuple[int, dt.time, str]],
    by: models.Model | None,
    at: dt.datetime,
) -> int:
    """Give a list without a ladder its steps; returns how many were added."""
    if task_list.reminder_steps.exists():
        return 0
    rows = ReminderStep.objects.bulk_create(
        ReminderStep(task_list=task_list, offset=offset, time=time, audience=audience)
        for offset, time, audience in steps
    )
    record(by=by, at=at, verb="reminders.save_ladder", target=task_list, after={"steps": len(rows)})
    return len(rows)


def send_due(*, at: dt.datetime, by: models.Model | None = None) -> int:
    """Write a message to everyone whom a due step of a ladder names; returns how many rows are new.

    A liaison is told of the own report that is not in; coordinators and supervisors of all that
    are not. The message's key is made of the step, the period and the report, so a second tick,
    or a second clock, writes nothing.
    """
    days = exceptions()
    written = 0
    recent = Period.objects.filter(due_at__gt=at - dt.timedelta(days=31), opens_at__lte=at)
    steps = _steps_by_list()
    for period in recent.select_related("task_list__coordinating_unit"):
        for step in steps[period.task_list_id]:
            moment = rules.step_moment(due_at=period.due_at, offset=step.offset, time=step.time, exceptions=days)
            if rules.is_due(moment=moment, opens_at=period.opens_at, at=at):
                written += _remind(step, period, at)
    return written


def _steps_by_list() -> Mapping[int, list[ReminderStep]]:
    steps: dict[int, list[ReminderStep]] = defaultdict(list)
    for step in ReminderStep.objects.filter(active=True):
        steps[step.task_list_id].append(step)
    return steps


def _remind(step: ReminderStep, period: Period, at: dt.datetime) -> int:
    reports = list(period.reports.outstanding().select_related("unit"))
    if not reports:
        return 0
    key = f"remind:{step.pk}:{period.pk}"
    if step.audience == Audience.LIAISON:
        return _remind_liaisons(key, reports, period, at)
    return _tell_overseers(key, step, reports, period, at)


def _remind_liaisons(key: str, reports: list[MonthlyReport], period: Period, at: dt.datetime) -> int:
    report_of = {report.unit_id: report for report in reports}
    written = 0
    for membership in Membership.objects.liaisons_of(list(report_of)).select_related("user"):
        report = report_of[membership.unit_id]
        words = _words(period, report.unit.name)
        late = at > period.due_at
        subject = _("催报：%(unit)s %(period)s月报已过截止时间") if late else _("请报送：%(unit)s %(period)s月报")
        body = (
            _("%(list)s %(period)s月报已于 %(due)s 截止，%(unit)s尚未报送。请尽快补报；迟报会留有记录。")
            if late
            else _("%(list)s %(period)s月报请于 %(due)s 前报送，%(unit)s尚未报送。")
        )
        written += enqueue(
            recipient=membership.user,
            key=f"{key}:{report.pk}",
            subject=subject % words,
            body=body % words,
            path=f"/reports/{report.pk}/",
            topic=f"report:{report.pk}",
            at=at,
        )
    return written


def _tell_overseers(key: str, step: ReminderStep, reports: list[MonthlyReport], period: Period, at: dt.datetime) -> int:
    units = "、".join(report.unit.name for report in reports)
    words = {**_words(period, units), "count": len(reports)}
    people = Membership.objects.in_force()
    if step.audience == Audience.COORDINATOR:
        people = people.filter(role=Role.COORDINATOR, unit=period.task_list.coordinating_unit)
    else:
        people = people.filter(role=Role.SUPERVISOR, unit__jurisdiction_id=period.task_list.jurisdiction_id)
    return sum(
        enqueue(
            recipient=membership.user,
            key=key,
            subject=_("%(period)s还有 %(count)d 个单位未报送") % words,
            body=_("%(list)s %(period)s月报已于 %(due)s 截止，未报送的单位：%(unit)s。") % words,
            path=f"/reports/?period={period.pk}",
            topic=f"period:{period.pk}",
            at=at,
        )
        for membership in people.select_related("user")
    )


def _words(period: Period, unit: str) -> dict[str, Any]:
    due = timezone.localtime(period.due_at)
    return {
        "list": period.task_list.title,
        "period": period.name,
        "unit": unit,
        "due": f"{due.month}月{due.day}日{due:%H:%M}",
    }
