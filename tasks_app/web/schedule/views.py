"""报送规则: when a list is reported and by whom, shown before it opens."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tasks_app import clock
from tasks_app.accounts.permissions import can_keep_rule, can_see_month
from tasks_app.catalogue.models import TaskList
from tasks_app.lib.dates import beijing_day
from tasks_app.lib.errors import Conflict
from tasks_app.reporting.actions import refresh_standings
from tasks_app.schedule.actions import change_due, derive_obligations, save_rule
from tasks_app.schedule.models import DueChange, Obligation, ReportingRule, round_name
from tasks_app.schedule.queries import ROUNDS_SHOWN, duty_changes, preview, rounds_to_come
from tasks_app.schedule.rules import compared
from tasks_app.web.schedule.forms import DueForm, RuleForm
from tasks_app.web.shared.http import Request
from tasks_app.web.shared.refusals import refusals_shown


def _found(request: Request, slug: str) -> TaskList:
    lists = TaskList.objects.visible_to(request.viewer).select_related("coordinating_unit", "jurisdiction")
    return get_object_or_404(lists, slug=slug)


def _owner(task_list: TaskList) -> dict[str, int]:
    return {"coordinating_unit_id": task_list.coordinating_unit_id, "jurisdiction_id": task_list.jurisdiction_id}


def _not_kept() -> PermissionDenied:
    return PermissionDenied(_("报送规则由清单的汇总单位和管理员设置。"))


@require_http_methods(["GET", "HEAD", "POST"])
def reporting_rule(request: Request, slug: str) -> HttpResponse:
    """GET: the rule and the rounds to come. POST: save it, and bring the duties in line; with `preview` show
    what it would come to.
    """
    task_list = _found(request, slug)
    if not can_keep_rule(request.viewer, **_owner(task_list)):
        raise _not_kept()
    rule = ReportingRule.objects.filter(task_list=task_list).first() or ReportingRule(task_list=task_list)
    theirs: ReportingRule | None = None
    draft: dict[str, Any] | None = None
    status = 200
    if request.method == "POST":
        form = RuleForm(request.POST, instance=rule)
        if not form.is_valid():
            status = 422
        elif "preview" in request.POST:
            draft = _draft(task_list, form)
        else:
            at = clock.now()
            version = form.cleaned_data["version"]
            try:
                save_rule(task_list=task_list, values=form.values, version=version, by=request.user, at=at)
            except Conflict as conflict:
                theirs, status = ReportingRule.objects.get(task_list=task_list), 409
                messages.error(request, str(conflict))
            else:
                changed = derive_obligations(task_list=task_list, by=request.user, at=at)
                refresh_standings(today=beijing_day(at), task_ids=list(task_list.tasks.values_list("pk", flat=True)))
                messages.success(request, _("已保存。报送任务变动 %(n)d 项，从下一个报送期起生效。") % {"n": changed})
                return redirect("reporting_rule", slug=slug)
    else:
        form = RuleForm(instance=rule)
    context = {"form": form, "theirs": theirs, "draft": draft, **_rounds(task_list)}
    return render(request, "schedule/rule.html", context, status=status)


def _draft(task_list: TaskList, form: RuleForm) -> dict[str, Any]:
    """What the rule as typed would come to beside the one that is saved; nothing is written."""
    at = clock.now()
    saved = ReportingRule.objects.filter(task_list=task_list).first()
    typed = ReportingRule(task_list=task_list, **form.values)
    before = rounds_to_come(saved, at=at) if saved else []
    gone, new = duty_changes(task_list, typed.assisting_kinds)
    rounds = compared(before, rounds_to_come(typed, at=at), ROUNDS_SHOWN)
    return {
        "rounds": [(round_name(*key), old, due) for key, old, due in rounds],
        "gone": _by_unit(gone),
        "new": _by_unit(new),
    }


def _by_unit(obligations: Sequence[Obligation]) -> dict[str, Any]:
    """How many obligations on how many tasks, and how many of each unit in official order."""
    counts = Counter(one.unit for one in obligations)
    return {
        "total": len(obligations),
        "tasks": len({one.task_id for one in obligations}),
        "units": sorted(counts.items(), key=lambda pair: (pair[0].order, pair[0].pk)),
    }


def _rounds(task_list: TaskList) -> dict[str, Any]:
    """The rounds to come by the rule as it is saved, and what was changed about single ones."""
    rule = ReportingRule.objects.filter(task_list=task_list).select_related("task_list").first()
    to_come = rounds_to_come(rule, at=clock.now()) if rule else []
    return {
        "task_list": task_list,
        "rule": rule,
        "rounds": [(round_name(*spec.key), "-".join(map(str, spec.key)), spec) for spec in to_come],
        "changes": [
            (round_name(change.year, change.month, change.number), change)
            for change in DueChange.objects.filter(task_list=task_list).select_related("changed_by")
        ],
    }


@require_POST
def rule_due(request: Request, slug: str) -> HttpResponse:
    """POST `round`, `due_at`, `reason`: another due moment for one round."""
    task_list = _found(request, slug)
    if not can_keep_rule(request.viewer, **_owner(task_list)):
        raise _not_kept()
    form = DueForm(request.POST)
    if not form.is_valid():
        label = form.fields[next(iter(form.errors))].label
        messages.error(request, _("改期没有保存：请填写“%(label)s”。") % {"label": label})
        return redirect("reporting_rule", slug=slug)
    words = form.cleaned_data
    with refusals_shown(request):
        change_due(
            task_list=task_list,
            key=words["round"],
            due_at=words["due_at"],
            reason=words["reason"],
            by=request.user,
            at=clock.now(),
        )
        messages.success(request, _("%(name)s已改期。") % {"name": round_name(*words["round"])})
    return redirect("reporting_rule", slug=slug)


@require_safe
def duties(request: Request, slug: str) -> HttpResponse:
    """Who owes what, and why, by the rule as saved: to be read before the first round opens."""
    task_list = _found(request, slug)
    if not can_see_month(request.viewer, **_owner(task_list)):
        raise PermissionDenied(_("报送任务一览由清单的汇总单位、督查和领导查看。"))
    rule = ReportingRule.objects.filter(task_list=task_list).first()
    context = {
        "task_list": task_list,
        "rule": rule,
        "preview": preview(task_list, rule.assisting_kinds) if rule else None,
        "opened": task_list.periods.exists(),
        "keeps": can_keep_rule(request.viewer, **_owner(task_list)),
    }
    return render(request, "schedule/duties.html", context)
