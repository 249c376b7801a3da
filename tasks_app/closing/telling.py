"""What a unit is told when its closed month is opened again. Called by the act that causes the message."""

import datetime as dt

from django.utils.translation import gettext as _

from tasks_app.audit.language import in_the_language_of_the_house
from tasks_app.reporting.models import MonthlyReport
from tasks_app.reporting.telling import tell_in_charge


@in_the_language_of_the_house
def reopened(report: MonthlyReport, reason: str, *, event: int, at: dt.datetime) -> None:
    subject = _("%(report)s已重开") % {"report": report}
    body = _("理由：%(reason)s\n请修改或补报后提交。") % {"reason": reason}
    tell_in_charge(report, key=f"reopened:{event}", subject=subject, body=body, at=at)
