"""办结销号: a lead unit asks, assisting units are heard, a supervisor decides, others see how it stands."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tasks_app import clock
from tasks_app.accounts.permissions import Viewer, can_be_heard, can_request_closure, can_supervise
from tasks_app.catalogue.models import Task
from tasks_app.files import rules as file_rules
from tasks_app.lib.errors import Refused
from tasks_app.supervision.actions import decide_closure, reopen_closure, request_closure, withdraw_closure
from tasks_app.supervision.choices import ClosureStatus, Opinion
from tasks_app.supervision.hearing import attach_to_closure, give_opinion, remove_from_closure
from tasks_app.supervision.models import Closure, ClosureFile, ClosureHearing
from tasks_app.supervision.queries import lead_units_of
from tasks_app.supervision.requests import last_values, own_targets
from tasks_app.web.shared.files import download as as_download
from tasks_app.web.shared.files import keep_each
from tasks_app.web.shared.http import Request
from tasks_app.web.shared.refusals import refusals_shown
from tasks_app.web.shared.targets import figure, target_text
from tasks_app.web.supervision.forms import ClosureDecisionForm, ClosureRequestForm, OpinionForm, ReasonForm


@require_http_methods(["GET", "HEAD", "POST"])
def closure_request(request: Request, pk: int) -> HttpResponse:
    """Ask for the closure of a task that the viewer's own unit leads; what was typed survives a refusal."""
    tasks = Task.objects.visible_to(request.viewer).select_related("task_list__document", "standing")
    task = get_object_or_404(tasks, pk=pk, retired_at=None)
    leads = lead_units_of(task)
    if not can_request_closure(request.viewer, lead_unit_ids={unit.pk for unit in leads}):
        raise PermissionDenied(
            _("销号由任务的牵头单位联络员申请。%(task)s的牵头单位：%(units)s。")
            % {"task": task, "units": "、".join(unit.name for unit in leads) or task.lead_text or _("未落实")}
        )
    own = request.viewer.own(leads)
    targets = {target.pk: target for unit in own for target in own_targets(task, unit)}
    said = last_values(own, list(targets))
    initial = {f"value-{key}": figure(value).replace(",", "") for key, value in said.items()}
    form = ClosureRequestForm(request.POST or None, units=own, targets=list(targets.values()), initial=initial)
    refusal, status = "", 200
    if request.method == "POST" and form.is_valid():
        try:
            closure = request_closure(
                task=task,
                unit=form.chosen_unit,
                evidence_text=form.cleaned_data["evidence_text"],
                values=form.values,
                by=request.user,
                at=clock.now(),
            )
        except Refused as error:
            refusal, status = str(error), 409
        else:
            messages.success(request, _("销号申请已提交，等待督查员审批。审批结果会发到消息。"))
            _keep_files(request, closure)
            return redirect("closure_decide", pk=closure.pk)
    readable = Closure.objects.readable_by(request.viewer).filter(pk=OuterRef("pk"))
    context = {
        "task": task,
        "form": form,
        "refusal": refusal,
        "leads": leads,
        "limit": file_rules.MAX_BYTES // 1024 // 1024,
        "earlier": task.closures.annotate(may_read=Exists(readable)).select_related("unit"),
        "waiting": task.closures.filter(status=ClosureStatus.REQUESTED).select_related("unit").first(),
    }
    return render(request, "supervision/closure_request.html", context, status=status)


def _keep_files(request: Request, closure: Closure) -> None:
    """What was sent along; a file that is not taken is told and keeps nothing else out."""
    uploads = request.FILES.getlist("file")
    if not uploads:
        return
    refusals, kept = keep_each(uploads, partial(attach_to_closure, closure=closure, by=request.user, at=clock.now()))
    if kept:
        messages.success(request, _("已上传 %(n)d 个文件。") % {"n": kept})
    for text in refusals:
        messages.error(request, text)


def _found(request: Request, pk: int) -> Closure:
    rows = Closure.objects.listed_for(request.viewer).select_related(
        "task__task_list__document", "task__standing", "unit", "requested_by", "decided_by", "reopened_by"
    )
    return get_object_or_404(rows, pk=pk)


def _asks(request: Request, closure: Closure) -> bool:
    """Does this person speak for the unit that asked."""
    return can_request_closure(request.viewer, lead_unit_ids={closure.unit_id})


def _supervises(request: Request, closure: Closure) -> bool:
    return can_supervise(request.viewer, jurisdiction_id=closure.task.task_list.jurisdiction_id)


@require_http_methods(["GET", "HEAD", "POST"])
def closure_decide(request: Request, pk: int) -> HttpResponse:
    """How a request for closure stands; a supervisor grants or refuses it here."""
    closure = _found(request, pk)
    if request.method == "POST" and not _supervises(request, closure):
        raise PermissionDenied(_("销号由督查员审批。您可以在这里查看申请的状态。"))
    form = ClosureDecisionForm(request.POST or None)
    refusal, status = "", 200
    if request.method == "POST" and form.is_valid():
        try:
            decided = decide_closure(
                closure=closure,
                granted=form.granted,
                decision_text=form.cleaned_data["decision_text"],
                by=request.user,
                at=clock.now(),
            )
        except Refused as error:
            refusal, status = str(error), 409
        else:
            said = _("已记录：%(status)s。申请单位会收到消息。") % {"status": decided.get_status_display()}
            messages.success(request, said)
            return redirect("closure_decide", pk=pk)
    return _page(request, pk, decision=form, refusal=refusal, status=status)


def _page(
    request: Request,
    pk: int,
    *,
    decision: ClosureDecisionForm | None = None,
    opinion: OpinionForm | None = None,
    reopening: ReasonForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    """The closure as it stands now, with the forms of what this person may do."""
    viewer, at = request.viewer, clock.now()
    closure = _found(request, pk)
    may_read = Closure.objects.readable_by(viewer).filter(pk=pk).exists()
    waits, supervises = closure.status == ClosureStatus.REQUESTED, _supervises(request, closure)
    hearings = list(closure.hearings.select_related("unit", "answered_by")) if may_read else []
    heard = _heard(viewer, hearings) if waits else []
    files = list(closure.files.all()) if may_read else []
    asks = _asks(request, closure)
    context: dict[str, Any] = {
        "closure": closure,
        "task": closure.task,
        "leads": lead_units_of(closure.task),
        "form": decision or ClosureDecisionForm(),
        "refusal": refusal,
        "may_decide": supervises and waits,
        "may_read": may_read,
        "values": _value_rows(closure) if may_read else [],
        "hearings": [(one, not one.opinion and at > one.due_at) for one in hearings],
        "heard": heard,
        "opinion_form": opinion or OpinionForm(units=[one.unit for one in heard], initial=_said(heard)),
        "files": files,
        "may_withdraw": asks and waits,
        "room": file_rules.MAX_FILES - len(files) if asks and waits else 0,
        "limit": file_rules.MAX_BYTES // 1024 // 1024,
        "reopening": reopening or ReasonForm(),
        "may_reopen": supervises and closure.status == ClosureStatus.GRANTED,
    }
    return render(request, "supervision/closure.html", context, status=status)


def _heard(viewer: Viewer, hearings: Iterable[ClosureHearing]) -> list[ClosureHearing]:
    """Those in which this person answers for the unit: several, where one speaks for several units."""
    return [one for one in hearings if can_be_heard(viewer, unit_id=one.unit_id)]


def _said(heard: list[ClosureHearing]) -> dict[str, str]:
    """What the form begins with: the first that has no answer yet, else what was answered."""
    first = next((one for one in heard if not one.opinion), heard[0] if heard else None)
    return {"unit": str(first.unit_id), "opinion": first.opinion, "reason": first.reason} if first else {}


def _value_rows(closure: Closure) -> list[dict[str, Any]]:
    """Each target with what was reached, and by how much it falls short."""
    rows = []
    for value in closure.values.all():
        target = target_text(
            comparator=value.comparator, value=value.target, value_max=value.target_max, unit=value.measure
        )
        gap = abs(value.value - value.target)
        rows.append({"row": value, "target": target, "value": figure(value.value), "gap": figure(gap)})
    return rows


@require_POST
def closure_withdraw(request: Request, pk: int) -> HttpResponse:
    """The unit takes its request back while it waits."""
    closure = _found(request, pk)
    if not _asks(request, closure):
        raise PermissionDenied(_("申请由提出它的单位联络员撤回。"))
    with refusals_shown(request):
        reason = request.POST.get("reason", "")[:2000]
        withdraw_closure(closure=closure, reason=reason, by=request.user, at=clock.now())
        messages.success(request, _("销号申请已撤回，任务仍按未完成计。"))
    return redirect("closure_decide", pk=pk)


@require_POST
def closure_reopen(request: Request, pk: int) -> HttpResponse:
    """撤销销号: a supervisor opens the task again, with a reason."""
    closure = _found(request, pk)
    if not _supervises(request, closure):
        raise PermissionDenied(_("撤销销号由督查员办理。"))
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, pk, reopening=form)
    try:
        reopen_closure(closure=closure, reason=form.cleaned_data["reason"], by=request.user, at=clock.now())
    except Refused as error:
        return _page(request, pk, reopening=form, refusal=str(error), status=409)
    messages.success(request, _("已撤销销号，任务重新列为未完成。申请单位和牵头单位会收到消息。"))
    return redirect("closure_decide", pk=pk)


@require_POST
def closure_opinion(request: Request, pk: int) -> HttpResponse:
    """An assisting unit's liaison says what it thinks of the closure."""
    closure = _found(request, pk)
    heard = _heard(request.viewer, closure.hearings.select_related("unit"))
    if not heard:
        raise PermissionDenied(_("销号征求本项配合单位的意见，由配合单位联络员答复。"))
    form = OpinionForm(request.POST, units=[one.unit for one in heard])
    if not form.is_valid():
        return _page(request, pk, opinion=form)
    said = form.cleaned_data
    try:
        give_opinion(
            hearing=next(one for one in heard if one.unit_id == form.chosen_unit.pk),
            opinion=Opinion(said["opinion"]),
            reason=said["reason"],
            by=request.user,
            at=clock.now(),
        )
    except Refused as error:
        return _page(request, pk, opinion=form, refusal=str(error), status=409)
    messages.success(request, _("意见已记录，审批前可以再改。"))
    return redirect("closure_decide", pk=pk)


@require_POST
def closure_files(request: Request, pk: int) -> HttpResponse:
    """The unit adds files to a request that waits."""
    closure = _found(request, pk)
    if not _asks(request, closure):
        raise PermissionDenied(_("销号材料由申请单位联络员上传。"))
    if not request.FILES.getlist("file"):
        messages.error(request, _("没有选择文件。请先选择要上传的文件。"))
    _keep_files(request, closure)
    return redirect("closure_decide", pk=pk)


@never_cache
@require_safe
def closure_file(request: Request, pk: int) -> HttpResponseBase:
    """A closure's file, for those who may read its words."""
    return as_download(get_object_or_404(ClosureFile.objects.readable_by(request.viewer), pk=pk))


@require_POST
def closure_file_remove(request: Request, pk: int) -> HttpResponse:
    """The unit takes a file back while its request waits."""
    files = ClosureFile.objects.readable_by(request.viewer).select_related("closure")
    file = get_object_or_404(files, pk=pk)
    if not _asks(request, file.closure):
        raise Http404
    with refusals_shown(request):
        remove_from_closure(file=file, by=request.user, at=clock.now())
        messages.success(request, _("已删去“%(name)s”。") % {"name": file.name})
    return redirect("closure_decide", pk=file.closure_id)
