"""What holds of the rule whatever the facts: found out by trying, not by cases."""

import datetime as dt

from hypothesis import assume, given
from hypothesis import strategies as st

from tasks_app.progress.choices import SCALE, Light, Reason
from tasks_app.progress.rules import (
    TaskFacts,
    Thresholds,
    disagreement,
    expected_progress,
    mean_progress,
    milestone_faults,
    verdict,
    worst,
)

START = dt.date(2024, 1, 31)
DAYS = st.integers(-40, 800).map(lambda days: START + dt.timedelta(days=days))
PERCENTS = st.integers(0, 100)
THRESHOLDS = st.builds(
    lambda yellow, more, misses, days, below: Thresholds(min(yellow + more, 100), yellow, misses, days, below),
    yellow=st.integers(1, 60),
    more=st.integers(0, 40),
    misses=st.integers(1, 5),
    days=st.integers(0, 90),
    below=PERCENTS,
)


@st.composite
def rising(draw):
    """Milestones as the page lets them be set for a deadline, and the deadline."""
    span = draw(st.integers(2, 700))
    count = draw(st.integers(0, min(4, span - 1)))
    days = sorted(draw(st.sets(st.integers(1, span - 1), min_size=count, max_size=count)))
    percents = sorted(draw(st.sets(st.integers(1, 99), min_size=count, max_size=count)))
    points = tuple((START + dt.timedelta(days=d), p) for d, p in zip(days, percents, strict=True))
    return points, START + dt.timedelta(days=span)


@st.composite
def facts_of(draw):
    points, due_on = draw(rising())
    return TaskFacts(
        starts_on=START,
        due_on=draw(st.sampled_from([due_on, None])),
        closed_on=draw(st.none() | DAYS),
        progress=draw(PERCENTS),
        misses=draw(st.integers(0, 6)),
        duty=draw(st.sampled_from([True, True, True, False, None])),
        milestones=points,
    )


def badness(light: str) -> int:
    return SCALE.index(Light(light))


@given(rising(), DAYS)
def test_the_line_rises_from_0_to_100_and_goes_through_each_milestone(line, today):
    points, due_on = line
    assert milestone_faults(points, starts_on=START, due_on=due_on) == []

    def at(day):
        return expected_progress(starts_on=START, due_on=due_on, today=day, milestones=points)

    assert 0 <= at(today) <= at(today + dt.timedelta(days=1)) <= 100
    assert [at(day) for day, _percent in points] == [percent for _day, percent in points]
    assert (at(START), at(due_on)) == (0, 100)


@given(rising(), DAYS)
def test_milestones_on_the_straight_line_change_nothing_by_more_than_rounding(line, today):
    _points, due_on = line
    straight = expected_progress(starts_on=START, due_on=due_on, today=today)
    middle = START + (due_on - START) / 2
    on_it = expected_progress(starts_on=START, due_on=due_on, today=middle)
    assume(START < middle < due_on)
    through = expected_progress(starts_on=START, due_on=due_on, today=today, milestones=[(middle, on_it)])
    assert abs(straight - through) <= 1


@given(facts_of(), THRESHOLDS, DAYS)
def test_every_verdict_has_a_reason_that_its_inputs_fill(facts, thresholds, today):
    answer = verdict(facts, thresholds, today)
    assert "%(" not in str(Reason(answer.reason).label) % answer.inputs
    assert (answer.light == Light.BLUE) == (facts.closed_on is not None)
    assert (answer.expected is None) == (facts.due_on is None)


@given(facts_of(), THRESHOLDS, DAYS, PERCENTS)
def test_more_progress_never_makes_a_light_worse(facts, thresholds, today, more):
    better = TaskFacts(**{**facts.__dict__, "progress": max(facts.progress, more)})
    before, after = verdict(facts, thresholds, today).light, verdict(better, thresholds, today).light
    if before in SCALE:
        assert badness(after) <= badness(before)
    else:
        assert after == before


@given(facts_of(), THRESHOLDS, DAYS)
def test_one_more_silent_round_never_makes_a_light_better(facts, thresholds, today):
    quieter = TaskFacts(**{**facts.__dict__, "misses": facts.misses + 1})
    before, after = verdict(facts, thresholds, today).light, verdict(quieter, thresholds, today).light
    if before in SCALE:
        assert badness(after) >= badness(before)


@given(st.lists(PERCENTS, max_size=5), st.integers(0, 3))
def test_the_mean_lies_between_the_least_and_the_greatest_and_the_silent_count_as_nought(percents, silent):
    mean = mean_progress(percents, leads=len(percents) + silent)
    everyone = [*percents, *([0] * silent)]
    assert mean == 0 if not everyone else min(everyone) <= mean <= max(everyone)


READINGS = st.sampled_from(["", *SCALE])


@given(READINGS, st.sampled_from(list(Light)), READINGS)
def test_readings_disagree_by_the_steps_between_the_best_and_the_worst(own, light, verified):
    steps = disagreement(own, light, verified)
    there = [reading for reading in (own, light, verified) if reading]
    if light not in SCALE:
        assert steps == 0
    else:
        assert steps == max(map(badness, there)) - min(map(badness, there))


@given(st.lists(READINGS))
def test_the_worst_of_several_leads_is_what_they_say(lights):
    said = [light for light in lights if light]
    assert worst(lights) == (max(said, key=badness) if said else "")
