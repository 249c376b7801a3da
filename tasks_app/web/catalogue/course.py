"""A task's progress from period to period, beside the straight line, ready to be drawn."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tasks_app.catalogue.choices import AssignmentRole
from tasks_app.catalogue.models import Task
from tasks_app.lib.dates import beijing_day
from tasks_app.progress.rules import expected_progress, mean_progress
from tasks_app.reporting.choices import ReportStatus
from tasks_app.reporting.models import ReportEntry
from tasks_app.schedule.models import Period
from tasks_app.units.models import Unit

# The drawing's box in its own units; the text stays legible when it is scaled to a phone.
LEFT, RIGHT, TOP, BOTTOM = 44, 336, 14, 158
WORD_HEIGHT = 18


@dataclass(frozen=True)
class CourseMark:
    """One period on the drawing: place and figure."""

    x: float
    y: float
    label: str
    percent: int


@dataclass(frozen=True)
class Step:
    """One period in the table: each lead's accepted percent so far, their mean, what was expected."""

    period: Period
    percents: Sequence[int | None]
    mean: int
    expected: int | None


@dataclass(frozen=True)
class Course:
    """`marks` are the means, `expected_points` the straight line, both as drawn."""

    units: Sequence[Unit]
    steps: Sequence[Step]
    marks: Sequence[CourseMark]
    expected_points: str
    last_expected: CourseMark | None

    @property
    def now_dy(self) -> int:
        """How far the last figure's word is moved down, so that it stays clear of the other line's."""
        return 4 + self._apart

    @property
    def expected_dy(self) -> int:
        return 4 - self._apart

    @property
    def _apart(self) -> int:
        if self.last_expected is None or abs(self.marks[-1].y - self.last_expected.y) >= WORD_HEIGHT:
            return 0
        return 9 if self.marks[-1].y >= self.last_expected.y else -9

    @property
    def points(self) -> str:
        return " ".join(f"{mark.x:.0f},{mark.y:.0f}" for mark in self.marks)

    @property
    def grid(self) -> list[CourseMark]:
        return [CourseMark(LEFT, _y(percent), f"{percent}%", percent) for percent in (0, 50, 100)]


def course_of(task: Task, entries: Sequence[ReportEntry], lead_ids: Collection[int], at: dt.datetime) -> Course | None:
    """The course of a task over the list's periods; None where its leads owe no reports.

    Counts as `reporting.queries.standing_facts` does: the mean over the leads of the latest accepted
    percent, a lead without one counting as 0. `entries` hold every accepted entry of the task. One query
    for the periods, one for the units, one for the milestones.
    """
    accepted: dict[tuple[int, int], int] = {}
    for entry in entries:
        if entry.role == AssignmentRole.LEAD and entry.status == ReportStatus.ACCEPTED:
            accepted[entry.report.period_id, entry.report.unit_id] = entry.percent or 0
    owners = {*lead_ids, *(unit_id for _period, unit_id in accepted)}
    periods = list(task.task_list.periods.filter(opens_at__lte=at).order_by("opens_at"))
    units = list(Unit.objects.filter(pk__in=owners))
    if not owners or not periods:
        return None
    milestones = list(task.milestones.values_list("due_on", "percent"))
    so_far: dict[int, int] = {}
    steps = []
    for period in periods:
        for unit in units:
            if (period.pk, unit.pk) in accepted:
                so_far[unit.pk] = accepted[period.pk, unit.pk]
        expected = expected_progress(
            starts_on=task.task_list.starts_on,
            due_on=task.due_on,
            today=beijing_day(min(period.due_at, at)),
            milestones=milestones,
        )
        mean = mean_progress(so_far.values(), leads=len(units))
        steps.append(Step(period, [so_far.get(unit.pk) for unit in units], mean, expected))
    return _drawn(units, steps)


def _drawn(units: Sequence[Unit], steps: Sequence[Step]) -> Course:
    width = (RIGHT - LEFT) / max(1, len(steps))
    places = [LEFT + width * (number + 0.5) for number in range(len(steps))]
    marks = [
        CourseMark(x, _y(step.mean), date_format(step.period.first_day, _("n月期")), step.mean)
        for x, step in zip(places, steps, strict=True)
    ]
    line = [(x, step.expected) for x, step in zip(places, steps, strict=True) if step.expected is not None]
    last = CourseMark(line[-1][0], _y(line[-1][1]), "", line[-1][1]) if line else None
    points = " ".join(f"{x:.0f},{_y(percent):.0f}" for x, percent in line)
    return Course(units, steps, marks, points, last)


def _y(percent: int) -> float:
    return BOTTOM - (BOTTOM - TOP) * percent / 100
