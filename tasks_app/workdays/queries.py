"""Reading the calendar."""

import datetime as dt

from tasks_app.workdays.models import DayException


def exceptions() -> dict[dt.date, bool]:
    """Day → is it worked, for every day that differs from Monday-to-Friday."""
    return dict(DayException.objects.values_list("day", "is_workday"))
