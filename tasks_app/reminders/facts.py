"""What is open, and who is in charge of it: all that a round needs, in a constant number of queries."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import override

from tasks_app.accounts.choices import Role
from tasks_app.accounts.models import Membership, User
from tasks_app.catalogue.choices import AssignmentRole
from tasks_app.catalogue.models import Task, TaskList
from tasks_app.lib.dates import at_beijing, beijing_day
from tasks_app.notices.choices import OWED, NoticeLevel
from tasks_app.notices.models import Notice
from tasks_app.outbox.choices import Channel
from tasks_app.outbox.models import GroupRobot
from tasks_app.reminders import rules
from tasks_app.reminders.choices import Audience, Occasion
from tasks_app.reminders.models import ListReminding, MessageTemplate, ReminderStep
from tasks_app.reporting.choices import ReportStatus
from tasks_app.reporting.models import MonthlyReport, ReportEntry
from tasks_app.roster.queries import charges
from tasks_app.schedule.models import Obligation, Period, ReportingRule
from tasks_app.schedule.queries import coming_periods
from tasks_app.units.models import Unit
from tasks_app.workdays.queries import exceptions

# What is between a unit and those who oversee it is not told to a group.
NOT_FOR_GROUPS = (Occasion.RETURNED, Occasion.NOTICE)


@dataclass(frozen=True)
class Case:
    """Something open that people are reminded of until it is settled.

    With a `unit` it is for that unit's liaisons, without one for those who oversee the list and for its
    groups. `due_at` is the moment that steps count from; `has_deadline` is False where that is not a
    deadline (a return). Cases of one `group` and step become one line.
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
    """The state of things at a moment, as read once."""

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

    def candidates(self, *, since: dt.datetime, until: dt.datetime) -> Iterator[Candidate]:
        """Everything that the ladders say for (since, until], cases being as they are.

        Never for a moment before the case was there: nobody is reminded of what was not asked yet.
        """
        for case in self.cases:
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
        if Channel.ROBOT in step.channels and case.occasion not in NOT_FOR_GROUPS:
            told += [replace(bare, robot=robot) for robot in self.robots.get(case.task_list.pk, ())]
        return told


# The words of a case go into messages: in the language of the house, whoever asks.
@override(settings.LANGUAGE_CODE)
def read(*, at: dt.datetime, since: dt.datetime | None = None, until: dt.datetime | None = None) -> Facts:
    """Everything open at `at` with a step that may fall between `since` and `until`."""
    since, until = since or at - rules.LOOKBACK, until or at
    steps: dict[tuple[int, str], list[rules.Step]] = defaultdict(list)
    for row in ReminderStep.objects.filter(active=True).order_by("offset", "time", "pk"):
        steps[row.task_list_id, row.occasion].append(spec(row))
    reach = dt.timedelta(days=2 * max((abs(s.offset) for ladder in steps.values() for s in ladder), default=0) + 14)
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
    reminding = list(ListReminding.objects.prefetch_related("robots"))
    return Facts(
        cases=[
            *_report_cases(at=at, since=since - reach, until=until + reach),
            *_coming_cases(days, until=until + reach),
            *_returned_cases(),
            *_notice_cases(),
            *_task_cases({lst for lst, occasion in steps if occasion == Occasion.TASK}, until=until + reach),
        ],
        steps=steps,
        days=days,
        liaisons=people[Role.LIAISON],
        coordinators=people[Role.COORDINATOR],
        supervisors=people[Role.SUPERVISOR],
        robots={r.task_list_id: [robot for robot in r.robots.all() if robot.active] for r in reminding},
        paused=frozenset(r.task_list_id for r in reminding if r.paused_at is not None),
        templates={(t.task_list_id, t.code): t for t in MessageTemplate.objects.all()},
        charged=charges(people[Role.LIAISON]),
    )


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


def _report_cases(*, at: dt.datetime, since: dt.datetime, until: dt.datetime) -> Iterator[Case]:
    """Reports not in, one by one for their units, and together for those who oversee."""
    outstanding = (
        MonthlyReport.objects.outstanding()
        .filter(period__due_at__gt=since, period__due_at__lt=until, period__opens_at__lte=at)
        .select_related("unit", "period__task_list")
        .order_by("period_id", "unit__order", "unit_id")
    )
    by_period: dict[Period, list[MonthlyReport]] = defaultdict(list)
    for report in outstanding:
        by_period[report.period].append(report)
    for period, reports in by_period.items():
        yield from period_cases(period, [report.unit for report in reports], {r.unit_id: r.pk for r in reports})


def period_cases(period: Period, units: Iterable[Unit], report_of: Mapping[int, int]) -> Iterator[Case]:
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
        "occasion": Occasion.REPORT,
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
            path=f"/reports/{report_id}/" if report_id else "/reports/",
            words={**words, "单位": unit.name, "事项": f"{period.name}月报"},
            template="report",
            unit=unit,
            report_id=report_id,
            **common,
        )
    yield Case(
        key=f"period:{name}",
        topic=f"period:{period.pk}" if period.pk else "",
        path=f"/reports/?period={period.pk}" if period.pk else "/reports/",
        words={**words, "单位": "、".join(unit.name for unit in units), "数量": str(len(units)), "事项": "月报"},
        template="overview",
        **common,
    )


def _coming_cases(days: Mapping[dt.date, bool], *, until: dt.datetime) -> Iterator[Case]:
    """The cases of periods that open by `until` and are not stored yet, for every unit that owes."""
    owing: dict[int, dict[int, Unit]] = defaultdict(dict)
    units = Unit.objects.in_bulk()
    pairs = Obligation.objects.filter(task__retired_at=None, task__closed_on=None).order_by("unit__order", "unit_id")
    for list_id, unit_id in pairs.values_list("task__task_list_id", "unit_id").distinct():
        owing[list_id][unit_id] = units[unit_id]
    ruled = ReportingRule.objects.select_related("task_list")
    for period in coming_periods(ruled, until=until, days=days):
        yield from period_cases(period, owing[period.task_list_id].values(), {})


def _returned_cases() -> Iterator[Case]:
    """Reports with entries sent back that have not come again; a new return is a new case."""
    returned: dict[MonthlyReport, list[ReportEntry]] = defaultdict(list)
    for entry in (
        ReportEntry.objects.filter(status=ReportStatus.RETURNED, reviewed_at__isnull=False)
        .select_related("report__unit", "report__period__task_list", "task")
        .order_by("task__seq")
    ):
        returned[entry.report].append(entry)
    for report, entries in returned.items():
        period = report.period
        since = max(entry.reviewed_at for entry in entries if entry.reviewed_at)
        due_again = min((entry.returned_due_at for entry in entries if entry.returned_due_at), default=period.due_at)
        case = Case(
            key=f"returned:{report.pk}:{since.timestamp():.0f}",
            occasion=Occasion.RETURNED,
            task_list=period.task_list,
            due_at=since,
            opens_at=since,
            topic=f"report:{report.pk}",
            path=f"/reports/{report.pk}/",
            words={
                "清单": period.task_list.title,
                "期": period.name,
                "单位": report.unit.name,
                "截止": moment_text(due_again),
                "数量": str(len(entries)),
                "事项": "、".join(f"第{entry.task.no}项" for entry in entries),
            },
            template="returned",
            has_deadline=False,
            unit=report.unit,
            period_id=period.pk,
            report_id=report.pk,
        )
        yield case
        yield replace(case, key=f"{case.key}:all", unit=None)


def _notice_cases() -> Iterator[Case]:
    """Supervision notices that wait for the unit's answer; each round of a notice is a case of its own."""
    owed = (
        Notice.objects.filter(state__in=OWED)
        .annotate(round_number=Max("rounds__number"), round_opened_at=Max("rounds__opened_at"))
        .select_related("unit", "task_list")
        .order_by("due_at", "pk")
    )
    for notice in owed:
        case = Case(
            key=f"notice:{notice.pk}.{notice.round_number}",
            occasion=Occasion.NOTICE,
            task_list=notice.task_list,
            due_at=notice.due_at,
            opens_at=notice.round_opened_at,
            topic=f"notice:{notice.pk}",
            path=f"/notices/{notice.pk}/",
            words={
                "清单": notice.task_list.title,
                "期": "",
                "单位": notice.unit_name,
                "截止": moment_text(notice.due_at),
                "数量": "1",
                "事项": f"{NoticeLevel(notice.level).label} {notice.number}",
            },
            template="notice",
            unit=notice.unit,
            notice_id=notice.pk,
        )
        yield case
        yield replace(case, key=f"{case.key}:all", unit=None)


def _task_cases(list_ids: set[int], *, until: dt.datetime) -> Iterator[Case]:
    """Open tasks with a deadline: for each lead unit, and together for those who oversee."""
    tasks = {
        task.pk: task
        for task in Task.objects.counted()
        .filter(task_list_id__in=list_ids, closed_on=None, due_on__lte=beijing_day(until))
        .select_related("task_list")
    }
    leads = Obligation.objects.filter(
        role=AssignmentRole.LEAD,
        task__task_list_id__in=list_ids,
        task__closed_on=None,
        task__due_on__lte=beijing_day(until),
    )
    led: dict[int, list[Unit]] = defaultdict(list)
    for obligation in leads.select_related("unit").order_by("task__seq", "pk"):
        if obligation.task_id in tasks:
            led[obligation.task_id].append(obligation.unit)
    for task_id, units in led.items():
        task = tasks[task_id]
        case = Case(
            key=f"task:{task.pk}",
            occasion=Occasion.TASK,
            task_list=task.task_list,
            due_at=end_of_day(task.due_on),  # type: ignore[arg-type]
            opens_at=at_beijing(task.task_list.starts_on, dt.time()),
            topic=f"task:{task.pk}",
            path=f"/tasks/{task.pk}/",
            words={
                "清单": task.task_list.title,
                "期": "",
                "单位": "、".join(unit.name for unit in units),
                "截止": f"{task.due_on:%Y}年{task.due_on.month}月{task.due_on.day}日",  # type: ignore[union-attr]
                "数量": "1",
                "事项": str(task),
            },
            template="task",
            group=f"{task.due_on}",
            task_id=task.pk,
        )
        yield case
        for unit in units:
            words = {**case.words, "单位": unit.name}
            yield replace(case, key=f"{case.key}:{unit.pk}", unit=unit, words=words, group=f"{task.due_on}:{unit.pk}")


def end_of_day(day: dt.date) -> dt.datetime:
    """The moment until which something due on a day is in time."""
    return at_beijing(day, dt.time(23, 59, 59))


def moment_text(moment: dt.datetime) -> str:
    due = timezone.localtime(moment)
    return f"{due.month}月{due.day}日{due:%H:%M}"
