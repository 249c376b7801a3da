"""A file on its way to becoming a list: read and understood row by row, applied all or nothing."""

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from tasks_app.accounts.models import User
from tasks_app.accounts.scopes import administered, coordinated
from tasks_app.catalogue.models import TaskList
from tasks_app.intake.choices import BatchStatus, RowChange
from tasks_app.units.models import Jurisdiction

if TYPE_CHECKING:
    from tasks_app.accounts.permissions import Viewer


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def visible_to(self, viewer: "Viewer") -> "ImportBatchQuerySet":
        """An administrator's: all of the jurisdiction. A coordinator's: those of the own unit's lists."""
        return self.filter(administered(viewer) | coordinated(viewer, "task_list__"))


class ImportBatch(models.Model):
    """One list found in one uploaded file, and what became of it.

    `task_list` is empty while the file is to become a new list: `new_list` says which (see
    `drafts.NewList`), and the list is made when the batch is applied, so that an abandoned upload
    leaves none. `base_digest` is the state of the list that the rows were compared with.

    `reading` says how the file was read: headings, their columns, what was passed over; for a
    FAILED batch `problem`. `source` is the document as read, for a table of a CSV file empty (its rows
    carry their cells): blocks {text | cells, place}. `facts` are proposals with the sentences they
    came from: {document, reporting_rule, notes}. `mapping` is what a person said of columns: heading →
    column name. `undo` holds what applying replaced. `version` counts the decisions on the batch's facts,
    `attempts` how often a worker took the batch and has not come to an end with it.
    """

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+", verbose_name=_("辖区"))
    task_list = models.ForeignKey(TaskList, models.SET_NULL, null=True, related_name="batches", verbose_name=_("清单"))
    new_list = models.JSONField(_("新清单"), null=True)
    base_digest = models.CharField(max_length=64, blank=True)
    reading = models.JSONField(default=dict)
    source = models.JSONField(default=list)
    facts = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    undo = models.JSONField(default=dict)
    file_name = models.CharField(_("文件名"), max_length=200)
    kind = models.CharField(_("格式"), max_length=10, default="csv")
    part = models.PositiveSmallIntegerField(_("文件中的第几份清单"), default=1)
    content = models.BinaryField(_("原件"))
    sha256 = models.CharField(_("校验值"), max_length=64)
    encoding = models.CharField(_("编码"), max_length=20, blank=True)
    status = models.CharField(_("状态"), max_length=10, choices=BatchStatus, default=BatchStatus.STAGED)
    rows_done = models.PositiveIntegerField(_("已处理行数"), default=0)
    claimed_at = models.DateTimeField(_("开始处理时间"), null=True)
    attempts = models.PositiveSmallIntegerField(_("处理次数"), default=0)
    uploaded_at = models.DateTimeField(_("上传时间"))
    uploaded_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("上传人"))
    applied_at = models.DateTimeField(_("导入时间"), null=True)
    applied_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("导入人"))
    undone_at = models.DateTimeField(_("撤销时间"), null=True)
    version = models.PositiveIntegerField(default=0)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("导入批次")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.file_name

    @property
    def list_title(self) -> str:
        """The title of the list that the file is for, whether it exists yet or not."""
        return self.task_list.title if self.task_list else (self.new_list or {}).get("title", "")

    @property
    def is_open(self) -> bool:
        """Whether rows and facts may still be decided on."""
        return self.status == BatchStatus.STAGED


class StagedRow(models.Model):
    """One item of the file: what was read, what it is understood as, and every problem and doubt in it.

    `line` orders the rows: a CSV file's line, else counted from 1; `place` is where the item stands
    in the source (sheet, page, lines, paragraph, table, row) and `blocks` the first and last block of
    `ImportBatch.source` there. `raw`: column heading → cell text. `item`: the item in the format of
    fixtures/lists (see fixtures/README.md), units that nobody knows as written; `no` and `seq` are
    its own. `problems`: list of {code, name, column, value, details}, put into sentences by
    `wording.explain`; they block. `doubts`: list of {text, field, accepted}, which a person may accept.
    `edits`: column name → the text a person put there. `changed_fields`: list of {field, before,
    after}, as text. `version` counts the decisions, so that two people never overwrite each other.
    """

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows", verbose_name=_("批次"))
    line = models.PositiveIntegerField(_("行号"))
    no = models.CharField(_("序号"), max_length=20, blank=True)
    seq = models.PositiveIntegerField(_("序"), null=True)
    raw = models.JSONField(default=dict)
    place = models.JSONField(default=dict)
    blocks = models.JSONField(default=list)
    item = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    doubts = models.JSONField(default=list)
    edits = models.JSONField(default=dict)
    open_doubts = models.PositiveSmallIntegerField(_("未核对的疑点"), default=0)
    change = models.CharField(_("变化"), max_length=10, choices=RowChange)
    changed_fields = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=0)
    edited_at = models.DateTimeField(_("修改时间"), null=True)
    edited_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("修改人"))

    class Meta:
        verbose_name = verbose_name_plural = _("待导入行")
        ordering = ["line"]
        constraints = [models.UniqueConstraint(fields=["batch", "line"], name="line_once_in_batch")]
        indexes = [models.Index(fields=["batch", "no"])]

    def __str__(self) -> str:
        return _("%(batch)s 第%(line)s行") % {"batch": self.batch, "line": self.line}
