"""申诉: a unit objects to a line, a supervisor decides; both sides see how it stands."""

import datetime as dt
from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tasks_app import clock
from tasks_app.accounts.permissions import can_object, can_score, supervises
from tasks_app.lib.dates import beijing_day
from tasks_app.lib.errors import Refused
from tasks_app.scores.actions import MAX_FILES, attach_to_objection, decide_objection, file_objection
from tasks_app.scores.choices import EventKind, ObjectionStatus
from tasks_app.scores.models import Objection, ObjectionFile, ScoreLine
from tasks_app.scores.queries import objection_limit, objection_refusal
from tasks_app.web.scores.forms import DecisionForm, ObjectionForm
from tasks_app.web.shared.files import download, keep_each
from tasks_app.web.shared.http import Request
from tasks_app.web.shared.openable import openable


@require_http_methods(["GET", "HEAD", "POST"])
def score_object(request: Request, pk: int) -> HttpResponse:
    """Object to a line of the own unit's newest sheet; what was typed survives a refusal."""
    lines = ScoreLine.objects.readable_by(request.viewer).select_related(
        "sheet__period__task_list", "sheet__scheme", "unit"
    )
    line = get_object_or_404(lines, pk=pk)
    if not can_object(request.viewer, unit_id=line.unit_id):
        raise PermissionDenied(_("申诉由被扣分单位的联络员或负责人提出。"))
    at, period = clock.now(), line.sheet.period
    refusal, status = "", 200
    form = ObjectionForm(request.POST or None)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                objection, refusals = _filed(request, line, form.cleaned_data["text"])
            except Refused as error:
                refusal, status = str(error), 409
            else:
                messages.success(request, _("申诉已提出，督查员会收到消息。"))
                for sentence in refusals:
                    messages.warning(request, sentence)
                return redirect("objection", pk=objection.pk)
    else:
        refusal = objection_refusal(line, period, at)
    context = {
        "line": line,
        "openable": openable(request.viewer, [line.path]),
        "kind": EventKind(line.kind),
        "period": period,
        "task_list": period.task_list,
        "form": form,
        "refusal": refusal,
        "last_day": beijing_day(objection_limit(line) - dt.timedelta(seconds=1)),
        "most": MAX_FILES,
    }
    return render(request, "scores/object.html", context, status=status)


@transaction.atomic
def _filed(request: Request, line: ScoreLine, text: str) -> tuple[Objection, list[str]]:
    """The objection, and what was wrong with files that came along: these do not keep it from being filed."""
    at = clock.now()
    objection = file_objection(line=line, text=text, by=request.user, at=at)
    uploads = request.FILES.getlist("file")
    keeping = partial(attach_to_objection, objection=objection, by=request.user, at=at)
    return objection, keep_each(uploads, keeping)[0] if uploads else []


@require_safe
def objections(request: Request) -> HttpResponse:
    """Objections that this person may read, what waits first."""
    readable = Objection.objects.readable_by(request.viewer).select_related(
        "unit", "line", "period__task_list", "decided_by"
    )
    waiting = readable.filter(status=ObjectionStatus.FILED).order_by("filed_at", "pk")
    context = {
        "waiting": [(objection, ObjectionStatus(objection.status)) for objection in waiting],
        "decided": [
            (objection, ObjectionStatus(objection.status))
            for objection in readable.exclude(status=ObjectionStatus.FILED).order_by("-decided_at", "-pk")[:200]
        ],
        "decides": supervises(request.viewer),
    }
    return render(request, "scores/objections.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def objection(request: Request, pk: int) -> HttpResponse:
    """One objection; a supervisor decides on it here."""
    readable = Objection.objects.readable_by(request.viewer).select_related(
        "unit", "line__sheet", "period__task_list", "filed_by", "decided_by"
    )
    found = get_object_or_404(readable, pk=pk)
    may_decide = can_score(request.viewer, jurisdiction_id=found.period.task_list.jurisdiction_id)
    refusal, status = "", 200
    form = DecisionForm(request.POST or None)
    if request.method == "POST":
        if not may_decide:
            raise PermissionDenied(_("申诉由督查员裁定，其他岗位只能查看。"))
        status = 422
        if form.is_valid():
            words = form.cleaned_data
            try:
                decide_objection(
                    objection=found, upheld=form.upheld, reason=words["reason"], by=request.user, at=clock.now()
                )
            except Refused as error:
                refusal, status = str(error), 409
                found.refresh_from_db()
            else:
                messages.success(request, _("裁定已记录，申诉单位会收到消息。"))
                return redirect("objection", pk=pk)
    context = {
        "objection": found,
        "line": found.line,
        "openable": openable(request.viewer, [found.line.path]),
        "kind": EventKind(found.line.kind),
        "mark": ObjectionStatus(found.status),
        "period": found.period,
        "task_list": found.period.task_list,
        "files": list(found.files.all()),
        "form": form,
        "refusal": refusal,
        "may_decide": may_decide and found.status == ObjectionStatus.FILED,
    }
    return render(request, "scores/objection.html", context, status=status)


@require_safe
def objection_file(request: Request, pk: int) -> FileResponse:
    """A file beside an objection, as a download."""
    return download(get_object_or_404(ObjectionFile.objects.readable_by(request.viewer), pk=pk))
