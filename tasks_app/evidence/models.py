"""Files that go with a report: evidence of one entry, or the stamped scan of the whole form."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tasks_app.files.models import StoredFile
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


class Evidence(StoredFile):
    """佐证材料."""

    report = models.ForeignKey(MonthlyReport, models.CASCADE, related_name="files", verbose_name=_("月报"))
    entry = models.ForeignKey(
        ReportEntry, models.CASCADE, null=True, related_name="files", verbose_name=_("条目"),
        help_text=_("空着的是整份报送表的盖章扫描件。"),
    )  # fmt: skip

    objects = EvidenceQuerySet.as_manager()

    class Meta(StoredFile.Meta):
        abstract = False
        verbose_name = verbose_name_plural = _("佐证材料")
