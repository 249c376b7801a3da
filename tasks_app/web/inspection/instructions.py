"""批示: a leader writes, the lead units answer, a supervisor closes; others with a part in the task read."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tasks_app import clock
from tasks_app.accounts.permissions import can_answer_instruction, can_instruct, can_supervise
from tasks_app.inspection.choices import InstructionStatus, ReplyKind
from tasks_app.inspection.instructing import close_instruction, issue_instruction, reply_to_instruction
from tasks_app.inspection.models import Instruction
from tasks_app.inspection.queries import instructions_for
from tasks_app.inspection.rules import may_close
from tasks_app.lib.errors import Refused
from tasks_app.supervision.queries import lead_units_of
from tasks_app.web.inspection.common import found_task, lists_of, page_of
from tasks_app.web.inspection.filters import InstructionFilter
from tasks_app.web.inspection.forms import ClosingForm, InstructionForm, ReplyForm
from tasks_app.web.shared.http import Request


@require_safe
def instructions(request: Request) -> HttpResponse:
    """Instructions that this person may read, what is open first; filters in the address."""
    rows = instructions_for(request.viewer)
    narrowed = InstructionFilter(request.GET, rows, lists=lists_of(request))
    context = {
        "filter": narrowed,
        "page": page_of(request, narrowed),
        "narrowed": bool(narrowed.form.changed_data),
        "at": clock.now(),
    }
    return render(request, "inspection/instructions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def instruction_issue(request: Request, pk: int) -> HttpResponse:
    """Where the short form of the task's page leads; by itself, the same form on a page of its own."""
    task = found_task(request, pk)
    if not can_instruct(request.viewer, jurisdiction_id=task.task_list.jurisdiction_id):
        raise PermissionDenied(_("批示由本辖区的领导岗位写。牵头单位在批示页面回复落实情况。"))
    form = InstructionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        issued = issue_instruction(task=task, text=form.cleaned_data["text"], by=request.user, at=clock.now())
        messages.success(request, _("批示已发给牵头单位联络员、负责人和督查员，落实情况会列在这里。"))
        return redirect("instruction", pk=issued.pk)
    return render(request, "inspection/instruction_issue.html", {"task": task, "form": form})


def _found(request: Request, pk: int) -> Instruction:
    rows = instructions_for(request.viewer).select_related("task__task_list__document", "task__standing")
    return get_object_or_404(rows, pk=pk)


@require_safe
def instruction(request: Request, pk: int) -> HttpResponse:
    """One instruction, what the lead units answered, and what this person may do with it."""
    return _page(request, _found(request, pk))


def _page(
    request: Request,
    found: Instruction,
    *,
    reply: ReplyForm | None = None,
    closing: ClosingForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    leads = lead_units_of(found.task)
    own = request.viewer.own(leads)
    seen = {one.unit_id for one in found.replies.all() if one.kind == ReplyKind.SEEN}
    supervises = can_supervise(request.viewer, jurisdiction_id=found.task.task_list.jurisdiction_id)
    is_open = found.status != InstructionStatus.CLOSED
    context = {
        "instruction": found,
        "task": found.task,
        "reply_form": (reply or ReplyForm(units=own)) if own and is_open else None,
        "may_acknowledge": found.status == InstructionStatus.ISSUED and any(unit.pk not in seen for unit in own),
        "closing_form": (closing or ClosingForm()) if supervises and may_close(found.status) else None,
        "unheard": [unit for unit in leads if unit.pk not in {one.unit_id for one in found.replies.all()}],
        "refusal": refusal,
    }
    return render(request, "inspection/instruction.html", context, status=status)


@require_POST
def instruction_reply(request: Request, pk: int) -> HttpResponse:
    """A lead unit's liaison: 已阅知 or 落实情况; what was typed survives a refusal."""
    found = _found(request, pk)
    leads = lead_units_of(found.task)
    if not can_answer_instruction(request.viewer, lead_unit_ids={unit.pk for unit in leads}):
        raise PermissionDenied(_("批示由任务的牵头单位联络员回复。"))
    form = ReplyForm(request.POST, units=request.viewer.own(leads))
    if not form.is_valid():
        return _page(request, found, reply=form)
    try:
        reply_to_instruction(
            instruction=found,
            unit=form.chosen_unit,
            kind=form.kind,
            text=form.cleaned_data["text"],
            by=request.user,
            at=clock.now(),
        )
    except Refused as error:
        return _page(request, _found(request, pk), reply=form, refusal=str(error), status=409)
    said = _("已记录：已阅知。") if form.kind == ReplyKind.SEEN else _("落实情况已回复，批示人和督查员会收到消息。")
    messages.success(request, said)
    return redirect("instruction", pk=pk)


@require_POST
def instruction_close(request: Request, pk: int) -> HttpResponse:
    """办结: a supervisor closes the instruction."""
    found = _found(request, pk)
    if not can_supervise(request.viewer, jurisdiction_id=found.task.task_list.jurisdiction_id):
        raise PermissionDenied(_("批示由督查员办结。"))
    form = ClosingForm(request.POST)
    if not form.is_valid():
        return _page(request, found, closing=form)
    try:
        close_instruction(instruction=found, text=form.cleaned_data["text"], by=request.user, at=clock.now())
    except Refused as error:
        return _page(request, _found(request, pk), closing=form, refusal=str(error), status=409)
    messages.success(request, _("批示已办结。"))
    return redirect("instruction", pk=pk)
