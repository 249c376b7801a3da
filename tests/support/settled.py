"""Run in a process of its own beside workers and beats: returns once nothing is left to do, and says so.

Nothing waits to be sent, and after that the round and the sending have each been noted twice more: what they would
do again, they have done by then.
"""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from tasks_app import clock  # noqa: E402
from tasks_app.models import Heartbeat, Message  # noqa: E402
from tasks_app.outbox.choices import Delivery, Pulse  # noqa: E402
from tests.support.servers import wait_until  # noqa: E402

wait_until(lambda: not Message.objects.filter(status=Delivery.WAITING).exists(), "the outbox")
for _round in range(2):
    since = clock.now()
    noted = Heartbeat.objects.filter(name__in=[Pulse.WORKER, Pulse.SENDER], at__gt=since)
    wait_until(lambda: noted.count() == 2, "a round")  # noqa: B023 - asked before the next one
print("settled")  # noqa: T201
