"""The moves of the month: open, save, submit, accept, return."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from tasks_app.accounts.models import User
from tasks_app.audit.actions import record
from tasks_app.audit.traces import trace
from tasks_app.catalogue.models import Task
from tasks_app.lib.dates import BEIJING, beijing_day
from tasks_app.lib.errors import Conflict, Refused
from tasks_app.outbox.actions import suppress
from tasks_app.progress.actions import store_standings
from tasks_app.progress.models import Standing
from tasks_app.reporting import rules, telling
from tasks_app.reporting.choices import ReportStatus, SignState
from tasks_app.reporting.models import (
    EntryReturn,
    EntryVersion,
    IndicatorValue,
    MonthlyReport,
    ReportEntry,
    Submission,
)
from tasks_app.reporting.queries import must_be_signed, returned_due_at, standing_facts
from tasks_app.schedule.models import Obligation, Period, ReportingRule
from tasks_app.schedule.queries import newest_rounds, spec_of
from tasks_app.schedule.rules import periods_until
from tasks_app.workdays.queries import exceptions

WORDS = ("percent", "done_text", "problem_text", "help_text", "next_text", "no_progress", "own_light")


@dataclass(frozen=True)
class EntryDraft:
    """What was typed for one entry; `version` is the one the form was drawn from."""

    entry_id: int
    version: int
    percent: int | None
    done_text: str
    problem_text: str
    next_text: str
    no_progress: bool
    values: dict[int, Decimal | None] = field(default_factory=dict)  # indicator id → value
    help_text: str = ""
    own_light: str = ""


@transaction.atomic
def open_periods(*, by: models.Model | None, at: dt.datetime) -> list[Period]:
    """Open every period of every list that should have opened by `at`; returns the new ones.

    Each unit with an obligation on an open task gets a report with an entry per task, its percent
    and indicator values carried over from what it said last.
    """
    days, newest = exceptions(), newest_rounds()
    opened = []
    for rule in ReportingRule.objects.select_related("task_list"):
        for spec in periods_until(spec_of(rule), at, days, newest=newest.get(rule.task_list_id)):
            period = Period.objects.create(
                task_list=rule.task_list,
                year=spec.year,
                month=spec.month,
                number=spec.number,
                opens_at=spec.opens_at,
                due_at=spec.due_at,
                next_opens_at=spec.next_opens_at,
            )
            count = _make_reports(period)
            record(by=by, at=at, verb="reporting.open_period", target=period, after={"reports": count})
            opened.append(period)
    return opened


def _make_reports(period: Period) -> int:
    owed = (
        Obligation.objects.filter(task__task_list=period.task_list, task__retired_at=None)
        .exclude(task__closed_on__lt=beijing_day(period.opens_at))
        .values_list("unit_id", "task_id", "role")
    )
    units = sorted({unit_id for unit_id, *rest in owed})
    reports = MonthlyReport.objects.bulk_create([MonthlyReport(period=period, unit_id=unit_id) for unit_id in units])
    report_of = {report.unit_id: report for report in reports}
    last = _latest_entries(period)
    entries = ReportEntry.objects.bulk_create(
        [
            ReportEntry(
                report=report_of[unit_id],
                task_id=task_id,
                role=role,
                percent=last[unit_id, task_id].percent if (unit_id, task_id) in last else None,
            )
            for unit_id, task_id, role in owed
        ],
        batch_size=500,
    )
    carried = {last[e.report.unit_id, e.task_id].pk: e for e in entries if (e.report.unit_id, e.task_id) in last}
    IndicatorValue.objects.bulk_create(
        [
            IndicatorValue(entry=carried[value.entry_id], indicator_id=value.indicator_id, value=value.value)
            for value in IndicatorValue.objects.filter(entry_id__in=list(carried))
        ],
        batch_size=500,
    )
    return len(reports)


def _latest_entries(period: Period) -> dict[tuple[int, int], ReportEntry]:
    """(unit, task) → the newest entry submitted before this period."""
    earlier = (
        ReportEntry.objects.filter(
            report__period__task_list=period.task_list,
            report__period__opens_at__lt=period.opens_at,
            report__first_submitted_at__isnull=False,
        )
        .select_related("report")
        .order_by("report__period__opens_at")
    )
    return {(entry.report.unit_id, entry.task_id): entry for entry in earlier}


@transaction.atomic
def save_entries(
    *, report: MonthlyReport, drafts: Sequence[EntryDraft], by: User, at: dt.datetime
) -> list[ReportEntry]:
    """Save what was typed; returns the entries that changed.

    Entries whose words are as stored are left alone. Raises Conflict, and saves nothing, when
    somebody else saved one of the others since the form was drawn; Refused when an entry is with
    the coordinator or accepted.
    """
    named = report.entries.filter(pk__in=[draft.entry_id for draft in drafts]).select_related("task")
    entries = {entry.pk: entry for entry in named.select_for_update(of=("self",)).prefetch_related("values")}
    changed, theirs, before, after = [], {}, {}, {}
    if drafts:
        refuse_closed(report)
    for draft in drafts:
        entry = entries.get(draft.entry_id)
        if entry is None:
            raise Refused(_("这份月报里没有要保存的条目，请刷新页面后再填。"))
        old, new = _typed(entry), _typed(draft)
        if old == new:
            continue
        if entry.status not in rules.EDITABLE:
            raise Refused(
                _("第 %(no)s 项%(status)s，不能再修改。如需更正，请联系汇总单位退回。")
                % {"no": entry.task.no, "status": entry.get_status_display()}
            )
        if entry.version != draft.version:
            theirs[entry.pk] = entry
            continue
        # The log gets the field names and a digest of the old text only: a draft is private to its unit.
        before[str(entry.pk)], after[str(entry.pk)] = map(trace, _difference(old, new))
        _store(entry, draft)
        changed.append(entry)
    if theirs:
        numbers = "、".join(entry.task.no for entry in theirs.values())
        raise Conflict(
            _("第 %(numbers)s 项在您填写期间已被他人保存。您填的内容仍在页面上，请对照后再保存。")
            % {"numbers": numbers},
            theirs=theirs,
        )
    if changed:
        # The text changed after signing, so the signature no longer applies.
        MonthlyReport.objects.filter(pk=report.pk).update(saved_at=at, sign_state=SignState.NONE)
        report.saved_at, report.sign_state = at, SignState.NONE
        record(by=by, at=at, verb="reporting.save", target=report, before=before, after=after)
    return changed


def _typed(source: ReportEntry | EntryDraft) -> dict[str, Any]:
    """The words and values of an entry or a draft, comparable."""
    words: dict[str, Any] = {name: getattr(source, name) for name in WORDS}
    if isinstance(source, ReportEntry):
        values: dict[int, Decimal | None] = {v.indicator_id: v.value for v in source.values.all()}
    else:
        values = source.values
    words["values"] = {pk: value for pk, value in sorted(values.items()) if value is not None}
    return words


def _difference(old: dict[str, Any], new: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    names = [name for name in new if old[name] != new[name]]
    return {name: old[name] for name in names}, {name: new[name] for name in names}


def _store(entry: ReportEntry, draft: EntryDraft) -> None:
    for name in WORDS:
        setattr(entry, name, getattr(draft, name))
    entry.version += 1
    entry.fold()
    entry.save(update_fields=[*WORDS, "version", "search_text"])
    for indicator_id, value in draft.values.items():
        if value is None:
            entry.values.filter(indicator_id=indicator_id).delete()
        else:
            entry.values.update_or_create(indicator_id=indicator_id, defaults={"value": value})


@transaction.atomic
def submit_report(*, report: MonthlyReport, by: User, at: dt.datetime) -> MonthlyReport:
    """Hand the month in, or hand in again what was returned; gives the report its receipt number.

    Raises Refused while an entry is incomplete, naming each, or when there is nothing to hand in.
    """
    report = (
        MonthlyReport.objects.select_for_update(of=("self",))
        .select_related("period__task_list", "unit")
        .get(pk=report.pk)
    )
    refuse_closed(report)
    entries = report.entries.select_for_update(of=("self",)).select_related("task")
    lacking = {e.pk for e in entries if rules.missing_fields(percent=e.percent, done_text=e.done_text)}
    # Excused entries may stay empty; whatever was written in them is handed in too.
    open_entries = [
        e for e in entries if e.status in rules.EDITABLE and not (e.exempt_at is not None and e.pk in lacking)
    ]
    if not open_entries:
        raise Refused(_("%(report)s已经报送，没有待报送的内容。") % {"report": report})
    incomplete = [e.task.no for e in open_entries if e.pk in lacking]
    if incomplete:
        raise Refused(
            _("还有 %(count)d 项没有填完：第 %(numbers)s 项。每项都要填完成百分比和本月做了什么（无进展的写明原因）。")
            % {"count": len(incomplete), "numbers": "、".join(incomplete)}
        )
    if must_be_signed(report) and report.sign_state != SignState.SIGNED:
        raise Refused(
            _("本清单规定：月报提交前须由单位负责人签批。这份月报现在是“%(state)s”，请先送签。")
            % {"state": report.get_sign_state_display()}
        )
    before = {"status": report.status}
    _move(open_entries, ReportStatus.SUBMITTED, returned_due_at=None)
    report.status = ReportStatus.SUBMITTED
    report.first_submitted_at = report.first_submitted_at or at
    report.submitted_at, report.submitted_by = at, by
    report.receipt_no = report.receipt_no or _receipt_no(report)
    report.save()
    submission = _keep_versions(report, open_entries, by=by, at=at)
    suppress(topic=f"report:{report.pk}", at=at)
    record(
        by=by,
        at=at,
        verb="reporting.submit",
        target=report,
        before=before,
        after={"status": report.status, "receipt_no": report.receipt_no, "entries": len(open_entries)}
        | {"number": submission.number, "check_code": submission.check_code},
    )
    refresh_standings(today=beijing_day(at), task_ids=[e.task_id for e in open_entries])
    return report


def _keep_versions(report: MonthlyReport, entries: Sequence[ReportEntry], *, by: User, at: dt.datetime) -> Submission:
    """Store what was handed in, so that later versions can be compared with it."""
    everything = [
        (entry, {str(value.indicator_id): f"{value.value.normalize():f}" for value in entry.values.all()})
        for entry in report.entries.select_related("task").prefetch_related("values").order_by("task__seq", "pk")
    ]
    number = report.submissions.count() + 1
    words = [[entry.task.no, *(getattr(entry, name) for name in WORDS), values] for entry, values in everything]
    code = rules.check_code(receipt_no=report.receipt_no, number=number, words=words)
    submission = Submission.objects.create(
        report=report, number=number, submitted_at=at, submitted_by=by, check_code=code
    )
    handed_in = {entry.pk for entry in entries}
    EntryVersion.objects.bulk_create(
        [
            EntryVersion(
                submission=submission, entry=entry, values=values, **{name: getattr(entry, name) for name in WORDS}
            )
            for entry, values in everything
            if entry.pk in handed_in
        ],
        batch_size=200,
    )
    return submission


def _receipt_no(report: MonthlyReport) -> str:
    period = report.period
    number = "" if period.number == 1 else f".{period.number}"
    return f"{period.task_list.slug}-{period.year}{period.month:02}{number}-{report.unit_id:04}".upper()


def refuse_closed(report: MonthlyReport) -> None:
    """Published figures of a closed round must stay: only a reopened unit may change anything in it."""
    period = Period.objects.select_for_update().get(pk=report.period_id)
    if period.closed_at and not MonthlyReport.objects.filter(pk=report.pk, reopened_at__isnull=False).exists():
        raise Refused(
            _("%(period)s已于 %(day)s 关账，公布的数字不再变动。确需更正，请汇总单位说明理由后对本单位重开。")
            % {"period": period, "day": f"{period.closed_at.astimezone(BEIJING):%Y-%m-%d %H:%M}"}
        )


def _move(entries: Sequence[ReportEntry], to: ReportStatus, **also: Any) -> None:
    """All entries to one status, with the same further values for each: one statement."""
    for entry in entries:
        if to not in rules.MOVES[entry.status]:
            raise Refused(
                _("第 %(no)s 项现在是“%(status)s”，不能改为“%(to)s”。请刷新页面查看最新状态。")
                % {"no": entry.task.no, "status": entry.get_status_display(), "to": to.label}
            )
        entry.status = to
        for name, value in also.items():
            setattr(entry, name, value)
    ReportEntry.objects.filter(pk__in=[entry.pk for entry in entries]).update(status=to, **also)


@transaction.atomic
def accept_entries(*, report: MonthlyReport, entry_ids: Collection[int], by: User, at: dt.datetime) -> int:
    """Accept submitted entries of a report: from now on they are the published progress."""
    entries = _entries_for_review(report, entry_ids)
    _move(entries, ReportStatus.ACCEPTED, reviewed_at=at, reviewed_by=by, returned_reason="", returned_due_at=None)
    _settle(report)
    record(
        by=by,
        at=at,
        verb="reporting.accept",
        target=report,
        after={"entries": {e.task.no: e.percent for e in entries}},
    )
    refresh_standings(today=beijing_day(at), task_ids=[e.task_id for e in entries])
    return len(entries)


@transaction.atomic
def return_entries(*, report: MonthlyReport, entry_ids: Collection[int], reason: str, by: User, at: dt.datetime) -> int:
    """Send submitted entries back to the unit with a reason and a new due moment; who is in charge is told.

    A signature of the unit's head applied to the old text and is removed.
    """
    if not reason.strip():
        raise Refused(_("请写明退回理由，报送单位要据此修改。"))
    entries = _entries_for_review(report, entry_ids)
    due = returned_due_at(report, at)
    also = {"reviewed_at": at, "reviewed_by": by, "returned_reason": reason.strip(), "returned_due_at": due}
    _move(entries, ReportStatus.RETURNED, **also)
    EntryReturn.objects.bulk_create(
        [EntryReturn(entry=entry, reason=reason.strip(), returned_at=at, returned_by=by) for entry in entries]
    )
    MonthlyReport.objects.filter(pk=report.pk).update(sign_state=SignState.NONE)
    _settle(report)
    numbers = "、".join(e.task.no for e in entries)
    after = {"entries": numbers, "due_at": due}
    event = record(by=by, at=at, verb="reporting.return", target=report, after=after, reason=reason)
    telling.returned(report, count=len(entries), numbers=numbers, reason=reason.strip(), due=due, event=event.pk, at=at)
    return len(entries)


def _entries_for_review(report: MonthlyReport, entry_ids: Collection[int]) -> list[ReportEntry]:
    refuse_closed(report)
    entries = list(report.entries.select_for_update(of=("self",)).filter(pk__in=entry_ids).select_related("task"))
    if not entries:
        raise Refused(_("没有选中任何条目。请先勾选要审核的条目。"))
    return entries


def _settle(report: MonthlyReport) -> None:
    report.status = rules.report_status(report.entries.asked().values_list("status", flat=True))
    report.save(update_fields=["status"])


def refresh_standings(*, today: dt.date, task_ids: Collection[int] | None = None) -> int:
    """Recompute where tasks stand (all counted ones, or `task_ids`); returns how many.

    Runs inside the action that changed the facts, and on the first tick of a day.
    """
    return store_standings(facts=standing_facts(today=today, task_ids=task_ids), today=today)


def refresh_stale_standings(*, today: dt.date) -> int:
    """Recompute all if any standing is of another day or missing; returns how many were written."""
    counted = Task.objects.counted().count()
    fresh = Standing.objects.filter(task__in=Task.objects.counted(), as_of=today).count()
    return 0 if fresh == counted else refresh_standings(today=today)
