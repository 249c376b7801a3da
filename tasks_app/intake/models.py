"""A file on its way to becoming a list: read and understood row by row, applied all or nothing."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tasks_app.accounts.models import User
from tasks_app.catalogue.models import TaskList
from tasks_app.intake.choices import BatchStatus, RowChange

if TYPE_CHECKING:
    from tasks_app.accounts.permissions import Viewer


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def visible_to(self, viewer: "Viewer") -> "ImportBatchQuerySet":
        """Own batches; an administrator's or coordinator's of lists they may import into."""
        return self.filter(
            Q(task_list__jurisdiction_id__in=viewer.overseen_jurisdiction_ids)
            | Q(task_list__coordinating_unit_id__in=viewer.coordinator_unit_ids)
        )


class ImportBatch(models.Model):
    """One uploaded file and what was understood of it."""

    task_list = models.ForeignKey(TaskList, models.CASCADE, related_name="batches", verbose_name=_("清单"))
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


class StagedRow(models.Model):
    """One row of the file: its cells as read, the item understood, and every problem found in it.

    `raw`: column heading → cell text. `item`: the item in the format of fixtures/lists (see
    fixtures/README.md). `problems`: list of {column, value, reason, remedy}.
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
