"""通报: the month as it is published in words; and how a list's bulletins look."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tasks_app.accounts.models import User
from tasks_app.accounts.scopes import in_sight, looked_after
from tasks_app.bulletins.choices import BulletinPart, BulletinState
from tasks_app.bulletins.rules import OPEN_STATES
from tasks_app.catalogue.models import TaskList
from tasks_app.closing.models import PeriodSnapshot
from tasks_app.lib.text import search_key
from tasks_app.schedule.models import Period

if TYPE_CHECKING:
    from tasks_app.accounts.permissions import Viewer


class BulletinStyle(models.Model):
    """How a list's bulletins are headed, numbered and addressed. Holds for drafts made from then on."""

    task_list = models.OneToOneField(
        TaskList, models.CASCADE, related_name="bulletin_style", verbose_name=_("任务清单")
    )
    issuer_mark = models.CharField(_("发文机关标志"), max_length=40, help_text=_("红头上的大字，如“海东市督查通报”。"))
    issuer = models.CharField(
        _("发文机关署名"), max_length=60, help_text=_("落款和版记中的机关名称，用全称或规范化简称。")
    )
    number_pattern = models.CharField(
        _("发文字号"),
        max_length=60,
        help_text=_("如 东督通〔{年}〕{号}期。每份清单每年从 1 号起连续编号，发布时取号。"),
    )
    addressee = models.CharField(_("主送机关"), max_length=200, help_text=_("如“各县区人民政府，市政府各部门”。"))
    copies_to = models.TextField(_("抄送机关"), blank=True, help_text=_("印在版记里，没有可不填。"))
    phrases = models.TextField(_("下步要求常用语"), blank=True, help_text=_("每行一条，起草时可以直接加入“下步要求”。"))
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("通报格式")

    def __str__(self) -> str:
        return _("%(list)s通报格式") % {"list": self.task_list}


class BulletinQuerySet(models.QuerySet["Bulletin"]):
    def visible_to(self, viewer: "Viewer") -> "BulletinQuerySet":
        """The whole jurisdiction reads what is published; the rest only the list's coordinator and those who
        oversee.
        """
        return self.filter(
            Q(in_sight(viewer, "task_list__"), state__in=OPEN_STATES) | looked_after(viewer, "task_list__")
        )


class Bulletin(models.Model):
    """通报 on one round of one list, bound to one freeze of its figures and to the freeze it is compared with.

    The texts hold names of figures in braces, never the figures: those are counted from the freezes, which do not
    change, whenever it is shown. `version` counts every change of text or state. `number` is given on publishing.
    """

    task_list = models.ForeignKey(TaskList, models.CASCADE, related_name="bulletins", verbose_name=_("任务清单"))
    period = models.ForeignKey(Period, models.CASCADE, related_name="bulletins", verbose_name=_("报送期"))
    snapshot = models.ForeignKey(PeriodSnapshot, models.RESTRICT, related_name="+", verbose_name=_("公布数字"))
    compared_with = models.ForeignKey(
        PeriodSnapshot, models.RESTRICT, null=True, related_name="+", verbose_name=_("上期公布数字")
    )
    state = models.CharField(_("状态"), max_length=10, choices=BulletinState, default=BulletinState.DRAFT)
    issuer_mark = models.CharField(_("发文机关标志"), max_length=40)
    issuer = models.CharField(_("发文机关署名"), max_length=60)
    title = models.CharField(_("标题"), max_length=200)
    addressee = models.CharField(_("主送机关"), max_length=200)
    copies_to = models.TextField(_("抄送机关"), blank=True)
    overall = models.TextField(BulletinPart.OVERALL.label, blank=True)
    counties = models.TextField(BulletinPart.COUNTIES.label, blank=True)
    departments = models.TextField(BulletinPart.DEPARTMENTS.label, blank=True)
    reporting = models.TextField(BulletinPart.REPORTING.label, blank=True)
    lagging = models.TextField(BulletinPart.LAGGING.label, blank=True)
    changes = models.TextField(BulletinPart.CHANGES.label, blank=True)
    demands = models.TextField(BulletinPart.DEMANDS.label, blank=True)
    version = models.PositiveIntegerField(default=0)

    number = models.CharField(_("文号"), max_length=60, blank=True)
    number_year = models.PositiveSmallIntegerField(_("编号年度"), null=True)
    number_seq = models.PositiveIntegerField(_("顺序号"), null=True)

    drafted_at = models.DateTimeField(_("起草时间"))
    drafted_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("起草人"))
    saved_at = models.DateTimeField(_("保存时间"))
    saved_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("保存人"))
    submitted_at = models.DateTimeField(_("送审时间"), null=True)
    submitted_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("送审人"))
    decided_at = models.DateTimeField(_("审批时间"), null=True)
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("审批人"))
    opinion = models.TextField(_("审批意见"), blank=True)
    published_at = models.DateTimeField(_("发布时间"), null=True)
    published_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("发布人"))
    recalled_at = models.DateTimeField(_("撤回时间"), null=True)
    recalled_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("撤回人"))
    recall_note = models.TextField(_("撤回说明"), blank=True)
    replaces = models.ForeignKey(
        "self", models.RESTRICT, null=True, related_name="replaced_by", verbose_name=_("代替的通报")
    )
    # Follows the words: see `fold`.
    search_text = models.TextField(editable=False, default="")

    objects = BulletinQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("通报")
        ordering = ["-period__opens_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["period"], condition=~Q(state=BulletinState.RECALLED), name="one_bulletin_in_force_per_period"
            ),
            models.UniqueConstraint(
                fields=["task_list", "number_year", "number_seq"], name="bulletin_number_once_per_list_and_year"
            ),
            models.CheckConstraint(
                condition=Q(number_seq__isnull=False) | ~Q(state__in=OPEN_STATES), name="published_bulletin_has_number"
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.title_line

    def get_absolute_url(self) -> str:
        return reverse("bulletin", args=[self.pk])

    def fold(self) -> None:
        """Recompute the search key from the words; call it before saving a change to any of them."""
        self.search_text = search_key(self.number, self.title, *self.texts.values())

    @property
    def title_line(self) -> str:
        """The title without the breaks it has on paper."""
        return "".join(self.title.splitlines())

    @property
    def mark(self) -> BulletinState:
        return BulletinState(self.state)

    @property
    def writer_ids(self) -> set[int | None]:
        """Who drafted it, saved it last or sent it for approval: none of them approves it."""
        return {self.drafted_by_id, self.saved_by_id, self.submitted_by_id}

    @property
    def texts(self) -> dict[BulletinPart, str]:
        """The sections in their order, with names of figures in braces."""
        return {part: getattr(self, part.value) for part in BulletinPart}
