"""Coded words of the outbox."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    SITE = "site", _("站内")
    EMAIL = "email", _("邮件")
    SMS = "sms", _("短信")
    ROBOT = "robot", _("群机器人")


# What a person may switch off. Not the site, which keeps the record, nor robots, which write to groups.
SWITCHABLE = (Channel.EMAIL, Channel.SMS)


class RobotKind(models.TextChoices):
    WECOM = "wecom", _("企业微信")
    DINGTALK = "dingtalk", _("钉钉")
    FEISHU = "feishu", _("飞书")


class Delivery(models.TextChoices):
    WAITING = "waiting", _("待发")
    SENT = "sent", _("已发")
    SUPPRESSED = "suppressed", _("不再需要")
    FAILED = "failed", _("未能送达")


class Pulse(models.TextChoices):
    """The background processes that must send heartbeats."""

    BEAT = "beat", _("节拍")
    WORKER = "worker", _("工作进程")
    SENDER = "sender", _("发送")
