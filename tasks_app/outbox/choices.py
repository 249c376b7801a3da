"""Coded words of the outbox."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    SITE = "site", _("站内")
    EMAIL = "email", _("邮件")
    SMS = "sms", _("短信")
    ROBOT = "robot", _("群机器人")


# What a person may switch off; the site is where the record is, and a robot speaks to a group.
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
    """The parts of the machinery that must be heard from."""

    BEAT = "beat", _("节拍")
    WORKER = "worker", _("工作进程")
    SENDER = "sender", _("发送")
