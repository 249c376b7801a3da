"""Celery's jobs: read the clock, call the action, return the count. The only file that knows Celery."""

from celery import shared_task

from tasks_app import clock
from tasks_app.outbox.actions import deliver_waiting
from tasks_app.reminders.actions import make_round


@shared_task
def tick() -> str:
    """Open periods, refresh standings, write due reminders."""
    return str(make_round(at=clock.now()))


@shared_task
def deliver() -> int:
    """Send what waits in the outbox."""
    return deliver_waiting(at=clock.now())
