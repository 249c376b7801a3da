"""The expected line as it is drawn: from the list's first day through the milestones to the deadline."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from tasks_app.progress.rules import Point, expected_progress

# The drawing's box in its own units; the words stay legible when it is scaled to a phone.
LEFT, RIGHT, TOP, BOTTOM = 44, 396, 22, 158


@dataclass(frozen=True)
class Knot:
    """One point of the line: where it lies, what it is."""

    x: float
    y: float
    day: dt.date
    percent: int
    is_end: bool


@dataclass(frozen=True)
class Curve:
    """`straight` is the line as it would be without milestones; `today` where the line stands now."""

    knots: Sequence[Knot]
    today: Knot | None

    @property
    def points(self) -> str:
        return " ".join(f"{knot.x:.0f},{knot.y:.0f}" for knot in self.knots)

    @property
    def straight(self) -> str:
        ends = self.knots[0], self.knots[-1]
        return " ".join(f"{knot.x:.0f},{knot.y:.0f}" for knot in ends)

    @property
    def grid(self) -> list[tuple[float, int]]:
        return [(_y(percent), percent) for percent in (0, 50, 100)]


def curve_of(milestones: Sequence[Point], *, starts_on: dt.date, due_on: dt.date, today: dt.date) -> Curve | None:
    """The drawing of a task's line; None where start and deadline leave no room for one."""
    span = (due_on - starts_on).days
    if span <= 0:
        return None

    def knot(day: dt.date, percent: int, *, is_end: bool) -> Knot:
        x = LEFT + (RIGHT - LEFT) * (day - starts_on).days / span
        return Knot(x, _y(percent), day, percent, is_end)

    inner = [point for point in milestones if starts_on < point[0] < due_on]
    knots = [
        knot(starts_on, 0, is_end=True),
        *(knot(day, percent, is_end=False) for day, percent in inner),
        knot(due_on, 100, is_end=True),
    ]
    now = expected_progress(starts_on=starts_on, due_on=due_on, today=today, milestones=inner)
    is_between = starts_on < today < due_on
    return Curve(knots, knot(today, now, is_end=False) if is_between and now is not None else None)


def _y(percent: int) -> float:
    return BOTTOM - (BOTTOM - TOP) * percent / 100
