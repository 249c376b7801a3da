"""When a message is tried again, and when it may leave."""

import datetime as dt

import pytest

from tasks_app.outbox.rules import MAX_ATTEMPTS, MAX_REFUSALS, after_quiet, next_try
from tests.factories import beijing

AT = beijing("2024-08-05 09:00")


@pytest.mark.parametrize(("attempts", "minutes"), [(1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (MAX_ATTEMPTS - 1, 60)])
def test_it_is_tried_again_later_and_later_up_to_an_hour(attempts, minutes):
    assert next_try(attempts, AT) == AT + dt.timedelta(minutes=minutes)


@pytest.mark.parametrize(("permanent", "most"), [(False, MAX_ATTEMPTS), (True, MAX_REFUSALS)])
def test_it_is_given_up_after_so_many_attempts_and_sooner_where_the_other_side_will_never_take_it(permanent, most):
    assert next_try(most - 1, AT, permanent=permanent) is not None
    assert next_try(most, AT, permanent=permanent) is None


@pytest.mark.parametrize(
    ("moment", "quiet", "leaves"),
    [
        ("2024-08-05 20:59", ("21:00", "07:00"), "2024-08-05 20:59"),
        ("2024-08-05 21:00", ("21:00", "07:00"), "2024-08-06 07:00"),
        ("2024-08-05 06:30", ("21:00", "07:00"), "2024-08-05 07:00"),
        ("2024-08-05 07:00", ("21:00", "07:00"), "2024-08-05 07:00"),
        ("2024-08-05 11:59", ("12:00", "14:00"), "2024-08-05 11:59"),
        ("2024-08-05 12:00", ("12:00", "14:00"), "2024-08-05 14:00"),
        ("2024-08-05 14:00", ("12:00", "14:00"), "2024-08-05 14:00"),
        ("2024-08-05 12:00", ("12:00", "12:00"), "2024-08-05 12:00"),
    ],
)
def test_in_quiet_hours_it_waits_for_their_end(moment, quiet, leaves):
    begin, end = map(dt.time.fromisoformat, quiet)
    assert after_quiet(beijing(moment), quiet_from=begin, quiet_until=end) == beijing(leaves)
