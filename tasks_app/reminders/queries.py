"""Reading reminders: what will go out, what went, what a person's calendar shows."""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from tasks_app.accounts.permissions import Viewer, viewer_of
from tasks_app.catalogue.models import Task, TaskList
from tasks_app.reminders import facts as reading
from tasks_app.reminders import wording
from tasks_app.reminders.facts import Candidate, Case, Facts
from tasks_app.reminders.models import CalendarFeed, ListReminding, MessageTemplate, Reminder
from tasks_app.reminders.rounds import lines_of
from tasks_app.reporting.models import MonthlyReport, Obligation, Period, ReportingRule
from tasks_app.reporting.rules import RuleSpec, periods_until
from tasks_app.units.models import Unit


@dataclass(frozen=True)
class Expected:
    """One reminder that will go out if nothing changes. `case_key` is what `send_now` takes."""

    moment: dt.datetime
    occasion: str
    list_id: int
    list_title: str
    unit_name: str
    recipient: str
    escalated: bool
    audience: str
    channels: tuple[str, ...]
    title: str
    case_key: str
    paused: bool


def forecast(
    *, at: dt.datetime, until: dt.datetime, since: dt.datetime | None = None, list_ids: Collection[int] | None = None
) -> list[Expected]:
    """What the ladders say for (since, until], earliest first, by the same rules as a round.

    Open cases as they are at `at`; periods that have not opened yet with every unit that owes. What is
    in the ledger already is left out. Of several steps due together on one case all are listed.
    """
    since = since or at
    facts = reading.read(at=at, since=since, until=until)
    facts.cases += list(_future_cases(facts, at=at, until=until))
    found = [
        candidate
        for candidate in facts.candidates(since=since, until=until)
        if list_ids is None or candidate.case.task_list.pk in list_ids
    ]
    known = set(Reminder.objects.filter(moment__gt=since, moment__lte=until).values_list("key", flat=True))
    coming = sorted((c for c in found if c.key not in known), key=lambda c: (c.moment, c.case.task_list.pk, c.key))
    return [_expected(candidate, facts) for candidate in coming]


def _expected(candidate: Candidate, facts: Facts) -> Expected:
    case = candidate.case
    (said,), _rows = lines_of([(Reminder(moment=candidate.moment), candidate)], facts, candidate.moment)
    return Expected(
        moment=candidate.moment,
        occasion=case.occasion,
        list_id=case.task_list.pk,
        list_title=case.task_list.title,
        unit_name=case.unit.name if case.unit else "",
        recipient=str(candidate.user or candidate.robot or "—"),
        escalated=candidate.escalated,
        audience=candidate.step.audience,
        channels=tuple(said.channels),
        title=said.line.title,
        case_key=case.key,
        paused=case.task_list.pk in facts.paused,
    )


def _future_cases(facts: Facts, *, at: dt.datetime, until: dt.datetime) -> Iterator[Case]:
    """The cases of periods that will have opened by `until` and are not stored yet: two queries a list."""
    for rule in ReportingRule.objects.select_related("task_list"):
        spec = RuleSpec(
            starts_on=rule.task_list.starts_on,
            first_due_at=rule.first_due_at,
            day=rule.day,
            time=rule.time,
            free_day_policy=rule.free_day_policy,
            ends_on=rule.ends_on,
        )
        stored = set(rule.task_list.periods.values_list("year", "month"))
        coming = [p for p in periods_until(spec, until, facts.days) if (p.year, p.month) not in stored]
        if not coming:
            continue
        owing = Obligation.objects.filter(task__task_list=rule.task_list, task__retired_at=None, task__closed_on=None)
        units = list(Unit.objects.filter(pk__in=owing.values("unit_id")).order_by("order", "pk"))
        for p in coming:
            period = Period(task_list=rule.task_list, year=p.year, month=p.month, opens_at=p.opens_at, due_at=p.due_at)
            yield from reading.period_cases(period, units, {})


def ledger(viewer: Viewer) -> QuerySet[Reminder]:
    """The reminders that a person may see: of lists coordinated or overseen, and the own ones."""
    return (
        Reminder.objects.filter(
            Q(task_list__coordinating_unit_id__in=viewer.coordinator_unit_ids)
            | Q(task_list__jurisdiction_id__in=viewer.overseen_jurisdiction_ids)
            | Q(recipient_id=viewer.user.pk)
        )
        .select_related("task_list", "period", "task", "unit", "recipient", "robot", "step", "line__digest")
        .prefetch_related("line__digest__messages")
        .order_by("-moment", "-pk")
    )


def paused_lists() -> QuerySet[ListReminding]:
    return ListReminding.objects.filter(paused_at__isnull=False).select_related("task_list", "paused_by")


def preview(*, title: str, text: str) -> tuple[str, str]:
    """A template filled with examples. Raises Refused as saving it would."""
    for words in (title, text):
        wording.check(words)
    return wording.fill(title, wording.PLACEHOLDERS), wording.fill(text, wording.PLACEHOLDERS)


@dataclass(frozen=True)
class TemplateRow:
    """A template as it holds for a list: its own words, everybody's, or those that came with the system."""

    code: str
    label: str
    title: str
    text: str
    stored: MessageTemplate | None


def templates_of(task_list: TaskList | None) -> list[TemplateRow]:
    """Every template as it holds for a list (None: for those without words of their own)."""
    general = {t.code: t for t in MessageTemplate.objects.filter(task_list=None)}
    own = {t.code: t for t in MessageTemplate.objects.filter(task_list=task_list)} if task_list else general
    codes = [*wording.BUILT_IN, *sorted({*own, *general} - set(wording.BUILT_IN))]
    rows = []
    for code in codes:
        chosen = own.get(code) or general.get(code) or wording.BUILT_IN[code]
        label = str(wording.BUILT_IN[code].label) if code in wording.BUILT_IN else code
        rows.append(TemplateRow(code, label, str(chosen.title), str(chosen.text), own.get(code)))
    return rows


# --- a person's calendar ---------------------------------------------------------------------


@dataclass(frozen=True)
class Deadline:
    """One deadline of a person; `uid` stays the same for the same thing."""

    uid: str
    moment: dt.datetime
    title: str
    url: str


def deadlines(viewer: Viewer, *, at: dt.datetime) -> list[Deadline]:
    """Reports not in and tasks led, of the units whose liaison this person is, earliest first."""
    units = viewer.liaison_unit_ids
    reports = MonthlyReport.objects.outstanding().filter(unit_id__in=units).select_related("unit", "period__task_list")
    found = [
        Deadline(
            uid=f"report-{report.pk}",
            moment=report.period.due_at,
            title=_("月报截止：%(unit)s %(period)s") % {"unit": report.unit, "period": report.period},
            url=f"{settings.BASE_URL}/reports/{report.pk}/",
        )
        for report in reports.filter(period__due_at__gt=at - dt.timedelta(days=62))
    ]
    tasks = Task.objects.counted().filter(
        closed_on=None, due_on__isnull=False, obligations__unit_id__in=units, obligations__role="lead"
    )
    found += [
        Deadline(
            uid=f"task-{task.pk}",
            moment=reading.end_of_day(task.due_on),
            title=_("任务到期：%(task)s") % {"task": task},
            url=f"{settings.BASE_URL}/tasks/{task.pk}/",
        )
        for task in tasks.distinct()
        if task.due_on is not None
    ]
    return sorted(found, key=lambda deadline: (deadline.moment, deadline.uid))


def calendar_of(token: str, *, at: dt.datetime) -> str | None:
    """The iCalendar text behind a secret address (RFC 5545); None for an address that is not, or no more."""
    feed = (
        CalendarFeed.objects.filter(token=token, user__is_active=True).select_related("user").first() if token else None
    )
    if feed is None:
        return None
    stamp = f"{at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Duban//ZH", f"X-WR-CALNAME:{_('督办台账')}"]
    host = settings.BASE_URL.partition("://")[2]
    for deadline in deadlines(viewer_of(feed.user), at=at):
        when = f"{deadline.moment.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
        lines += [
            "BEGIN:VEVENT", f"UID:{deadline.uid}@{host}", f"DTSTAMP:{stamp}", f"DTSTART:{when}", f"DTEND:{when}",
            f"SUMMARY:{_escaped(deadline.title)}", f"URL:{deadline.url}", "END:VEVENT",
        ]  # fmt: skip
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> str:
    """At most 75 octets a line, never inside a character (RFC 5545, 3.1)."""
    pieces, piece = [], ""
    for character in line:
        if len((piece + character).encode()) > 73:
            pieces.append(piece)
            piece = ""
        piece += character
    return "\r\n ".join([*pieces, piece])
