"""What goes with a closure while it waits: its files, and the opinions of assisting units."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from tasks_app.accounts.models import User
from tasks_app.audit.actions import record
from tasks_app.files.storing import drop, keep
from tasks_app.lib.errors import Refused
from tasks_app.supervision import telling
from tasks_app.supervision.choices import ClosureStatus, Opinion
from tasks_app.supervision.models import Closure, ClosureFile, ClosureHearing


def _waiting(closure: Closure) -> Closure:
    """The closure, locked; raises Refused when it is decided or taken back."""
    closure = (
        Closure.objects.select_for_update(of=("self",))
        .select_related("task__task_list", "requested_by", "unit")
        .get(pk=closure.pk)
    )
    if closure.status != ClosureStatus.REQUESTED:
        raise Refused(_("这份申请%(status)s，材料和意见不能再增减。") % {"status": closure.get_status_display()})
    return closure


@transaction.atomic
def attach_to_closure(*, closure: Closure, name: str, content: bytes, by: User, at: dt.datetime) -> ClosureFile:
    """Keep a file as evidence of a closure that waits. Raises Refused for what is not taken."""
    closure = _waiting(closure)
    kept = ClosureFile.objects.create(
        closure=closure, **keep(beside=closure.files.all(), name=name, content=content, folder="closures", by=by, at=at)
    )
    record(by=by, at=at, verb="supervision.attach_to_closure", target=closure, after=kept.facts)
    return kept


@transaction.atomic
def remove_from_closure(*, file: ClosureFile, by: User, at: dt.datetime) -> None:
    """Take a file back while the closure waits; the log keeps its name and digest."""
    closure = _waiting(file.closure)
    record(by=by, at=at, verb="supervision.remove_from_closure", target=closure, before=file.facts)
    drop(file)


@transaction.atomic
def give_opinion(
    *, hearing: ClosureHearing, opinion: Opinion, reason: str, by: User, at: dt.datetime
) -> ClosureHearing:
    """Record an assisting unit's opinion; a later one takes the place of the first until the closure is decided.

    An objection needs its reason; the supervisors and the person who asked are told of it. Nothing is held up.
    """
    closure = _waiting(hearing.closure)
    if opinion == Opinion.DISPUTED and not reason.strip():
        raise Refused(_("有异议的，请写明哪里没有完成或与实际不符。"))
    hearing = ClosureHearing.objects.select_for_update(of=("self",)).select_related("unit").get(pk=hearing.pk)
    before = {"opinion": hearing.opinion, "reason": hearing.reason}
    hearing.opinion = opinion
    hearing.reason = reason.strip() if opinion == Opinion.DISPUTED else ""
    hearing.answered_at, hearing.answered_by = at, by
    hearing.save()
    event = record(
        by=by,
        at=at,
        verb="supervision.give_opinion",
        target=closure,
        before=before,
        after={"unit": hearing.unit.name, "opinion": opinion},
        reason=hearing.reason,
    )
    if opinion == Opinion.DISPUTED:
        telling.closure_disputed(hearing, closure, event=event.pk, at=at)
    return hearing
