"""Files that go with a report: evidence of one entry, or the stamped scan of the whole form."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tasks_app.accounts.models import User
from tasks_app.evidence.choices import FileKind
from tasks_app.reporting.models import MonthlyReport, ReportEntry

if TYPE_CHECKING:
    from tasks_app.accounts.permissions import Viewer


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def readable_by(self, viewer: "Viewer") -> "EvidenceQuerySet":
        """Files of entries whose words this person may read; scans of reports that this person may open."""
        return self.filter(
            Q(entry__in=ReportEntry.objects.readable_by(viewer))
            | Q(entry=None, report__in=MonthlyReport.objects.readable_by(viewer))
        )


class Evidence(models.Model):
    """佐证材料. The bytes lie under MEDIA_ROOT by a random name; `name` is what people see."""

    report = models.ForeignKey(MonthlyReport, models.CASCADE, related_name="files", verbose_name=_("月报"))
    entry = models.ForeignKey(
        ReportEntry, models.CASCADE, null=True, related_name="files", verbose_name=_("条目"),
        help_text=_("空着的是整份报送表的盖章扫描件。"),
    )  # fmt: skip
    name = models.CharField(_("文件名"), max_length=120)
    stored_name = models.CharField(_("存放名"), max_length=80, unique=True)
    kind = models.CharField(_("类型"), max_length=4, choices=FileKind)
    size = models.PositiveIntegerField(_("字节数"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    uploaded_at = models.DateTimeField(_("上传时间"))
    uploaded_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("上传人"))

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("佐证材料")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
