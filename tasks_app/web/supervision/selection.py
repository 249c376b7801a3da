"""What an address of the queue asks for: for the page, its file, saved selections and acts on many tasks."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _

from tasks_app.accounts.permissions import supervises, works_on_queue
from tasks_app.catalogue.choices import AssignmentRole
from tasks_app.catalogue.models import Assignment, TaskList
from tasks_app.lib.dates import beijing_day
from tasks_app.schedule.models import Obligation
from tasks_app.supervision.queries import supervised_lists
from tasks_app.supervision.queue import kinds, late_tasks
from tasks_app.units.models import Unit
from tasks_app.web.shared.http import Request
from tasks_app.web.supervision.filters import OverdueFilter
from tasks_app.web.supervision.tables import OverdueTable


def not_yours() -> PermissionDenied:
    return PermissionDenied(_("逾期队列由督查、汇总、领导岗位查看。本单位的任务请在任务台账中查看。"))


@dataclass(frozen=True)
class Selection:
    """The filtered, sorted queue. `acts`: this person chases out of it; `issues`: issues notices out of it."""

    lists: list[TaskList]
    filter: OverdueFilter
    for_strip: OverdueFilter
    table: OverdueTable
    acts: bool
    issues: bool

    @property
    def address(self) -> str:
        """The query part that gives the same again: what of it makes sense, in an order of its own."""
        sort = ",".join(self.table.order_by or ())
        return "&".join(part for part in (self.filter.address, urlencode({"sort": sort}) if sort else "") if part)


def select(request: Request, params: QueryDict, *, at: dt.datetime) -> Selection:
    """The selection of an address; what of it makes no sense is left out, with a warning to the reader."""
    today = beijing_day(at)
    lists = list(supervised_lists(request.viewer).order_by("order", "pk"))
    tasks = late_tasks(lists)
    units = _lead_units(lists)
    conditions = kinds(lists, today=today)

    def filtered(data: QueryDict) -> OverdueFilter:
        return OverdueFilter(data, tasks, lists=lists, units=units, kinds=conditions, today=today)

    chosen = filtered(params)
    for name in chosen.form.errors:
        messages.warning(
            request,
            _("筛选条件“%(label)s”没有“%(value)s”这个选项，已忽略。")
            % {"label": chosen.form.fields[name].label, "value": params.get(name, "")[:20]},
        )
    # As it would be for any light and problem, so that the strip can offer the others.
    open_params = params.copy()
    for name in ("light", "kind"):
        open_params.pop(name, None)
    viewer = request.viewer
    acts = works_on_queue(viewer)
    issues = supervises(viewer)
    without = [*(() if acts else ("tick",)), *(() if issues else ("act",))]
    order = params.get("sort") or None
    table = OverdueTable(chosen.qs, group=chosen.grouping, without=without, order_by=order, request=request)
    return Selection(lists, chosen, filtered(open_params), table, acts, issues)


def _lead_units(lists: list[TaskList]) -> list[Unit]:
    """The units that lead a task of these lists, as named or by owing its reports."""
    lead = AssignmentRole.LEAD
    named = Assignment.objects.filter(role=lead, task__task_list__in=lists).order_by().values("unit_id")
    owing = Obligation.objects.filter(role=lead, task__task_list__in=lists).values("unit_id")
    return list(Unit.objects.filter(Q(pk__in=named) | Q(pk__in=owing)))
