"""What holds of a ladder's moments whatever the step: found out by trying."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from tasks_app.lib.dates import BEIJING, beijing_day
from tasks_app.reminders.rules import GRACE, Step, is_too_late, moments, step_moment
from tests.factories import beijing

MOMENTS = st.integers(0, 365 * 1440).map(lambda minutes: beijing("2024-06-01 00:00") + dt.timedelta(minutes=minutes))
DAYS = st.dates(dt.date(2024, 5, 1), dt.date(2025, 7, 1))
CALENDAR = st.dictionaries(DAYS, st.booleans(), max_size=20)
STEPS = st.builds(
    Step,
    id=st.just(1),
    list_id=st.just(1),
    occasion=st.just("report"),
    offset=st.integers(-30, 30),
    day_kind=st.sampled_from(["workday", "calendar"]),
    time=st.times().map(lambda time: time.replace(microsecond=0)),
    audience=st.just("liaison"),
    repeat_days=st.sampled_from([0, 0, 1, 7, 30]),
    channels=st.just(("site",)),
    template=st.just(""),
)


@given(STEPS, MOMENTS, st.lists(MOMENTS, min_size=3, max_size=3), CALENDAR)
def test_two_windows_side_by_side_say_what_the_whole_one_says(step, due_at, marks, exceptions):
    """Whenever the clock is asked, nothing is said twice and nothing is left out."""
    since, between, until = sorted(marks)

    def said(start, end):
        return list(moments(step, due_at=due_at, since=start, until=end, exceptions=exceptions))

    whole = said(since, until)
    assert said(since, between) + said(between, until) == whole
    assert all(since < moment <= until for _number, moment in whole)
    assert [number for number, _moment in whole] == sorted({number for number, _moment in whole})


@given(STEPS, MOMENTS, CALENDAR)
def test_the_first_is_the_steps_own_moment_and_each_repeat_so_many_days_later(step, due_at, exceptions):
    first = step_moment(
        due_at=due_at, offset=step.offset, time=step.time, exceptions=exceptions, day_kind=step.day_kind
    )
    until = first + dt.timedelta(days=70)
    found = list(moments(step, due_at=due_at, since=first - dt.timedelta(days=1), until=until, exceptions=exceptions))
    count = 70 // step.repeat_days + 1 if step.repeat_days else 1
    assert found == [(n, first + dt.timedelta(days=n * step.repeat_days)) for n in range(count)]
    assert first.astimezone(BEIJING).time() == step.time


@given(STEPS, MOMENTS)
def test_calendar_days_ignore_the_holidays(step, due_at):
    moment = step_moment(due_at=due_at, offset=step.offset, time=step.time, exceptions={}, day_kind="calendar")
    assert (beijing_day(moment) - beijing_day(due_at)).days == step.offset


@given(MOMENTS, st.integers(-60, 60))
def test_a_missed_step_is_sent_for_seven_days_and_not_a_minute_longer(moment, minutes):
    at = moment + GRACE + dt.timedelta(minutes=minutes)
    assert is_too_late(moment=moment, at=at) == (minutes >= 0)
