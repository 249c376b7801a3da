"""The one place that reads the clock, used only at the edges: web, jobs, management commands.

The core gets `at` and `today` handed in. The demo runs whole years behind, so that lists of 2024 are shown in the
middle of their year; that is one setting, `CLOCK_SHIFT_YEARS`.
"""

import datetime as dt

from django.conf import settings
from django.utils import timezone


def now() -> dt.datetime:
    """The moment shown and acted on, aware, in Asia/Shanghai."""
    return shifted(timezone.localtime(), years=settings.CLOCK_SHIFT_YEARS)


def shifted(moment: dt.datetime, *, years: int) -> dt.datetime:
    """`moment`, whole `years` earlier; 29 February becomes the 28th where there is none."""
    try:
        return moment.replace(year=moment.year - years)
    except ValueError:
        return moment.replace(year=moment.year - years, day=28)
