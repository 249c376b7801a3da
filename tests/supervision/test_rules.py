"""When extensions and closures are allowed, and what counts as reached."""

import datetime as dt
from decimal import Decimal

import pytest

from tasks_app.catalogue.choices import Comparator
from tasks_app.supervision.choices import ClosureStatus, ExtensionStatus
from tasks_app.supervision.rules import (
    Bar,
    bar_to_extension,
    closure_may,
    day_may_be_granted,
    extension_may,
    is_reached,
)

DUE = dt.date(2024, 10, 31)
DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("today", "asked", "closed", "due_on", "bar"),
    [
        (DUE - DAY, DUE + DAY, False, DUE, None),
        (DUE, DUE + DAY, False, DUE, None),  # the last day is still in time
        (DUE + DAY, DUE + 2 * DAY, False, DUE, Bar.TOO_LATE),
        (DUE - DAY, DUE, False, DUE, Bar.NOT_LATER),
        (DUE - DAY, DUE - DAY, False, DUE, Bar.NOT_LATER),
        (DUE - DAY, DUE + DAY, True, DUE, Bar.CLOSED),
        (DUE - DAY, DUE + DAY, False, None, Bar.NO_DATE),
        (DUE - DAY, None, False, DUE, None),
        (dt.date(2024, 2, 29), dt.date(2024, 3, 1), False, dt.date(2024, 2, 29), None),
        (dt.date(2024, 3, 1), dt.date(2024, 3, 31), False, dt.date(2024, 2, 29), Bar.TOO_LATE),
    ],
)
def test_an_extension_is_asked_for_before_the_deadline_and_to_a_later_day(today, asked, closed, due_on, bar):
    assert bar_to_extension(due_on=due_on, closed=closed, today=today, asked=asked) == bar


@pytest.mark.parametrize(
    ("granted", "may"), [(DUE, False), (DUE + DAY, True), (DUE + 9 * DAY, True), (DUE + 10 * DAY, False)]
)
def test_an_earlier_day_than_asked_for_may_be_granted_but_none_that_is_not_later(granted, may):
    assert day_may_be_granted(due_on=DUE, asked=DUE + 9 * DAY, granted=granted) is may


@pytest.mark.parametrize(
    ("comparator", "target", "top", "value", "reached"),
    [
        (Comparator.EQUAL, 2000, None, 2000, True),
        (Comparator.EQUAL, 2000, None, 2001, True),
        (Comparator.EQUAL, 2000, None, 1999, False),
        (Comparator.EQUAL, 90, 95, 90, True),
        (Comparator.AT_LEAST, 90, None, 90, True),
        (Comparator.AT_LEAST, 90, None, Decimal("89.9999"), False),
        (Comparator.AT_MOST, 35, None, 35, True),
        (Comparator.AT_MOST, 35, None, Decimal("35.1"), False),
        (Comparator.AT_MOST, 35, None, 0, True),
        (Comparator.AT_MOST, 30, 35, 35, True),
        (Comparator.ABOUT, 100, None, 95, True),
        (Comparator.ABOUT, 100, None, 105, True),
        (Comparator.ABOUT, 100, None, 94, False),
        (Comparator.ABOUT, 100, None, 106, False),
        (Comparator.ABOUT, 100, 200, 210, True),
    ],
)
def test_a_target_is_reached_as_its_comparator_reads_it(comparator, target, top, value, reached):
    top = None if top is None else Decimal(top)
    said = is_reached(comparator=comparator, target=Decimal(target), target_max=top, value=Decimal(value))
    assert said is reached


def test_a_closure_moves_only_along_its_table():
    allowed = {(a, b) for a in ClosureStatus for b in ClosureStatus if closure_may(a, b)}
    assert allowed == {
        ("requested", "granted"),
        ("requested", "refused"),
        ("requested", "withdrawn"),
        ("granted", "reopened"),
    }


def test_an_extension_moves_only_from_waiting_to_an_end():
    allowed = {(a, b) for a in ExtensionStatus for b in ExtensionStatus if extension_may(a, b)}
    assert allowed == {("requested", end) for end in ("granted", "refused", "withdrawn", "lapsed")}
