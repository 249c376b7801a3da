"""Adding files to a report and taking them back."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from tasks_app.accounts.models import User
from tasks_app.audit.actions import record
from tasks_app.evidence.models import Evidence
from tasks_app.files.storing import drop, keep
from tasks_app.lib.errors import Refused
from tasks_app.reporting.choices import ReportStatus
from tasks_app.reporting.models import MonthlyReport, ReportEntry
from tasks_app.reporting.rules import EDITABLE


@transaction.atomic
def attach(
    *, report: MonthlyReport, entry: ReportEntry | None, name: str, content: bytes, by: User, at: dt.datetime
) -> Evidence:
    """Keep a file as evidence of an entry, or (`entry=None`) as the stamped scan of the report.

    Raises Refused for a kind or size that is not taken, for one file too many, and for an entry that
    is with the coordinator.
    """
    report = MonthlyReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if entry is not None:
        entry = report.entries.select_related("task").get(pk=entry.pk)
    _check_open(report, entry)
    beside = Evidence.objects.in_place().filter(report=report, entry=entry)
    kept = Evidence.objects.create(
        report=report, entry=entry, **keep(beside=beside, name=name, content=content, folder="evidence", by=by, at=at)
    )
    record(by=by, at=at, verb="evidence.attach", target=report, after=_facts(kept))
    return kept


@transaction.atomic
def remove(*, evidence: Evidence, by: User, at: dt.datetime) -> None:
    """Take a file back while its entry may still be written; the log keeps its digest.

    Versions that were handed in with the file keep it: only a file that no version holds is deleted.
    """
    report = MonthlyReport.objects.select_for_update(of=("self",)).get(pk=evidence.report_id)
    evidence = report.files.select_for_update(of=("self",)).get(pk=evidence.pk)
    entry = report.entries.select_related("task").get(pk=evidence.entry_id) if evidence.entry_id else None
    _check_open(report, entry)
    if evidence.removed_at is not None:
        raise Refused(_("“%(name)s”已经撤下，只在历次报送里保留。") % {"name": evidence.name})
    record(by=by, at=at, verb="evidence.remove", target=report, before=_facts(evidence))
    if entry is None or not entry.versions.filter(submission__submitted_at__gte=evidence.uploaded_at).exists():
        drop(evidence)
        return
    evidence.removed_at, evidence.removed_by = at, by
    evidence.save(update_fields=["removed_at", "removed_by"])


def _check_open(report: MonthlyReport, entry: ReportEntry | None) -> None:
    if entry is None:
        if report.first_submitted_at is None:
            raise Refused(_("盖章扫描件在报送之后上传：报送表上要有回执号和校验码。"))
        if report.status == ReportStatus.ACCEPTED:
            raise Refused(_("这份月报已全部审核通过，扫描件不能再增减。"))
    elif entry.status not in EDITABLE:
        raise Refused(
            _("第 %(no)s 项%(status)s，附件不能再增减。如需更正，请联系汇总单位退回。")
            % {"no": entry.task.no, "status": entry.get_status_display()}
        )


def _facts(evidence: Evidence) -> dict[str, object]:
    """Without the file's name: its entry may be a draft, whose words are the unit's own."""
    return {
        "entry": evidence.entry.task.no if evidence.entry else "",
        "size": evidence.size,
        "sha256": evidence.sha256,
    }
