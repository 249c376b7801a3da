"""Expected progress and lights: a pure function of facts, thresholds and the day (domain §4).

序时进度 (expected progress) is the straight line from the list's first day (0) to the task's
deadline (100). The light is the first of these that holds:

1. blue — closed.
2. grey — the list has not begun, or nobody has to report on the task and it is not past its deadline.
3. red — past the deadline and not closed; or 20 points or more behind the line; or two due
   periods in a row without a report.
4. yellow — 10 to 20 points behind; or due within 30 days and under 80 %; or the last due period
   without a report.
5. green — otherwise.

The numbers 20, 10, 2, 30 and 80 are the list's own thresholds. Among several reasons for one light the
one named first above is told.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from tasks_app.progress.choices import Light, Reason


@dataclass(frozen=True)
class Thresholds:
    """Points, periods, days and percent at which a light changes."""

    red_behind: int = 20
    yellow_behind: int = 10
    red_misses: int = 2
    yellow_days: int = 30
    yellow_below: int = 80


@dataclass(frozen=True)
class Facts:
    """What is known of one task on a day.

    `progress`: 0–100, the mean of its leads' latest accepted percents. `misses`: due periods in
    a row, up to the last, without any lead's report. `duty`: does anybody owe reports on it; None
    where the list has no reporting rule at all.
    """

    starts_on: dt.date
    due_on: dt.date | None
    closed_on: dt.date | None = None
    progress: int = 0
    has_report: bool = False
    misses: int = 0
    duty: bool | None = True


@dataclass(frozen=True)
class Verdict:
    """A light, the reason for it, and the numbers that the reason's sentence needs."""

    light: Light
    reason: Reason
    expected: int | None
    inputs: dict[str, Any] = field(default_factory=dict)


def expected_progress(*, starts_on: dt.date, due_on: dt.date | None, today: dt.date) -> int | None:
    """Percent of the way from start to deadline that `today` has come; None without a deadline."""
    if due_on is None:
        return None
    if today >= due_on:
        return 100
    if today <= starts_on:
        return 0
    return round(100 * (today - starts_on).days / (due_on - starts_on).days)


def verdict(facts: Facts, thresholds: Thresholds, today: dt.date) -> Verdict:
    """The light of a task on `today`, with its reason and inputs."""
    expected = expected_progress(starts_on=facts.starts_on, due_on=facts.due_on, today=today)

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
