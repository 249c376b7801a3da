"""阶段目标: how far a task should have come by which day, where the straight line would judge it wrongly."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tasks_app import clock
from tasks_app.accounts.permissions import can_set_lights
from tasks_app.audit.models import Event
from tasks_app.catalogue.choices import TaskKind
from tasks_app.catalogue.models import Milestone, Task
from tasks_app.lib.dates import beijing_day
from tasks_app.lib.errors import Conflict, Refused
from tasks_app.progress.actions import set_milestones
from tasks_app.progress.choices import Light
from tasks_app.progress.models import Standing
from tasks_app.progress.rules import version_of
from tasks_app.reporting.actions import refresh_standings
from tasks_app.web.progress.curve import curve_of
from tasks_app.web.progress.forms import MilestoneFormSet, ReasonForm, Row, say_anew, typed_rows
from tasks_app.web.shared.http import Request


@require_http_methods(["GET", "HEAD", "POST"])
def milestones(request: Request, pk: int) -> HttpResponse:
    """GET: a task's milestones and the line through them, for all of the jurisdiction. POST: set others, or none."""
    tasks = Task.objects.visible_to(request.viewer).select_related("task_list", "standing")
    task = get_object_or_404(tasks, pk=pk)
    may_set = can_set_lights(
        request.viewer,
        coordinating_unit_id=task.task_list.coordinating_unit_id,
        jurisdiction_id=task.task_list.jurisdiction_id,
    )
    has_line = task.kind == TaskKind.TASK and task.due_on is not None and not (task.closed_on or task.retired_at)
    if request.method == "POST":
        if not may_set:
            raise PermissionDenied(_("阶段目标由清单的汇总单位和管理员设定。"))
        if has_line:
            return _post(request, task)
        messages.error(request, _("只有规定了完成时限、尚未销号的任务可以设阶段目标。"))
    forms = _drawn(task) if may_set and has_line else {}
    return _page(request, task, {"has_line": has_line, **forms})


def _stored(task: Task) -> list[Row]:
    return list(task.milestones.values_list("due_on", "percent", "text"))


def _drawn(task: Task) -> dict[str, Any]:
    stored = _stored(task)
    initial = [{"due_on": day, "percent": percent, "text": text} for day, percent, text in stored]
    return {
        "rows": MilestoneFormSet(initial=initial, prefix="m"),
        "form": ReasonForm(initial={"version": version_of(stored)}),
    }


def _post(request: Request, task: Task) -> HttpResponse:
    # Without initial rows: each row counts as typed, so that one left as it was is not taken for empty.
    rows, form = MilestoneFormSet(request.POST, prefix="m"), ReasonForm(request.POST)
    wanted = typed_rows(rows, task)
    context: dict[str, Any] = {"has_line": True, "rows": rows, "form": form}
    if wanted is None or not form.is_valid():
        form.is_valid()
        return _page(request, task, context, status=422)
    before = Standing.objects.filter(task=task).first()
    at = clock.now()
    try:
        with transaction.atomic():
            changed = set_milestones(
                task=task,
                milestones=wanted,
                version=form.cleaned_data["version"],
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=at,
            )
            refresh_standings(today=beijing_day(at), task_ids=[task.pk])
    except Conflict as conflict:
        messages.error(request, str(conflict))
        say_anew(form, version=version_of(_stored(task)))
        return _page(request, task, {**context, "theirs": list(task.milestones.all())}, status=409)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return _page(request, task, context, status=409)
    words = _("阶段目标已保存。") if changed else _("与现行的阶段目标相同，没有要保存的。")
    messages.success(request, words + _consequence(before, task))
    return redirect("task_milestones", pk=task.pk)


def _consequence(before: Standing | None, task: Task) -> str:
    """What other milestones have done to the line and the light, in words; empty where nothing."""
    after = Standing.objects.filter(task=task).first()
    if before is None or after is None or (before.expected, before.light) == (after.expected, after.light):
        return ""
    return _("序时进度由 %(old)d%% 变为 %(new)d%%，状态由“%(before)s”变为“%(after)s”。") % {
        "old": before.expected or 0,
        "new": after.expected or 0,
        "before": Light(before.light).label,
        "after": Light(after.light).label,
    }


def _page(request: Request, task: Task, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
    today = beijing_day(clock.now())
    found = list(task.milestones.all())
    points = [(milestone.due_on, milestone.percent) for milestone in found]
    starts_on = task.task_list.starts_on
    curve = None
    if task.due_on and task.kind == TaskKind.TASK:
        curve = curve_of(points, starts_on=starts_on, due_on=task.due_on, today=today)
    everything = {
        "task": task,
        "standing": getattr(task, "standing", None),
        "milestones": [(milestone, _has_no_say(milestone, task)) for milestone in found],
        "curve": curve,
        "today": today,
        "rows": None,
        "form": None,
        "theirs": None,
        "events": Event.objects.filter(target_type="task", target_id=task.pk, verb="progress.set_milestones"),
        **context,
    }
    return render(request, "progress/milestones.html", everything, status=status)


def _has_no_say(milestone: Milestone, task: Task) -> bool:
    """The deadline has been moved since: the milestone lies outside the line."""
    return task.due_on is None or not task.task_list.starts_on < milestone.due_on < task.due_on
