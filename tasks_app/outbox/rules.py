"""When a message that could not be delivered is tried again. Pure."""

import datetime as dt

LEASE = dt.timedelta(minutes=5)
MAX_ATTEMPTS = 8


def next_try(attempts: int, at: dt.datetime) -> dt.datetime | None:
    """The moment of the next attempt after `attempts` failed ones: 1, 2, 4 … minutes later.

    None when it has been tried often enough; a person then has to look at it.
    """
    if attempts >= MAX_ATTEMPTS:
        return None
    return at + dt.timedelta(minutes=2 ** (attempts - 1))
