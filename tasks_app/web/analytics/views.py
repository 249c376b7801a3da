"""进展: where a list stands, and its figures as CSV."""

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from tasks_app import clock
from tasks_app.analytics.facts import light_counts
from tasks_app.analytics.queries import Board, read_board, visible_lists
from tasks_app.catalogue.models import TaskList
from tasks_app.web.analytics.charts import charts, csv_url, ledger_url, percent, trend_chart
from tasks_app.web.analytics.matrix import matrix, tally
from tasks_app.web.analytics.tables import NAMES, sheet_of
from tasks_app.web.shared.export import csv_response
from tasks_app.web.shared.http import Request


def progress(request: Request) -> HttpResponse:
    """The progress of one list (`?list=slug`, the first one without it)."""
    lists = visible_lists(request.viewer)
    chosen = _chosen(request, lists)
    if chosen is None:
        return render(request, "analytics/progress.html", {"lists": lists})
    at = clock.now()
    board = read_board(chosen, today=at.date())
    context = {
        "lists": lists,
        "board": board,
        "at": at,
        "mean": percent(board.total.mean),
        "expected": percent(board.total.expected),
        "gap": _gap(board),
        "lights": [(light, n, ledger_url(board, light=light.value)) for light, n in light_counts(board.total)],
        "all_url": ledger_url(board),
        "tally": tally(board, at=at),
        "charts": {chart.name: chart for chart in charts(board)},
        "trend": trend_chart(board),
        "trend_csv": csv_url(board, "trend"),
        "matrix": matrix(board, request.viewer, at=at),
        "matrix_csv": csv_url(board, "reports"),
    }
    return render(request, "analytics/progress.html", context)


def progress_csv(request: Request, name: str) -> HttpResponseBase:
    """One plot's numbers (`counties`, `leads`, `chapters`, `trend`, `reports`) as the page shows them."""
    chosen = _chosen(request, visible_lists(request.viewer))
    if name not in NAMES or chosen is None:
        raise Http404
    at = clock.now()
    board = read_board(chosen, today=at.date())
    sheet = sheet_of(name, board, matrix(board, request.viewer, at=at))
    return csv_response(filename=f"{chosen.slug}-{name}-{at:%Y%m%d}.csv", columns=sheet.columns, rows=sheet.rows)


def _chosen(request: Request, lists: list[TaskList]) -> TaskList | None:
    """The list named in the address; 404 for one that does not exist or belongs elsewhere."""
    slug = request.GET.get("list", "")
    if not slug:
        return lists[0] if lists else None
    for task_list in lists:
        if task_list.slug == slug:
            return task_list
    raise Http404


def _gap(board: Board) -> str:
    total = board.total
    if total.expected is None:
        return ""
    behind = round(total.expected) - round(total.mean)
    return _("落后 %(n)d 个百分点") % {"n": behind} if behind > 0 else _("不落后于序时")
