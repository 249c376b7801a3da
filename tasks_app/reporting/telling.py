"""Whom the acts of a month are told to. Called by the actions that cause the message."""

import datetime as dt
from collections.abc import Iterable

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tasks_app.accounts.models import User
from tasks_app.audit.language import in_the_language_of_the_house
from tasks_app.lib.dates import BEIJING
from tasks_app.outbox.actions import tell
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
    topic = f"report:{report.pk}"
    tell(people, key=key, subject=subject, body=body, path=report.get_absolute_url(), topic=topic, at=at)


@in_the_language_of_the_house
def returned(
    report: MonthlyReport, *, count: int, numbers: str, reason: str, due: dt.datetime, event: int, at: dt.datetime
) -> None:
    """Which entries are to be done again, why, and until when."""
    subject = _("%(report)s有 %(count)d 项被退回") % {"report": report, "count": count}
    body = _("第 %(numbers)s 项被退回。理由：%(reason)s\n请于%(due)s前修改后重新报送。") % {
        "numbers": numbers,
        "reason": reason,
        "due": date_format(due.astimezone(BEIJING), _("n月j日 H:i")),
    }
    tell_in_charge(report, key=f"returned:{event}", subject=subject, body=body, at=at)
