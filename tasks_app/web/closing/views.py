"""A round as a whole, for those who run it: who is in, chase, excuse, close, reopen."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tasks_app import clock
from tasks_app.accounts.permissions import can_keep_rule, can_run_month, can_see_month
from tasks_app.accounts.scopes import in_sight
from tasks_app.catalogue.models import Task
from tasks_app.closing.actions import close_period, exempt_task, exempt_unit, reopen_unit, withdraw_exemption
from tasks_app.closing.queries import published, waiting_units
from tasks_app.lib.errors import Refused
from tasks_app.reminders.chasing import chase_period
from tasks_app.reporting.choices import ReportStatus, Timeliness
from tasks_app.reporting.models import MonthlyReport, ReportEntry
from tasks_app.reporting.queries import timeliness_of, with_counts
from tasks_app.roster.queries import roster_lines
from tasks_app.schedule.models import Period
from tasks_app.units.models import Unit
from tasks_app.web.shared.http import Request
from tasks_app.web.shared.refusals import refusals_shown

ORDER = (
    Timeliness.ON_TIME, Timeliness.LATE, Timeliness.MADE_UP, Timeliness.MISSING, Timeliness.EXEMPT, Timeliness.PENDING,
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One unit's month: never its words."""

    report: MonthlyReport
    timeliness: Timeliness
    alarm: bool

    @property
    def chaseable(self) -> bool:
        return self.timeliness in {Timeliness.MISSING, Timeliness.PENDING}


def found_period(request: Request, pk: int) -> Period:
    """The round; one of another jurisdiction answers like one that does not exist."""
    periods = Period.objects.filter(in_sight(request.viewer, "task_list__"))
    return get_object_or_404(periods.select_related("task_list__coordinating_unit"), pk=pk)


@require_safe
def period(request: Request, pk: int) -> HttpResponse:
    """Who is on time, late, missing, excused; and everything that can be done to the round."""
    found = found_period(request, pk)
    task_list = found.task_list
    owner = {"coordinating_unit_id": task_list.coordinating_unit_id}
    if not can_see_month(request.viewer, **owner, jurisdiction_id=task_list.jurisdiction_id):
        raise PermissionDenied(_("报送期由清单的汇总单位管理，督查和领导可以查看。"))
    at = clock.now()
    rows = _rows(found, at)
    counts = Counter(row.timeliness for row in rows)
    runs = can_run_month(request.viewer, **owner)
    context: dict[str, Any] = {
        "period": found,
        "task_list": task_list,
        "rows": rows,
        "numbers": [(value, counts[value]) for value in ORDER if counts[value]],
        "past_due": at > found.due_at,
        "snapshots": found.snapshots.select_related("closed_by").order_by("-version"),
        "published": published(found),
        "reopened": [row.report.unit.name for row in rows if row.report.reopened_at],
        "waiting": waiting_units(found),
        "runs": runs,
        "chasing": runs and found.closed_at is None,
        "keeps": can_keep_rule(request.viewer, **owner, jurisdiction_id=task_list.jurisdiction_id),
        "tasks": Task.objects.filter(entries__report__period=found).distinct().order_by("seq"),
        "excused": ReportEntry.objects.filter(report__period=found, exempt_at__isnull=False)
        .select_related("task", "report__unit")
        .order_by("task__seq", "report__unit__order"),
    }
    return render(request, "closing/period.html", context)


def _rows(found: Period, at: Any) -> list[Row]:
    alarms = {line.unit.pk for line in roster_lines(found.task_list) if line.alarm}
    reports = with_counts(found.reports.select_related("unit", "period", "exempt_by"))
    return [
        Row(report, timeliness_of(report, at), report.unit_id in alarms)
        for report in reports.order_by("unit__order", "unit_id")
    ]


def _act(request: Request, pk: int, act: Callable[[Period], str]) -> HttpResponse:
    """Carry out one act on a round and come back to its page with what was done, or why not."""
    found = found_period(request, pk)
    if not can_run_month(request.viewer, coordinating_unit_id=found.task_list.coordinating_unit_id):
        raise PermissionDenied(_("催报、免报、关账和重开由清单的汇总单位办理，其他岗位只能查看。"))
    with refusals_shown(request):
        messages.success(request, act(found))
    return redirect("period", pk=pk)


def _key(text: str | None) -> int:
    """A primary key as a form names it; what is none is not found."""
    if text is None or not (text.isdecimal() and len(text) < 10):
        raise Http404
    return int(text)


def _report(request: Request, found: Period) -> MonthlyReport:
    return get_object_or_404(found.reports, pk=_key(request.POST.get("report")))


@require_POST
def period_chase(request: Request, pk: int) -> HttpResponse:
    """POST `unit`s, or `all`."""

    def act(found: Period) -> str:
        if "all" in request.POST:
            units = list(found.reports.values_list("unit_id", flat=True))
        else:
            units = [_key(text) for text in request.POST.getlist("unit")]
        if not units:
            raise Refused(_("没有选中要催报的单位。请先勾选，或点“全部催报”。"))
        done = chase_period(period=found, unit_ids=units, by=request.user, at=clock.now())
        said = _("已催报 %(units)d 家单位，发给 %(people)d 人。") % {"units": done.units, "people": done.people}
        if done.unreached:
            said += _("%(units)s没有在任的联络员，没有发出，请先确定人员。") % {"units": "、".join(done.unreached)}
        return said

    return _act(request, pk, act)


@require_POST
def period_exempt(request: Request, pk: int) -> HttpResponse:
    """POST `report`, or `task` with perhaps `unit`; and the `reason`."""

    def act(found: Period) -> str:
        reason, by, at = request.POST.get("reason", ""), request.user, clock.now()
        if "report" in request.POST:
            report = exempt_unit(report=_report(request, found), reason=reason, by=by, at=at)
            return _("%(unit)s本期免报，已停止提醒。") % {"unit": report.unit}
        if not request.POST.get("task"):
            raise Refused(_("请选择要免报的任务。"))
        task = get_object_or_404(found.task_list.tasks, pk=_key(request.POST["task"]))
        chosen = request.POST.get("unit", "")
        unit = get_object_or_404(Unit, pk=_key(chosen), reports__period=found) if chosen else None
        count = exempt_task(period=found, task=task, unit=unit, reason=reason, by=by, at=at)
        return _("第 %(no)s 项本期免报，涉及 %(n)d 家单位。") % {"no": task.no, "n": count}

    return _act(request, pk, act)


@require_POST
def period_withdraw(request: Request, pk: int) -> HttpResponse:
    """POST `report` and `reason`: the unit has to report again."""

    def act(found: Period) -> str:
        report = _report(request, found)
        withdraw_exemption(report=report, reason=request.POST.get("reason", ""), by=request.user, at=clock.now())
        return _("已恢复报送。")

    return _act(request, pk, act)


@require_POST
def period_close(request: Request, pk: int) -> HttpResponse:
    """POST with perhaps a `note`."""

    def act(found: Period) -> str:
        snapshot = close_period(period=found, note=request.POST.get("note", ""), by=request.user, at=clock.now())
        return _("%(period)s已关账，公布第 %(version)d 版。") % {"period": found, "version": snapshot.version}

    return _act(request, pk, act)


@require_POST
def period_reopen(request: Request, pk: int) -> HttpResponse:
    """POST `report`, `reason`, and perhaps `correct` to give back what was accepted."""

    def act(found: Period) -> str:
        report = _report(request, found)
        accepted = report.entries.filter(status=ReportStatus.ACCEPTED).exists()
        correct = accepted and "correct" in request.POST
        reason = request.POST.get("reason", "")
        reopen_unit(report=report, reason=reason, correct=correct, by=request.user, at=clock.now())
        return _("%(unit)s已重开。公布的数字不变，再次关账后形成新的一版。") % {"unit": report.unit}

    return _act(request, pk, act)
