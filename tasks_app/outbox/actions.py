"""Writing messages, in the transaction of their cause, and delivering them, once each.

A message row is its own record of what was sent to whom and when, so these actions add no audit
events; the act that caused the message does.
"""

import datetime as dt
import logging

from django.db import models, transaction

from tasks_app.outbox import rules
from tasks_app.outbox.channels import send
from tasks_app.outbox.choices import Channel, Delivery
from tasks_app.outbox.models import Message

log = logging.getLogger(__name__)


def enqueue(
    *,
    recipient: models.Model,
    key: str,
    subject: str,
    body: str,
    path: str,
    topic: str,
    at: dt.datetime,
) -> int:
    """Write a message for the site and, where the person has an address, one e-mail.

    `key` says what the message is; for the same key and person nothing is written again. Returns
    how many rows were new.
    """
    channels = [Channel.SITE] + ([Channel.EMAIL] if getattr(recipient, "email", "") else [])
    rows = [
        Message(
            dedupe_key=f"{key}:{recipient.pk}:{channel}",
            recipient_id=recipient.pk,
            channel=channel,
            subject=subject,
            body=body,
            path=path,
            topic=topic,
            created_at=at,
            not_before=at,
        )
        for channel in channels
    ]
    known = set(
        Message.objects.filter(dedupe_key__in=[row.dedupe_key for row in rows]).values_list("dedupe_key", flat=True)
    )
    new = [row for row in rows if row.dedupe_key not in known]
    # Two clocks may tick at once: what the look above missed, the unique key stops.
    Message.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def suppress(*, topic: str, at: dt.datetime) -> int:
    """Mark waiting messages on a settled topic as no longer needed; returns how many."""
    return Message.objects.filter(topic=topic, status=Delivery.WAITING).update(
        status=Delivery.SUPPRESSED, sent_at=None, leased_until=None, last_error=f"{at:%Y-%m-%d %H:%M} 已不需要"
    )


def deliver_waiting(*, at: dt.datetime, limit: int = 200) -> int:
    """Deliver what is due; returns how many messages went out.

    Each row is claimed by a conditional update with a lease before it is sent, so two workers never
    send the same one; a worker that dies leaves a lease that runs out.
    """
    sent = 0
    for pk in list(Message.objects.deliverable(at).order_by("pk").values_list("pk", flat=True)[:limit]):
        claimed = Message.objects.deliverable(at).filter(pk=pk).update(leased_until=at + rules.LEASE)
        if claimed:
            sent += _deliver(Message.objects.select_related("recipient").get(pk=pk), at)
    return sent


def _deliver(message: Message, at: dt.datetime) -> bool:
    message.attempts += 1
    message.leased_until = None
    try:
        send(message)
    except Exception as error:
        log.warning("message %s was not delivered (attempt %s): %s", message.pk, message.attempts, error)
        message.last_error = f"{type(error).__name__}: {error}"
        again = rules.next_try(message.attempts, at)
        if again is None:
            message.status = Delivery.FAILED
        else:
            message.not_before = again
    else:
        message.status = Delivery.SENT
        message.sent_at = at
        message.last_error = ""
    message.save()
    return message.status == Delivery.SENT


@transaction.atomic
def mark_read(*, message: Message, at: dt.datetime) -> None:
    """Note when the recipient opened a message; the first time counts."""
    Message.objects.filter(pk=message.pk, read_at=None).update(read_at=at)
