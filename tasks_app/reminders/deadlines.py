"""A person's deadlines, for the person's calendar: what is open, and what will fall due in the next months."""

import datetime as dt

from tasks_app.accounts.models import User
from tasks_app.accounts.permissions import viewer_of
from tasks_app.reminders import occasions
from tasks_app.reminders.models import CalendarFeed
from tasks_app.reminders.occasions.base import Deadline, Owner
from tasks_app.units.models import Unit


def feed_owner(token: str) -> User | None:
    """The person whose calendar a secret address belongs to; None when the address is no longer valid."""
    feed = CalendarFeed.objects.filter(token=token, user__is_active=True).select_related("user").first()
    return feed.user if feed else None


def deadlines_of(person: User, *, at: dt.datetime) -> list[Deadline]:
    """What a person owes, or collects, of every occasion: a constant number of queries, the earliest first."""
    viewer = viewer_of(person)
    units = {unit.pk: unit for unit in Unit.objects.filter(pk__in=[unit.pk for unit in viewer.liaison_units])}
    owner = Owner(viewer=viewer, units=units)
    found = [deadline for occasion in occasions.ALL for deadline in occasion.deadlines(owner, at)]
    return sorted(found, key=lambda deadline: (f"{deadline.on:%Y%m%d}", deadline.uid))
