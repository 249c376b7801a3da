"""Expected progress and lights, case by case (domain §4)."""

import datetime as dt

import pytest

from tasks_app.progress.choices import Light, Reason
from tasks_app.progress.rules import TaskFacts, Thresholds, disagreement, expected_progress, mean_progress, verdict
from tests.support.offenders import every

START = dt.date(2024, 7, 9)
END = dt.date(2024, 12, 31)  # 175 days after START


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(f"2024-{text}")


@pytest.mark.parametrize(
    ("starts", "due", "today", "percent"),
    [
        (START, None, day("09-01"), None),
        (START, END, day("07-01"), 0),
        (START, END, START, 0),
        (START, END, day("07-10"), 1),
        (START, END, day("10-04"), 50),
        (START, END, day("12-30"), 99),
        (START, END, END, 100),
        (START, END, dt.date(2025, 1, 1), 100),
        (START, day("07-10"), START, 0),
        (START, day("07-10"), day("07-10"), 100),
        (START, START, day("07-08"), 0),
        (START, START, START, 100),
        (START, day("05-24"), day("08-01"), 100),
        (START, day("05-24"), day("05-01"), 0),
        (dt.date(2024, 1, 31), dt.date(2024, 3, 31), dt.date(2024, 2, 29), 48),
        (dt.date(2023, 1, 31), dt.date(2023, 3, 31), dt.date(2023, 2, 28), 47),
        (dt.date(2024, 1, 1), dt.date(2024, 12, 31), dt.date(2024, 6, 30), 50),
        (dt.date(2024, 1, 1), dt.date(2026, 12, 31), dt.date(2025, 1, 1), 33),
    ],
)
def test_expected_progress_is_the_straight_line_from_start_to_deadline(starts, due, today, percent):
    assert expected_progress(starts_on=starts, due_on=due, today=today) == percent


R, Y, G, B, X = Light.RED, Light.YELLOW, Light.GREEN, Light.BLUE, Light.GREY
# (today, progress, other facts, light, reason, inputs). On 10-04 the line stands at 50, on 12-01 at 83.
CASES = [
    # closed is blue, whatever else holds
    ("10-04", 0, {"closed_on": day("10-01")}, B, Reason.CLOSED, {"closed_on": "2024-10-01"}),
    ("10-04", 100, {"closed_on": day("10-04")}, B, Reason.CLOSED, {"closed_on": "2024-10-04"}),
    ("10-04", 0, {"closed_on": day("08-31"), "due_on": day("08-01")}, B, Reason.CLOSED, {"closed_on": "2024-08-31"}),
    ("10-04", 0, {"closed_on": day("10-01"), "misses": 9}, B, Reason.CLOSED, {"closed_on": "2024-10-01"}),
    ("10-04", 0, {"closed_on": day("10-01"), "duty": None}, B, Reason.CLOSED, {"closed_on": "2024-10-01"}),
    ("07-01", 0, {"closed_on": day("06-30")}, B, Reason.CLOSED, {"closed_on": "2024-06-30"}),
    # before the first day nothing is asked
    ("07-08", 0, {}, X, Reason.NOT_STARTED, {}),
    ("07-08", 50, {"misses": 3}, X, Reason.NOT_STARTED, {}),
    ("07-08", 0, {"due_on": day("05-24")}, X, Reason.NOT_STARTED, {}),
    ("07-08", 0, {"duty": False}, X, Reason.NOT_STARTED, {}),
    # the first month
    ("07-09", 0, {}, G, Reason.ON_TRACK, {}),
    ("07-10", 0, {}, G, Reason.ON_TRACK, {}),
    ("07-25", 0, {}, G, Reason.ON_TRACK, {}),
    ("07-09", 0, {"due_on": day("07-09")}, R, Reason.BEHIND, {"gap": 100}),
    ("07-09", 100, {"due_on": day("07-09")}, G, Reason.ON_TRACK, {}),
    # past the deadline
    ("08-02", 99, {"due_on": day("08-01")}, R, Reason.OVERDUE, {"days": 1}),
    ("08-02", 100, {"due_on": day("08-01")}, R, Reason.OVERDUE, {"days": 1}),
    ("09-01", 0, {"due_on": day("07-31")}, R, Reason.OVERDUE, {"days": 32}),
    ("10-04", 0, {"due_on": day("05-24")}, R, Reason.OVERDUE, {"days": 133}),
    ("08-02", 0, {"due_on": day("08-01"), "misses": 5}, R, Reason.OVERDUE, {"days": 1}),
    ("08-02", 0, {"due_on": day("08-01"), "duty": False}, R, Reason.OVERDUE, {"days": 1}),
    ("08-02", 0, {"due_on": day("08-01"), "duty": None}, R, Reason.OVERDUE, {"days": 1}),
    # on the day itself it is not past
    ("08-01", 100, {"due_on": day("08-01")}, G, Reason.ON_TRACK, {}),
    ("08-01", 81, {"due_on": day("08-01")}, Y, Reason.BEHIND, {"gap": 19}),
    ("08-01", 80, {"due_on": day("08-01")}, R, Reason.BEHIND, {"gap": 20}),
    ("08-01", 90, {"due_on": day("08-01")}, Y, Reason.BEHIND, {"gap": 10}),
    ("08-01", 91, {"due_on": day("08-01")}, G, Reason.ON_TRACK, {}),
    # month ends
    ("08-31", 100, {"due_on": day("08-31")}, G, Reason.ON_TRACK, {}),
    ("09-01", 100, {"due_on": day("08-31")}, R, Reason.OVERDUE, {"days": 1}),
    ("11-30", 100, {"due_on": day("11-30")}, G, Reason.ON_TRACK, {}),
    ("12-01", 100, {"due_on": day("11-30")}, R, Reason.OVERDUE, {"days": 1}),
    ("12-31", 100, {}, G, Reason.ON_TRACK, {}),
    ("12-31", 79, {}, R, Reason.BEHIND, {"gap": 21}),
    # nobody has to report
    ("10-04", 0, {"duty": None}, X, Reason.NO_DUTY, {}),
    ("10-04", 0, {"duty": False}, X, Reason.NO_UNIT, {}),
    ("10-04", 0, {"duty": None, "due_on": None}, X, Reason.NO_DUTY, {}),
    ("12-31", 0, {"duty": False}, X, Reason.NO_UNIT, {}),
    # behind the line, at the thresholds
    ("10-04", 30, {}, R, Reason.BEHIND, {"gap": 20}),
    ("10-04", 29, {}, R, Reason.BEHIND, {"gap": 21}),
    ("10-04", 0, {}, R, Reason.BEHIND, {"gap": 50}),
    ("10-04", 31, {}, Y, Reason.BEHIND, {"gap": 19}),
    ("10-04", 40, {}, Y, Reason.BEHIND, {"gap": 10}),
    ("10-04", 41, {}, G, Reason.ON_TRACK, {}),
    ("10-04", 50, {}, G, Reason.ON_TRACK, {}),
    ("10-04", 100, {}, G, Reason.ON_TRACK, {}),
    # silent periods
    ("10-04", 50, {"misses": 1}, Y, Reason.MISSED, {}),
    ("10-04", 50, {"misses": 2}, R, Reason.SILENT, {"misses": 2}),
    ("10-04", 50, {"misses": 5}, R, Reason.SILENT, {"misses": 5}),
    ("10-04", 40, {"misses": 1}, Y, Reason.BEHIND, {"gap": 10}),
    ("10-04", 40, {"misses": 2}, R, Reason.SILENT, {"misses": 2}),
    ("10-04", 30, {"misses": 2}, R, Reason.BEHIND, {"gap": 20}),
    # due soon
    ("12-01", 79, {}, Y, Reason.DUE_SOON, {"days": 30, "progress": 79}),
    ("11-30", 79, {}, G, Reason.ON_TRACK, {}),
    ("12-01", 80, {}, G, Reason.ON_TRACK, {}),
    ("12-01", 73, {}, Y, Reason.BEHIND, {"gap": 10}),
    ("12-01", 79, {"misses": 1}, Y, Reason.DUE_SOON, {"days": 30, "progress": 79}),
    ("12-01", 80, {"misses": 1}, Y, Reason.MISSED, {}),
    ("12-01", 79, {"misses": 2}, R, Reason.SILENT, {"misses": 2}),
    # no deadline: never behind, never overdue, but silence still counts
    ("10-04", 0, {"due_on": None}, G, Reason.NO_DATE, {}),
    ("12-31", 0, {"due_on": None}, G, Reason.NO_DATE, {}),
    ("10-04", 0, {"due_on": None, "misses": 1}, Y, Reason.MISSED, {}),
    ("10-04", 0, {"due_on": None, "misses": 2}, R, Reason.SILENT, {"misses": 2}),
    ("10-04", 0, {"due_on": None, "duty": False}, X, Reason.NO_UNIT, {}),
    ("10-04", 0, {"due_on": None, "closed_on": day("10-01")}, B, Reason.CLOSED, {"closed_on": "2024-10-01"}),
]


@pytest.mark.parametrize(("today", "progress", "other", "light", "reason", "inputs"), CASES)
def test_a_light_is_the_first_rule_that_holds(today, progress, other, light, reason, inputs):
    facts = TaskFacts(**{"starts_on": START, "due_on": END, "progress": progress, **other})
    answer = verdict(facts, Thresholds(), day(today))
    assert (answer.light, answer.reason, answer.inputs) == (light, reason, inputs)


def test_there_are_enough_cases_and_none_twice():
    assert len(CASES) >= 60
    assert len({repr(case) for case in CASES}) == len(CASES)


@pytest.mark.parametrize(
    ("thresholds", "facts", "light"),
    [
        (Thresholds(red_behind=9), {"progress": 41}, R),
        (Thresholds(red_behind=51, yellow_behind=51), {"progress": 0}, G),
        (Thresholds(yellow_behind=5), {"progress": 45}, Y),
        (Thresholds(red_misses=1), {"progress": 50, "misses": 1}, R),
        (Thresholds(red_misses=4), {"progress": 50, "misses": 3}, Y),
        (Thresholds(yellow_days=88), {"progress": 50}, Y),
        (Thresholds(yellow_days=87), {"progress": 50}, G),
        (Thresholds(yellow_days=88, yellow_below=50), {"progress": 50}, G),
    ],
)
def test_the_thresholds_are_the_lists_own(thresholds, facts, light):
    answer = verdict(TaskFacts(starts_on=START, due_on=END, **facts), thresholds, day("10-04"))
    assert answer.light == light


MILESTONES = ((day("09-30"), 10), (day("11-30"), 70))


@pytest.mark.parametrize(
    ("today", "percent"),
    [
        ("07-08", 0), ("07-09", 0), ("08-19", 5), ("09-30", 10), ("10-01", 11), ("10-31", 40), ("11-30", 70),
        ("12-01", 71), ("12-30", 99), ("12-31", 100),
    ],
)  # fmt: skip
def test_expected_progress_goes_through_the_milestones(today, percent):
    assert expected_progress(starts_on=START, due_on=END, today=day(today), milestones=MILESTONES) == percent


def test_a_milestone_outside_start_and_deadline_has_no_say():
    outside = ((day("07-09"), 40), (day("12-31"), 90))
    assert expected_progress(starts_on=START, due_on=END, today=day("10-04"), milestones=outside) == 50
    # A deadline that was moved before the second milestone leaves the first.
    assert expected_progress(starts_on=START, due_on=day("10-30"), today=day("10-15"), milestones=MILESTONES) == 55


@pytest.mark.parametrize(
    ("today", "progress", "light"),
    [("09-30", 0, Y), ("09-30", 1, G), ("11-30", 50, R), ("11-30", 51, Y), ("11-30", 60, Y), ("11-30", 61, G)],
)
def test_lights_follow_the_line_through_the_milestones(today, progress, light):
    facts = TaskFacts(starts_on=START, due_on=END, progress=progress, milestones=MILESTONES)
    assert verdict(facts, Thresholds(yellow_days=0), day(today)).light == light


@pytest.mark.parametrize(
    ("own", "light", "verified", "steps"),
    [
        ("", G, "", 0), (G, G, G, 0), (G, Y, "", 1), (G, R, "", 2), (Y, R, G, 2), ("", Y, R, 1), (R, G, "", 2),
        (G, B, R, 0), (G, X, R, 0),
    ],
)  # fmt: skip
def test_a_step_between_two_readings_is_a_finding(own, light, verified, steps):
    assert disagreement(own, light, verified) == steps


@pytest.mark.parametrize(
    ("percents", "leads", "mean"), [([], 0, 0), ([], 2, 0), ([63], 2, 32), ([50, 51], 2, 51), ([1, 1], 3, 1)]
)
def test_a_mean_is_rounded_half_up_and_the_silent_count_as_nought(percents, leads, mean):
    assert mean_progress(percents, leads) == mean


def test_every_reason_is_a_sentence_that_its_inputs_fill():
    inputs = {"closed_on": "2024-10-01", "days": 3, "gap": 12, "misses": 2, "progress": 40}
    with every("name only what the rule hands over") as at:
        for reason in Reason:
            with at(reason):
                said = str(reason.label) % inputs
                assert said
                assert "%(" not in said
