"""Workbooks that came back, waiting to be looked through and applied."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tasks_app.accounts.models import User
from tasks_app.reporting.models import MonthlyReport


class WorkbookUpload(models.Model):
    """One uploaded workbook of a unit's month, as read: the file itself is not kept.

    `rows` holds `data` (field name as in the form → text) and `cells` (field name → cell); `problems` what
    could not be read, each with its cell.
    """

    report = models.ForeignKey(MonthlyReport, models.CASCADE, related_name="workbooks", verbose_name=_("月报"))
    file_name = models.CharField(_("文件名"), max_length=120)
    rows = models.JSONField(_("填写内容"), default=dict)
    problems = models.JSONField(_("问题"), default=list)
    uploaded_at = models.DateTimeField(_("上传时间"))
    uploaded_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("上传人"))
    applied_at = models.DateTimeField(_("写入时间"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("月报工作簿")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.file_name
