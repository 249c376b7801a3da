"""The one place that reads the clock."""

import datetime as dt

import time_machine
from django.core.checks import run_checks

from tasks_app import clock
from tasks_app.lib.dates import BEIJING, beijing_day
from tests.factories import beijing


def test_now_is_beijing_time_wherever_the_server_stands(settings):
    with time_machine.travel(dt.datetime(2024, 12, 4, 23, 0, tzinfo=dt.UTC), tick=False):
        assert clock.now() == beijing("2024-12-05 07:00")
        assert clock.now().date() == beijing_day(clock.now()) == dt.date(2024, 12, 5)


def test_the_demo_lives_whole_years_behind(settings):
    settings.CLOCK_SHIFT_YEARS = 2
    with time_machine.travel(beijing("2026-11-21 10:00"), tick=False):
        assert clock.now() == beijing("2024-11-21 10:00")


def test_the_29th_of_february_becomes_the_28th():
    leap = dt.datetime(2028, 2, 29, 12, tzinfo=BEIJING)
    assert clock.shifted(leap, years=2).date() == dt.date(2026, 2, 28)
    assert clock.shifted(leap, years=4).date() == dt.date(2024, 2, 29)


def test_a_shifted_clock_outside_the_demo_is_an_error(settings):
    settings.CLOCK_SHIFT_YEARS = 2
    assert "duban.E001" in [message.id for message in run_checks()]
    settings.DEMO = True
    assert "duban.E001" not in [message.id for message in run_checks()]
