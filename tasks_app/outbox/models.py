"""Messages to people and groups. A row is written in the transaction of its cause; a job delivers it."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tasks_app.outbox.choices import Channel, Delivery, Pulse, RobotKind


class GroupRobot(models.Model):
    """A robot of a chat group. `address` is its whole address, key included; `secret` signs (钉钉, 飞书)."""

    name = models.CharField(_("名称"), max_length=60)
    kind = models.CharField(_("类型"), max_length=10, choices=RobotKind)
    address = models.CharField(_("地址"), max_length=500)
    secret = models.CharField(_("加签密钥"), max_length=200, blank=True)
    active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = verbose_name_plural = _("群机器人")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class ChannelPreference(models.Model):
    """Whether a person wants a channel; without a row: e-mail yes, text messages no.

    `address` is the mobile number for text messages; the e-mail address is the account's own.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("用户"))
    channel = models.CharField(_("渠道"), max_length=10, choices=Channel)
    enabled = models.BooleanField(_("接收"), default=True)
    address = models.CharField(_("号码"), max_length=40, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("接收方式")
        constraints = [models.UniqueConstraint(fields=["user", "channel"], name="preference_once_per_channel")]

    def __str__(self) -> str:
        return f"{self.user} {self.get_channel_display()}"


class Digest(models.Model):
    """Several things said to one person (or group) at once; each channel carries it as one message."""

    key = models.CharField(max_length=200, unique=True)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+", verbose_name=_("收件人")
    )
    robot = models.ForeignKey(GroupRobot, models.CASCADE, null=True, related_name="+", verbose_name=_("群机器人"))
    day = models.DateField(_("日期"), db_index=True)
    created_at = models.DateTimeField(_("生成时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("合并提醒")

    def __str__(self) -> str:
        return self.key


class DigestLine(models.Model):
    """One of the things a digest says. If the matter is settled before the digest leaves, the line is dropped."""

    digest = models.ForeignKey(Digest, models.CASCADE, related_name="lines")
    topic = models.CharField(max_length=100, blank=True, db_index=True)
    title = models.CharField(_("标题"), max_length=200)
    text = models.TextField(_("正文"))
    path = models.CharField(_("链接"), max_length=200, blank=True)
    channels = models.JSONField(_("渠道"), default=list)
    order = models.PositiveSmallIntegerField(default=0)
    settled_at = models.DateTimeField(_("了结时间"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("提醒事项")
        ordering = ["digest_id", "order"]

    def __str__(self) -> str:
        return self.title


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
    """One message to one person or group by one channel; `dedupe_key` makes it impossible to write it twice.

    `claim` is the token of the worker that holds the lease, so that only the holder writes the outcome.
    """

    dedupe_key = models.CharField(max_length=220, unique=True)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+", verbose_name=_("收件人")
    )
    robot = models.ForeignKey(GroupRobot, models.CASCADE, null=True, related_name="+", verbose_name=_("群机器人"))
    digest = models.ForeignKey(Digest, models.CASCADE, null=True, related_name="messages", verbose_name=_("合并提醒"))
    channel = models.CharField(_("渠道"), max_length=10, choices=Channel)
    subject = models.CharField(_("标题"), max_length=200)
    body = models.TextField(_("正文"))
    path = models.CharField(_("链接"), max_length=200, blank=True)
    # What the message is about ("report:12"), so that it can be suppressed once that is settled.
    topic = models.CharField(max_length=100, blank=True, db_index=True)
    created_at = models.DateTimeField(_("生成时间"))
    not_before = models.DateTimeField()
    status = models.CharField(_("状态"), max_length=12, choices=Delivery, default=Delivery.WAITING)
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    leased_until = models.DateTimeField(null=True)
    claim = models.CharField(max_length=32, blank=True, db_index=True)
    sent_at = models.DateTimeField(_("送达时间"), null=True)
    read_at = models.DateTimeField(_("阅读时间"), null=True)
    last_error = models.TextField(_("最近错误"), blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("消息")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(recipient=None) ^ Q(robot=None), name="message_to_a_person_or_to_a_group"
            )
        ]
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
        return f"{self.body}\n\n{self.url}"

    @property
    def url(self) -> str:
        return f"{settings.BASE_URL}{self.path}"


class Heartbeat(models.Model):
    """The last heartbeat of each background process."""

    name = models.CharField(max_length=20, unique=True, choices=Pulse)
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("心跳")

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"


class Breakdown(models.Model):
    """A part of the minute's round that fails: since when, and how often in a row. It goes when the part works again.

    `error` is the error's name alone: its text may quote people and words.
    """

    part = models.CharField(max_length=40, unique=True)
    since = models.DateTimeField()
    at = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)
    error = models.CharField(max_length=100)

    class Meta:
        verbose_name = verbose_name_plural = _("故障")

    def __str__(self) -> str:
        return f"{self.part} {self.error} ×{self.count}"
