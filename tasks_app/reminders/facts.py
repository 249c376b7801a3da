"""What is open, and who is in charge of it: all that a round needs, in a constant number of queries."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from tasks_app.accounts.choices import Role
from tasks_app.accounts.models import Membership, User
from tasks_app.audit.language import in_the_language_of_the_house
from tasks_app.outbox.choices import Channel
from tasks_app.outbox.models import GroupRobot
from tasks_app.reminders import occasions, rules
from tasks_app.reminders.choices import Audience
from tasks_app.reminders.isolation import Troubles
from tasks_app.reminders.models import ListReminding, MessageTemplate, ReminderStep
from tasks_app.reminders.occasions import Occasion
from tasks_app.reminders.occasions.base import Asked, Case
from tasks_app.roster.queries import charges
from tasks_app.workdays.queries import exceptions


@dataclass(frozen=True)
class Candidate:
    """One step of one case for one recipient. `escalated`: the unit has no liaison."""

    case: Case
    step: rules.Step
    number: int
    moment: dt.datetime
    user: User | None = None
    robot: GroupRobot | None = None
    escalated: bool = False

    @property
    def who(self) -> str:
        return f"u{self.user.pk}" if self.user else f"r{self.robot.pk}" if self.robot else "-"

    @property
    def key(self) -> str:
        return f"{self.step.id}.{self.number}/{self.case.key}/{self.who}"

    @property
    def subject(self) -> tuple[str, str]:
        """Later steps on the same subject make earlier ones superfluous."""
        return self.case.key, self.who


@dataclass
class Facts:
    """The state of things at a moment, read once. Occasions that fail are left out and named in `troubles`."""

    cases: list[Case]
    steps: Mapping[tuple[int, str], list[rules.Step]]
    days: Mapping[dt.date, bool]
    liaisons: Mapping[int, list[User]]
    coordinators: Mapping[int, list[User]]  # by unit
    supervisors: Mapping[int, list[User]]  # by jurisdiction
    robots: Mapping[int, list[GroupRobot]]
    paused: frozenset[int]
    templates: Mapping[tuple[int | None, str], MessageTemplate] = field(default_factory=dict)
    charged: Mapping[tuple[int, int], list[User]] = field(default_factory=dict)  # by list and unit
    troubles: Troubles = field(default_factory=Troubles)

    def candidates(self, *, since: dt.datetime, until: dt.datetime) -> list[Candidate]:
        """Everything that the ladders say for (since, until], cases being as they are.

        Never for a moment before the case existed: nobody is reminded of something not yet asked for. Nothing of an
        occasion that is broken.
        """
        found: list[Candidate] = []
        for occasion in occasions.ALL:
            with self.troubles.guarded(occasion.code):
                # Collected as a list first: when an occasion fails halfway, none of it is used.
                found += list(self._candidates(occasion.code, since, until))
        return [one for one in found if one.case.occasion not in self.troubles.broken]

    def _candidates(self, code: str, since: dt.datetime, until: dt.datetime) -> Iterator[Candidate]:
        for case in self.cases:
            if case.occasion != code:
                continue
            for step in self.steps.get((case.task_list.pk, case.occasion), ()):
                tellers = self.recipients(case, step)
                if not tellers:
                    continue
                for number, moment in rules.moments(
                    step, due_at=case.due_at, since=since, until=until, exceptions=self.days
                ):
                    if moment >= case.opens_at:
                        yield from (replace(one, number=number, moment=moment) for one in tellers)

    def recipients(self, case: Case, step: rules.Step) -> list[Candidate]:
        """Whom a step names for a case, as candidates without a moment; nobody at all is one, too."""
        bare = Candidate(case=case, step=step, number=0, moment=case.due_at)
        if case.unit is not None:
            if step.audience != Audience.LIAISON:
                return []
            # The one whom the roster names, else every liaison of the unit.
            if people := self.charged.get((case.task_list.pk, case.unit.pk)) or self.liaisons.get(case.unit.pk):
                return [replace(bare, user=person) for person in people]
            people = self.coordinators.get(case.task_list.coordinating_unit_id, [])
            return [replace(bare, user=person, escalated=True) for person in people] or [bare]
        told = []
        if step.audience != Audience.LIAISON:
            overseers = (
                self.coordinators.get(case.task_list.coordinating_unit_id)
                if step.audience == Audience.COORDINATOR
                else self.supervisors.get(case.task_list.jurisdiction_id)
            )
            told = [replace(bare, user=person) for person in overseers or []] or [bare]
        if Channel.ROBOT in step.channels and occasions.BY_CODE[case.occasion].for_groups:
            told += [replace(bare, robot=robot) for robot in self.robots.get(case.task_list.pk, ())]
        return told


# The words of a case go into messages: in the language of the house, whoever asks.
@in_the_language_of_the_house
def read(*, at: dt.datetime, since: dt.datetime | None = None, until: dt.datetime | None = None) -> Facts:
    """Everything open at `at` with a step that may fall between `since` and `until`."""
    since, until = since or at - rules.LOOKBACK, until or at
    steps: dict[tuple[int, str], list[rules.Step]] = defaultdict(list)
    for row in ReminderStep.objects.filter(active=True).order_by("offset", "time", "pk"):
        steps[row.task_list_id, row.occasion].append(spec(row))
    people: dict[str, dict[int, list[User]]] = {role: defaultdict(list) for role in Role.values}
    for membership in (
        Membership.objects.in_force()
        .filter(role__in=[Role.LIAISON, Role.COORDINATOR, Role.SUPERVISOR])
        .select_related("user", "unit")
        .order_by("pk")
    ):
        place = membership.unit.jurisdiction_id if membership.role == Role.SUPERVISOR else membership.unit_id
        if membership.user not in people[membership.role][place]:
            people[membership.role][place].append(membership.user)
    days = exceptions()
    troubles = Troubles()
    found = _cases(troubles, steps, at=at, since=since, until=until, days=days)
    reminding = list(ListReminding.objects.prefetch_related("robots"))
    return Facts(
        cases=found,
        steps=steps,
        days=days,
        liaisons=people[Role.LIAISON],
        coordinators=people[Role.COORDINATOR],
        supervisors=people[Role.SUPERVISOR],
        robots={r.task_list_id: [robot for robot in r.robots.all() if robot.active] for r in reminding},
        paused=frozenset(r.task_list_id for r in reminding if r.paused_at is not None),
        templates={(t.task_list_id, t.code): t for t in MessageTemplate.objects.all()},
        charged=charges(people[Role.LIAISON]),
        troubles=troubles,
    )


def _cases(
    troubles: Troubles,
    steps: Mapping[tuple[int, str], list[rules.Step]],
    *,
    at: dt.datetime,
    since: dt.datetime,
    until: dt.datetime,
    days: Mapping[dt.date, bool],
) -> list[Case]:
    """The cases of every occasion whose source answers, in the order of the registry."""
    # As far around the time asked for as a step can lie from its case.
    reach = dt.timedelta(days=2 * max((abs(s.offset) for ladder in steps.values() for s in ladder), default=0) + 14)

    def of(occasion: Occasion) -> list[Case]:
        lists = {task_list for task_list, code in steps if code == occasion.code}
        asked = Asked(at=at, since=since - reach, until=until + reach, days=days, list_ids=lists)
        return list(occasion.cases(asked))

    return [case for found in troubles.for_each(of).values() for case in found]


def spec(row: ReminderStep) -> rules.Step:
    return rules.Step(
        id=row.pk,
        list_id=row.task_list_id,
        occasion=row.occasion,
        offset=row.offset,
        day_kind=row.day_kind,
        time=row.time,
        audience=row.audience,
        repeat_days=row.repeat_days,
        channels=tuple(row.channels),
        template=row.template,
    )
