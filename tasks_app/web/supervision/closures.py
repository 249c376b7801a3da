"""办结销号: a lead unit asks, a supervisor decides, others see how it stands."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tasks_app import clock
from tasks_app.accounts.permissions import can_read_submitted, can_request_closure, can_supervise
from tasks_app.catalogue.models import Task
from tasks_app.lib.errors import Refused
from tasks_app.supervision.actions import decide_closure, request_closure
from tasks_app.supervision.choices import ClosureStatus
from tasks_app.supervision.models import Closure
from tasks_app.supervision.queries import lead_units_of
from tasks_app.web.shared.http import Request
from tasks_app.web.supervision.forms import ClosureDecisionForm, ClosureRequestForm
from tasks_app.web.supervision.views import refused


@require_http_methods(["GET", "HEAD", "POST"])
def closure_request(request: Request, pk: int) -> HttpResponse:
    """Ask for the closure of a task that the own unit leads; what was typed survives a refusal."""
    tasks = Task.objects.visible_to(request.viewer).select_related("task_list__document", "standing")
    task = get_object_or_404(tasks, pk=pk, retired_at=None)
    leads = lead_units_of(task)
    if not can_request_closure(request.viewer, lead_unit_ids={unit.pk for unit in leads}):
        return refused(
            request,
            _("销号由任务的牵头单位联络员申请。%(task)s的牵头单位：%(units)s。")
            % {"task": task, "units": "、".join(unit.name for unit in leads) or task.lead_text or _("未落实")},
        )
    own = [unit for unit in leads if unit.pk in request.viewer.liaison_unit_ids]
    form = ClosureRequestForm(request.POST or None, units=own)
    refusal, status = "", 200
    if request.method == "POST" and form.is_valid():
        try:
            closure = request_closure(
                task=task,
                unit=form.chosen_unit,
                evidence_text=form.cleaned_data["evidence_text"],
                by=request.user,
                at=clock.now(),
            )
        except Refused as error:
            refusal, status = str(error), 409
        else:
            messages.success(request, _("销号申请已提交，等待督查员审批。审批结果会发到消息。"))
            return redirect("closure_decide", pk=closure.pk)
    context = {
        "task": task,
        "form": form,
        "refusal": refusal,
        "earlier": task.closures.select_related("unit", "decided_by"),
        "waiting": task.closures.filter(status=ClosureStatus.REQUESTED).first(),
    }
    return render(request, "supervision/closure_request.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def closure_decide(request: Request, pk: int) -> HttpResponse:
    """How a request for closure stands; a supervisor grants or refuses it here."""
    closures = Closure.objects.select_related(
        "task__task_list__document", "task__standing", "unit", "requested_by", "decided_by"
    )
    closure = get_object_or_404(closures.filter(task__in=Task.objects.visible_to(request.viewer)), pk=pk)
    task_list = closure.task.task_list
    may_decide = can_supervise(request.viewer, jurisdiction_id=task_list.jurisdiction_id)
    if request.method == "POST" and not may_decide:
        return refused(request, _("销号由督查员审批。您可以在这里查看申请的状态。"))
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
            closure = closures.get(pk=pk)
        else:
            said = _("已记录：%(status)s。申请单位会收到消息。") % {"status": decided.get_status_display()}
            messages.success(request, said)
            return redirect("closure_decide", pk=pk)
    context = {
        "closure": closure,
        "task": closure.task,
        "form": form,
        "refusal": refusal,
        "may_decide": may_decide and closure.status == ClosureStatus.REQUESTED,
        "may_read": can_read_submitted(
            request.viewer,
            unit_id=closure.unit_id,
            coordinating_unit_id=task_list.coordinating_unit_id,
            jurisdiction_id=task_list.jurisdiction_id,
        ),
    }
    return render(request, "supervision/closure.html", context, status=status)
