"""Celery's jobs: read the clock, call the action, return the count. The only file that knows Celery."""

from typing import Any

from celery import shared_task
from celery.signals import before_task_publish
from django.conf import settings

from tasks_app import clock
from tasks_app.intake.waiting import work_off
from tasks_app.outbox.actions import beat, deliver_waiting
from tasks_app.outbox.choices import Pulse
from tasks_app.reminders.actions import make_round, note_results, start_reminding


@shared_task
def tick() -> str:
    """Open periods, refresh standings, write due reminders; the round itself notes that a worker lives."""
    if settings.EMBEDDED:
        rings()
    return str(make_round(at=clock.now()))


@shared_task
def deliver() -> int:
    """Send what waits in the outbox."""
    sent = deliver_waiting(at=clock.now())
    at = clock.now()
    note_results(at=at)
    beat(name=Pulse.SENDER, at=at)
    return sent


@shared_task
def read_uploads() -> int:
    """Read and apply lists that are too long to wait for."""
    at = clock.now()
    return work_off(at=at, on_new_list=lambda new: start_reminding(task_list=new, by=None, at=at))


@before_task_publish.connect
def rings(**_about: Any) -> None:
    """Note that beat lives, in beat's own process: it rings whether anybody hears it or not."""
    beat(name=Pulse.BEAT, at=clock.now())
