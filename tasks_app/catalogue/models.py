"""The lists: documents, task lists, their headings, tasks, who is assigned, and what is counted.

What was printed is kept beside what was understood: `*_text` fields are the document's words.
"""

from typing import TYPE_CHECKING

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tasks_app.accounts.scopes import in_sight
from tasks_app.catalogue.choices import AssignmentRole, Comparator, DueBasis, TargetKind, TaskKind
from tasks_app.units.models import Jurisdiction, Unit

if TYPE_CHECKING:
    from tasks_app.accounts.permissions import Viewer


class Document(models.Model):
    """文件: the official notice that a list comes from."""

    number = models.CharField(_("文号"), max_length=60, unique=True)
    title = models.CharField(_("标题"), max_length=200)
    issuer = models.CharField(_("发文机关"), max_length=60)
    issued_on = models.DateField(_("成文日期"))
    source_file = models.CharField(_("原文文件"), max_length=120, blank=True)
    note = models.TextField(_("说明"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("文件")
        ordering = ["-issued_on", "number"]

    def __str__(self) -> str:
        return self.number


class TaskListQuerySet(models.QuerySet["TaskList"]):
    def visible_to(self, viewer: "Viewer") -> "TaskListQuerySet":
        return self.filter(in_sight(viewer))


class TaskList(models.Model):
    """任务清单: one list, the unit that coordinates it, and the thresholds of its lights."""

    slug = models.SlugField(_("代号"), unique=True)
    title = models.CharField(_("名称"), max_length=200)
    document = models.ForeignKey(Document, models.PROTECT, related_name="lists", verbose_name=_("文件"))
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="lists", verbose_name=_("辖区"))
    coordinating_unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="coordinated_lists", verbose_name=_("汇总单位")
    )
    year = models.PositiveSmallIntegerField(_("年度"))
    starts_on = models.DateField(_("起始日期"), help_text=_("序时进度从这一天起算。"))
    default_due_on = models.DateField(_("默认完成时限"), null=True, blank=True)
    default_due_text = models.CharField(_("默认时限的依据"), max_length=200, blank=True)
    red_behind = models.PositiveSmallIntegerField(_("红灯：落后序时（百分点）"), default=20)
    yellow_behind = models.PositiveSmallIntegerField(_("黄灯：落后序时（百分点）"), default=10)
    red_misses = models.PositiveSmallIntegerField(_("红灯：连续缺报（期）"), default=2)
    yellow_days = models.PositiveSmallIntegerField(_("黄灯：距时限（天）"), default=30)
    yellow_below = models.PositiveSmallIntegerField(_("黄灯：临期进度低于（%）"), default=80)
    order = models.PositiveSmallIntegerField(_("排序"), default=0)

    objects = TaskListQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("任务清单")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.title


class Section(models.Model):
    """章, 节: one heading of the list's tree, as printed."""

    task_list = models.ForeignKey(TaskList, models.CASCADE, related_name="sections", verbose_name=_("清单"))
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="children")
    heading = models.CharField(_("标题"), max_length=200)
    level = models.PositiveSmallIntegerField(_("层级"))
    order = models.PositiveIntegerField(_("排序"))

    class Meta:
        verbose_name = verbose_name_plural = _("章节")
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["task_list", "parent", "heading"], name="heading_once_under_parent"),
            models.UniqueConstraint(
                fields=["task_list", "heading"],
                condition=models.Q(parent=None),
                name="top_heading_once_in_list",
            ),
        ]

    def __str__(self) -> str:
        return self.heading


class TaskQuerySet(models.QuerySet["Task"]):
    def visible_to(self, viewer: "Viewer") -> "TaskQuerySet":
        return self.filter(in_sight(viewer, "task_list__"))

    def counted(self) -> "TaskQuerySet":
        """Tasks whose progress counts: not duties or milestones, not retired."""
        return self.filter(kind=TaskKind.TASK, retired_at=None)


class Task(models.Model):
    """任务: one numbered item of a list.

    `seq` is its place in the list and unique there; `no` is the number as printed, which may restart.
    `external_code` is what another system calls it.
    `source` says where it is printed: file, page, line or lines, and the row's cells as read.
    """

    task_list = models.ForeignKey(TaskList, models.CASCADE, related_name="tasks", verbose_name=_("清单"))
    kind = models.CharField(_("类别"), max_length=10, choices=TaskKind, default=TaskKind.TASK)
    seq = models.PositiveIntegerField(_("序"))
    no = models.CharField(_("序号"), max_length=20)
    chapter = models.ForeignKey(Section, models.PROTECT, null=True, related_name="+", verbose_name=_("章"))
    section = models.ForeignKey(Section, models.PROTECT, null=True, related_name="tasks", verbose_name=_("节"))
    key_task = models.CharField(_("重点任务"), max_length=200, blank=True)
    sub_task = models.CharField(_("二级重点任务"), max_length=200, blank=True)
    title = models.CharField(_("标题"), max_length=200, blank=True)
    content = models.TextField(_("工作事项和年度目标成果"))
    lead_text = models.TextField(_("牵头单位（原文）"), blank=True)
    assist_text = models.TextField(_("配合单位（原文）"), blank=True)
    due_on = models.DateField(_("完成时限"), null=True, db_index=True)
    # The document's own deadline, kept while an extension has replaced it by a later one.
    printed_due_on = models.DateField(_("原定时限"), null=True)
    due_text = models.CharField(_("时限原文"), max_length=200, blank=True)
    due_basis = models.CharField(_("时限依据"), max_length=10, choices=DueBasis, default=DueBasis.NONE)
    further_deadlines = models.JSONField(_("其他时限"), default=list)
    external_code = models.CharField(_("外部编码"), max_length=64, blank=True, default="")
    counties = models.ManyToManyField(Jurisdiction, related_name="+", blank=True, verbose_name=_("点名县区"))
    source = models.JSONField(_("出处"), default=dict)
    search_text = models.TextField(editable=False, default="")
    closed_on = models.DateField(_("销号日期"), null=True)
    retired_at = models.DateTimeField(_("停用时间"), null=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("任务")
        ordering = ["task_list__order", "task_list_id", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["task_list", "seq"], name="seq_once_in_list"),
            # A retired task releases its code.
            models.UniqueConstraint(
                fields=["task_list", "external_code"],
                condition=~models.Q(external_code="") & models.Q(retired_at=None),
                name="external_code_once_in_list",
            ),
        ]
        indexes = [models.Index(fields=["task_list", "kind", "retired_at", "seq"])]  # the ledger's order

    def __str__(self) -> str:
        return " ".join(part for part in (self.number, self.headline) if part)

    def get_absolute_url(self) -> str:
        return reverse("task", args=[self.pk])

    @property
    def number(self) -> str:
        """第7项; the number as printed where it is no figure, as （二）; empty for lines that have none."""
        return number_text(self.no)

    @property
    def headline(self) -> str:
        """A few words that name the task in a list or a message."""
        return headline_text(title=self.title, sub_task=self.sub_task, key_task=self.key_task, content=self.content)


def number_text(no: str) -> str:
    """`Task.number` for rows that are read without making a Task of each."""
    return _("第%(no)s项") % {"no": no} if no.isdecimal() else no


def headline_text(*, title: str, sub_task: str, key_task: str, content: str) -> str:
    """`Task.headline` for rows that are read without making a Task of each."""
    return title or sub_task or key_task or _beginning(content)


def _beginning(text: str, width: int = 30) -> str:
    """The first words of a text, broken off at a pause rather than within a word where there is one."""
    if len(text) <= width:
        return text
    start = text[:width]
    pause = max(start.rfind(sign) for sign in "，、；。：")
    return (start[:pause] if pause >= width // 2 else start) + "……"


class Assignment(models.Model):
    """A unit's part in a task, as the document names it (it may be a group)."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="assignments", verbose_name=_("任务"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="assignments", verbose_name=_("单位"))
    role = models.CharField(_("分工"), max_length=8, choices=AssignmentRole)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("分工")
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["task", "unit", "role"], name="unit_once_per_task_and_role")]

    def __str__(self) -> str:
        return f"{self.unit}（{self.get_role_display()}）"


class Milestone(models.Model):
    """阶段目标: how far a task should have come by a day; the expected curve goes through it (`progress.rules`).

    Set by the list's coordinator or an administrator, not by the document: an import leaves it alone. The line begins
    at the list's first day with 0 and ends at the deadline with 100; neither point is stored.
    """

    task = models.ForeignKey(Task, models.CASCADE, related_name="milestones", verbose_name=_("任务"))
    due_on = models.DateField(_("日期"))
    percent = models.PositiveSmallIntegerField(_("应完成（%）"))
    text = models.CharField(_("阶段目标"), max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = _("阶段目标")
        ordering = ["due_on"]
        constraints = [
            models.UniqueConstraint(fields=["task", "due_on"], name="milestone_once_per_task_and_day"),
            models.CheckConstraint(
                condition=models.Q(percent__gte=1, percent__lte=99), name="milestone_between_0_and_100"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.due_on:%Y-%m-%d} {self.percent}%"


class Indicator(models.Model):
    """目标指标: a quantified target in a task's text; `county` marks one county's share of `parent`."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="indicators", verbose_name=_("任务"))
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="shares")
    county = models.ForeignKey(Jurisdiction, models.PROTECT, null=True, related_name="+", verbose_name=_("县区"))
    kind = models.CharField(_("性质"), max_length=10, choices=TargetKind, default=TargetKind.TARGET)
    text = models.TextField(_("原文"))
    subject = models.CharField(_("指标"), max_length=200)
    value = models.DecimalField(_("目标值"), max_digits=18, decimal_places=4)
    value_max = models.DecimalField(_("上限"), max_digits=18, decimal_places=4, null=True)
    unit = models.CharField(_("计量单位"), max_length=20, blank=True)
    comparator = models.CharField(_("口径"), max_length=2, choices=Comparator, default=Comparator.EQUAL)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("目标指标")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return f"{self.subject} {self.value.normalize():f} {self.unit}"


class Doubt(models.Model):
    """What is doubtful in the source of a task, and what was chosen; shown, never hidden."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="doubts", verbose_name=_("任务"))
    code = models.CharField(_("代码"), max_length=40)
    field = models.CharField(_("字段"), max_length=30, blank=True)
    text = models.TextField(_("疑点"))
    confidence = models.CharField(_("把握"), max_length=10, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("原文疑点")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text
