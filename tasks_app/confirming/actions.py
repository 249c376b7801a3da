"""An assisting unit says whether what the lead reported is true."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from tasks_app.accounts.models import User
from tasks_app.audit.actions import record
from tasks_app.confirming import telling
from tasks_app.confirming.choices import Answer
from tasks_app.confirming.models import Confirmation
from tasks_app.confirming.queries import HANDED_IN, assisting_units
from tasks_app.lib.errors import Refused
from tasks_app.reporting.models import EntryVersion
from tasks_app.units.models import Unit


@transaction.atomic
def confirm(
    *, version: EntryVersion, unit: Unit, answer: Answer, reason: str, by: User, at: dt.datetime
) -> Confirmation:
    """Record a unit's answer to a version of the lead's entry; a later answer takes the place of the first.

    A dispute needs its reason; the lead's liaisons are told of it. Nothing is held up by any answer.
    Raises Refused when the unit does not assist, or when the lead has handed in again or has the entry back.
    """
    entry = version.entry
    if unit.pk not in {one.pk for one in assisting_units([entry.task_id]).get(entry.task_id, [])}:
        raise Refused(_("%(unit)s不是本项的配合单位，不用确认。") % {"unit": unit})
    newest = entry.versions.order_by("-submission__number").first()
    if entry.status not in HANDED_IN or newest is None or newest.pk != version.pk:
        raise Refused(_("牵头单位的这次报送已被退回或已重报，请刷新后对最新的内容确认。"))
    if answer == Answer.DISPUTED and not reason.strip():
        raise Refused(_("有异议的，请写明哪里与实际不符。"))
    before = Confirmation.objects.filter(version=version, unit=unit).first()
    words = {"answer": answer, "reason": reason.strip() if answer == Answer.DISPUTED else ""}
    confirmation = Confirmation.objects.update_or_create(
        version=version, unit=unit, defaults={**words, "answered_at": at, "answered_by": by}
    )[0]
    event = record(
        by=by,
        at=at,
        verb="confirming.confirm",
        target=entry,
        before={"answer": before.answer, "reason": before.reason} if before else {},
        after={"unit": unit.name, **words},
    )
    if answer == Answer.DISPUTED:
        telling.disputed(entry, unit, words["reason"], event=event.pk, at=at)
    return confirmation
