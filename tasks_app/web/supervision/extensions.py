"""延期: a lead unit asks before the deadline, a supervisor decides; and the list of all that was asked for."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tasks_app import clock
from tasks_app.accounts.permissions import can_request_extension, can_supervise
from tasks_app.catalogue.models import Task, TaskList
from tasks_app.lib.errors import Refused
from tasks_app.supervision.choices import ExtensionStatus
from tasks_app.supervision.extending import (
    decide_extension,
    refusal_to_extend,
    request_extension,
    withdraw_extension,
)
from tasks_app.supervision.models import Closure, Extension
from tasks_app.supervision.queries import lead_units_of
from tasks_app.supervision.requests import deadlines_of, hearings_of, requests_for
from tasks_app.units.models import Unit
from tasks_app.web.shared.http import Request
from tasks_app.web.shared.refusals import refusals_shown
from tasks_app.web.supervision.forms import (
    ExtensionDecisionForm,
    ExtensionRequestForm,
    RequestFilterForm,
    WithdrawalForm,
)

PAGE_SIZES = {"25": 25, "50": 50, "100": 100, "200": 200}


@require_safe
def requests(request: Request) -> HttpResponse:
    """延期与销号: what waits for a decision, then what was decided; filters in the address.

    An assisting unit finds the closures on which it is heard on top.
    """
    viewer = request.viewer
    asking = Q(pk__in=Extension.objects.listed_for(viewer).values("unit")) | Q(
        pk__in=Closure.objects.listed_for(viewer).values("unit")
    )
    form = RequestFilterForm(
        request.GET,
        lists=list(TaskList.objects.visible_to(viewer)),
        units=list(Unit.objects.filter(asking).order_by("order", "pk")),
    )
    wanted = form.wanted
    size = PAGE_SIZES.get(request.GET.get("per_page", ""), 25)
    context = {
        "filter": {"form": form},
        "page": Paginator(requests_for(viewer, wanted), size).get_page(request.GET.get("page")),
        "narrowed": any(wanted.__dict__.values()),
        "hearings": hearings_of(viewer),
        "at": clock.now(),
    }
    return render(request, "supervision/requests.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def extension_request(request: Request, pk: int) -> HttpResponse:
    """Ask for a later deadline of a task that the viewer's own unit leads; what was typed survives a refusal."""
    tasks = Task.objects.visible_to(request.viewer).select_related("task_list__document", "standing")
    task = get_object_or_404(tasks, pk=pk, retired_at=None)
    leads = lead_units_of(task)
    if not can_request_extension(request.viewer, lead_unit_ids={unit.pk for unit in leads}):
        raise PermissionDenied(
            _("延期由任务的牵头单位联络员申请。%(task)s的牵头单位：%(units)s。")
            % {"task": task, "units": "、".join(unit.name for unit in leads) or task.lead_text or _("未落实")}
        )
    at = clock.now()
    own = request.viewer.own(leads)
    form = ExtensionRequestForm(request.POST or None, units=own)
    refusal, status = "", 200
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            extension = request_extension(
                task=task,
                unit=form.chosen_unit,
                asked_due_on=said["asked_due_on"],
                reason=said["reason"],
                by=request.user,
                at=at,
            )
        except Refused as error:
            refusal, status = str(error), 409
        else:
            messages.success(request, _("延期申请已提交，等待督查员审批。审批结果会发到消息。"))
            return redirect("extension", pk=extension.pk)
    granted = list(task.extensions.filter(status=ExtensionStatus.GRANTED).order_by("decided_at", "pk"))
    context = {
        "task": task,
        "form": form,
        "refusal": refusal,
        "bar": refusal_to_extend(task, today=at.date()),
        "deadlines": deadlines_of(task, granted),
        "earlier": task.extensions.select_related("unit"),
        "waiting": task.extensions.filter(status=ExtensionStatus.REQUESTED).select_related("unit").first(),
    }
    return render(request, "supervision/extension_request.html", context, status=status)


def _found(request: Request, pk: int) -> Extension:
    rows = Extension.objects.listed_for(request.viewer).select_related(
        "task__task_list__document", "task__standing", "unit", "requested_by", "decided_by"
    )
    return get_object_or_404(rows, pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def extension(request: Request, pk: int) -> HttpResponse:
    """How a request for a later deadline stands; a supervisor grants or refuses it here."""
    found = _found(request, pk)
    may_decide = can_supervise(request.viewer, jurisdiction_id=found.task.task_list.jurisdiction_id)
    if request.method == "POST" and not may_decide:
        raise PermissionDenied(_("延期由督查员审批。您可以在这里查看申请的状态。"))
    form = ExtensionDecisionForm(request.POST or None, extension=found)
    refusal, status = "", 200
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            decided = decide_extension(
                extension=found,
                granted=form.granted,
                new_due_on=said["new_due_on"],
                decision_text=said["decision_text"],
                by=request.user,
                at=clock.now(),
            )
        except Refused as error:
            refusal, status = str(error), 409
            found = _found(request, pk)
        else:
            said_so = _("已记录：%(status)s。申请单位和汇总单位会收到消息。")
            messages.success(request, said_so % {"status": decided.get_status_display()})
            return redirect("extension", pk=pk)
    waits = found.status == ExtensionStatus.REQUESTED
    context = {
        "extension": found,
        "task": found.task,
        "form": form,
        "refusal": refusal,
        "may_decide": may_decide and waits,
        "may_withdraw": waits and can_request_extension(request.viewer, lead_unit_ids={found.unit_id}),
        "withdrawal": WithdrawalForm(),
        "may_read": Extension.objects.readable_by(request.viewer).filter(pk=pk).exists(),
    }
    return render(request, "supervision/extension.html", context, status=status)


@require_POST
def extension_withdraw(request: Request, pk: int) -> HttpResponse:
    """The unit takes its request back while it waits."""
    found = _found(request, pk)
    if not can_request_extension(request.viewer, lead_unit_ids={found.unit_id}):
        raise PermissionDenied(_("申请由提出它的单位联络员撤回。"))
    with refusals_shown(request):
        reason = request.POST.get("reason", "")[:2000]
        withdraw_extension(extension=found, reason=reason, by=request.user, at=clock.now())
        messages.success(request, _("延期申请已撤回，完成时限不变。"))
    return redirect("extension", pk=pk)
