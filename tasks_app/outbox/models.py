"""Messages to people. A row is written in the transaction of its cause; a job delivers it."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tasks_app.outbox.choices import Channel, Delivery


class MessageQuerySet(models.QuerySet["Message"]):
    def deliverable(self, at: dt.datetime) -> "MessageQuerySet":
        """Waiting, due, and not held by another worker's lease."""
        return self.filter(status=Delivery.WAITING, not_before__lte=at).filter(
            Q(leased_until=None) | Q(leased_until__lt=at)
        )

    def shown_to(self, user_id: int) -> "MessageQuerySet":
        """What stands in a person's message list on the site."""
        return self.filter(recipient_id=user_id, channel=Channel.SITE, status=Delivery.SENT)


class Message(models.Model):
    """One message to one person by one channel; `dedupe_key` makes it impossible to write it twice."""

    dedupe_key = models.CharField(max_length=200, unique=True)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("收件人"))
    channel = models.CharField(_("渠道"), max_length=10, choices=Channel)
    subject = models.CharField(_("标题"), max_length=200)
    body = models.TextField(_("正文"))
    path = models.CharField(_("链接"), max_length=200, blank=True)
    # Says what the message is about ("report:12"), so that it can be suppressed when that is settled.
    topic = models.CharField(max_length=100, blank=True, db_index=True)
    created_at = models.DateTimeField(_("生成时间"))
    not_before = models.DateTimeField()
    status = models.CharField(_("状态"), max_length=12, choices=Delivery, default=Delivery.WAITING)
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    leased_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(_("送达时间"), null=True)
    read_at = models.DateTimeField(_("阅读时间"), null=True)
    last_error = models.TextField(_("最近错误"), blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("消息")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["status", "not_before"]),
            models.Index(fields=["recipient", "channel", "read_at"]),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def mail_id(self) -> str:
        """The Message-ID as a mail: it follows from the row, so a repeat is recognised as the same."""
        host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip("> ")
        return f"<duban-{self.pk}@{host}>"

    @property
    def mail_body(self) -> str:
        """The words as a mail: the body, and the full address of what it is about."""
        return f"{self.body}\n\n{settings.BASE_URL}{self.path}"
