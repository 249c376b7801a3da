"""When rounds open and are due, and who owes what, as tables of cases."""

import datetime as dt
from dataclasses import replace

import pytest

from tasks_app.lib.dates import BEIJING
from tasks_app.schedule import rules
from tests.factories import beijing

RULE = rules.RuleSpec(
    starts_on=dt.date(2024, 7, 9),
    first_due_at=beijing("2024-07-10 18:00"),
    day=5,
    time=dt.time(18),
    free_day_policy="keep",
    ends_on=None,
)
# The National Day holiday of 2024, with its make-up working days (False: free, True: working).
NATIONAL_DAY = {dt.date(2024, 10, day): False for day in range(1, 8)} | {
    dt.date(2024, 9, 29): True,
    dt.date(2024, 10, 12): True,
}


def rule(**changes):
    return rules.RuleSpec(**{**RULE.__dict__, **changes})


def named(specs):
    return [f"{spec.year}-{spec.month:02}" for spec in specs]


def due(specs):
    return [spec.due_at.astimezone(BEIJING).strftime("%m-%d %H:%M") for spec in specs]


# ---- periods


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2024-07-08 23:59", []),
        ("2024-07-09 00:00", ["2024-07"]),
        ("2024-07-31 23:59", ["2024-07"]),
        ("2024-08-01 00:00", ["2024-07", "2024-08"]),
        ("2025-02-01 00:00", ["2024-07", "2024-08", "2024-09", "2024-10", "2024-11", "2024-12", "2025-01", "2025-02"]),
    ],
)
def test_periods_open_on_the_first_and_the_first_one_when_the_list_starts(at, expected):
    assert named(rules.periods_until(RULE, beijing(at), {})) == expected


def test_the_first_period_is_due_at_its_own_moment_and_the_others_on_the_fifth():
    assert due(rules.periods_until(RULE, beijing("2024-09-02 09:00"), {})) == [
        "07-10 18:00",
        "08-05 18:00",
        "09-05 18:00",
    ]


def test_a_period_opens_by_beijings_calendar_not_by_utcs():
    almost = dt.datetime(2024, 7, 31, 15, 59, 59, tzinfo=dt.UTC)
    assert named(rules.periods_until(RULE, almost, {})) == ["2024-07"]
    assert named(rules.periods_until(RULE, almost + dt.timedelta(seconds=1), {})) == ["2024-07", "2024-08"]


@pytest.mark.parametrize(
    ("ends_on", "last"),
    [(dt.date(2024, 12, 31), "2024-12"), (dt.date(2024, 12, 1), "2024-12"), (dt.date(2024, 11, 30), "2024-11")],
)
def test_no_period_opens_after_the_reporting_ends(ends_on, last):
    assert named(rules.periods_until(rule(ends_on=ends_on), beijing("2025-06-01 00:00"), {}))[-1] == last


@pytest.mark.parametrize(
    ("year", "month", "expected"), [(2024, 8, 31), (2024, 9, 30), (2025, 2, 28), (2024, 2, 29), (2024, 12, 31)]
)
def test_day_31_is_the_last_day_of_a_shorter_month(year, month, expected):
    assert rules.due_day(year, month, 31, "keep", {}) == dt.date(year, month, expected)


@pytest.mark.parametrize(
    ("policy", "expected"),
    [("keep", dt.date(2024, 10, 5)), ("earlier", dt.date(2024, 9, 30)), ("later", dt.date(2024, 10, 8))],
)
def test_the_fifth_in_the_national_day_holiday_moves_as_the_list_says(policy, expected):
    assert rules.due_day(2024, 10, 5, policy, NATIONAL_DAY) == expected


def test_a_working_fifth_never_moves():
    for policy in ("keep", "earlier", "later"):
        assert rules.due_day(2024, 11, 5, policy, NATIONAL_DAY) == dt.date(2024, 11, 5)


def test_a_sunday_that_is_worked_is_a_working_day():
    assert rules.due_day(2024, 9, 29, "earlier", NATIONAL_DAY) == dt.date(2024, 9, 29)


def test_the_next_period_after_december_opens_in_january():
    assert rules.next_opening(2024, 12) == beijing("2025-01-01 00:00")


QUARTERLY = rule(frequency="quarterly", day=31)


def test_a_quarterly_list_is_reported_after_each_quarter_on_the_months_last_day_if_need_be():
    specs = rules.periods_until(QUARTERLY, beijing("2025-08-01 00:00"), {})
    assert named(specs) == ["2024-07", "2024-10", "2025-01", "2025-04", "2025-07"]
    assert due(specs)[1:] == ["10-31 18:00", "01-31 18:00", "04-30 18:00", "07-31 18:00"]


def test_a_quarter_may_be_reported_within_its_own_last_month():
    specs = rules.periods_until(rule(frequency="quarter_end", day=31), beijing("2025-07-02 00:00"), {})
    assert named(specs) == ["2024-07", "2024-09", "2024-12", "2025-03", "2025-06"]
    assert due(specs)[1:] == ["09-30 18:00", "12-31 18:00", "03-31 18:00", "06-30 18:00"]


def test_a_round_knows_when_the_next_one_opens_whatever_the_frequency():
    monthly = rules.periods_until(RULE, beijing("2024-08-02 00:00"), {})
    assert monthly[0].next_opens_at == beijing("2024-08-01 00:00")
    assert monthly[1].next_opens_at == beijing("2024-09-01 00:00")
    assert rules.periods_until(QUARTERLY, beijing("2024-08-02 00:00"), {})[0].next_opens_at == beijing(
        "2024-10-01 00:00"
    )


FIXED = rule(
    frequency="fixed", fixed=[beijing("2024-08-25 12:00"), beijing("2024-08-10 18:00"), beijing("2024-12-20 18:00")]
)


def test_fixed_dates_are_due_as_given_and_two_in_one_month_are_told_apart():
    specs = rules.periods_until(FIXED, beijing("2025-06-01 00:00"), {})
    assert [spec.key for spec in specs] == [(2024, 8, 1), (2024, 8, 2), (2024, 12, 1)]
    assert due(specs) == ["08-10 18:00", "08-25 12:00", "12-20 18:00"]
    opens = [spec.opens_at.astimezone(BEIJING).strftime("%m-%d") for spec in specs]
    assert opens == ["07-09", "08-11", "12-01"]
    assert specs[-1].next_opens_at is None
    for day, last in ((20, (2024, 12, 1)), (19, (2024, 8, 2))):
        ending = replace(FIXED, ends_on=dt.date(2024, 12, day))
        assert rules.periods_until(ending, beijing("2025-06-01 00:00"), {})[-1].key == last


def test_another_list_is_due_by_the_twentieth_beside_the_first():
    assert due(rules.periods_until(rule(day=20), beijing("2024-08-02 00:00"), {}))[-1] == "08-20 18:00"


def test_a_single_round_can_have_another_due_moment():
    changed = rule(changed={(2024, 8, 1): beijing("2024-08-09 12:00")})
    assert due(rules.periods_until(changed, beijing("2024-09-01 00:00"), {})) == [
        "07-10 18:00",
        "08-09 12:00",
        "09-05 18:00",
    ]


def test_the_rounds_to_come_are_those_not_yet_due():
    assert named(rules.upcoming(RULE, beijing("2024-08-05 18:00"), 3, {})) == ["2024-09", "2024-10", "2024-11"]
    ended = rule(ends_on=dt.date(2024, 9, 30))
    assert named(rules.upcoming(ended, beijing("2024-08-05 18:00"), 3, {})) == ["2024-09"]


# ---- who owes what

LEDU, PINGAN = rules.Party(1, "county_government", 101), rules.Party(2, "county_government", 102)
PARK = rules.Party(3, "park_committee", None)
HOUSING = rules.Party(10, "municipal_department", None)
EDUCATION = rules.Party(11, "municipal_department", None)
OWING_KINDS = ("county_government", "park_committee")


def lead(*parties, group=False):
    return rules.AssignedPart("lead", parties, group)


def assist(*parties, group=False):
    return rules.AssignedPart("assist", parties, group)


@pytest.mark.parametrize(
    ("case", "parts", "named_counties", "expected"),
    [
        ("a lead owes", [lead(HOUSING)], [], {10: "lead"}),
        ("several leads owe each", [lead(HOUSING), lead(EDUCATION)], [], {10: "lead", 11: "lead"}),
        ("an assisting department does not owe", [lead(HOUSING), assist(EDUCATION)], [], {10: "lead"}),
        ("an assisting county does", [lead(HOUSING), assist(LEDU)], [], {10: "lead", 1: "assist"}),
        ("an assisting park committee does", [assist(PARK)], [], {3: "assist"}),
        ("a group is expanded", [assist(LEDU, PINGAN, group=True)], [], {1: "assist", 2: "assist"}),
        ("a group that leads is expanded", [lead(LEDU, PINGAN, group=True)], [], {1: "lead", 2: "lead"}),
        ("a named county narrows the group", [assist(LEDU, PINGAN, group=True)], [101], {1: "assist"}),
        ("narrowing spares the park", [assist(LEDU, PINGAN, PARK, group=True)], [102], {2: "assist", 3: "assist"}),
        ("a unit named itself is not narrowed", [assist(LEDU), assist(PINGAN)], [101], {1: "assist", 2: "assist"}),
        ("who leads and assists leads", [assist(LEDU, PINGAN, group=True), lead(LEDU)], [], {1: "lead", 2: "assist"}),
        ("nobody assigned, nobody owes", [], [], {}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_obligations_follow_from_the_assignments(case, parts, named_counties, expected):
    owed = rules.obligations(parts, named_county_ids=frozenset(named_counties), assisting_kinds=OWING_KINDS)
    assert owed == expected, case


def test_where_the_rule_names_no_kinds_only_leads_owe():
    owed = rules.obligations([lead(HOUSING), assist(LEDU)], named_county_ids=frozenset(), assisting_kinds=())
    assert owed == {10: "lead"}


@pytest.mark.parametrize(
    ("parts", "named_counties", "unit", "owes", "why"),
    [
        ([lead(HOUSING)], [], 10, True, "lead"),
        ([lead(LEDU, PINGAN, group=True)], [], 1, True, "lead_group"),
        ([assist(LEDU)], [], 1, True, "assist"),
        ([assist(LEDU, PINGAN, group=True)], [], 2, True, "assist_group"),
        ([assist(LEDU, PINGAN, group=True)], [101], 1, True, "named"),
        ([assist(LEDU, PINGAN, group=True)], [101], 2, False, "elsewhere"),
        ([assist(EDUCATION)], [], 11, False, "kind"),
        ([assist(LEDU, PINGAN, group=True), assist(PINGAN)], [101], 2, True, "assist"),
    ],
)
def test_every_duty_and_every_exception_says_why(parts, named_counties, unit, owes, why):
    claim = rules.claims(parts, named_county_ids=frozenset(named_counties), assisting_kinds=OWING_KINDS)[unit]
    assert (claim.owes, claim.why) == (owes, why)


def test_two_rules_are_compared_over_their_next_rounds_and_the_new_ones_first_is_always_shown():
    def due(*months):
        return [
            rules.PeriodSpec(2024, month, beijing(f"2024-{month:02d}-01 00:00"), beijing(f"2024-{month:02d}-05 18:00"))
            for month in months
        ]

    shown = rules.compared(due(1, 2, 3), due(2, 9), 3)
    moment = [spec.due_at for spec in due(1, 2, 3)]
    assert [(key[1], old, new) for key, old, new in shown] == [
        (1, moment[0], None),
        (2, moment[1], moment[1]),
        (3, moment[2], None),
    ]
    far = rules.compared(due(1, 2, 3), due(9, 10), 2)
    assert [(key[1], old is None, new is None) for key, old, new in far] == [
        (1, False, True),
        (2, False, True),
        (9, True, False),
    ]
    assert rules.compared([], [], 3) == []
