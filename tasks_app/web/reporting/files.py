"""Files of an entry and scans of a report: add, list, read, remove."""

from functools import partial

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tasks_app import clock
from tasks_app.evidence.actions import attach, remove
from tasks_app.evidence.models import Evidence
from tasks_app.files import rules
from tasks_app.reporting.choices import ReportStatus
from tasks_app.reporting.models import MonthlyReport, ReportEntry
from tasks_app.reporting.rules import EDITABLE
from tasks_app.web.reporting.common import frame, may_fill, not_yours, readable_report
from tasks_app.web.shared.files import download, keep_each
from tasks_app.web.shared.http import Request
from tasks_app.web.shared.refusals import refusals_shown


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def entry_files(request: Request, pk: int, entry_pk: int) -> HttpResponse:
    """GET: the entry's files. POST: add some. 404 for those who may not read the entry's words."""
    found = readable_report(request, pk)
    entries = found.entries.readable_by(request.viewer).select_related("task")
    entry = get_object_or_404(entries, pk=entry_pk)
    return _files(request, found, entry)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report_scan(request: Request, pk: int) -> HttpResponse:
    """GET: the stamped scans of a report that was handed in. POST: add one."""
    found = readable_report(request, pk)
    if not found.receipt_no:
        raise Http404
    return _files(request, found, None)


def _files(request: Request, found: MonthlyReport, entry: ReportEntry | None) -> HttpResponse:
    writing = may_fill(request, found)
    status = 200
    refusals: list[str] = []
    if request.method == "POST":
        if not writing:
            raise not_yours()
        keeping = partial(attach, report=found, entry=entry, by=request.user, at=clock.now())
        refusals, kept = keep_each(request.FILES.getlist("file"), keeping)
        if not refusals:
            messages.success(request, _("已上传 %(n)d 个文件。") % {"n": kept})
            return redirect(request.path)
        status = 422
    editable = entry.status in EDITABLE if entry else found.status != ReportStatus.ACCEPTED
    held = Evidence.objects.readable_by(request.viewer).filter(report=found, entry=entry)
    files = held.in_place().select_related("uploaded_by")
    context = frame(found) | {
        "entry": entry,
        "files": files,
        "removed": held.exclude(removed_at=None).select_related("removed_by"),
        "writing": writing and editable,
        "room": rules.MAX_FILES - len(files),
        "refusals": refusals,
        "limit": rules.MAX_BYTES // 1024 // 1024,
        "most": rules.MAX_FILES,
    }
    return render(request, "reporting/files.html", context, status=status)


@never_cache
@require_safe
def file(request: Request, pk: int) -> FileResponse:
    return download(get_object_or_404(Evidence.objects.readable_by(request.viewer), pk=pk))


@require_POST
def file_remove(request: Request, pk: int) -> HttpResponse:
    """Take a file back while its entry may still be written."""
    files = Evidence.objects.readable_by(request.viewer).select_related("report", "entry__task")
    evidence = get_object_or_404(files, pk=pk)
    if not may_fill(request, evidence.report):
        raise not_yours()
    name = evidence.name
    if evidence.entry_id:
        back = reverse("entry_files", args=[evidence.report_id, evidence.entry_id])
    else:
        back = reverse("report_scan", args=[evidence.report_id])
    with refusals_shown(request):
        remove(evidence=evidence, by=request.user, at=clock.now())
        words = _("已撤下“%(name)s”，之前报送的版本里仍保留。") if _is_kept(pk) else _("已删去“%(name)s”。")
        messages.success(request, words % {"name": name})
    return redirect(back)


def _is_kept(pk: int) -> bool:
    """Whether a version that was handed in holds the file that was taken back."""
    return Evidence.objects.filter(pk=pk).exists()
