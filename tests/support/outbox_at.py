"""Run in a process of its own: a round now, then deliveries so many minutes later each; counts as one line of JSON."""

import datetime as dt
import json
import os
import sys
from collections import Counter

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from tasks_app import clock  # noqa: E402
from tasks_app.models import Message  # noqa: E402
from tasks_app.outbox.actions import deliver_waiting  # noqa: E402
from tasks_app.reminders.actions import make_round  # noqa: E402

now = clock.now()
make_round(at=now)
for minutes in sys.argv[1:]:
    deliver_waiting(at=now + dt.timedelta(minutes=int(minutes)))
print(  # noqa: T201
    json.dumps(
        {c: Counter(Message.objects.filter(channel=c).values_list("status", flat=True)) for c in ("site", "email")}
    )
)
