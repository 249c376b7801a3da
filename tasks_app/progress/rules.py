"""Expected progress and lights: a pure function of facts, thresholds and the day (domain §4).

序时进度 (expected progress) is the line from the list's first day (0) to the task's deadline (100): straight,
or through the task's milestones where it has any. The light is the first of these that holds:

1. blue — closed.
2. grey — the list has not begun, or nobody has to report on the task and it is not past its deadline.
3. red — past the deadline and not closed; or 20 points or more behind the line; or two due
   periods in a row without a report.
4. yellow — 10 to 20 points behind; or due within 30 days and under 80 %; or the last due period
   without a report.
5. green — otherwise.

The numbers 20, 10, 2, 30 and 80 are the list's own thresholds. Among several reasons for one light the
one named first above is told. `twin.py` says the same in SQL; docs/lights.md says it in prose.
"""

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from typing import Any

from tasks_app.progress.choices import SCALE, Fault, Light, Reason


@dataclass(frozen=True)
class Thresholds:
    """Points, periods, days and percent at which a light changes."""

    red_behind: int = 20
    yellow_behind: int = 10
    red_misses: int = 2
    yellow_days: int = 30
    yellow_below: int = 80


# What each threshold may be.
LIMITS = {
    "red_behind": (1, 100),
    "yellow_behind": (1, 100),
    "red_misses": (1, 12),
    "yellow_days": (0, 365),
    "yellow_below": (0, 100),
}

# A day and the percent that should have been reached on it.
Point = tuple[dt.date, int]


@dataclass(frozen=True)
class TaskFacts:
    """What is known of one task on a day.

    `progress`: 0–100, the mean of its leads' latest accepted percents. `misses`: due periods in
    a row, up to the last, without any lead's report. `duty`: does anybody owe reports on it; None
    where the list has no reporting rule at all. `milestones`: in order of their days. `own`: what the
    leads say of themselves (the worst of several), empty where none says; it makes no light.
    """

    starts_on: dt.date
    due_on: dt.date | None
    closed_on: dt.date | None = None
    progress: int = 0
    has_report: bool = False
    misses: int = 0
    duty: bool | None = True
    milestones: tuple[Point, ...] = ()
    own: str = ""


@dataclass(frozen=True)
class Verdict:
    """A light, the reason for it, and the numbers that the reason's sentence needs."""

    light: Light
    reason: Reason
    expected: int | None
    inputs: dict[str, Any] = field(default_factory=dict)


def expected_progress(
    *, starts_on: dt.date, due_on: dt.date | None, today: dt.date, milestones: Iterable[Point] = ()
) -> int | None:
    """Percent that should have been reached on `today`; None without a deadline.

    Between two points of the line it rises evenly with the days, rounded half up. A milestone that lies outside
    start and deadline (the deadline may have been moved since) is ignored.
    """
    if due_on is None:
        return None
    if today >= due_on:
        return 100
    if today <= starts_on:
        return 0
    inner = [point for point in milestones if starts_on < point[0] < due_on]
    for (from_day, from_percent), (to_day, to_percent) in pairwise([(starts_on, 0), *inner, (due_on, 100)]):
        if today <= to_day:
            days, span = (today - from_day).days, (to_day - from_day).days
            return from_percent + _half_up((to_percent - from_percent) * days, span)
    raise AssertionError("the last point of the line is the deadline")


def _half_up(number: int, by: int) -> int:
    """number / by to the nearest whole number, halves up: the same in whole numbers here and in SQL."""
    return (2 * number + by) // (2 * by)


def mean_progress(percents: Iterable[int], leads: int) -> int:
    """The mean over `leads` units, halves up; a lead that is not among the percents counts as 0."""
    return _half_up(sum(percents), leads) if leads else 0


def worst(lights: Iterable[str]) -> str:
    """The worst of what several leads say of themselves; empty where none says."""
    said = [SCALE.index(Light(light)) for light in lights if light]
    return SCALE[max(said)] if said else ""


def disagreement(own: str, light: str, verified: str) -> int:
    """How many steps of green – yellow – red lie between the readings that there are: 0, 1 or 2.

    Blue and grey are off the scale: of a closed task, or one that nobody reports on, nothing is compared.
    """
    if light not in SCALE:
        return 0
    steps = [SCALE.index(Light(reading)) for reading in (own, light, verified) if reading]
    return max(steps) - min(steps)


def verdict(facts: TaskFacts, thresholds: Thresholds, today: dt.date) -> Verdict:
    """The light of a task on `today`, with its reason and inputs."""
    expected = expected_progress(
        starts_on=facts.starts_on, due_on=facts.due_on, today=today, milestones=facts.milestones
    )

    def answer(light: Light, reason: Reason, **inputs: Any) -> Verdict:
        return Verdict(light, reason, expected, inputs)

    if facts.closed_on:
        return answer(Light.BLUE, Reason.CLOSED, closed_on=facts.closed_on.isoformat())
    if today < facts.starts_on:
        return answer(Light.GREY, Reason.NOT_STARTED)
    if facts.due_on and facts.due_on < today:
        return answer(Light.RED, Reason.OVERDUE, days=(today - facts.due_on).days)
    if not facts.duty:
        return answer(Light.GREY, Reason.NO_DUTY if facts.duty is None else Reason.NO_UNIT)
    gap = 0 if expected is None else expected - facts.progress
    if gap >= thresholds.red_behind:
        return answer(Light.RED, Reason.BEHIND, gap=gap)
    if facts.misses >= thresholds.red_misses:
        return answer(Light.RED, Reason.SILENT, misses=facts.misses)
    if gap >= thresholds.yellow_behind:
        return answer(Light.YELLOW, Reason.BEHIND, gap=gap)
    if facts.due_on and facts.progress < thresholds.yellow_below:
        days = (facts.due_on - today).days
        if days <= thresholds.yellow_days:
            return answer(Light.YELLOW, Reason.DUE_SOON, days=days, progress=facts.progress)
    if facts.misses:
        return answer(Light.YELLOW, Reason.MISSED)
    return answer(Light.GREEN, Reason.ON_TRACK if facts.due_on else Reason.NO_DATE)


def threshold_faults(thresholds: Thresholds) -> list[tuple[str, Fault]]:
    """What is wrong with thresholds: (name of the number, why)."""
    numbers = asdict(thresholds)
    wrong = [(name, Fault.RANGE) for name, (low, high) in LIMITS.items() if not low <= numbers[name] <= high]
    if thresholds.yellow_behind > thresholds.red_behind:
        wrong.append(("yellow_behind", Fault.YELLOW_OVER_RED))
    return wrong


def milestone_faults(points: Sequence[Point], *, starts_on: dt.date, due_on: dt.date) -> list[tuple[int, Fault]]:
    """What is wrong with milestones in the order given: (place in the sequence, why).

    Each lies between start and deadline, later than the one before it and with a greater percent.
    """
    wrong = []
    for place, (day, percent) in enumerate(points):
        if not starts_on < day < due_on:
            wrong.append((place, Fault.OUTSIDE))
        if not 1 <= percent <= 99:
            wrong.append((place, Fault.PERCENT_RANGE))
        if place and day <= points[place - 1][0]:
            wrong.append((place, Fault.DAY_ORDER))
        if place and percent <= points[place - 1][1]:
            wrong.append((place, Fault.PERCENT_ORDER))
    return wrong


def moves(
    facts: Mapping[int, tuple[TaskFacts, Thresholds]], thresholds: Thresholds, today: dt.date
) -> dict[tuple[Light, Light], list[int]]:
    """(light now, light then) → the tasks whose light would be another one by other thresholds."""
    found: dict[tuple[Light, Light], list[int]] = defaultdict(list)
    for task_id, (fact, present) in facts.items():
        now, then = verdict(fact, present, today).light, verdict(fact, thresholds, today).light
        if now != then:
            found[now, then].append(task_id)
    return dict(found)


def version_of(settings: object) -> str:
    """A fingerprint of settings, by which a form that was filled from older ones is recognised."""
    return hashlib.sha256(json.dumps(settings, default=str, sort_keys=True).encode()).hexdigest()[:16]
