"""The Celery app and the whole timetable.

Redis is only a doorbell. What is due is asked of the database on every tick, so a beat that
was down, or started twice, neither loses nor doubles anything.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("duban")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["tasks_app"], related_name="jobs")

app.conf.beat_schedule = {
    "tick": {"task": "tasks_app.jobs.tick", "schedule": 60.0, "options": {"expires": 55}},
    "deliver": {"task": "tasks_app.jobs.deliver", "schedule": 20.0, "options": {"expires": 15}},
}
