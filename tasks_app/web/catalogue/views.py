"""The ledger (任务台账), its files, and a task's page."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tasks_app import clock
from tasks_app.catalogue.models import Task
from tasks_app.progress.choices import Light
from tasks_app.web.catalogue import exports
from tasks_app.web.catalogue.filters import LedgerFilter, ledger_filter
from tasks_app.web.catalogue.ledger import Totals, all_rows, ledger_rows, light_totals, with_headings
from tasks_app.web.catalogue.scope import Scope, read_scope
from tasks_app.web.catalogue.tables import CountedPaginator, LedgerTable
from tasks_app.web.catalogue.task_page import read_task_page
from tasks_app.web.shared.export import csv_response, xlsx_response
from tasks_app.web.shared.http import Request

PAGE_SIZES = (25, 50, 100, 200)
DEFAULT_SIZE = 50
# `per_page=all`, for paper: more rows than this are no longer one print-out.
MOST_PRINTED = 2000
SORTABLE = {name for name, column in LedgerTable.base_columns.items() if column.orderable is not False}
# The lights in the order in which the strip of totals names them.
STRIP = [Light.BLUE, Light.GREEN, Light.YELLOW, Light.RED, Light.GREY]


@dataclass(frozen=True)
class Selection:
    """What an address asks for: the filtered, sorted tasks, and what of the address was left out."""

    scope: Scope
    filter: LedgerFilter
    table: LedgerTable
    notes: list[str]

    @property
    def tasks(self) -> QuerySet[Task]:
        return self.table.data.data


def _select(request: Request) -> Selection:
    scope = read_scope(request.viewer, request.GET, clock.now())
    ledger, notes = ledger_filter(request.GET, scope)
    sort = request.GET.get("sort", "")
    if sort.removeprefix("-") not in SORTABLE:
        if sort:
            notes.append(_("不能按“%(value)s”排序，已按清单顺序排列。") % {"value": sort[:20]})
        sort = "seq"
    table = LedgerTable(ledger.qs, scope, order_by=sort)
    return Selection(scope, ledger, table, notes)


@require_safe
def ledger(request: Request) -> HttpResponse:
    """The filtered list, a page of it, with the totals by light of the whole selection."""
    selection = _select(request)
    chosen_light = selection.filter.form.cleaned_data.get("light") or ""
    totals = light_totals(_without_light(selection.filter, chosen_light))
    total = totals.by_light.get(chosen_light, 0) if chosen_light else totals.all
    size, number, notes = _page_asked_for(request, total)
    table = selection.table
    table.paginate(page=number, per_page=size, paginator_class=CountedPaginator, total=total)
    rows = ledger_rows(table.paginated_rows.data, selection.scope)
    in_order = tuple(table.order_by) == ("seq",)
    if notes := selection.notes + notes:
        messages.warning(request, "".join(notes))
    used = set(selection.filter.form.changed_data)
    return render(
        request,
        "catalogue/ledger.html",
        {
            "scope": selection.scope,
            "filter": selection.filter,
            "fields": selection.filter.selects(),
            "in_words": selection.filter.in_words(),
            "table": table,
            "rows": with_headings(rows, selection.scope) if in_order else rows,
            "total": total,
            "as_of": min((row.as_of for row in rows if row.as_of), default=None),
            "totals": totals,
            "strip": _strip(totals, chosen_light),
            "filtered": bool(used - {"list", "kind"}),
            "used": len(used - {"list", "kind", "q"}),
        },
    )


def _without_light(ledger: LedgerFilter, light: str) -> QuerySet[Task]:
    """The selection as it would be for any light, so that the strip can offer the others."""
    if not light:
        return ledger.qs
    params = ledger.data.copy()
    params.pop("light")
    other = LedgerFilter(params, ledger.scope)
    return other.qs


def _strip(totals: Totals, chosen: str) -> list[dict[str, Any]]:
    return [
        {"light": light, "count": totals.by_light.get(light, 0), "chosen": light == chosen}
        for light in STRIP
        if light in totals.by_light or light == chosen
    ]


def _page_asked_for(request: Request, total: int) -> tuple[int, int, list[str]]:
    """Page size and number; what makes no sense gives the default and a sentence."""
    notes = []
    asked_size, asked_page = request.GET.get("per_page", ""), request.GET.get("page", "")
    size = int(asked_size) if asked_size.isascii() and asked_size.isdigit() and len(asked_size) < 4 else DEFAULT_SIZE
    if asked_size == "all":
        size = min(max(total, DEFAULT_SIZE), MOST_PRINTED)
    elif size not in PAGE_SIZES:
        size = DEFAULT_SIZE
    if asked_size not in ("", "all", str(size)):
        notes.append(_("每页只能是 25、50、100 或 200 项，已按 %(size)d 项显示。") % {"size": size})
    last = max(1, -(-total // size))
    number = int(asked_page) if asked_page.isascii() and asked_page.isdigit() and len(asked_page) < 9 else 1
    if asked_page and (asked_page != str(number) or not 1 <= number <= last):
        number = min(max(number, 1), last)
        notes.append(_("没有第“%(page)s”页，已显示第 %(number)d 页。") % {"page": asked_page[:20], "number": number})
    return size, number, notes


@require_safe
def ledger_csv(request: Request) -> HttpResponseBase:
    """Exactly the rows of the same address at /tasks/, all pages of them."""
    selection = _select(request)
    return csv_response(
        filename=exports.file_name(selection.scope, selection.scope.at, "csv"),
        columns=exports.columns(),
        rows=all_rows(selection.tasks, selection.scope),
    )


@require_safe
def ledger_xlsx(request: Request) -> HttpResponse:
    """The same rows as a workbook."""
    selection = _select(request)
    return xlsx_response(
        filename=exports.file_name(selection.scope, selection.scope.at, "xlsx"),
        sheet=_("任务台账"),
        columns=exports.columns(),
        rows=all_rows(selection.tasks, selection.scope),
    )


@require_safe
def task(request: Request, pk: int) -> HttpResponse:
    """One task: its words and where they stand, whose it is, by when, where it stands, who said and did what.

    ?kind= narrows what happened to one kind; ?all=1 unfolds it.
    """
    found = get_object_or_404(
        Task.objects.visible_to(request.viewer).select_related(
            "task_list__document",
            "task_list__jurisdiction",
            "task_list__coordinating_unit",
            "task_list__reporting_rule",
            "chapter",
            "section",
            "standing",
        ),
        pk=pk,
    )
    page = read_task_page(
        found, request.viewer, clock.now(), kind=request.GET.get("kind", ""), unfolded=request.GET.get("all") == "1"
    )
    return render(request, "catalogue/task.html", {"page": page})
