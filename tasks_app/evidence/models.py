"""Files that go with a report: evidence of one entry, or the stamped scan of the whole form."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tasks_app.accounts.models import User
from tasks_app.accounts.scopes import looked_after, own_units
from tasks_app.files.models import StoredFile
from tasks_app.reporting.models import EDITABLE_STATUSES, MonthlyReport, ReportEntry

if TYPE_CHECKING:
    from tasks_app.accounts.permissions import Viewer


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def readable_by(self, viewer: "Viewer") -> "EvidenceQuerySet":
        """Files of entries whose words this person may read; scans of reports that this person may open.

        A file taken back since can be read like the earlier version that held it: by the own unit and, once the entry
        has been handed in again, by those who coordinate or oversee; by nobody else any more.
        """
        lists = "report__period__task_list__"
        own = own_units(viewer, "report__")
        over = looked_after(viewer, lists)
        return self.filter(
            Q(entry__in=ReportEntry.objects.readable_by(viewer))
            & (Q(removed_at=None) | own | over & ~Q(entry__status__in=EDITABLE_STATUSES))
            | Q(entry=None, report__in=MonthlyReport.objects.readable_by(viewer))
        )

    def in_place(self) -> "EvidenceQuerySet":
        """The entry's present files, without those taken back."""
        return self.filter(removed_at=None)


class Evidence(StoredFile):
    """佐证材料.

    What was taken back after it had been handed in stays with the versions that held it (`removed_at`).
    """

    report = models.ForeignKey(MonthlyReport, models.CASCADE, related_name="files", verbose_name=_("月报"))
    entry = models.ForeignKey(
        ReportEntry, models.CASCADE, null=True, related_name="files", verbose_name=_("条目"),
        help_text=_("空着的是整份报送表的盖章扫描件。"),
    )  # fmt: skip
    removed_at = models.DateTimeField(_("撤下时间"), null=True)
    removed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("撤下人"))

    objects = EvidenceQuerySet.as_manager()

    class Meta(StoredFile.Meta):
        abstract = False
        verbose_name = verbose_name_plural = _("佐证材料")

    def was_there(self, at: dt.datetime) -> bool:
        """Whether the version handed in at that moment included this file."""
        return self.uploaded_at <= at and (self.removed_at is None or self.removed_at > at)
