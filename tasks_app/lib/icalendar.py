"""A person's deadlines as iCalendar text (RFC 5545), for calendar programs that subscribe to an address. Pure."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from icalendar import Calendar, Event, Timezone, vDuration

from tasks_app.lib.dates import BEIJING, at_beijing

# Mainland China has had no summer time since 1991, so one rule describes every year that matters here.
SINCE = dt.date(1992, 1, 1)
AGAIN = dt.timedelta(hours=4)
# A deadline is a moment, but an event without an end lasts an hour in some programs.
LASTS = dt.timedelta(minutes=30)
LAST_MINUTE = dt.time(23, 59)
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True)
class Happening:
    """One event: at a moment (aware), or all day on a date.

    `uid` must be the same each time the same thing is told, or programs show it twice.
    """

    uid: str
    on: dt.datetime | dt.date
    title: str
    text: str = ""
    url: str = ""


def calendar(*, name: str, happenings: Iterable[Happening], at: dt.datetime) -> str:
    """The whole calendar, with CRLF line ends; `at` is when it is told."""
    book = Calendar()
    book.add("VERSION", "2.0")
    book.add("PRODID", "-//Duban//Duban//ZH")
    book.add("CALSCALE", "GREGORIAN")
    book.add("METHOD", "PUBLISH")
    book.add("X-WR-CALNAME", clean(name))
    book.add("X-WR-TIMEZONE", BEIJING.key)
    book.add("REFRESH-INTERVAL", AGAIN, parameters={"VALUE": "DURATION"})
    book.add("X-PUBLISHED-TTL", vDuration(AGAIN))
    book.add_component(_zone())
    for happening in happenings:
        book.add_component(_event(happening, at))
    return book.to_ical(sorted=False).decode()


def _zone() -> Timezone:
    zone = Timezone.from_tzid(BEIJING.key, first_date=SINCE, last_date=SINCE)
    # Says that it holds for these days alone; the rule without an end holds for all that come.
    zone.pop("COMMENT", None)
    return zone


def _event(happening: Happening, at: dt.datetime) -> Event:
    event = Event()
    event.add("UID", clean(happening.uid))
    event.add("DTSTAMP", at.astimezone(dt.UTC))
    start, end = _span(happening.on)
    event.add("DTSTART", start)
    event.add("DTEND", end)
    event.add("SUMMARY", clean(happening.title))
    if happening.text:
        event.add("DESCRIPTION", clean(happening.text))
    if happening.url:
        event.add("URL", CONTROLS.sub("", happening.url))
    # A deadline does not make anybody busy.
    event.add("TRANSP", "TRANSPARENT")
    return event


def _span(on: dt.datetime | dt.date) -> tuple[dt.datetime | dt.date, dt.datetime | dt.date]:
    """Start and end, both of the deadline's own day in Beijing; one in its last minute is the whole day."""
    if isinstance(on, dt.datetime):
        local = on.astimezone(BEIJING)
        if local.time() < LAST_MINUTE:
            return local, min(local + LASTS, at_beijing(local.date(), LAST_MINUTE))
        on = local.date()
    return on, on + dt.timedelta(days=1)


def clean(text: str) -> str:
    """A text with plain line ends and no sign that has no place in a calendar."""
    return CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
