"""When a step of the ladder falls due, and what becomes of one that was missed. Pure.

**The day.** A step lies `offset` days from its case's day in Beijing: working days of the mainland
calendar (holidays and make-up days as rows) or calendar days. 0 is that day itself, free or not;
counting starts from the neighbouring day. At `time`, Beijing's clock, whatever the server's.

69号, due on the 5th at 18:00, a free day stays:

| due | 3 before | 1 before | the day | +1 | +3 | because |
|---|---|---|---|---|---|---|
| Sat 2024-10-05 | Fri 09-27 | Mon 09-30 | Sat 10-05 | Tue 10-08 | Thu 10-10 | 10-01 … 10-07 free, 09-29 worked |
| Sun 2025-01-05 | Tue 12-31 | Fri 01-03 | Sun 01-05 | Mon 01-06 | Wed 01-08 | 01-01 free |
| Wed 2025-02-05 | Fri 01-24 | Mon 01-27 | Wed 02-05 | Thu 02-06 | Sat 02-08 | 01-28 … 02-04 free, 01-26, 02-08 worked |
| Sat 2026-12-05 | Wed 12-02 | Fri 12-04 | Sat 12-05 | Mon 12-07 | Wed 12-09 | an ordinary weekend |

**Missed.** A step found only later (the system was down) is sent for `GRACE`, if its case is still
open and no later step of the same case has come; otherwise it is recorded as skipped, with the reason.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tasks_app.lib.dates import at_beijing, beijing_day, shift_workdays
from tasks_app.reminders.choices import DayKind

# A step that was missed (the system was down) is still sent within this time after its moment.
GRACE = dt.timedelta(days=7)
# Steps that lie further back are not even recorded: a list loaded in autumn needs no record of spring.
LOOKBACK = dt.timedelta(days=31)


@dataclass(frozen=True)
class Step:
    """A row of the ladder as plain values; `repeat_days` 0: once."""

    id: int
    list_id: int
    occasion: str
    offset: int
    day_kind: str
    time: dt.time
    audience: str
    repeat_days: int
    channels: tuple[str, ...]
    template: str


def step_moment(
    *,
    due_at: dt.datetime,
    offset: int,
    time: dt.time,
    exceptions: Mapping[dt.date, bool],
    day_kind: str = DayKind.WORKDAY,
) -> dt.datetime:
    """The moment at which a step is due for a case whose day is `due_at`'s in Beijing."""
    day = beijing_day(due_at)
    if day_kind == DayKind.CALENDAR:
        return at_beijing(day + dt.timedelta(days=offset), time)
    return at_beijing(shift_workdays(day, offset, exceptions), time)


def moments(
    step: Step,
    *,
    due_at: dt.datetime,
    since: dt.datetime,
    until: dt.datetime,
    exceptions: Mapping[dt.date, bool],
) -> Iterator[tuple[int, dt.datetime]]:
    """Every (number of the repeat, moment) of a step in (since, until]; the first has number 0."""
    first = step_moment(
        due_at=due_at, offset=step.offset, time=step.time, exceptions=exceptions, day_kind=step.day_kind
    )
    if not step.repeat_days:
        if since < first <= until:
            yield 0, first
        return
    every = dt.timedelta(days=step.repeat_days)
    number = max(0, (since - first) // every)
    while (moment := first + number * every) <= until:
        if moment > since:
            yield number, moment
        number += 1


def is_too_late(*, moment: dt.datetime, at: dt.datetime) -> bool:
    """Whether a step found at `at` was missed for good."""
    return at >= moment + GRACE
