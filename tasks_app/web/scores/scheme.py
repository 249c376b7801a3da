"""考核规则: read by all, tried out and changed by supervisors and administrators."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tasks_app import clock
from tasks_app.accounts.permissions import can_keep_scores
from tasks_app.catalogue.models import TaskList
from tasks_app.closing.models import PeriodSnapshot
from tasks_app.lib.dates import next_month
from tasks_app.lib.errors import Conflict, Refused
from tasks_app.schedule.models import Period
from tasks_app.scores.actions import save_scheme
from tasks_app.scores.choices import EventKind, Group
from tasks_app.scores.drafts import draft_of, usual
from tasks_app.scores.models import ScoreRule, ScoreScheme
from tasks_app.scores.queries import Move, scheme_of, simulate
from tasks_app.web.scores.common import found_list
from tasks_app.web.scores.forms import SchemeForm, initial_of
from tasks_app.web.shared.http import Request

# So many of the newest closed rounds are offered for trying, and chosen to begin with.
OFFERED, CHOSEN = 12, 6


@dataclass(frozen=True)
class Version:
    """One version of the rules with its lines."""

    scheme: ScoreScheme
    rules: list[tuple[EventKind, ScoreRule]]


@require_http_methods(["GET", "HEAD", "POST"])
def score_rules(request: Request, slug: str) -> HttpResponse:
    """GET: the rules in all versions. POST `do=try`: who would move; `do=save`: keep them as a new version."""
    task_list = found_list(request, slug)
    keeps = can_keep_scores(request.viewer, jurisdiction_id=task_list.jurisdiction_id)
    context: dict[str, Any] = {"task_list": task_list, "keeps": keeps}
    if not keeps:
        if request.method == "POST":
            raise PermissionDenied(_("考核规则由督查员和管理员修改，其他岗位只能查看。"))
        return render(request, "scores/rules.html", context | {"versions": _versions(task_list)})
    closed = list(task_list.periods.filter(closed_at__isnull=False).order_by("-opens_at")[:OFFERED])
    status = 200
    if request.method == "POST":
        do = "save" if request.POST.get("do") == "save" else "try"
        form = SchemeForm(request.POST, periods=closed, do=do)
        if not form.is_valid():
            status = 422
        elif do == "save":
            try:
                kept = _save(request, task_list, form)
            except Conflict as conflict:
                status = 409
                messages.error(request, str(conflict))
                context["theirs"] = True
                # The rules in force are shown beside: what is saved next is saved knowingly.
                form = SchemeForm(_with_version(request.POST, task_list), periods=closed, do=do)
            except Refused as refusal:
                status = 422
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("已保存为第 %(n)d 版考核规则。") % {"n": kept.version})
                return redirect("score_rules", slug=slug)
        else:
            context |= _tried(form)
    else:
        form = SchemeForm(initial=_initial(task_list, closed), periods=closed)
    return render(
        request, "scores/rules.html", context | {"form": form, "versions": _versions(task_list)}, status=status
    )


def _with_version(data: QueryDict, task_list: TaskList) -> QueryDict:
    newest = scheme_of(task_list)
    words = data.copy()
    words["version"] = str(newest.version if newest else 0)
    return words


def _save(request: Request, task_list: TaskList, form: SchemeForm) -> ScoreScheme:
    words = form.cleaned_data
    return save_scheme(
        task_list=task_list,
        scheme=form.draft,
        reason=words["reason"],
        version=words["version"],
        by=request.user,
        at=clock.now(),
    )


def _initial(task_list: TaskList, closed: list[Period]) -> dict[str, Any]:
    """The rules as they are, offered from the first round on that is not scored yet."""
    current = scheme_of(task_list)
    scored = task_list.periods.filter(score_sheets__isnull=False).order_by("year", "month").last()
    if scored:
        start = dt.date(*next_month(scored.year, scored.month), 1)
    else:
        first = task_list.periods.order_by("year", "month").first()
        start = first.first_day if first else task_list.starts_on.replace(day=1)
    draft = draft_of(current) if current else usual(starts_on=start)
    values = initial_of(draft, version=current.version if current else 0, rounds=closed[:CHOSEN])
    return values | {"starts": f"{max(start, draft.starts_on):%Y-%m}"}


def _tried(form: SchemeForm) -> dict[str, Any]:
    """Who would stand where by what is typed, over the chosen rounds."""
    newest: dict[int, PeriodSnapshot] = {}
    freezes = PeriodSnapshot.objects.filter(period__in=form.chosen).select_related("period__task_list")
    for snapshot in freezes.order_by("version"):
        newest[snapshot.period_id] = snapshot
    snapshots = sorted(newest.values(), key=lambda snapshot: snapshot.period.opens_at)
    found = simulate(snapshots, form.draft.spec)
    return {"tried": True, "tried_rounds": [s.period for s in snapshots], "moves": _shown(found)}


def _shown(found: dict[Group, list[Move]]) -> list[tuple[Group, list[Move], int]]:
    """Groups with anybody in them, each with how many would move."""
    return [(group, moves, sum(1 for move in moves if move.climbs)) for group, moves in found.items() if moves]


def _versions(task_list: TaskList) -> list[Version]:
    """Every version, the newest first."""
    kept = task_list.score_schemes.select_related("saved_by").prefetch_related("rules").order_by("-version")
    return [Version(scheme, [(EventKind(rule.kind), rule) for rule in scheme.rules.all()]) for scheme in kept]
