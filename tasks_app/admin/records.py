"""To look at: what was done, and what was sent."""

from django.contrib import admin
from django.utils import timezone
from django.utils.formats import localize
from django.utils.translation import gettext_lazy as _

from tasks_app.admin.base import ReadOnlyAdmin
from tasks_app.audit.models import Event
from tasks_app.outbox.models import Message


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ["at", "by_text", "verb", "target_text", "reason"]
    list_filter = ["verb"]
    search_fields = ["by_text", "target_text", "reason"]
    date_hierarchy = "at"
    exclude = ["previous_digest"]
    readonly_fields = ["previous"]

    @admin.display(description=_("上一条的校验值"))
    def previous(self, event: Event) -> str:
        return event.previous_digest


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "recipient", "channel", "subject", "status", "attempts", "sent_at", "read_at"]
    list_filter = ["status", "channel"]
    search_fields = ["subject", "recipient__username", "recipient__name"]
    list_select_related = ["recipient"]
    date_hierarchy = "created_at"
    # What the worker that sends it notes for itself.
    exclude = ["dedupe_key", "topic", "claim", "leased_until", "not_before"]
    readonly_fields = ["from_when"]

    @admin.display(description=_("最早发送时间"))
    def from_when(self, message: Message) -> str:
        return localize(timezone.localtime(message.not_before))
