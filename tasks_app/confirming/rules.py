"""When an assisting unit's answer is due, and how a missing one is shown. Pure."""

import datetime as dt
from collections.abc import Mapping

from tasks_app.lib.dates import at_beijing, beijing_day, shift_workdays

WORKDAYS = 2
CLOSES = dt.time(18)


def due_at(submitted_at: dt.datetime, exceptions: Mapping[dt.date, bool]) -> dt.datetime:
    """18:00 of the second working day after the lead handed in, Beijing time."""
    return at_beijing(shift_workdays(beijing_day(submitted_at), WORKDAYS, exceptions), CLOSES)


def is_silent(*, answered: bool, due: dt.datetime, at: dt.datetime) -> bool:
    """No answer by the due moment: shown as 未回应, and blocks nothing. An answer is still taken later."""
    return not answered and at > due
