"""A calendar as iCalendar text (RFC 5545), for calendar programs that subscribe to an address. Pure."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from tasks_app.lib.dates import BEIJING

# Mainland China has had no summer time since 1991, so one rule describes every year that matters here.
TIMEZONE = (
    "BEGIN:VTIMEZONE",
    "TZID:Asia/Shanghai",
    "BEGIN:STANDARD",
    "DTSTART:19920101T000000",
    "TZOFFSETFROM:+0800",
    "TZOFFSETTO:+0800",
    "TZNAME:CST",
    "END:STANDARD",
    "END:VTIMEZONE",
)
LONGEST_LINE = 75  # octets, without the line break (RFC 5545, 3.1)
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
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Duban//Duban//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
        "X-WR-TIMEZONE:Asia/Shanghai",
        "REFRESH-INTERVAL;VALUE=DURATION:PT4H",
        "X-PUBLISHED-TTL:PT4H",
        *TIMEZONE,
    ]
    for happening in happenings:
        lines += _event(happening, at)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded(line)}\r\n" for line in lines)


def _event(happening: Happening, at: dt.datetime) -> list[str]:
    lines = ["BEGIN:VEVENT", f"UID:{escaped(happening.uid)}", f"DTSTAMP:{at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"]
    if isinstance(happening.on, dt.datetime):
        # Without an end it lasts no time at all: a deadline is a moment.
        lines.append(f"DTSTART;TZID=Asia/Shanghai:{happening.on.astimezone(BEIJING):%Y%m%dT%H%M%S}")
    else:
        lines.append(f"DTSTART;VALUE=DATE:{happening.on:%Y%m%d}")
        lines.append(f"DTEND;VALUE=DATE:{happening.on + dt.timedelta(days=1):%Y%m%d}")
    lines.append(f"SUMMARY:{escaped(happening.title)}")
    if happening.text:
        lines.append(f"DESCRIPTION:{escaped(happening.text)}")
    if happening.url:
        lines.append(f"URL:{CONTROLS.sub('', happening.url)}")
    # A deadline does not make anybody busy.
    return [*lines, "TRANSP:TRANSPARENT", "END:VEVENT"]


def escaped(text: str) -> str:
    """A text as a value: backslash, semicolon, comma and line break are written with a backslash."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
    return CONTROLS.sub("", text)


def folded(line: str) -> str:
    """The line in pieces of at most 75 octets, each after the first begun with a space; no character is cut."""
    pieces, piece, size = [], "", 0
    for char in line:
        width = len(char.encode())
        if size + width > LONGEST_LINE:
            pieces.append(piece)
            piece, size = " ", 1
        piece += char
        size += width
    return "\r\n".join([*pieces, piece])
