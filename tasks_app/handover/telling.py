"""What the successor is told. Called by the act that causes the message."""

import datetime as dt
from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from tasks_app.audit.language import in_the_language_of_the_house
from tasks_app.outbox.actions import tell
from tasks_app.reporting.models import MonthlyReport
from tasks_app.roster.models import RosterPlace


@in_the_language_of_the_house
def successor(place: RosterPlace, reports: Sequence[MonthlyReport], *, at: dt.datetime) -> None:
    """One message with everything that is open, so that nothing depends on the predecessor's memory."""
    lines = [
        _("%(report)s：已填 %(filled)d/%(total)d 项") % {"report": r, "filled": r.filled, "total": r.total}  # type: ignore[attr-defined]
        for r in reports
    ]
    tell(
        [place.liaison],
        key=f"roster:{place.pk}:{at.timestamp():.0f}",
        subject=_("您已接任%(unit)s联络员（%(list)s）") % {"unit": place.unit, "list": place.task_list},
        body="\n".join(lines) if lines else _("目前没有未报送的月报。"),
        path=reports[-1].get_absolute_url() if reports else reverse("reports"),
        topic=f"report:{reports[-1].pk}" if len(reports) == 1 else "",
        at=at,
    )
