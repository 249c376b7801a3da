"""Reading messages back."""

from django.db.models import F, QuerySet

from tasks_app.outbox.choices import Channel
from tasks_app.outbox.models import Message


def inbox(user_id: int) -> QuerySet[Message]:
    """A person's messages on the site: unread ones first, then the newest."""
    return Message.objects.shown_to(user_id).order_by(F("read_at").desc(nulls_first=True), "-created_at", "-pk")


def mails() -> QuerySet[Message]:
    """Every e-mail, sent or waiting, the newest first."""
    return Message.objects.filter(channel=Channel.EMAIL).select_related("recipient").order_by("-created_at", "-pk")
