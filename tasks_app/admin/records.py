"""To look at: what was done, and what was sent."""

from django.contrib import admin

from tasks_app.admin.base import ReadOnlyAdmin
from tasks_app.audit.models import Event
from tasks_app.outbox.models import Message


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ["at", "by_text", "verb", "target_text", "reason"]
    list_filter = ["verb"]
    search_fields = ["by_text", "target_text", "reason"]
    date_hierarchy = "at"


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "recipient", "channel", "subject", "status", "attempts", "sent_at", "read_at"]
    list_filter = ["status", "channel"]
    search_fields = ["subject", "recipient__username", "recipient__name"]
    list_select_related = ["recipient"]
    date_hierarchy = "created_at"
