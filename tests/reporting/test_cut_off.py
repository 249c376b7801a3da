"""The cut-off second, in Beijing time, on a server that lives in UTC."""

import datetime as dt
import subprocess
import sys

import pytest

from tasks_app.reporting.choices import Timeliness
from tasks_app.reporting.queries import timeliness_of

AT_1800 = dt.datetime(2024, 8, 5, 10, 0, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (AT_1800 - dt.timedelta(seconds=1), Timeliness.ON_TIME),
        (AT_1800, Timeliness.ON_TIME),
        (AT_1800 + dt.timedelta(seconds=1), Timeliness.LATE),
        (dt.datetime(2024, 8, 31, 15, 59, 59, tzinfo=dt.UTC), Timeliness.LATE),
        (dt.datetime(2024, 8, 31, 16, 0, 0, tzinfo=dt.UTC), Timeliness.MADE_UP),
    ],
    ids=["17:59:59", "18:00:00", "18:00:01", "the month's last second", "the next month's first"],
)
def test_the_page_stamps_the_second_by_beijings_clock(world, now, signed_in, moment, expected):
    report = world.report("liaison")
    world.fill(report, percent=30, text="已完成招标。", by="liaison", at="2024-08-03 09:00")
    now.move_to(moment)
    signed_in("liaison").post(f"/reports/{report.pk}/submit/")
    report.refresh_from_db()
    assert report.first_submitted_at == moment
    assert timeliness_of(report, moment + dt.timedelta(days=60)) == expected


def test_the_servers_own_time_zone_changes_nothing():
    code = (
        "import os, time; os.environ['TZ'] = 'UTC'; time.tzset()\n"
        "import datetime as dt\n"
        "from tasks_app.lib.dates import at_beijing, beijing_day\n"
        "assert at_beijing(dt.date(2024, 8, 5), dt.time(18)) == dt.datetime(2024, 8, 5, 10, tzinfo=dt.UTC)\n"
        "assert beijing_day(dt.datetime(2024, 8, 4, 16, tzinfo=dt.UTC)) == dt.date(2024, 8, 5)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
