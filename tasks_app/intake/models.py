"""A file on its way to becoming a list: read and understood row by row, applied all or nothing."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tasks_app.accounts.choices import Role
from tasks_app.accounts.models import User
from tasks_app.catalogue.models import TaskList
from tasks_app.intake.choices import BatchStatus, RowChange
from tasks_app.units.models import Jurisdiction

if TYPE_CHECKING:
    from tasks_app.accounts.permissions import Viewer


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def visible_to(self, viewer: "Viewer") -> "ImportBatchQuerySet":
        """An administrator's: all of the jurisdiction. A coordinator's: those of the own unit's lists."""
        administered = [m.unit.jurisdiction_id for m in viewer.memberships if m.role == Role.ADMINISTRATOR]
        return self.filter(
            Q(jurisdiction_id__in=administered) | Q(task_list__coordinating_unit_id__in=viewer.coordinator_unit_ids)
        )


class ImportBatch(models.Model):
    """One uploaded file and what was understood of it.

    `task_list` is empty while the file is to become a new list: `new_list` says which (see
    `drafts.NewList`), and the list is made when the batch is applied, so that an abandoned upload
    leaves none. `base_digest` is the state of the list that the rows were compared with. `reading`
    says how the file was read: headings in order, their columns, what was passed over.
    """

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+", verbose_name=_("辖区"))
    task_list = models.ForeignKey(TaskList, models.CASCADE, null=True, related_name="batches", verbose_name=_("清单"))
    new_list = models.JSONField(_("新清单"), null=True)
    base_digest = models.CharField(max_length=64, blank=True)
    reading = models.JSONField(default=dict)
    file_name = models.CharField(_("文件名"), max_length=200)
    content = models.BinaryField(_("原件"))
    sha256 = models.CharField(_("校验值"), max_length=64)
    encoding = models.CharField(_("编码"), max_length=20)
    status = models.CharField(_("状态"), max_length=10, choices=BatchStatus, default=BatchStatus.STAGED)
    uploaded_at = models.DateTimeField(_("上传时间"))
    uploaded_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("上传人"))
    applied_at = models.DateTimeField(_("导入时间"), null=True)

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


class StagedRow(models.Model):
    """One row of the file: its cells as read, the item understood, and every problem found in it.

    `raw`: column heading → cell text. `item`: the item in the format of fixtures/lists (see
    fixtures/README.md), empty for a row with problems. `problems`: list of {code, column, value,
    details}, put into sentences by `wording.explain`. `changed_fields`: list of {field, before,
    after}, as text.
    """

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows", verbose_name=_("批次"))
    line = models.PositiveIntegerField(_("行号"))
    raw = models.JSONField(default=dict)
    item = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    change = models.CharField(_("变化"), max_length=10, choices=RowChange)
    changed_fields = models.JSONField(default=list)

    class Meta:
        verbose_name = verbose_name_plural = _("待导入行")
        ordering = ["line"]
        constraints = [models.UniqueConstraint(fields=["batch", "line"], name="line_once_in_batch")]

    def __str__(self) -> str:
        return f"{self.batch} 第{self.line}行"
