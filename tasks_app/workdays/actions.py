"""Keeping the calendar as the data file has it. Running twice changes nothing."""

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db import models, transaction

from tasks_app.audit.actions import record
from tasks_app.workdays.models import DayException


@transaction.atomic
def sync_days(*, rows: Iterable[Mapping[str, str]], by: models.Model | None, at: dt.datetime) -> int:
    """Add the days of fixtures/holidays.csv that are not known yet; returns how many.

    A day that is known already stays as it is: an administrator may have corrected it.
    """
    known = set(DayException.objects.values_list("day", flat=True))
    new = [
        DayException(day=day, is_workday=row["is_workday"] == "1", name=row["name"])
        for row in rows
        if (day := dt.date.fromisoformat(row["date"])) not in known
    ]
    DayException.objects.bulk_create(new)
    if new:
        first = DayException.objects.get(day=new[0].day)
        record(by=by, at=at, verb="workdays.sync", target=first, after={"days": len(new)})
    return len(new)
