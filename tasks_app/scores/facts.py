"""Reading what happened in a closed round from the tables of the rooms below, as events of scores.rules.

Everything is read as of the moment of a freeze: what came later belongs to a later freeze, or to a later round. Acts
that are no part of a report (督办, 核查, 销号) belong to the round in whose month they fell: after the deadline of
the round before (for the first one, from the list's first day on), up to and including its own deadline.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Max, Min, Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tasks_app.audit.language import in_the_language_of_the_house
from tasks_app.closing.models import PeriodSnapshot, SnapshotTask, SnapshotUnit
from tasks_app.evidence.models import Evidence
from tasks_app.inspection.models import SpotCheck, SpotCheckVersion
from tasks_app.lib.dates import BEIJING, at_beijing, beijing_day
from tasks_app.notices.choices import NoticeState, Verdict
from tasks_app.notices.models import NoticeRound
from tasks_app.progress.choices import SCALE, Light, Reason
from tasks_app.reporting.choices import Timeliness
from tasks_app.reporting.models import EntryReturn, EntryVersion, MonthlyReport, ReportEntry
from tasks_app.reporting.rules import Repeat, is_empty
from tasks_app.schedule.models import Period
from tasks_app.scores.choices import EventKind
from tasks_app.scores.rules import Event
from tasks_app.supervision.choices import ClosureStatus
from tasks_app.supervision.models import Closure
from tasks_app.units.models import Unit

# A unit's month that is scored at all: who is excused, or owes nothing, has no sheet.
SCORED = (Timeliness.ON_TIME, Timeliness.LATE, Timeliness.MADE_UP, Timeliness.MISSING)


@dataclass(frozen=True)
class Round:
    """A freeze of a round with what is asked again and again: who is scored, which reports and entries there are.

    `spared`: (unit, task) pairs excused in this round. `after`: acts after this moment and up to the round's
    deadline belong to it; `at` is the moment of the freeze.
    """

    snapshot: PeriodSnapshot
    period: Period
    units: dict[int, SnapshotUnit]
    by_name: dict[str, int]
    reports: dict[int, MonthlyReport]
    spared: frozenset[tuple[int, int]]
    after: dt.datetime

    @property
    def at(self) -> dt.datetime:
        return self.snapshot.closed_at

    def ours(self, unit_id: int | None, task_id: int | None = None) -> bool:
        """The unit is scored in this round, and is not excused from the task."""
        return unit_id in self.units and (unit_id, task_id) not in self.spared


def round_of(snapshot: PeriodSnapshot) -> Round:
    """What a freeze says of its round, in a constant number of queries. Its period comes with it."""
    period = snapshot.period
    units = {row.unit_id: row for row in snapshot.units.select_related("unit") if scored(row)}
    reports = {report.unit_id: report for report in period.reports.filter(unit_id__in=units)}
    spared = ReportEntry.objects.filter(report__period=period, exempt_at__lte=snapshot.closed_at)
    earlier = Period.objects.filter(task_list_id=period.task_list_id, opens_at__lt=period.opens_at)
    before = earlier.aggregate(last=Max("due_at"))["last"]
    return Round(
        snapshot=snapshot,
        period=period,
        units=units,
        by_name={row.name: unit_id for unit_id, row in units.items()},
        reports=reports,
        spared=frozenset(spared.values_list("report__unit_id", "task_id")),
        after=before or at_beijing(period.task_list.starts_on, dt.time()),
    )


def scored(row: SnapshotUnit) -> bool:
    """The unit owed something in the round and was not excused from it."""
    return row.timeliness in SCORED and row.owed > 0


@in_the_language_of_the_house
def events(snapshot: PeriodSnapshot) -> list[Event]:
    """Everything that happened to the scored units in a round as frozen: a constant number of queries.

    The texts are in Chinese, whatever language the reader uses, because they are stored.
    """
    found = round_of(snapshot)
    return [
        *_months(found),
        *_returns(found),
        *_empty(found),
        *_tasks(found),
        *_closures(found),
        *_notices(found),
        *_checks(found),
    ]


def _moment(at: dt.datetime) -> str:
    return date_format(at.astimezone(BEIJING), _("Y年n月j日 H:i"))


def _months(found: Round) -> Iterator[Event]:
    """迟报, 缺报, and 已补 beside the miss."""
    due = _moment(found.period.due_at)
    for unit_id, row in found.units.items():
        report = found.reports.get(unit_id)
        if report is None or row.timeliness == Timeliness.ON_TIME:
            continue
        about, path = {"period": found.period, "due": due}, report.get_absolute_url()
        if row.first_submitted_at is None:
            text = _("%(period)s月报截止 %(due)s，关账时没有报送") % about
            yield Event(EventKind.MISSING, unit_id, "report", report.pk, text, beijing_day(found.period.due_at), path)
            continue
        came, day = {**about, "came": _moment(row.first_submitted_at)}, beijing_day(row.first_submitted_at)
        if row.timeliness == Timeliness.LATE:
            text = _("%(period)s月报截止 %(due)s，%(came)s 报送") % came
            yield Event(EventKind.LATE, unit_id, "report", report.pk, text, day, path)
            continue
        text = _("%(period)s月报截止 %(due)s，下一期开始前没有报送") % about
        yield Event(EventKind.MISSING, unit_id, "report", report.pk, text, beijing_day(found.period.due_at), path)
        text = _("缺报的%(period)s月报于 %(came)s 补报") % came
        yield Event(EventKind.MADE_UP, unit_id, "report", report.pk, text, day, path)


def _returns(found: Round) -> Iterator[Event]:
    rows = EntryReturn.objects.filter(entry__report__period=found.period, returned_at__lte=found.at)
    for row in rows.select_related("entry__report", "entry__task"):
        unit_id, task = row.entry.report.unit_id, row.entry.task
        if found.ours(unit_id, task.pk):
            text = _("%(task)s被退回：%(reason)s") % {"task": task, "reason": row.reason}
            path = row.entry.report.get_absolute_url()
            yield Event(EventKind.RETURNED, unit_id, "return", row.pk, text, beijing_day(row.returned_at), path)


def _empty(found: Round) -> Iterator[Event]:
    """空报: on time, and its first handing-in says in every entry what the month before said, with nothing new."""
    on_time = [unit_id for unit_id, row in found.units.items() if row.timeliness == Timeliness.ON_TIME]
    before = (
        Period.objects.filter(task_list_id=found.period.task_list_id, opens_at__lt=found.period.opens_at)
        .order_by("-opens_at")
        .first()
    )
    if before is None or not on_time:
        return
    rows = EntryVersion.objects.filter(entry__report__unit_id__in=on_time).select_related("entry__report", "submission")
    last: dict[tuple[int, int], EntryVersion] = {}
    for version in rows.filter(entry__report__period=before).order_by("submission__number"):
        last[version.entry.report.unit_id, version.entry.task_id] = version
    said: dict[int, list[EntryVersion]] = defaultdict(list)
    for version in rows.filter(entry__report__period=found.period, submission__number=1).order_by("pk"):
        said[version.entry.report.unit_id].append(version)
    proved = dict(
        Evidence.objects.filter(entry__report__period=found.period)
        .values_list("entry_id")
        .annotate(first=Min("uploaded_at"))
    )
    for unit_id, versions in said.items():
        handed_in = versions[0].submission.submitted_at
        repeats = [
            _repeat(
                version,
                last.get((unit_id, version.entry.task_id)),
                proved=version.entry_id in proved and proved[version.entry_id] <= handed_in,
            )
            for version in versions
        ]
        if is_empty(repeats):
            text = _("%(period)s月报 %(n)d 项文字均与%(before)s相同，进度、指标没有变化，没有附件") % {
                "period": found.period,
                "n": len(versions),
                "before": before,
            }
            report = found.reports[unit_id]
            path = report.get_absolute_url()
            yield Event(EventKind.EMPTY, unit_id, "report", report.pk, text, beijing_day(handed_in), path)


def _repeat(version: EntryVersion, earlier: EntryVersion | None, *, proved: bool) -> Repeat:
    if earlier is None:
        return Repeat(text=_words(version), text_before=None)
    return Repeat(
        text=_words(version),
        text_before=_words(earlier),
        no_progress=version.no_progress,
        moved=version.percent != earlier.percent or version.values != earlier.values,
        proved=proved,
    )


def _words(version: EntryVersion) -> str:
    return "\n".join((version.done_text, version.problem_text, version.help_text, version.next_text))


def _tasks(found: Round) -> Iterator[Event]:
    """What stood under a red light at the closing, with its leads; an overdue task counts as overdue only, not also as
    red.
    """
    rows = list(found.snapshot.tasks.filter(light=Light.RED))
    leads = _leads(found, rows)
    for row in rows:
        kind = EventKind.OVERDUE if row.reason == Reason.OVERDUE else EventKind.RED
        text = _("第%(no)s项 %(headline)s：%(why)s") % {
            "no": row.no,
            "headline": row.headline,
            "why": row.reason_text,
        }
        for name in row.leads:
            unit_id = leads.get(name)
            if unit_id is not None and found.ours(unit_id, row.task_id):
                path = reverse("task", args=[row.task_id])
                yield Event(kind, unit_id, "task", row.task_id, text, found.snapshot.as_of, path)


def _leads(found: Round, rows: Iterable[SnapshotTask]) -> dict[str, int]:
    """Published name of a lead → its unit; a unit renamed since is still found through the freeze's own rows."""
    names = {name for row in rows for name in row.leads} - found.by_name.keys()
    jurisdiction = found.period.task_list.jurisdiction_id
    others = Unit.objects.filter(jurisdiction_id=jurisdiction, name__in=names).values_list("name", "pk")
    return {**dict(others if names else ()), **found.by_name}


def _within(found: Round, name: str) -> Q:
    return Q(**{f"{name}__gt": found.after, f"{name}__lte": found.period.due_at})


def _closures(found: Round) -> Iterator[Event]:
    granted = Closure.objects.filter(
        _within(found, "decided_at"),
        Q(reopened_at=None) | Q(reopened_at__gt=found.at),
        task__task_list_id=found.period.task_list_id,
        status__in=(ClosureStatus.GRANTED, ClosureStatus.REOPENED),
    )
    for closure in granted.select_related("task"):
        if closure.decided_at and found.ours(closure.unit_id):
            day = beijing_day(closure.decided_at)
            text = _("%(task)s销号获得同意") % {"task": closure.task}
            path = closure.get_absolute_url()
            yield Event(EventKind.CLOSED, closure.unit_id, "closure", closure.pk, text, day, path)


def _notices(found: Round) -> Iterator[Event]:
    """Rounds of notices that were due, or sent back, in this month. A notice that was withdrawn counts for nothing."""
    rounds = (
        NoticeRound.objects.filter(notice__task_list_id=found.period.task_list_id, notice__unit_id__in=found.units)
        .exclude(notice__state=NoticeState.WITHDRAWN, notice__ended_at__lte=found.at)
        .select_related("notice")
    )
    for row in rounds.filter(_within(found, "due_at")):
        ended = row.notice.ended_at
        replied = row.replied_at if row.replied_at and row.replied_at <= found.at else None
        if (replied and replied <= row.due_at) or (ended and ended <= row.due_at):
            continue
        about = {"notice": row.notice, "due": _moment(row.due_at)}
        text = _("%(notice)s回复期限 %(due)s，关账时没有回复") % about
        if replied:
            text = _("%(notice)s回复期限 %(due)s，%(came)s 回复") % {**about, "came": _moment(replied)}
        path, day = row.notice.get_absolute_url(), beijing_day(row.due_at)
        yield Event(EventKind.NOTICE_LATE, row.notice.unit_id, "notice", row.pk, text, day, path)
    for row in rounds.filter(_within(found, "judged_at"), verdict=Verdict.RETURNED):
        if row.judged_at:
            text = _("%(notice)s的回复被退办：%(reason)s") % {"notice": row.notice, "reason": row.judge_text}
            path, day = row.notice.get_absolute_url(), beijing_day(row.judged_at)
            yield Event(EventKind.NOTICE_RETURNED, row.notice.unit_id, "notice", row.pk, text, day, path)


def _checks(found: Round) -> Iterator[Event]:
    """Spot checks that found a worse light than the leads gave themselves, as they read at the freeze."""
    checks = SpotCheck.objects.filter(_within(found, "made_at"), task__task_list_id=found.period.task_list_id)
    earlier: dict[int, SpotCheckVersion] = {}
    corrected = SpotCheckVersion.objects.filter(check_of__in=checks, corrected_at__gt=found.at)
    for version in corrected.order_by("-corrected_at"):
        earlier[version.check_of_id] = version
    leads = dict(found.snapshot.tasks.values_list("task_id", "leads"))
    for check in checks.select_related("task"):
        as_read = earlier.get(check.pk, check)
        if not _worse(as_read.light, check.own_light):
            continue
        about = {
            "task": check.task,
            "place": as_read.place,
            "own": Light(check.own_light).label,
            "seen": Light(as_read.light).label,
        }
        text = _("%(task)s自报“%(own)s”，%(place)s现场核查为“%(seen)s”") % about
        # A check that names no unit is about the leads of the task.
        named = [found.by_name[name] for name in leads.get(check.task_id, []) if name in found.by_name]
        for unit_id in [check.unit_id] if check.unit_id else named:
            if found.ours(unit_id, check.task_id):
                path = check.get_absolute_url()
                yield Event(EventKind.MISREPORT, unit_id, "check", check.pk, text, as_read.day, path)


def _worse(seen: str, own: str) -> bool:
    return seen in SCALE and own in SCALE and SCALE.index(Light(seen)) > SCALE.index(Light(own))
