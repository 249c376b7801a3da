"""Keeping the calendar as the data file has it. Running twice changes nothing."""

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db import models, transaction

from tasks_app.audit.actions import record
from tasks_app.lib.errors import Refused
from tasks_app.workdays import rules
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


@transaction.atomic
def import_days(*, data: bytes, by: models.Model | None, at: dt.datetime) -> tuple[int, int]:
    """Take over a file of days, all or nothing; returns how many are new and how many changed.

    The years that the file speaks of become what the file says: a day of such a year that it does not
    name goes. Raises Refused with a sentence per bad row; then nothing has changed.
    """
    try:
        days = rules.read_days(data)
    except rules.BadRows as error:
        raise Refused(str(error)) from error
    years = {day.day.year for day in days}
    stored = {row.day: row for row in DayException.objects.filter(day__year__in=years)}
    new = [DayException(day=d.day, is_workday=d.is_workday, name=d.name) for d in days if d.day not in stored]
    changed = []
    for day in days:
        row = stored.pop(day.day, None)
        if row is not None and (row.is_workday, row.name) != (day.is_workday, day.name):
            row.is_workday, row.name = day.is_workday, day.name
            changed.append(row)
    gone = list(stored.values())
    DayException.objects.filter(pk__in=[row.pk for row in gone]).delete()
    DayException.objects.bulk_update(changed, ["is_workday", "name"])
    DayException.objects.bulk_create(new)
    if new or changed or gone:
        first = DayException.objects.get(day=days[0].day)
        after = {
            "years": sorted(years),
            "new": [str(row) for row in new],
            "changed": [str(row) for row in changed],
            "removed": [str(row) for row in gone],
        }
        record(by=by, at=at, verb="workdays.import", target=first, after=after)
    return len(new), len(changed) + len(gone)
