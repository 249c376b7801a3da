"""The rules of the month, as tables of cases."""

import datetime as dt

import pytest

from tasks_app.lib.dates import BEIJING
from tasks_app.reporting import rules
from tasks_app.reporting.choices import ReportStatus, Timeliness
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


# ---- timeliness


@pytest.mark.parametrize(
    ("submitted", "at", "expected"),
    [
        (None, "2024-08-05 17:59:59", Timeliness.PENDING),
        (None, "2024-08-05 18:00:00", Timeliness.PENDING),
        (None, "2024-08-05 18:00:01", Timeliness.MISSING),
        (None, "2024-12-01 00:00:00", Timeliness.MISSING),
        ("2024-08-01 00:00:00", "2024-12-01 00:00:00", Timeliness.ON_TIME),
        ("2024-08-05 18:00:00", "2024-12-01 00:00:00", Timeliness.ON_TIME),
        ("2024-08-05 18:00:01", "2024-12-01 00:00:00", Timeliness.LATE),
        ("2024-08-31 23:59:59", "2024-12-01 00:00:00", Timeliness.LATE),
        ("2024-09-01 00:00:00", "2024-12-01 00:00:00", Timeliness.MADE_UP),
        ("2024-11-20 10:00:00", "2024-12-01 00:00:00", Timeliness.MADE_UP),
    ],
)
def test_a_month_is_on_time_late_missing_or_made_up(submitted, at, expected):
    answer = rules.timeliness(
        due_at=beijing("2024-08-05 18:00"),
        first_submitted_at=beijing(submitted) if submitted else None,
        next_opens_at=rules.next_opening(2024, 8),
        at=beijing(at),
    )
    assert answer == expected


# ---- who owes what

LEDU, PINGAN = rules.Party(1, "county_government", 101), rules.Party(2, "county_government", 102)
PARK = rules.Party(3, "park_committee", None)
HOUSING = rules.Party(10, "municipal_department", None)
EDUCATION = rules.Party(11, "municipal_department", None)
OWING_KINDS = ("county_government", "park_committee")


def lead(*parties, group=False):
    return rules.Part("lead", parties, group)


def assist(*parties, group=False):
    return rules.Part("assist", parties, group)


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


# ---- an entry, a report


@pytest.mark.parametrize(
    ("percent", "text", "expected"),
    [
        (0, "完成招标。", []),
        (None, "完成招标。", ["percent"]),
        (50, "", ["done_text"]),
        (50, " \n　", ["done_text"]),
        (None, "", ["percent", "done_text"]),
    ],
)
def test_an_entry_needs_its_percent_and_its_words(percent, text, expected):
    assert rules.missing_fields(percent=percent, done_text=text) == expected


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (["accepted", "accepted"], "accepted"),
        (["accepted", "submitted"], "submitted"),
        (["draft", "submitted"], "draft"),
        (["returned", "submitted", "accepted", "draft"], "returned"),
        ([], "accepted"),
    ],
)
def test_a_reports_status_is_the_most_pressing_of_its_entries(statuses, expected):
    assert rules.report_status(statuses) == expected


@pytest.mark.parametrize(
    ("reported", "expected"),
    [
        ([], 0),
        ([True], 0),
        ([False], 1),
        ([False, False], 2),
        ([False, True], 0),
        ([True, False], 1),
        ([False, True, False, False], 2),
    ],
)
def test_misses_are_counted_back_from_the_newest_period(reported, expected):
    assert rules.misses_in_a_row(reported) == expected


def test_statuses_move_only_along_the_table():
    allowed = {(before, after) for before, targets in rules.MOVES.items() for after in targets}
    assert allowed == {
        ("draft", "submitted"),
        ("submitted", "accepted"),
        ("submitted", "returned"),
        ("returned", "submitted"),
    }
    assert set(rules.MOVES) == set(ReportStatus)


def test_the_unit_writes_only_in_drafts_and_in_what_was_returned():
    assert {ReportStatus.DRAFT, ReportStatus.RETURNED} == rules.EDITABLE
