"""What an occasion of reminding is made of: its cases, its words, its steps, its days in a calendar."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from tasks_app.accounts.permissions import Viewer
from tasks_app.catalogue.choices import AssignmentRole
from tasks_app.catalogue.models import Task, TaskList
from tasks_app.lib.dates import at_beijing
from tasks_app.reminders.choices import Audience, DayKind
from tasks_app.schedule.models import Obligation
from tasks_app.units.models import Unit

NINE = dt.time(9)


@dataclass(frozen=True)
class Case:
    """Something open that people are reminded of until it is settled.

    With a `unit` it is for that unit's liaisons, without one for those who oversee the list and for its
    groups. `due_at` is the moment that steps count from; `has_deadline` is False where that is not a
    deadline (a return). Cases of one `group` and step become one line. A `key` that holds its day after an "@"
    is the same thing with another day when it has been moved (see `thing_of`).
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


class Rung(NamedTuple):
    """A step of a ladder to be saved."""

    offset: int
    time: dt.time
    audience: str
    occasion: str = "report"
    day_kind: str = DayKind.WORKDAY
    repeat_days: int = 0


def liaison(offset: int, *, day_kind: str = DayKind.WORKDAY, repeat_days: int = 0) -> Rung:
    """A default step for the units themselves, at nine."""
    return Rung(offset, NINE, Audience.LIAISON, day_kind=day_kind, repeat_days=repeat_days)


@dataclass(frozen=True)
class Words:
    """A title and a text with placeholders; `label` says when they are used.

    Only the label is of the interface: messages are in the language of the house, whoever causes them.
    """

    label: str | Promise
    title: str
    text: str


@dataclass(frozen=True)
class Asked:
    """What a source of cases is asked: everything open at `at` that may have a step between `since` and `until`.

    `list_ids`: the lists that have an active step of the occasion; `days`: the calendar's exceptions.
    """

    at: dt.datetime
    since: dt.datetime
    until: dt.datetime
    days: Mapping[dt.date, bool]
    list_ids: Collection[int]


@dataclass(frozen=True)
class PersonalDeadline:
    """One deadline of a person: a moment, or a day. `uid` stays the same for the same thing, opened or not."""

    uid: str
    on: dt.datetime | dt.date
    title: str
    text: str
    path: str


@dataclass(frozen=True)
class Owner:
    """Whose calendar is asked for, and the units that the person reports for."""

    viewer: Viewer
    units: Mapping[int, Unit]


def no_deadlines(owner: Owner, at: dt.datetime) -> Iterable[PersonalDeadline]:
    return ()


def always(case: Case, at: dt.datetime) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """One kind of thing that people are reminded of. All that is particular to it stands here; the registry
    (`reminders.occasions`) holds them, and everything else goes through the registry.

    `urgency` orders the lines of one message, the most pressing first. `placeholders`: what its words may name, each
    with an example for previews. `may_chase`: whether 催办 offers an open case at a moment. `for_groups`: whether a
    list's chat groups may hear of it. `from_deadline`: steps count from a deadline, so there is a "before".
    `by_round`: its day is that of a reporting round, so settings can work out the next one.
    """

    code: str
    label: Promise
    urgency: int
    cases: Callable[[Asked], Iterable[Case]]
    words: Mapping[str, Words]
    placeholders: Mapping[str, str]
    steps: tuple[Rung, ...]
    deadlines: Callable[[Owner, dt.datetime], Iterable[PersonalDeadline]] = no_deadlines
    may_chase: Callable[[Case, dt.datetime], bool] = always
    for_groups: bool = True
    from_deadline: bool = True
    by_round: bool = False

    @property
    def ladder(self) -> tuple[Rung, ...]:
        """The default steps as rungs of this occasion."""
        return tuple(step._replace(occasion=self.code) for step in self.steps)


def thing_of(key: str) -> str:
    """A case's key without its day: what stays the same thing when it is moved to another day."""
    kind, _at, rest = key.partition("@")
    return f"{kind}:{rest.partition(':')[2]}"


def day_of(day: dt.date) -> str:
    """A day as it stands in a key."""
    return f"@{day:%Y%m%d}"


def leads_of(tasks: QuerySet[Task]) -> dict[int, list[Unit]]:
    """Task → the units that lead it now, in the order of the list: one query."""
    found: dict[int, list[Unit]] = defaultdict(list)
    leads = Obligation.objects.filter(role=AssignmentRole.LEAD, task__in=tasks.order_by().values("pk"))
    for obligation in leads.select_related("unit").order_by("task__seq", "pk"):
        found[obligation.task_id].append(obligation.unit)
    return found


def end_of_day(day: dt.date) -> dt.datetime:
    """The moment until which something due on a day is in time."""
    return at_beijing(day, dt.time(23, 59, 59))


def moment_text(moment: dt.datetime) -> str:
    due = timezone.localtime(moment)
    return f"{due.month}月{due.day}日{due:%H:%M}"


def day_text(day: dt.date) -> str:
    return f"{day:%Y}年{day.month}月{day.day}日"


def uid(*parts: object) -> str:
    """What names a thing in calendars for good, whichever installation it is."""
    return "-".join(map(str, parts)) + "@" + settings.BASE_URL.partition("://")[2]


def open_leads(unit_ids: Collection[int]) -> Iterator[Obligation]:
    """What these units lead that is open and has a day, in the order of the lists."""
    leads = Obligation.objects.filter(
        role=AssignmentRole.LEAD,
        unit_id__in=unit_ids,
        task__closed_on=None,
        task__retired_at=None,
        task__due_on__isnull=False,
    )
    yield from leads.select_related("task__task_list", "unit").order_by("task__task_list_id", "task__seq")
