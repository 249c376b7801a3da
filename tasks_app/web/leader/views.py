"""总览: the leader's one screen, what its marks open, and its figures as files."""

from collections import Counter
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from tasks_app import clock
from tasks_app.accounts.permissions import can_see_overview
from tasks_app.analytics.county import CountyPage, read_county
from tasks_app.analytics.overview import Overview, first_of, overview_lists, read_facts, read_overview
from tasks_app.catalogue.models import TaskList
from tasks_app.closing.choices import ChangeKind
from tasks_app.progress.choices import Light, Reason
from tasks_app.web.leader import board, tables
from tasks_app.web.leader.caching import tag_of
from tasks_app.web.leader.charts import trend_of
from tasks_app.web.shared.export import csv_response
from tasks_app.web.shared.http import Request

COUNTY_TASKS = 40
REASONS = {
    Reason.OVERDUE: gettext_lazy("已过完成时限"),
    Reason.BEHIND: gettext_lazy("比序时进度落后"),
    Reason.SILENT: gettext_lazy("连续未见报送"),
}


@require_safe
def leader(request: Request) -> HttpResponse:
    """One list on one screen (`?list=slug`; the first that is being reported on without it); 304 when the browser
    has it already.
    """
    _require_reader(request)
    at = clock.now()
    lists = overview_lists(request.viewer, at)
    chosen = _chosen(request, lists)
    tag = tag_of(request, lists, chosen, at)
    unchanged = get_conditional_response(request, etag=tag) if tag else None
    answer = unchanged or render(request, "leader/leader.html", _screen(lists, chosen, at))
    if tag:
        answer["ETag"] = tag
    patch_cache_control(answer, private=True, no_cache=True)
    return answer


def _screen(lists: list[TaskList], chosen: TaskList | None, at: Any) -> dict[str, Any]:
    if chosen is None:
        return {"lists": lists}
    overview = read_overview(chosen, at=at)
    departments = board.departments(overview)
    gains, losses = board.moved(overview)
    return {
        "lists": lists,
        "overview": overview,
        "all_url": board.ledger(chosen),
        "mean": board.percent(overview.total.mean),
        "expected": board.percent(overview.total.expected),
        "lights": board.lights(overview.total, chosen),
        "reporting": board.reporting(overview),
        "changes": board.changes(overview),
        "tiles": board.tiles(overview),
        "lines": board.lines(overview, departments[: board.LEADS_SHOWN]),
        "more_lines": max(len(departments) - board.LEADS_SHOWN, 0),
        "foot": board.foot(overview),
        "everything": board.everything(overview),
        "worst": board.worst(overview),
        "gains": gains,
        "losses": losses,
        "bars": board.bars(overview),
        "trend": trend_of(overview),
        "trend_csv": board.address("leader_csv", "trend", list=chosen.slug),
    }


@require_safe
def leader_county(request: Request, pk: int) -> HttpResponse:
    """Where one county stands and why: its late tasks, with the reason of each and its own last words."""
    _require_reader(request)
    at = clock.now()
    chosen = _chosen(request, overview_lists(request.viewer, at))
    page = read_county(read_facts(chosen), pk, most=COUNTY_TASKS) if chosen else None
    if chosen is None or page is None:
        raise Http404
    context = {
        "at": at,
        "task_list": chosen,
        "page": page,
        "mean": board.percent(page.group.mean),
        "expected": board.percent(page.group.expected),
        "all_url": board.ledger(chosen, unit=pk),
        "lights": board.lights(page.group, chosen, unit=pk),
        "reds": page.group.lights.get(Light.RED, 0),
        "reasons": [(REASONS.get(Reason(reason)) or Reason(reason).label, n) for reason, n in page.reasons],
        "leads": _leads(page, chosen),
        "others": [(group, board.address("leader_county", group.key, list=chosen.slug)) for group in page.counties],
    }
    return render(request, "leader/county.html", context)


def _leads(page: CountyPage, chosen: TaskList) -> list[board.Number]:
    """Who leads the county's red tasks."""
    return [
        board.Number(
            unit.name, n, board.ledger(chosen, county=page.unit.pk, unit=unit.pk, role="lead", light=Light.RED.value)
        )
        for unit, n in page.leads
    ]


@require_safe
def leader_matrix(request: Request) -> HttpResponse:
    """Lead unit × county, every lead unit."""
    overview = _overview(request)
    context = {
        "overview": overview,
        "tiles": board.tiles(overview),
        "lines": board.lines(overview, board.departments(overview)),
        "lights": board.lights(overview.total, overview.task_list),
        "foot": board.foot(overview),
        "everything": board.everything(overview),
        "csv_url": board.address("leader_csv", "matrix", list=overview.task_list.slug),
    }
    return render(request, "leader/matrix.html", context)


@require_safe
def leader_changes(request: Request) -> HttpResponse:
    """What differs from the figures published for the previous closed round, by kind."""
    overview = _overview(request, all_tasks=True)
    changed = overview.changes
    counts = Counter(change.kind for change in changed)
    groups = [(kind, [change for change in changed if change.kind == kind]) for kind in ChangeKind if counts[kind]]
    return render(request, "leader/changes.html", {"overview": overview, "groups": groups})


@require_safe
def leader_csv(request: Request, name: str) -> HttpResponseBase:
    """One part's numbers (a key of tables.SHEETS) as the page shows them."""
    overview = _overview(request)
    if name not in tables.SHEETS:
        raise Http404
    sheet = tables.SHEETS[name](overview)
    filename = f"{overview.task_list.slug}-{name}-{overview.at:%Y%m%d}.csv"
    return csv_response(filename=filename, columns=sheet.columns, rows=sheet.rows)


def _overview(request: Request, *, all_tasks: bool = False) -> Overview:
    """The overview of the list in the address."""
    _require_reader(request)
    at = clock.now()
    chosen = _chosen(request, overview_lists(request.viewer, at))
    if chosen is None:
        raise Http404
    return read_overview(chosen, at=at, all_tasks=all_tasks)


def _chosen(request: Request, lists: list[TaskList]) -> TaskList | None:
    """The list named in the address; 404 for one that does not exist or belongs elsewhere."""
    slug = request.GET.get("list", "")
    if not slug:
        return first_of(lists)
    for task_list in lists:
        if task_list.slug == slug:
            return task_list
    raise Http404


def _require_reader(request: Request) -> None:
    if not can_see_overview(request.viewer):
        refusal = _("总览由领导、督查、汇总和管理岗位查看。进展图表在“进展”，本单位的任务在任务台账。")
        raise PermissionDenied(refusal)
