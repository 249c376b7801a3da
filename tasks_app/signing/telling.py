"""Who is told what about a signature. Called by the acts that cause the message."""

import datetime as dt

from django.utils.translation import gettext as _

from tasks_app.accounts.models import User
from tasks_app.audit.language import in_the_language_of_the_house
from tasks_app.outbox.actions import tell
from tasks_app.reporting.models import MonthlyReport
from tasks_app.reporting.telling import tell_liaisons


@in_the_language_of_the_house
def asked(report: MonthlyReport, heads: list[User], *, entries: int, event: int, at: dt.datetime) -> None:
    """Every head of the unit may sign."""
    tell(
        heads,
        key=f"sign:{event}",
        subject=_("%(report)s请您签批") % {"report": report},
        body=_("%(report)s已填完 %(n)d 项，请审阅后签批或退回。") % {"report": report, "n": entries},
        path=report.get_absolute_url(),
        topic=f"report:{report.pk}",
        at=at,
    )


@in_the_language_of_the_house
def signed(report: MonthlyReport, *, at: dt.datetime) -> None:
    subject, body = _("%(report)s已签批，可以提交") % {"report": report}, _("单位负责人已签批，请提交。")
    tell_liaisons(report, key=f"signed:{report.pk}:{at.isoformat()}", subject=subject, body=body, at=at)


@in_the_language_of_the_house
def refused(report: MonthlyReport, note: str, *, at: dt.datetime) -> None:
    subject = _("%(report)s被单位负责人退回") % {"report": report}
    tell_liaisons(report, key=f"signed:{report.pk}:{at.isoformat()}", subject=subject, body=note, at=at)
