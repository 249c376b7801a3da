"""A person's deadlines, for the person's calendar: what is open, and what will fall due in the next months."""

import datetime as dt

from tasks_app.accounts.models import User
from tasks_app.accounts.permissions import viewer_of
from tasks_app.reminders.isolation import Troubles
from tasks_app.reminders.models import CalendarFeed
from tasks_app.reminders.occasions import Occasion
from tasks_app.reminders.occasions.base import Owner, PersonalDeadline
from tasks_app.units.models import Unit


def feed_owner(token: str) -> User | None:
    """The person whose calendar a secret address belongs to; None when the address is no longer valid."""
    feed = CalendarFeed.objects.filter(token=token, user__is_active=True).select_related("user").first()
    return feed.user if feed else None


def deadlines_of(person: User, *, at: dt.datetime) -> list[PersonalDeadline]:
    """What a person owes, or collects, of every occasion: a constant number of queries, the earliest first.

    An occasion that fails is left out and logged. It is not counted as a breakdown: those are of rounds, and the next
    round that goes well would forget it.
    """
    viewer = viewer_of(person)
    units = {unit.pk: unit for unit in Unit.objects.filter(pk__in=[unit.pk for unit in viewer.liaison_units])}
    owner = Owner(viewer=viewer, units=units)

    def of(occasion: Occasion) -> list[tuple[str, str, PersonalDeadline]]:
        # With what it is sorted by: a day that is none breaks here.
        return [(f"{one.on:%Y%m%d}", one.uid, one) for one in occasion.deadlines(owner, at)]

    found = [row for rows in Troubles().for_each(of).values() for row in rows]
    return [deadline for _day, _uid, deadline in sorted(found, key=lambda row: row[:2])]
