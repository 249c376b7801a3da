"""Run in a process of its own: what the database says has happened, as one line of JSON."""

import json
import os
from collections import Counter

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from tasks_app.models import Message, Reminder  # noqa: E402

site = Counter(Message.objects.filter(channel="site", status="sent").values_list("recipient_id", flat=True))
print(  # noqa: T201
    json.dumps(
        {
            "messages": {
                f"{channel}/{status}": Message.objects.filter(channel=channel, status=status).count()
                for channel, status in set(Message.objects.order_by().values_list("channel", "status"))
            },
            "reminders": dict(Counter(Reminder.objects.values_list("state", flat=True))),
            "people_told": len(site),
            "most_told": max(site.values(), default=0),
        }
    )
)
