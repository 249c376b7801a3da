"""Run in a process of its own: a list with many units, each with a liaison whose report is not in.

`python -m tests.support.crowd UNITS DAYS SECONDS`: the report was due DAYS days ago (0: today), its step on the
day falls due in SECONDS (negative: it has). With DAYS above 0 the whole default ladder is on.
"""

import datetime as dt
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from tasks_app import clock  # noqa: E402
from tasks_app.accounts.choices import Role  # noqa: E402
from tasks_app.models import Membership, MonthlyReport, Period, ReminderStep, ReportingRule, Unit, User  # noqa: E402
from tasks_app.reminders.actions import save_policy  # noqa: E402
from tests.factories import build_world  # noqa: E402
from tests.support.schema import make_tables  # noqa: E402

units, days, seconds = (int(word) for word in sys.argv[1:])
make_tables()
world = build_world()
# The list's own rule would open years of periods; this list gets only one.
ReportingRule.objects.all().delete()
now = clock.now()
step = now + dt.timedelta(seconds=seconds)
if days == 0:
    ReminderStep.objects.all().delete()
    ReminderStep.objects.create(task_list=world.task_list, offset=0, day_kind="calendar", time=step.time())
else:
    ReminderStep.objects.exclude(occasion="report", audience="liaison").delete()
save_policy(quiet_from=dt.time(0), quiet_until=dt.time(0), daily_cap=3, by=None, at=now)
due_at = step.replace(hour=23, minute=59) - dt.timedelta(days=days)
period = Period.objects.create(
    task_list=world.task_list, year=due_at.year, month=due_at.month, opens_at=now - dt.timedelta(days=25), due_at=due_at
)
place = world.task_list.jurisdiction
rows = Unit.objects.bulk_create(
    Unit(jurisdiction=place, name=f"单位{n}", kind="municipal_department") for n in range(units)
)
people = User.objects.bulk_create(
    User(username=f"crowd{n}", email=f"crowd{n}@example.test", password="!") for n in range(units)
)
Membership.objects.bulk_create(
    Membership(user=user, unit=unit, role=Role.LIAISON) for user, unit in zip(people, rows, strict=True)
)
MonthlyReport.objects.bulk_create(MonthlyReport(period=period, unit=unit) for unit in rows)
