"""逾期与滞后: what is late and whose it is."""

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tasks_app import clock
from tasks_app.accounts.permissions import can_see_overdue
from tasks_app.catalogue.choices import AssignmentRole
from tasks_app.catalogue.models import Assignment, TaskList
from tasks_app.progress.choices import Light
from tasks_app.schedule.models import Obligation
from tasks_app.supervision.queries import late_counts, late_tasks, supervised_lists, waiting_closures
from tasks_app.units.models import Unit
from tasks_app.web.shared.export import csv_response
from tasks_app.web.shared.http import Request
from tasks_app.web.supervision.filters import KIND_LABELS, OverdueFilter
from tasks_app.web.supervision.tables import OverdueTable, export_cells, export_columns, late_rows

PAGE_SIZES = (25, 50, 100, 200)
DEFAULT_SIZE = 50


def refused(request: Request, rule: str) -> HttpResponse:
    """403 with the rule that says so."""
    context = {"refusal": rule, "request_id": request.request_id}
    return render(request, "403.html", context, status=403)


@dataclass(frozen=True)
class Selection:
    """What an address asks for."""

    lists: list[TaskList]
    filter: OverdueFilter
    table: OverdueTable


def _select(request: Request) -> Selection:
    lists = list(supervised_lists(request.viewer).order_by("order", "pk"))
    overdue_filter = OverdueFilter(request.GET, late_tasks(lists), lists=lists, units=_lead_units(lists))
    for name in overdue_filter.form.errors:
        label = overdue_filter.form.fields[name].label
        messages.warning(
            request,
            _("筛选条件“%(label)s”没有“%(value)s”这个选项，已忽略。")
            % {"label": label, "value": request.GET.get(name, "")[:20]},
        )
    table = OverdueTable(
        overdue_filter.qs, grouped=overdue_filter.grouped, order_by=request.GET.get("sort") or None, request=request
    )
    return Selection(lists, overdue_filter, table)


def _lead_units(lists: list[TaskList]) -> list[Unit]:
    """The units that lead a task of these lists, as named or by owing its reports."""
    lead = AssignmentRole.LEAD
    named = Assignment.objects.filter(role=lead, task__task_list__in=lists).order_by().values("unit_id")
    owing = Obligation.objects.filter(role=lead, task__task_list__in=lists).values("unit_id")
    return list(Unit.objects.filter(Q(pk__in=named) | Q(pk__in=owing)))


@require_safe
def overdue(request: Request) -> HttpResponse:
    """Late tasks of the lists this person oversees or coordinates; closures that wait, on top."""
    viewer = request.viewer
    if not can_see_overdue(viewer):
        return refused(request, _("逾期与滞后由督查、汇总、领导岗位查看。本单位的任务请在任务台账中查看。"))
    at = clock.now()
    selection = _select(request)
    size = request.GET.get("per_page", "")
    table = selection.table
    table.paginate(per_page=int(size) if size in map(str, PAGE_SIZES) else DEFAULT_SIZE)
    table.page = table.paginator.get_page(request.GET.get("page"))
    counts = late_counts(_for_strip(selection).qs)
    chosen = selection.filter.form.cleaned_data
    context = {
        "at": at,
        "selection": selection,
        "filter": selection.filter,
        "table": table,
        "rows": late_rows(list(table.paginated_rows.data), today=at.date(), grouped=table.grouped),
        "total": counts.total,
        "lights": [
            (light, counts.by_light[light], light == chosen.get("light")) for light in (Light.RED, Light.YELLOW)
        ],
        "kinds": [
            (kind, label, counts.by_kind[kind], kind == chosen.get("kind")) for kind, label in KIND_LABELS.items()
        ],
        "closures": list(waiting_closures(viewer)),
        "narrowed": bool(selection.filter.form.changed_data),
    }
    return render(request, "supervision/overdue.html", context)


def _for_strip(selection: Selection) -> OverdueFilter:
    """The selection as it would be for any light and reason, so that the strip can offer the others."""
    params = selection.filter.data.copy()
    for name in ("light", "kind"):
        params.pop(name, None)
    units = list(selection.filter.units.values())
    return OverdueFilter(params, selection.filter.queryset, lists=selection.lists, units=units)


@require_safe
def overdue_csv(request: Request) -> HttpResponseBase:
    """Exactly the rows that the address selects, on all pages."""
    if not can_see_overdue(request.viewer):
        return refused(request, _("逾期与滞后由督查、汇总、领导岗位查看。本单位的任务请在任务台账中查看。"))
    at = clock.now()
    table = _select(request).table
    rows = late_rows(list(table.data.data), today=at.date(), grouped=table.grouped)
    return csv_response(
        filename=f"{_('逾期与滞后')}_{at:%Y%m%d-%H%M}.csv",
        columns=export_columns(),
        rows=[export_cells(row, today=at.date()) for row in rows],
    )
