"""When a formal act on a task is allowed, and whether a target is reached. Pure.

销号 closure: asked for by a lead while the task is open, then granted, refused or taken back; what was granted
may be reopened with a reason. A new request is a new closure; an ended one is never revived.

延期 extension: asked for before the deadline only (domain §4), the last day included, with a reason and a later
day; the supervisor may grant it, to the day asked for or an earlier one that is still later than the old.
"""

import datetime as dt
from decimal import Decimal
from enum import StrEnum

from tasks_app.catalogue.choices import Comparator
from tasks_app.supervision.choices import ClosureStatus, ExtensionStatus

CLOSURE_MOVES: dict[str, frozenset[str]] = {
    ClosureStatus.REQUESTED: frozenset({ClosureStatus.GRANTED, ClosureStatus.REFUSED, ClosureStatus.WITHDRAWN}),
    ClosureStatus.GRANTED: frozenset({ClosureStatus.REOPENED}),
    ClosureStatus.REFUSED: frozenset(),
    ClosureStatus.WITHDRAWN: frozenset(),
    ClosureStatus.REOPENED: frozenset(),
}
EXTENSION_MOVES: dict[str, frozenset[str]] = {
    ExtensionStatus.REQUESTED: frozenset(
        {ExtensionStatus.GRANTED, ExtensionStatus.REFUSED, ExtensionStatus.WITHDRAWN, ExtensionStatus.LAPSED}
    ),
    ExtensionStatus.GRANTED: frozenset(),
    ExtensionStatus.REFUSED: frozenset(),
    ExtensionStatus.WITHDRAWN: frozenset(),
    ExtensionStatus.LAPSED: frozenset(),
}
# 左右: the tolerance, as a share of the target.
ABOUT = Decimal("0.05")


def closure_may(before: str, after: str) -> bool:
    return after in CLOSURE_MOVES[before]


def extension_may(before: str, after: str) -> bool:
    return after in EXTENSION_MOVES[before]


class Bar(StrEnum):
    """Why an extension cannot be asked for."""

    CLOSED = "closed"
    NO_DATE = "no_date"
    TOO_LATE = "too_late"
    NOT_LATER = "not_later"


def bar_to_extension(
    *, due_on: dt.date | None, closed: bool, today: dt.date, asked: dt.date | None = None
) -> Bar | None:
    """What stands in the way of asking on `today`; None when nothing does. Without `asked`, of any later day.

    >>> bar_to_extension(due_on=dt.date(2024, 10, 31), closed=False, today=dt.date(2024, 10, 31)) is None
    True
    """
    if closed:
        return Bar.CLOSED
    if due_on is None:
        return Bar.NO_DATE
    if today > due_on:
        return Bar.TOO_LATE
    if asked is not None and asked <= due_on:
        return Bar.NOT_LATER
    return None


def day_may_be_granted(*, due_on: dt.date, asked: dt.date, granted: dt.date) -> bool:
    """The day asked for, or an earlier one that is still later than the deadline in force."""
    return due_on < granted <= asked


def is_reached(*, comparator: str, target: Decimal, target_max: Decimal | None, value: Decimal) -> bool:
    """Whether a value meets a target as its comparator reads it.

    不超过 is met from below; 左右 within 5 percent below or above, and of a range within the range widened so;
    为 and 不少于 from the target (the lower end of a range) on: more than was promised is no shortfall.
    """
    if comparator == Comparator.AT_MOST:
        return value <= (target_max if target_max is not None else target)
    if comparator == Comparator.ABOUT:
        top = target_max if target_max is not None else target
        return target * (1 - ABOUT) <= value <= top * (1 + ABOUT)
    return value >= target
