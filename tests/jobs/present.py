"""Run in a process of its own: the small city, with a month that is due today by the real clock."""

import datetime as dt
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from tasks_app import clock  # noqa: E402
from tasks_app.lib.dates import at_beijing  # noqa: E402
from tasks_app.reminders.actions import save_policy  # noqa: E402
from tasks_app.schedule.actions import save_rule  # noqa: E402
from tests.factories import build_world  # noqa: E402
from tests.support.schema import make_tables  # noqa: E402

make_tables()
world = build_world()
today = clock.now().date()
world.task_list.starts_on = today
world.task_list.save()
save_rule(
    task_list=world.task_list,
    values={"day": today.day, "time": dt.time(23, 59), "first_due_at": at_beijing(today, dt.time(23, 59))},
    by=None,
    at=clock.now(),
)
# The test runs at any hour.
save_policy(quiet_from=dt.time(0), quiet_until=dt.time(0), daily_cap=3, by=None, at=clock.now())
# Only the step of the day itself, due since midnight.
world.task_list.reminder_steps.exclude(offset=0).delete()
world.task_list.reminder_steps.update(time=dt.time(0))
