"""What the coordinator does to a round as a whole: excuse, close, reopen."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from tasks_app.accounts.models import User
from tasks_app.audit.actions import record
from tasks_app.catalogue.models import Task
from tasks_app.closing import telling
from tasks_app.closing.models import PeriodSnapshot, SnapshotTask, SnapshotUnit
from tasks_app.closing.queries import published, seal_of, task_rows, unit_rows, waiting_units
from tasks_app.lib.dates import beijing_day
from tasks_app.lib.errors import Refused
from tasks_app.outbox.actions import suppress
from tasks_app.reporting.actions import refresh_standings, refuse_closed
from tasks_app.reporting.choices import ReportStatus
from tasks_app.reporting.models import EDITABLE_STATUSES, MonthlyReport, ReportEntry
from tasks_app.reporting.queries import returned_due_at
from tasks_app.schedule.models import Period
from tasks_app.units.models import Unit


@transaction.atomic
def exempt_unit(*, report: MonthlyReport, reason: str, by: User, at: dt.datetime) -> MonthlyReport:
    """免报: excuse a unit from a round, with the reason. Reminders on it stop.

    Refused for what was handed in already (late stays late) and in a closed round.
    """
    reason = _needed(reason)
    report = MonthlyReport.objects.select_for_update(of=("self",)).select_related("unit", "period").get(pk=report.pk)
    refuse_closed(report)
    if report.first_submitted_at is not None:
        raise Refused(_("%(report)s已经报送，不能再免报。") % {"report": report})
    if report.exempt_at is not None:
        raise Refused(_("%(report)s已经免报，不用重复操作。") % {"report": report})
    _excuse(report, reason, by, at)
    record(by=by, at=at, verb="closing.exempt_unit", target=report, reason=reason)
    refresh_standings(today=beijing_day(at), task_ids=list(report.entries.values_list("task_id", flat=True)))
    return report


@transaction.atomic
def exempt_task(*, period: Period, task: Task, reason: str, by: User, at: dt.datetime, unit: Unit | None = None) -> int:
    """免报: excuse one unit, or all, from reporting on one task in a round; returns how many entries.

    What was handed in on it already stays handed in. A unit that has nothing left to report is excused altogether.
    """
    reason = _needed(reason)
    entries = ReportEntry.objects.select_for_update(of=("self",)).select_related("report__unit", "report__period")
    entries = entries.filter(report__period=period, task=task, exempt_at=None, status__in=EDITABLE_STATUSES)
    if unit is not None:
        entries = entries.filter(report__unit=unit)
    found = list(entries)
    if not found:
        raise Refused(_("%(task)s在本期没有还未报送的内容，不用免报。") % {"task": task})
    refuse_closed(found[0].report)
    ReportEntry.objects.filter(pk__in=[entry.pk for entry in found]).update(exempt_at=at, exempt_reason=reason)
    for entry in found:
        report = entry.report
        if report.first_submitted_at is None and not report.entries.filter(exempt_at=None).exists():
            _excuse(report, reason, by, at)
    units = "、".join(entry.report.unit.name for entry in found)
    after = {"task": task.no, "units": units}
    record(by=by, at=at, verb="closing.exempt_task", target=period, after=after, reason=reason)
    refresh_standings(today=beijing_day(at), task_ids=[task.pk])
    return len(found)


def _needed(reason: str) -> str:
    if not reason.strip():
        raise Refused(_("请写明理由，它会留在记录里，报送单位也看得到。"))
    return reason.strip()


def _excuse(report: MonthlyReport, reason: str, by: User, at: dt.datetime) -> None:
    report.exempt_at, report.exempt_by, report.exempt_reason = at, by, reason
    report.save(update_fields=["exempt_at", "exempt_by", "exempt_reason"])
    suppress(topic=f"report:{report.pk}", at=at)


@transaction.atomic
def withdraw_exemption(*, report: MonthlyReport, reason: str, by: User, at: dt.datetime) -> None:
    """Take back everything that a unit was excused from in a round, with the reason."""
    reason = _needed(reason)
    report = MonthlyReport.objects.select_for_update(of=("self",)).select_related("unit", "period").get(pk=report.pk)
    refuse_closed(report)
    entries = report.entries.filter(exempt_at__isnull=False)
    numbers = list(entries.order_by("task__seq").values_list("task__no", flat=True))
    if report.exempt_at is None and not numbers:
        raise Refused(_("%(report)s没有免报，不用恢复。") % {"report": report})
    before = {"unit": report.exempt_at is not None, "entries": numbers}
    report.exempt_at, report.exempt_by, report.exempt_reason = None, None, ""
    report.save(update_fields=["exempt_at", "exempt_by", "exempt_reason"])
    entries.update(exempt_at=None, exempt_reason="")
    record(by=by, at=at, verb="closing.withdraw_exemption", target=report, before=before, reason=reason)
    refresh_standings(today=beijing_day(at), task_ids=list(report.entries.values_list("task_id", flat=True)))


@transaction.atomic
def close_period(*, period: Period, by: User, at: dt.datetime, note: str = "") -> PeriodSnapshot:
    """关账: freeze a round's figures as the next version of its snapshot.

    Refused before the deadline, while something waits for review, and when it is closed already.
    When a round is closed again after a reopening, only the reopened units and their tasks are counted again, as of
    the day of the first closing; everything else stays as it was published.
    """
    period = Period.objects.select_for_update(of=("self",)).select_related("task_list").get(pk=period.pk)
    reopened = list(period.reports.filter(reopened_at__isnull=False).values_list("unit_id", flat=True))
    if period.closed_at and not reopened:
        raise Refused(_("%(period)s已经关账。") % {"period": period})
    if at <= period.due_at:
        raise Refused(_("%(period)s还没有到截止时间，不能关账。") % {"period": period})
    if waiting := waiting_units(period):
        raise Refused(
            _("还有 %(n)d 家单位的内容待审核：%(units)s。请先审核再关账。")
            % {"n": len(waiting), "units": "、".join(waiting)}
        )
    last = published(period)
    tasks, units = _figures(period, last, reopened, at)
    snapshot = _freeze(period, last, tasks, units, by=by, at=at, note=note)
    Period.objects.filter(pk=period.pk).update(closed_at=at)
    period.reports.filter(reopened_at__isnull=False).update(reopened_at=None)
    record(
        by=by,
        at=at,
        verb="closing.close",
        target=period,
        after={"version": snapshot.version, "digest": snapshot.digest, "tasks": len(tasks), "units": len(units)},
        reason=note.strip(),
    )
    return snapshot


def _figures(
    period: Period, last: PeriodSnapshot | None, reopened: Sequence[int], at: dt.datetime
) -> tuple[list[SnapshotTask], list[SnapshotUnit]]:
    if last is None:
        today = beijing_day(at)
        return task_rows(period, as_of=today), unit_rows(period, as_of=today, at=at)
    frozen = list(last.tasks.all())
    touched = ReportEntry.objects.filter(report__period=period, report__unit_id__in=reopened)
    task_ids = set(touched.values_list("task_id", flat=True))
    again = {row.task_id: row for row in task_rows(period, as_of=last.as_of, task_ids=task_ids, frozen=frozen)}
    anew = {row.unit_id: row for row in unit_rows(period, as_of=last.as_of, at=at, unit_ids=reopened)}
    return (
        [again.get(row.task_id, row) for row in frozen],
        [anew.get(row.unit_id, row) for row in last.units.all()],
    )


def _freeze(
    period: Period,
    last: PeriodSnapshot | None,
    tasks: Sequence[SnapshotTask],
    units: Sequence[SnapshotUnit],
    *,
    by: User,
    at: dt.datetime,
    note: str,
) -> PeriodSnapshot:
    expected = [row.expected for row in tasks if row.expected is not None]
    snapshot = PeriodSnapshot(
        period=period,
        version=last.version + 1 if last else 1,
        as_of=last.as_of if last else beijing_day(at),
        closed_at=at,
        closed_by=by,
        note=note.strip(),
        mean=sum(row.progress for row in tasks) / len(tasks) if tasks else 0.0,
        expected=sum(expected) / len(expected) if expected else None,
    )
    snapshot.digest = seal_of(snapshot, tasks, units)
    snapshot.save(force_insert=True)
    for task_row in tasks:
        task_row.pk, task_row.snapshot = None, snapshot
    for unit_row in units:
        unit_row.pk, unit_row.snapshot = None, snapshot
    SnapshotTask.objects.bulk_create(tasks, batch_size=500)
    SnapshotUnit.objects.bulk_create(units, batch_size=500)
    return snapshot


@transaction.atomic
def reopen_unit(
    *, report: MonthlyReport, reason: str, by: User, at: dt.datetime, correct: bool = False
) -> MonthlyReport:
    """Let one unit of a closed round report again; the published figures stay until the round is closed again.

    With `correct`, what was accepted goes back to the unit with the reason, too. The unit's person in charge is told.
    """
    reason = _needed(reason)
    reports = MonthlyReport.objects.select_for_update(of=("self",))
    report = reports.select_related("unit", "period__task_list__reporting_rule").get(pk=report.pk)
    if report.period.closed_at is None:
        raise Refused(_("%(period)s还没有关账，不用重开。") % {"period": report.period})
    if report.reopened_at is not None:
        raise Refused(_("%(report)s已经重开。") % {"report": report})
    accepted = report.entries.filter(status=ReportStatus.ACCEPTED)
    before = {"status": report.status, "accepted": accepted.count()}
    task_ids = list(accepted.values_list("task_id", flat=True)) if correct else []
    if task_ids:
        accepted.update(
            status=ReportStatus.RETURNED,
            returned_reason=reason,
            returned_due_at=returned_due_at(report, at),
            reviewed_at=at,
            reviewed_by=by,
        )
        report.status = ReportStatus.RETURNED
    report.reopened_at = at
    report.save(update_fields=["reopened_at", "status"])
    after = {"status": report.status, "returned": len(task_ids)}
    event = record(by=by, at=at, verb="closing.reopen", target=report, before=before, after=after, reason=reason)
    telling.reopened(report, reason, event=event.pk, at=at)
    refresh_standings(today=beijing_day(at), task_ids=task_ids)
    return report
