"""Read-only pages: what was done, and what was sent."""

import json
from typing import Any

from django.contrib import admin
from django.utils import timezone
from django.utils.formats import localize
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tasks_app.admin.base import ReadOnlyAdmin
from tasks_app.audit.models import Event
from tasks_app.audit.traces import WORDED, without_words
from tasks_app.outbox.models import Message


def _shown(event: Event, values: dict[str, Any]) -> str:
    """The data of an event; of a draft only which fields there were."""
    return json.dumps(without_words(values) if event.verb in WORDED else values, ensure_ascii=False)


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ["at", "by_text", "verb", "target_text", "why"]
    list_filter = ["verb"]
    # Reason is not searchable: finding an event by words that are hidden would reveal them.
    search_fields = ["by_text", "target_text"]
    date_hierarchy = "at"
    fields = [
        "at", "by_id", "by_text", "verb", "target_type", "target_id", "target_text", "what_before", "what_after",
        "why", "previous", "digest",
    ]  # fmt: skip
    readonly_fields = ["what_before", "what_after", "why", "previous"]

    @admin.display(description=_("之前"))
    def what_before(self, event: Event) -> str:
        return _shown(event, event.before)

    @admin.display(description=_("之后"))
    def what_after(self, event: Event) -> str:
        return _shown(event, event.after)

    @admin.display(description=_("理由"))
    def why(self, event: Event) -> str:
        return "" if event.verb in WORDED else event.reason

    @admin.display(description=_("上一条的校验值"))
    def previous(self, event: Event) -> str:
        return event.previous_digest


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    """How messages came through. What one says to a person is for that person: it may be a head's words on a draft."""

    list_display = ["created_at", "recipient", "channel", "subject", "status", "attempts", "sent_at", "read_at"]
    list_filter = ["status", "channel"]
    search_fields = ["subject", "recipient__username", "recipient__name"]
    list_select_related = ["recipient"]
    date_hierarchy = "created_at"
    # What the worker that sends it notes for itself.
    exclude = ["dedupe_key", "topic", "claim", "leased_until", "not_before", "body"]
    readonly_fields = ["from_when", "words"]

    @admin.display(description=_("正文"))
    def words(self, message: Message) -> str:
        return message.body if message.robot_id else gettext("发给个人的消息，正文只有收件人能看。")

    @admin.display(description=_("最早发送时间"))
    def from_when(self, message: Message) -> str:
        return localize(timezone.localtime(message.not_before))
