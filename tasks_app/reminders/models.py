"""The ladder of a list as rows, the ledger of what it led to, and what people set about it."""

import datetime as dt
import hashlib

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tasks_app.catalogue.models import Task, TaskList
from tasks_app.notices.models import Notice
from tasks_app.outbox.choices import Channel
from tasks_app.outbox.models import DigestLine, GroupRobot
from tasks_app.reminders.choices import Audience, DayKind, ReminderState, Why
from tasks_app.reminders.occasions import REPORT, occasion_choices
from tasks_app.reporting.models import MonthlyReport
from tasks_app.schedule.models import Period
from tasks_app.units.models import Unit


def default_channels() -> list[str]:
    return [Channel.SITE, Channel.EMAIL, Channel.SMS]


def mark_of(values: object) -> str:
    """A short fingerprint of what a form was filled from."""
    return hashlib.sha256(repr(values).encode()).hexdigest()[:16]


class ReminderStep(models.Model):
    """Remind `audience` of an open case, `offset` days from its day, at `time`; see reminders.rules."""

    task_list = models.ForeignKey(TaskList, models.CASCADE, related_name="reminder_steps", verbose_name=_("清单"))
    occasion = models.CharField(_("事项"), max_length=10, choices=occasion_choices, default=REPORT.code)
    offset = models.SmallIntegerField(_("相对天数"), help_text=_("负数为截止日之前，0 为当天，正数为之后。"))
    day_kind = models.CharField(_("计日"), max_length=10, choices=DayKind, default=DayKind.WORKDAY)
    time = models.TimeField(_("时刻"), default=dt.time(9))
    audience = models.CharField(_("对象"), max_length=12, choices=Audience, default=Audience.LIAISON)
    repeat_days = models.PositiveSmallIntegerField(
        _("每隔几天重复"), default=0, help_text=_("0 为不重复；7 为每周一次，直到事项了结。")
    )
    channels = models.JSONField(_("渠道"), default=default_channels)
    template = models.SlugField(_("模板"), blank=True, help_text=_("留空用该事项的默认模板。"))
    active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = verbose_name_plural = _("提醒步骤")
        ordering = ["task_list_id", "occasion", "offset", "time"]
        constraints = [
            models.UniqueConstraint(
                fields=["task_list", "occasion", "offset", "day_kind", "audience"], name="step_once_per_audience"
            )
        ]

    def __str__(self) -> str:
        day = f"{self.offset:+d} {self.get_day_kind_display()}"
        return f"{self.get_occasion_display()} {day} {self.get_audience_display()}"

    @property
    def mark(self) -> str:
        """Changes when the step changes: a form that comes back with an older one is in conflict."""
        values = (
            self.occasion, self.offset, self.day_kind, f"{self.time:%H:%M}", self.audience, self.repeat_days,
            sorted(self.channels), self.template, self.active,
        )  # fmt: skip
        return mark_of(values)


class Reminder(models.Model):
    """One step fallen due for one case and one person (or group): the ledger.

    `key` is unique: what stands here is never planned again. A row is written before anything is
    sent. DUE without a `line` waits for its moment, for its turn or for the next day (cap); with one it
    has been handed to the outbox. Without recipient and robot there was nobody to send it to.
    """

    key = models.CharField(max_length=120, unique=True)
    occasion = models.CharField(_("事项"), max_length=10, choices=occasion_choices)
    step = models.ForeignKey(ReminderStep, models.SET_NULL, null=True, related_name="+", verbose_name=_("步骤"))
    task_list = models.ForeignKey(TaskList, models.CASCADE, related_name="reminders", verbose_name=_("清单"))
    period = models.ForeignKey(Period, models.CASCADE, null=True, related_name="+", verbose_name=_("报送期"))
    report = models.ForeignKey(MonthlyReport, models.CASCADE, null=True, related_name="+", verbose_name=_("月报"))
    task = models.ForeignKey(Task, models.CASCADE, null=True, related_name="+", verbose_name=_("任务"))
    notice = models.ForeignKey(Notice, models.CASCADE, null=True, related_name="+", verbose_name=_("督办通知"))
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, related_name="+", verbose_name=_("单位"))
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+", verbose_name=_("收件人")
    )
    robot = models.ForeignKey(GroupRobot, models.CASCADE, null=True, related_name="+", verbose_name=_("群机器人"))
    moment = models.DateTimeField(_("应发时刻"), db_index=True)
    state = models.CharField(_("状态"), max_length=12, choices=ReminderState, default=ReminderState.DUE)
    why = models.CharField(_("未发原因"), max_length=16, choices=Why, blank=True)
    line = models.ForeignKey(DigestLine, models.SET_NULL, null=True, related_name="+", verbose_name=_("发送"))
    created_at = models.DateTimeField(_("记入时间"))
    settled_at = models.DateTimeField(_("了结时间"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("提醒台账")
        ordering = ["-moment", "-pk"]
        indexes = [models.Index(fields=["state", "moment"])]

    def __str__(self) -> str:
        return f"{self.get_occasion_display()} {self.moment:%Y-%m-%d %H:%M} {self.recipient or self.robot or '—'}"


class ListReminding(models.Model):
    """What a list's coordinator sets about its reminders as a whole: a pause, and its groups' robots."""

    task_list = models.OneToOneField(TaskList, models.CASCADE, related_name="reminding", verbose_name=_("清单"))
    paused_at = models.DateTimeField(_("暂停时间"), null=True)
    paused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("暂停人")
    )
    pause_reason = models.TextField(_("暂停理由"), blank=True)
    robots = models.ManyToManyField(GroupRobot, related_name="lists", blank=True, verbose_name=_("群机器人"))

    class Meta:
        verbose_name = verbose_name_plural = _("清单提醒设置")

    def __str__(self) -> str:
        return str(self.task_list)


class SendingPolicy(models.Model):
    """The one row that says when people may be disturbed and how often; without it the defaults hold."""

    quiet_from = models.TimeField(_("免打扰自"), default=dt.time(21))
    quiet_until = models.TimeField(_("免打扰至"), default=dt.time(7))
    daily_cap = models.PositiveSmallIntegerField(_("每人每天最多几条"), default=3)

    class Meta:
        verbose_name = verbose_name_plural = _("发送规则")

    def __str__(self) -> str:
        return f"{self.quiet_from:%H:%M}–{self.quiet_until:%H:%M}"


class MessageTemplate(models.Model):
    """The words of a reminder as a coordinator (own list) or administrator (no list: all) has set them.

    Without a row the words of `wording.py` hold.
    """

    task_list = models.ForeignKey(
        TaskList, models.CASCADE, null=True, blank=True, related_name="templates", verbose_name=_("清单")
    )
    code = models.SlugField(_("代号"))
    title = models.CharField(_("标题"), max_length=120)
    text = models.TextField(_("正文"))

    class Meta:
        verbose_name = verbose_name_plural = _("消息模板")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["task_list", "code"], name="template_once_per_list"),
            # In SQL two nulls are not equal, so the general words need a constraint of their own.
            models.UniqueConstraint(
                fields=["code"], condition=models.Q(task_list=None), name="template_once_for_all_lists"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class CalendarFeed(models.Model):
    """The secret address under which a person's calendar program fetches the own deadlines."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("用户"))
    token = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("生成时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("日历订阅")

    def __str__(self) -> str:
        return str(self.user)
