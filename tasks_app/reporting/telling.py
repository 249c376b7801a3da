"""Whom the acts of a month are told to. Called by the actions that cause the message."""

import datetime as dt

from tasks_app.accounts.models import Membership
from tasks_app.outbox.actions import enqueue
from tasks_app.reporting.models import MonthlyReport


def tell_liaisons(report: MonthlyReport, *, key: str, subject: str, body: str, at: dt.datetime) -> None:
    """Every liaison of the unit is told, with the way to the report. The words come in the language of the house."""
    for membership in Membership.objects.liaisons_of([report.unit_id]).select_related("user"):
        enqueue(
            recipient=membership.user,
            key=key,
            subject=subject,
            body=body,
            path=f"/reports/{report.pk}/",
            topic=f"report:{report.pk}",
            at=at,
        )
