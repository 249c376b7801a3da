"""One thing that happened to a task."""

import datetime as dt
from dataclasses import dataclass

from tasks_app.accounts.models import User
from tasks_app.timeline.choices import Kind


@dataclass(frozen=True)
class Happening:
    """`page` names the address of what it is about, with its key; `css` is ok, warn, late or nothing.

    `whole_day`: it belongs to the day, and the clock time says nothing.
    """

    at: dt.datetime
    kind: Kind
    title: str
    text: str = ""
    who: str = ""
    css: str = ""
    page: tuple[str, int] | None = None
    whole_day: bool = False


def name_of(person: User | None) -> str:
    return str(person) if person else ""
