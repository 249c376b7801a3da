"""From events to lines, from lines to places."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks_app.scores.choices import EventKind, Outcome, Per
from tasks_app.scores.rules import (
    Event,
    Rule,
    Scheme,
    mean,
    objection_until,
    ranked,
    score,
    sheet,
    totals,
    wrong_points,
)
from tests.factories import beijing

D = Decimal


def event(kind="late", unit=1, thing=1, day=1):
    return Event(kind, unit, "report", thing, f"第{thing}件", dt.date(2024, 8, day))


def points(events, *rules, struck=()):
    return [(line.points, line.outcome) for line in sheet(events, Scheme(rules=rules), struck=struck)]


def returned(count, **more):
    return [event("returned", thing=n, day=n, **more) for n in range(1, count + 1)]


COUNTED, CAPPED, ONCE, STRUCK = Outcome.COUNTED, Outcome.CAPPED, Outcome.ONCE, Outcome.STRUCK
MINUS_2 = Rule("returned", D(-2))


@pytest.mark.parametrize(
    ("events", "rule", "expected"),
    [
        ([event()], Rule("late", D(-1)), [(D(-1), COUNTED)]),
        ([event()], Rule("late", D("-0.5")), [(D("-0.5"), COUNTED)]),
        ([event()], Rule("late", D(-1), active=False), []),
        ([event("missing")], Rule("late", D(-1)), []),
        (returned(3), MINUS_2, [(D(-2), COUNTED)] * 3),
        (returned(3), Rule("returned", D(-2), Per.UNIT), [(D(-2), COUNTED), (0, ONCE), (0, ONCE)]),
        (returned(4), Rule("returned", D(-2), cap=D(5)), [(D(-2), COUNTED)] * 2 + [(D(-1), CAPPED), (0, CAPPED)]),
        (returned(2), Rule("returned", D(-2), cap=D(4)), [(D(-2), COUNTED)] * 2),
        (returned(1), Rule("returned", D(-2), cap=D(1)), [(D(-1), CAPPED)]),
        (returned(2), Rule("returned", D(1), cap=D("1.5")), [(D(1), COUNTED), (D("0.5"), CAPPED)]),
        (returned(2), Rule("returned", D(0)), [(0, COUNTED)] * 2),
    ],
    ids=[
        "one event", "half a point", "switched off", "another kind", "every event", "once per round",
        "the cap leaves one", "the cap is just reached", "the cap is below one event", "a cap upwards", "no points",
    ],
)  # fmt: skip
def test_events_come_to_points(events, rule, expected):
    assert points(events, rule) == expected


def test_what_was_struck_has_no_points_and_takes_no_room_under_the_cap():
    events = returned(3)
    capped = Rule("returned", D(-2), cap=D(4))
    assert points(events, capped, struck={events[0].key}) == [(0, STRUCK), (D(-2), COUNTED), (D(-2), COUNTED)]
    once = Rule("returned", D(-2), Per.UNIT)
    assert points(events, once, struck={events[0].key}) == [(0, STRUCK), (D(-2), COUNTED), (0, ONCE)]


def test_a_cap_is_for_one_unit():
    events = [event("returned", unit=1), event("returned", unit=2)]
    assert points(events, Rule("returned", D(-2), cap=D(2))) == [(D(-2), COUNTED)] * 2


def test_made_up_stands_beside_the_miss():
    lines = sheet([event("made_up"), event("missing")], Scheme(rules=[Rule("missing", D(-10)), Rule("made_up", D(3))]))
    assert [(line.event.kind, line.points) for line in lines] == [("missing", D(-10)), ("made_up", D(3))]


def test_every_line_names_its_kind_its_thing_and_its_day():
    line = sheet([event()], Scheme(rules=[Rule("late", D(-1))]))[0].event
    assert (line.kind, line.thing, line.thing_id, line.text, line.day) == (
        "late", "report", 1, "第1件", dt.date(2024, 8, 1),
    )  # fmt: skip
    assert line.key == "late:1:report:1"


@given(st.permutations(returned(5) + returned(3, unit=2)))
def test_the_order_of_reading_does_not_matter(events):
    scheme = Scheme(rules=[Rule("returned", D(-2), cap=D(5))])
    assert sheet(events, scheme) == sheet(sorted(events, key=lambda e: e.key), scheme)


@given(
    st.lists(st.tuples(st.sampled_from(EventKind.values), st.integers(1, 3), st.integers(1, 9)), max_size=30),
    st.decimals(-5, 5, places=1).map(lambda value: round(value * 2) / D(2)),
    st.none() | st.integers(1, 8).map(D),
)
def test_no_cap_is_ever_passed_and_nothing_is_lost(drawn, value, cap):
    events = [event(kind, unit, thing) for kind, unit, thing in set(drawn)]
    rules = [Rule(kind, value, cap=cap) for kind in EventKind.values]
    lines = sheet(events, Scheme(rules=rules))
    assert {line.event for line in lines} == set(events)
    for unit in (1, 2, 3):
        for kind in EventKind.values:
            found = [line.points for line in lines if (line.event.unit_id, line.event.kind) == (unit, kind)]
            whole = abs(value) * len(found)
            assert abs(sum(found)) == (whole if cap is None else min(whole, cap))


def test_a_sheet_is_summed_up_and_never_below_zero():
    lines = sheet(
        [event("missing"), event("made_up"), event("missing", unit=2)],
        Scheme(rules=[Rule("missing", D(-10)), Rule("made_up", D(3))]),
    )
    found = totals([1, 2, 3], lines, D(5))
    assert [(found[n].minus, found[n].plus, found[n].score) for n in (1, 2, 3)] == [(-10, 3, 0), (-10, 0, 0), (0, 0, 5)]
    assert score(D(100), [D("-0.5"), D(1)]) == D("100.5")


@pytest.mark.parametrize(
    ("scores", "places"),
    [
        ({"a": D(3), "b": D(2), "c": D(1)}, {"a": 1, "b": 2, "c": 3}),
        ({"a": D(3), "b": D(2), "c": D(2), "d": D(1)}, {"a": 1, "b": 2, "c": 2, "d": 4}),
        ({"a": D(1), "b": D("1.0")}, {"a": 1, "b": 1}),
        ({}, {}),
    ],
)
def test_equals_share_a_place(scores, places):
    assert ranked(scores) == places


def test_a_mean_has_two_places_and_rounds_halves_up():
    assert mean([D(99), D(100), D(100)]) == D("99.67")
    assert mean([D("99.5"), D("99.5"), D("99.5"), D("99.0")]) == D("99.38")


def test_the_term_counts_working_days_from_the_day_after():
    exceptions = {dt.date(2024, 10, day): False for day in (1, 2, 3, 4, 7)}
    end = objection_until(dt.date(2024, 9, 30), workdays=2, exceptions=exceptions)
    assert end == beijing("2024-10-10 00:00")


@pytest.mark.parametrize(
    ("value", "wrong"), [("0.5", 0), ("-10", 0), ("100", 0), ("0.3", 1), ("100.5", 1), ("-101", 1)]
)
def test_points_are_halves_up_to_a_hundred(value, wrong):
    assert wrong_points(D(value)) == bool(wrong)
