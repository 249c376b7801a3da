"""Writing the audit log. Called inside the transaction of the act that it records."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction

from tasks_app.audit.language import in_the_language_of_the_house
from tasks_app.audit.models import ChainHead, Event

GENESIS = "0" * 64
CHAINED = (
    "at",
    "by_id",
    "by_text",
    "verb",
    "target_type",
    "target_id",
    "target_text",
    "before",
    "after",
    "reason",
)


@transaction.atomic
def record(
    *,
    by: models.Model | None,
    at: dt.datetime,
    verb: str,
    target: models.Model,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Event:
    """Append one event. `by=None` is the system itself (the clock, an import of fixtures)."""
    head, _created = ChainHead.objects.select_for_update().get_or_create(pk=1, defaults={"digest": GENESIS})
    event = Event(
        at=at,
        by_id=by.pk if by is not None else None,
        by_text=str(by) if by is not None else "系统",
        verb=verb,
        target_type=target._meta.model_name or "",
        target_id=target.pk,
        target_text=_in_house_language(target),
        before=_plain(before),
        after=_plain(after),
        reason=reason,
        previous_digest=head.digest,
    )
    event.digest = digest_of(event)
    event.save(force_insert=True)
    head.digest = event.digest
    head.save(update_fields=["digest"])
    return event


@in_the_language_of_the_house
def _in_house_language(target: models.Model) -> str:
    """The log is kept in one language, whichever the person reads."""
    return str(target)


def digest_of(event: Event) -> str:
    """SHA-256 over the previous digest and the event's own words."""
    words: dict[str, Any] = {name: getattr(event, name) for name in CHAINED}
    words["at"] = event.at.astimezone(dt.UTC).isoformat()
    text = event.previous_digest + json.dumps(words, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def first_broken() -> Event | None:
    """The first event whose digest does not follow from the chain; None when all is well."""
    previous = GENESIS
    for event in Event.objects.order_by("pk").iterator():
        if event.previous_digest != previous or digest_of(event) != event.digest:
            return event
        previous = event.digest
    return None


def _plain(values: Mapping[str, Any] | None) -> dict[str, Any]:
    """The same values as JSON gives them back, so that a digest can be checked later."""
    return json.loads(json.dumps(values or {}, cls=DjangoJSONEncoder))
