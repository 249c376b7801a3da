"""The Celery app and the whole timetable.

Redis only carries the wake-up call. Every tick asks the database what is due, so nothing is lost when
beat was down, and nothing is doubled when it was started twice.
"""

import os
from pathlib import Path
from threading import Thread
from typing import cast

from celery import Celery
from celery.beat import EmbeddedService

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("duban")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["tasks_app"], related_name="jobs")

# Read here, not in settings: this module is imported before them.
TICK_SECONDS = float(os.environ.get("DUBAN_TICK_SECONDS", "60"))
DELIVER_SECONDS = min(20.0, TICK_SECONDS)

# A tick that waited in the queue until the next one came is not worth running.
app.conf.beat_schedule = {
    "tick": {"task": "tasks_app.jobs.tick", "schedule": TICK_SECONDS, "options": {"expires": TICK_SECONDS}},
    "deliver": {
        "task": "tasks_app.jobs.deliver",
        "schedule": DELIVER_SECONDS,
        "options": {"expires": DELIVER_SECONDS},
    },
    "read_uploads": {
        "task": "tasks_app.jobs.read_uploads",
        "schedule": DELIVER_SECONDS,
        "options": {"expires": DELIVER_SECONDS},
    },
}


def start_embedded_clock(folder: Path) -> None:
    """Run beat in a thread of this process; its jobs run in that thread, without a broker.

    `folder` keeps beat's own state file.
    """
    # Without this import beat does not know the jobs and sends them to a broker that is not there.
    app.loader.import_default_modules()
    app.conf.beat_schedule_filename = str(folder / "beat")
    clock = cast(Thread, EmbeddedService(app, max_interval=5, thread=True))
    clock.daemon = True
    clock.start()
