"""When a step of the ladder falls due. Pure.

A step lies `offset` working days from the period's due *day* (0: that day itself, free or not), at
its own time of day, Beijing time. 69号, 2024年10月期: due on Saturday 2024-10-05, in the National Day
holiday; "1 working day before" is Monday 2024-09-30, "+1" is Tuesday 2024-10-08.
"""

import datetime as dt
from collections.abc import Mapping

from tasks_app.lib.dates import at_beijing, beijing_day, shift_workdays

# A step that was missed (the system was down) is still sent so long after its moment.
GRACE = dt.timedelta(days=3)


def step_moment(*, due_at: dt.datetime, offset: int, time: dt.time, exceptions: Mapping[dt.date, bool]) -> dt.datetime:
    """The moment at which a step is due for a period."""
    return at_beijing(shift_workdays(beijing_day(due_at), offset, exceptions), time)


def is_due(*, moment: dt.datetime, opens_at: dt.datetime, at: dt.datetime) -> bool:
    """Whether a step with this moment is to be sent at `at`.

    Not before its moment, not long after it, and never for a moment before the period had opened:
    nobody is reminded of what was not asked yet.
    """
    return opens_at <= moment <= at < moment + GRACE
