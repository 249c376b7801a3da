"""Reading reminders: what will go out, what went, what can be chased, what words hold."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from tasks_app.accounts.models import Membership
from tasks_app.accounts.permissions import Viewer
from tasks_app.accounts.scopes import chased, chasing_in, looked_after, overseen
from tasks_app.catalogue.models import TaskList
from tasks_app.outbox.models import Message
from tasks_app.outbox.queries import Wishes, dead_letters
from tasks_app.reminders import facts as reading
from tasks_app.reminders import occasions, wording
from tasks_app.reminders.choices import Audience, DayKind, ReminderState
from tasks_app.reminders.facts import Candidate, Facts
from tasks_app.reminders.models import ListReminding, MessageTemplate, Reminder, default_channels, mark_of
from tasks_app.reminders.occasions.base import Case
from tasks_app.reminders.rounds import lines_of
from tasks_app.reminders.rules import Step
from tasks_app.units.models import Unit


@dataclass(frozen=True)
class Expected:
    """One reminder that will go out if nothing changes, by the channels that its recipient has and wants.

    `case_key` is what `send_now` takes.
    """

    moment: dt.datetime
    occasion: str
    list_id: int
    list_title: str
    unit_id: int | None
    unit_name: str
    recipient_id: int | None
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
    found = [
        candidate
        for candidate in facts.candidates(since=since, until=until)
        if list_ids is None or candidate.case.task_list.pk in list_ids
    ]
    known = set(Reminder.objects.filter(moment__gt=since, moment__lte=until).values_list("key", flat=True))
    coming = sorted((c for c in found if c.key not in known), key=lambda c: (c.moment, c.case.task_list.pk, c.key))
    wishes = Wishes.of(None)
    rows = (_expected(candidate, facts, wishes) for candidate in coming)
    return [row for row in rows if row is not None]


def _expected(candidate: Candidate, facts: Facts, wishes: Wishes) -> Expected | None:
    """None for what cannot be put into words."""
    case = candidate.case
    lines, _rows = lines_of([(Reminder(moment=candidate.moment), candidate)], facts, candidate.moment)
    if not lines:
        return None
    said = lines[0]
    channels = said.channels
    if candidate.user:
        channels = [channel for channel in wishes.channels(candidate.user) if channel in said.channels]
    return Expected(
        moment=candidate.moment,
        occasion=case.occasion,
        list_id=case.task_list.pk,
        list_title=case.task_list.title,
        unit_id=case.unit.pk if case.unit else None,
        unit_name=case.unit.name if case.unit else "",
        recipient_id=candidate.user.pk if candidate.user else None,
        recipient=str(candidate.user or candidate.robot or "—"),
        escalated=candidate.escalated,
        audience=candidate.step.audience,
        channels=tuple(channels),
        title=said.line.title,
        case_key=case.key,
        paused=case.task_list.pk in facts.paused,
    )


def ledger(viewer: Viewer) -> QuerySet[Reminder]:
    """The reminders that a person may see: of lists coordinated or overseen, and the own ones."""
    return (
        Reminder.objects.filter(looked_after(viewer, "task_list__") | Q(recipient_id=viewer.user.pk))
        .select_related("task_list", "period", "task", "unit", "recipient", "robot", "step", "line__digest")
        .prefetch_related("line__digest__messages")
        .order_by("-moment", "-pk")
    )


def dead_letters_for(viewer: Viewer, *, to_resend: bool = False) -> QuerySet[Message]:
    """What could not be delivered, as far as it concerns this person's work.

    To people of a jurisdiction overseen, to groups of its lists, and about lists coordinated; with
    `to_resend` only what the person may put back in line.
    """
    lists = TaskList.objects.filter(chased(viewer) if to_resend else looked_after(viewer))
    about = Reminder.objects.filter(line__digest=OuterRef("digest"), task_list__in=lists)
    people = Membership.objects.in_force().filter(
        chasing_in(viewer, "unit__") if to_resend else overseen(viewer, "unit__")
    )
    robots = ListReminding.objects.filter(task_list__in=lists).values("robots")
    return dead_letters().filter(
        Q(Exists(about)) | Q(recipient_id__in=people.values("user_id")) | Q(robot_id__in=robots)
    )


def paused_lists() -> QuerySet[ListReminding]:
    return ListReminding.objects.filter(paused_at__isnull=False).select_related("task_list", "paused_by")


def words_of(task_list: TaskList | None, code: str) -> "TemplateRow | None":
    """One template as it holds; None for a code that is not."""
    return next((row for row in templates_of(task_list) if row.code == code), None)


def preview(*, title: str, text: str, code: str = "") -> tuple[str, str]:
    """The words of template `code` filled with its examples. Raises Refused as saving them would."""
    for words in (title, text):
        wording.check(words, code=code)
    examples = wording.placeholders_of(code)
    return wording.fill(title, examples), wording.fill(text, examples)


@dataclass(frozen=True)
class TemplateRow:
    """A template as it holds for a list: its own words, everybody's, or those that came with the system."""

    code: str
    label: str
    title: str
    text: str
    stored: MessageTemplate | None

    @property
    def mark(self) -> str:
        """Changes when the words change: a form that comes back with an older one is in conflict."""
        return mark_of((self.title, self.text))


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


@dataclass(frozen=True)
class OpenCase:
    """Something a unit has not settled, whom a chase would reach, and when somebody was last told of it."""

    key: str
    occasion: str
    unit: Unit
    title: str
    path: str
    due_at: dt.datetime
    is_late: bool
    told: tuple[str, ...]
    escalated: bool
    last_told_at: dt.datetime | None


def open_cases(task_list: TaskList, *, at: dt.datetime) -> list[OpenCase]:
    """What the units of a list can be chased for now, as each occasion says (`Occasion.may_chase`)."""
    facts = reading.read(at=at)
    cases = [
        case
        for case in facts.cases
        if case.task_list == task_list
        and case.unit is not None
        and case.is_open
        and occasions.BY_CODE[case.occasion].may_chase(case, at)
    ]
    last = _last_told(cases, at)
    rows = []
    for case in cases:
        told = facts.recipients(case, chase_of(case))
        rows.append(
            OpenCase(
                key=case.key,
                occasion=case.occasion,
                unit=case.unit,  # type: ignore[arg-type]
                title=case.words["事项"],
                path=case.path,
                due_at=case.due_at,
                is_late=case.has_deadline and case.due_at < at,
                told=tuple(str(one.user) for one in told if one.user),
                escalated=any(one.escalated for one in told),
                last_told_at=last.get(case.key),
            )
        )
    return sorted(rows, key=_what_matters)


def _what_matters(row: OpenCase) -> tuple[float, ...]:
    """Reports first, the newest period on top; of tasks the longest overdue."""
    due = row.due_at.timestamp()
    newest_first = occasions.BY_CODE[row.occasion].by_round
    return list(occasions.BY_CODE).index(row.occasion), -due if newest_first else due, row.unit.order, row.unit.pk


def _last_told(cases: Collection[Case], at: dt.datetime) -> dict[str, dt.datetime]:
    """Case → when somebody was last told of it: one query."""
    about = Q(report_id__in={case.report_id for case in cases} - {None})
    about |= Q(task_id__in={case.task_id for case in cases} - {None})
    about |= Q(notice_id__in={case.notice_id for case in cases} - {None})
    told = Reminder.objects.filter(about, moment__lte=at, line__isnull=False).exclude(state=ReminderState.SUPPRESSED)
    return {key.split("/")[1]: moment for key, moment in told.order_by("moment").values_list("key", "moment")}


def chase_of(case: Case) -> Step:
    """A chase as a step that stands in no ladder: the unit's liaisons; of a case without a unit, the coordinators."""
    return Step(
        id=0,
        list_id=case.task_list.pk,
        occasion=case.occasion,
        offset=0,
        day_kind=DayKind.CALENDAR,
        time=dt.time(),
        audience=Audience.LIAISON if case.unit else Audience.COORDINATOR,
        repeat_days=0,
        channels=tuple(default_channels()),
        template="",
    )
