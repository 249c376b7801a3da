"""A task's last three months at a glance: how far, which light, in what words."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from tasks_app.catalogue.choices import AssignmentRole
from tasks_app.catalogue.models import Task
from tasks_app.closing.models import SnapshotTask
from tasks_app.lib.dates import beijing_day
from tasks_app.progress.choices import Light
from tasks_app.progress.models import LightChange
from tasks_app.reporting.choices import ReportStatus
from tasks_app.reporting.models import ReportEntry
from tasks_app.schedule.models import Period
from tasks_app.web.catalogue.course import Course

MONTHS = 3


@dataclass(frozen=True)
class Month:
    """One round: the percent reached by it and its light (None for none), and what each lead said.

    `published`: percent and light are those of the closed round; else they are as of the round's end, or of today.
    """

    period: Period
    percent: int | None
    light: Light | None
    words: Sequence[ReportEntry]
    published: bool


def recent_months(task: Task, course: Course | None, entries: Sequence[ReportEntry], at: dt.datetime) -> list[Month]:
    """The newest round first. `entries` are those that the reader may read; two queries."""
    if course is None:
        return []
    steps = course.steps[-MONTHS:]
    frozen = {
        row.snapshot.period_id: row
        for row in SnapshotTask.objects.filter(task=task, snapshot__period__in=[step.period for step in steps])
        .select_related("snapshot")
        .order_by("snapshot__version")
    }
    changes = list(task.light_changes.all())
    months = []
    for step in reversed(steps):
        period = step.period
        row = frozen.get(period.pk)
        words = [
            entry
            for entry in entries
            if entry.report.period_id == period.pk
            and entry.role == AssignmentRole.LEAD
            and entry.status in (ReportStatus.ACCEPTED, ReportStatus.SUBMITTED)
        ]
        last_day = min(beijing_day(period.made_up_from) - dt.timedelta(days=1), beijing_day(at))
        light = Light(row.light) if row else _light_on(changes, last_day)
        percent = row.progress if row else step.mean
        months.append(Month(period, percent, light, words, published=row is not None))
    return months


def _light_on(changes: Sequence[LightChange], day: dt.date) -> Light | None:
    """The light that stood at the end of a day; `changes` are oldest first."""
    before = [change.after for change in changes if change.on <= day]
    return Light(before[-1]) if before else None
