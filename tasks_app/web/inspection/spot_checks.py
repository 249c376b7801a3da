"""现场核查: what was seen on the spot; made, corrected and read."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tasks_app import clock
from tasks_app.accounts.permissions import can_supervise, supervises
from tasks_app.catalogue.models import Task
from tasks_app.files import rules
from tasks_app.inspection.actions import attach_to_spot_check, correct_spot_check, make_spot_check
from tasks_app.inspection.models import SpotCheck, SpotCheckFile
from tasks_app.inspection.queries import spot_checks_for
from tasks_app.lib.errors import Conflict, Refused
from tasks_app.units.models import Unit
from tasks_app.web.inspection.common import found_task, lists_of, page_of
from tasks_app.web.inspection.filters import SpotCheckFilter
from tasks_app.web.inspection.forms import CorrectionForm, SpotCheckForm
from tasks_app.web.shared.files import download, keep_each
from tasks_app.web.shared.http import Request


def _may_check(request: Request, task: Task) -> bool:
    return can_supervise(request.viewer, jurisdiction_id=task.task_list.jurisdiction_id)


def _not_yours() -> PermissionDenied:
    return PermissionDenied(_("现场核查由督查员登记和更正。牵头单位、汇总单位和领导可以查看结果。"))


@require_safe
def spot_checks(request: Request) -> HttpResponse:
    """Visits that this person may read, the newest first; filters in the address."""
    rows = spot_checks_for(request.viewer)
    narrowed = SpotCheckFilter(request.GET, rows, lists=lists_of(request))
    context = {
        "filter": narrowed,
        "page": page_of(request, narrowed),
        "narrowed": bool(narrowed.form.changed_data),
        "supervises": supervises(request.viewer),
        "at": clock.now(),
    }
    return render(request, "inspection/spot_checks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def spot_check_make(request: Request, pk: int) -> HttpResponse:
    """A supervisor on the spot: the form is short and works on a phone; photos go with it."""
    task = found_task(request, pk)
    if not _may_check(request, task):
        raise _not_yours()
    at = clock.now()
    units = list(Unit.objects.filter(obligations__task=task).order_by("order", "pk"))
    form = SpotCheckForm(request.POST or None, units=units, initial={"day": at.date()})
    refusal, status = "", 200
    if request.method == "POST" and form.is_valid():
        try:
            check = make_spot_check(task=task, unit=form.chosen_unit, seen=form.seen, by=request.user, at=at)
        except Refused as error:
            refusal, status = str(error), 409
        else:
            messages.success(request, _("核查已登记，牵头单位和汇总单位会收到消息。"))
            _keep_files(request, check)
            return redirect("spot_check", pk=check.pk)
    context = {"task": task, "form": form, "refusal": refusal, "limit": rules.MAX_BYTES // 1024 // 1024}
    return render(request, "inspection/spot_check_make.html", context, status=status)


def _keep_files(request: Request, check: SpotCheck) -> None:
    """What was sent along; a file that is not taken is told and keeps nothing else out."""
    uploads = request.FILES.getlist("file")
    if not uploads:
        return
    keeping = partial(attach_to_spot_check, check=check, by=request.user, at=clock.now())
    refusals, kept = keep_each(uploads, keeping)
    if kept:
        messages.success(request, _("已上传 %(n)d 个文件。") % {"n": kept})
    for text in refusals:
        messages.error(request, text)


def _found(request: Request, pk: int) -> SpotCheck:
    checks = spot_checks_for(request.viewer).select_related("task__task_list__document", "task__standing")
    return get_object_or_404(checks, pk=pk)


@never_cache
@require_safe
def spot_check(request: Request, pk: int) -> HttpResponse:
    """One visit, its photos, the lights that stood beside it, and what was corrected."""
    check = _found(request, pk)
    files = list(check.files.select_related("uploaded_by"))
    context = {
        "check": check,
        "task": check.task,
        "files": files,
        "versions": check.versions.select_related("corrected_by"),
        "may_correct": _may_check(request, check.task),
        "room": rules.MAX_FILES - len(files),
        "limit": rules.MAX_BYTES // 1024 // 1024,
    }
    return render(request, "inspection/spot_check.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def spot_check_correct(request: Request, pk: int) -> HttpResponse:
    """Correct a visit with a reason; what was typed survives a refusal and somebody else's correction."""
    check = _found(request, pk)
    if not _may_check(request, check.task):
        raise _not_yours()
    form = CorrectionForm(request.POST or None, check=check)
    refusal, status, theirs = "", 200, None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            correct_spot_check(
                check=check,
                seen=form.seen,
                reason=said["reason"],
                version=said["version"],
                by=request.user,
                at=clock.now(),
            )
        except Conflict as conflict:
            refusal, status, theirs = str(conflict), 409, _found(request, pk)
            # Whoever sends the form again has seen what the other wrote.
            typed = request.POST.copy()
            typed["version"] = str(theirs.version)
            form.data = typed
        except Refused as error:
            refusal, status = str(error), 409
        else:
            messages.success(request, _("核查记录已更正，原记录保留在下面。"))
            return redirect("spot_check", pk=pk)
    context = {"check": check, "task": check.task, "form": form, "refusal": refusal, "theirs": theirs}
    return render(request, "inspection/spot_check_correct.html", context, status=status)


@require_POST
def spot_check_files(request: Request, pk: int) -> HttpResponse:
    """Add photos or papers to a visit."""
    check = _found(request, pk)
    if not _may_check(request, check.task):
        raise _not_yours()
    if not request.FILES.getlist("file"):
        messages.error(request, _("没有选择文件。请先选择要上传的文件。"))
    _keep_files(request, check)
    return redirect("spot_check", pk=pk)


@never_cache
@require_safe
def spot_check_file(request: Request, pk: int) -> HttpResponseBase:
    """A visit's file, for those who may read the visit."""
    return download(get_object_or_404(SpotCheckFile.objects.readable_by(request.viewer), pk=pk))
