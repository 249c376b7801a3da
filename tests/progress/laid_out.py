"""Tasks laid out in the tables so that they have given facts: what the twin of the rule is tried on."""

import datetime as dt
from dataclasses import asdict, dataclass, field

from tasks_app.catalogue.models import Document, Milestone, Task, TaskList
from tasks_app.lib.dates import at_beijing
from tasks_app.progress.rules import Thresholds
from tasks_app.reporting.models import MonthlyReport, ReportEntry
from tasks_app.schedule.models import Obligation, Period, ReportingRule
from tasks_app.units.models import Unit

START = dt.date(2024, 7, 9)
SIX = dt.time(18)
# Who has which part in a round: `+` comes in time, `m` is made up after the next deadline, `-` never comes, `x` never
# comes and the task was excused, `r` never comes and the whole report was excused.
ROUNDS = "+m-xr"


@dataclass(frozen=True)
class Case:
    """A task and the day on which it is looked at; `rounds` are the last due rounds before it, oldest first.

    `percents`: what each lead had accepted last, None for nothing.
    """

    today: dt.date
    due_on: dt.date | None
    percents: tuple[int | None, ...] = (0,)
    rounds: str = "+"
    starts_on: dt.date = START
    closed_on: dt.date | None = None
    is_ruled: bool = True
    has_duty: bool = True
    milestones: tuple[tuple[dt.date, int], ...] = ()
    thresholds: Thresholds = field(default_factory=Thresholds)


class Layout:
    """Writes cases into the tables; lists, rounds and reports are made as they are needed."""

    def __init__(self, world) -> None:
        self.world = world
        self.document = Document.objects.get()
        self.lists: dict[tuple, TaskList] = {}
        self.reports: dict[tuple, MonthlyReport] = {}
        names = [*ROUNDS, "L0", "L1", "L2"]
        jurisdiction = world.task_list.jurisdiction
        self.units = {
            name: Unit.objects.create(jurisdiction=jurisdiction, name=f"单位{name}", kind="municipal_department")
            for name in names
        }

    def put(self, case: Case) -> Task:
        task_list = self._list(case)
        seq = task_list.tasks.count() + 1
        task = Task.objects.create(
            task_list=task_list, seq=seq, no=str(seq), content="x", due_on=case.due_on, closed_on=case.closed_on
        )
        for day, percent in case.milestones:
            Milestone.objects.create(task=task, due_on=day, percent=percent, text="x")
        first, *later = task_list.periods.order_by("due_at")
        for number, percent in enumerate(case.percents):
            unit = self.units[f"L{number}"]
            if case.has_duty:
                Obligation.objects.create(task=task, unit=unit, role="lead")
            if percent is not None:
                self._entry(first, unit, task, status="accepted", percent=percent)
        due = [period for period in later if period.due_at < at_beijing(case.today, dt.time())]
        for period, sign in zip(reversed(due), reversed(case.rounds), strict=False):
            excused = period.opens_at if sign == "x" else None
            self._entry(period, self.units[sign], task, exempt_at=excused)
        return task

    def _list(self, case: Case) -> TaskList:
        key = (case.starts_on, case.is_ruled, case.thresholds)
        if key not in self.lists:
            task_list = TaskList.objects.create(
                slug=f"laid-out-{len(self.lists)}",
                title="x",
                document=self.document,
                jurisdiction=self.world.task_list.jurisdiction,
                coordinating_unit=self.world.task_list.coordinating_unit,
                year=case.starts_on.year,
                starts_on=case.starts_on,
                **asdict(case.thresholds),
            )
            if case.is_ruled:
                ReportingRule.objects.create(
                    task_list=task_list, day=5, first_due_at=at_beijing(case.starts_on, SIX), assisting_kinds=[]
                )
            self._rounds(task_list)
            self.lists[key] = task_list
        return self.lists[key]

    def _rounds(self, task_list: TaskList) -> None:
        """One before the list begins, for what was accepted; then one on the day after it begins and on each fifth."""
        first = task_list.starts_on
        days = [first - dt.timedelta(days=30), first + dt.timedelta(days=1)]
        days += [
            dt.date(year, month, 5)
            for year in range(first.year, first.year + 3)
            for month in range(1, 13)
            if dt.date(year, month, 5) > days[1]
        ]
        for number, day in enumerate(days, start=1):
            due_at = at_beijing(day, SIX)
            Period.objects.create(
                task_list=task_list,
                year=day.year,
                month=day.month,
                number=number,
                opens_at=due_at - dt.timedelta(days=4),
                due_at=due_at,
            )

    def _entry(self, period: Period, unit: Unit, task: Task, **words: object) -> None:
        key = (period.pk, unit.pk)
        if key not in self.reports:
            came = {
                self.units["m"].pk: period.due_at + dt.timedelta(days=40),
                self.units["-"].pk: None,
                self.units["x"].pk: None,
                self.units["r"].pk: None,
            }.get(unit.pk, period.due_at - dt.timedelta(days=1))
            excused = period.opens_at if unit == self.units["r"] else None
            self.reports[key] = MonthlyReport.objects.create(
                period=period, unit=unit, first_submitted_at=came, exempt_at=excused
            )
        ReportEntry.objects.create(report=self.reports[key], task=task, role="lead", **words)
