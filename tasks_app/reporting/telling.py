"""Whom the acts of a month are told to. Called by the actions that cause the message."""

import datetime as dt
from collections.abc import Iterable

from tasks_app.accounts.models import User
from tasks_app.outbox.actions import enqueue
from tasks_app.reporting.models import MonthlyReport
from tasks_app.roster.queries import in_charge, liaisons_of


def tell_in_charge(report: MonthlyReport, *, key: str, subject: str, body: str, at: dt.datetime) -> None:
    """Whom reminders of the list reach in the unit is told: who is on the roster, else every liaison."""
    people = in_charge(task_list_id=report.period.task_list_id, unit_id=report.unit_id)
    _tell(people, report, key=key, subject=subject, body=body, at=at)


def tell_liaisons(report: MonthlyReport, *, key: str, subject: str, body: str, at: dt.datetime) -> None:
    """Every liaison of the unit is told, roster or not: what is answered may be any one's question."""
    _tell(liaisons_of(report.unit_id), report, key=key, subject=subject, body=body, at=at)


def _tell(people: Iterable[User], report: MonthlyReport, *, key: str, subject: str, body: str, at: dt.datetime) -> None:
    """With the way to the report. The words come in the language of the house."""
    for person in people:
        enqueue(
            recipient=person,
            key=key,
            subject=subject,
            body=body,
            path=report.get_absolute_url(),
            topic=f"report:{report.pk}",
            at=at,
        )
