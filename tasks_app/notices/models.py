"""督办通知: what was demanded of a unit, on which facts, and round by round how it was answered and judged."""

from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tasks_app.accounts.models import User
from tasks_app.accounts.scopes import looked_after, own_units
from tasks_app.catalogue.models import Task, TaskList
from tasks_app.files.models import StoredFile
from tasks_app.lib.text import search_key
from tasks_app.notices.choices import OPEN, NoticeLevel, NoticeState, Verdict
from tasks_app.notices.rules import DEFAULT_PATTERN, DEFAULT_PHRASES
from tasks_app.units.models import Unit

if TYPE_CHECKING:
    from tasks_app.accounts.permissions import Viewer

MOST_ON_PAPER = 99_999


class NoticeSetting(models.Model):
    """How notices of a list are numbered, answered, capped and proposed. Without a row the defaults hold.

    `version` counts the saves; a form that comes back with an older one is in conflict. `paper_serial` is the last
    number that was given on paper in `paper_year`, before the list's first notice of that year was issued here.
    """

    task_list = models.OneToOneField(TaskList, models.CASCADE, related_name="notice_setting", verbose_name=_("清单"))
    pattern = models.CharField(_("编号格式"), max_length=60, default=DEFAULT_PATTERN)
    paper_serial = models.PositiveIntegerField(
        _("今年纸质文号已用到第几号"), default=0, validators=[MaxValueValidator(MOST_ON_PAPER)]
    )
    paper_year = models.PositiveSmallIntegerField(null=True, editable=False)
    head_text = models.CharField(
        _("发文机关标志"), max_length=60, blank=True, help_text=_("公文红头上的字；留空用签发人所在单位的名称。")
    )
    reminder_workdays = models.PositiveSmallIntegerField(_("提醒：回复期限（工作日）"), default=5)
    order_workdays = models.PositiveSmallIntegerField(_("督办单：回复期限（工作日）"), default=5)
    red_workdays = models.PositiveSmallIntegerField(_("红单：回复期限（工作日）"), default=3)
    monthly_cap = models.PositiveSmallIntegerField(_("每单位每月最多几份"), default=2)
    cap_counts_reminders = models.BooleanField(_("提醒计入每月份数"), default=False)
    red_after_days = models.PositiveSmallIntegerField(_("逾期满几天建议红单"), default=60)
    quiet_days = models.PositiveSmallIntegerField(_("办结后几天内不再建议"), default=10)
    memory_days = models.PositiveSmallIntegerField(_("办结后几天内再犯建议升级"), default=90)
    phrases = models.TextField(_("常用要求"), default=DEFAULT_PHRASES, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("督办设置")

    def __str__(self) -> str:
        return _("%(list)s 督办设置") % {"list": self.task_list}

    def workdays(self, level: str) -> int:
        """Working days until the reply is due."""
        return {
            NoticeLevel.REMINDER: self.reminder_workdays,
            NoticeLevel.ORDER: self.order_workdays,
            NoticeLevel.RED: self.red_workdays,
        }[NoticeLevel(level)]

    def on_paper(self, year: int) -> int:
        """The last number given on paper in a year, before this system gave any; 0 for none."""
        return self.paper_serial if self.paper_year == year else 0

    @property
    def phrase_list(self) -> list[str]:
        return [line.strip() for line in self.phrases.splitlines() if line.strip()]


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, viewer: "Viewer") -> "NoticeQuerySet":
        """The unit it is for, the list's coordinator, and who oversees the jurisdiction; no other unit."""
        return self.filter(own_units(viewer) | looked_after(viewer, "task_list__"))

    def open(self) -> "NoticeQuerySet":
        """Neither closed, nor escalated, nor withdrawn."""
        return self.filter(state__in=OPEN)


class Notice(models.Model):
    """One numbered notice to one unit over tasks of one list.

    `serial` counts the list's notices of a year without a gap, after those that were numbered on paper; a withdrawn
    notice keeps its number.
    `due_at` is that of the newest round. What is on paper (facts, demands, names) is kept as it was issued.
    """

    task_list = models.ForeignKey(TaskList, models.PROTECT, related_name="notices", verbose_name=_("清单"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="notices", verbose_name=_("受文单位"))
    level = models.CharField(_("级别"), max_length=8, choices=NoticeLevel)
    state = models.CharField(_("状态"), max_length=10, choices=NoticeState, default=NoticeState.ISSUED)
    year = models.PositiveSmallIntegerField(_("年"))
    serial = models.PositiveIntegerField(_("序号"))
    number = models.CharField(_("文号"), max_length=80)
    title = models.CharField(_("标题"), max_length=200)
    unit_name = models.CharField(_("主送"), max_length=60)
    issuer = models.CharField(_("签发单位"), max_length=60)
    head_text = models.CharField(_("发文机关标志"), max_length=60)
    demands_text = models.TextField(_("督办要求"))
    issued_at = models.DateTimeField(_("签发时间"), db_index=True)
    issued_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("签发人"))
    # Why it was issued beyond the cap; empty within it.
    override_text = models.TextField(_("超出每月份数的理由"), blank=True)
    due_at = models.DateTimeField(_("回复期限"), db_index=True)
    received_at = models.DateTimeField(_("签收时间"), null=True)
    received_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("签收人"))
    ended_at = models.DateTimeField(_("了结时间"), null=True)
    ended_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("了结人"))
    end_text = models.TextField(_("撤销理由"), blank=True)
    escalated_to = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="escalated_from", verbose_name=_("升级为")
    )
    # Follows the words: see `fold`.
    search_text = models.TextField(editable=False, default="")

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("督办通知")
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["task_list", "year", "serial"], name="notice_serial_once_per_list_and_year")
        ]
        indexes = [models.Index(fields=["unit", "state"])]

    def __str__(self) -> str:
        return f"{self.get_level_display()} {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("notice", args=[self.pk])

    def fold(self) -> None:
        """Make the search key of the words anew; whoever writes one of them does so before saving."""
        self.search_text = search_key(self.number, self.title, self.unit_name, self.demands_text)

    @property
    def mark(self) -> NoticeLevel:
        return NoticeLevel(self.level)

    @property
    def state_mark(self) -> NoticeState:
        return NoticeState(self.state)


class NoticeTask(models.Model):
    """A task that a notice is about, with the facts as they stood when it was issued.

    `facts` are the values (notices.rules.TaskFacts as plain data), `text` the same as the paper says them.
    """

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="parts", verbose_name=_("督办通知"))
    task = models.ForeignKey(Task, models.PROTECT, related_name="notice_parts", verbose_name=_("任务"))
    order = models.PositiveSmallIntegerField(default=0)
    facts = models.JSONField(_("签发时的事实"), default=dict)
    text = models.TextField(_("签发时的事实（文字）"))

    class Meta:
        verbose_name = verbose_name_plural = _("督办任务")
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["notice", "task"], name="task_once_per_notice")]

    def __str__(self) -> str:
        return f"{self.notice}：{self.task}"


class NoticeRound(models.Model):
    """One demand and its answer: the first as issued, each further one after a return (退办).

    `replied_at` is the moment of the first reply of the round and decides whether it was late; corrections until
    the verdict count in `version`.
    """

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="rounds", verbose_name=_("督办通知"))
    number = models.PositiveSmallIntegerField(_("第几轮"))
    opened_at = models.DateTimeField(_("起始时间"))
    workdays = models.PositiveSmallIntegerField(_("回复期限（工作日）"))
    due_at = models.DateTimeField(_("回复期限"))
    reply_text = models.TextField(_("办理情况"), blank=True)
    replied_at = models.DateTimeField(_("回复时间"), null=True)
    replied_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("回复人"))
    corrected_at = models.DateTimeField(_("更正时间"), null=True)
    version = models.PositiveIntegerField(default=0)
    verdict = models.CharField(_("评定"), max_length=8, choices=Verdict, blank=True)
    judged_at = models.DateTimeField(_("评定时间"), null=True)
    judged_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("评定人"))
    judge_text = models.TextField(_("评定意见"), blank=True)
    # Follows the words: see `fold`.
    search_text = models.TextField(editable=False, default="")

    class Meta:
        verbose_name = verbose_name_plural = _("督办回复")
        ordering = ["notice_id", "number"]
        constraints = [models.UniqueConstraint(fields=["notice", "number"], name="round_once_per_notice")]

    def __str__(self) -> str:
        return f"{self.notice} #{self.number}"

    def fold(self) -> None:
        """Make the search key of the words anew; whoever writes one of them does so before saving."""
        self.search_text = search_key(self.reply_text, self.judge_text)

    @property
    def is_late(self) -> bool:
        """Answered after the deadline; later corrections do not change that."""
        return self.replied_at is not None and self.replied_at > self.due_at


class NoticeFileQuerySet(models.QuerySet["NoticeFile"]):
    def readable_by(self, viewer: "Viewer") -> "NoticeFileQuerySet":
        """Files of those notices that this person may read."""
        return self.filter(round__notice__in=Notice.objects.visible_to(viewer))


class NoticeFile(StoredFile):
    """佐证材料 of a reply."""

    round = models.ForeignKey(NoticeRound, models.CASCADE, related_name="files", verbose_name=_("督办回复"))

    objects = NoticeFileQuerySet.as_manager()

    class Meta(StoredFile.Meta):
        abstract = False
        verbose_name = verbose_name_plural = _("督办佐证材料")
