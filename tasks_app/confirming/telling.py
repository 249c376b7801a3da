"""What a lead unit is told of an assisting unit's answer. Called by the act that causes the message."""

import datetime as dt

from django.utils.translation import gettext as _

from tasks_app.audit.language import in_the_language_of_the_house
from tasks_app.reporting.models import ReportEntry
from tasks_app.reporting.telling import tell_liaisons
from tasks_app.units.models import Unit


@in_the_language_of_the_house
def disputed(entry: ReportEntry, unit: Unit, reason: str, *, event: int, at: dt.datetime) -> None:
    subject = _("%(unit)s对第 %(no)s 项的报送有异议") % {"unit": unit, "no": entry.task.no}
    body = _("%(unit)s：%(reason)s") % {"unit": unit, "reason": reason}
    tell_liaisons(entry.report, key=f"disputed:{event}", subject=subject, body=body, at=at)
