"""The notices that a person may read, and what the rule proposes to issue."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import django_tables2 as tables
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from tasks_app import clock
from tasks_app.accounts.permissions import can_see_overdue, can_set_notices, can_supervise
from tasks_app.catalogue.models import TaskList
from tasks_app.lib.dates import BEIJING
from tasks_app.notices.choices import OPEN, OWED, NoticeLevel, NoticeState
from tasks_app.notices.models import Notice
from tasks_app.notices.queries import Proposed, lists_with_notices, proposed_notices, with_context
from tasks_app.supervision.queries import supervised_lists
from tasks_app.units.models import Unit
from tasks_app.web.notices.filters import LATE, WAITING, NoticeFilter
from tasks_app.web.shared.export import ExportColumn, csv_response
from tasks_app.web.shared.http import Request
from tasks_app.web.shared.marks import time_left

PAGE_SIZES = (25, 50, 100, 200)
DEFAULT_SIZE = 50


class NoticeTable(tables.Table):
    """Owns columns, order and pages; the rows are drawn from `NoticeRow`s (templates/notices/_table.html)."""

    number = tables.Column(verbose_name=gettext_lazy("文号"), order_by=("year", "serial"))
    title = tables.Column(verbose_name=gettext_lazy("督办事项"), orderable=False)
    unit = tables.Column(
        verbose_name=gettext_lazy("受文单位"), order_by=("unit__order", "unit_id"), attrs={"td": {"class": "units"}}
    )
    level = tables.Column(verbose_name=gettext_lazy("级别"), orderable=False)
    issued = tables.Column(
        verbose_name=gettext_lazy("签发"), order_by="issued_at", empty_values=(), attrs={"td": {"class": "when"}}
    )
    due = tables.Column(
        verbose_name=gettext_lazy("回复期限"), order_by="due_at", empty_values=(), attrs={"td": {"class": "due"}}
    )
    state = tables.Column(verbose_name=gettext_lazy("办理状态"), orderable=False)

    class Meta:
        template_name = "notices/_table.html"
        order_by_field = "sort"


@dataclass(frozen=True)
class NoticeRow:
    """One notice as the list shows it; `left` only while an answer is owed."""

    notice: Notice
    tasks: str
    left: str
    is_late: bool


@dataclass(frozen=True)
class Selection:
    """What an address asks for."""

    lists: list[TaskList]
    filter: NoticeFilter
    table: NoticeTable
    at: dt.datetime


def _rows(notices: Sequence[Notice], at: dt.datetime) -> list[NoticeRow]:
    return [
        NoticeRow(
            notice=notice,
            tasks="、".join(part.task.number or part.task.headline for part in notice.parts.all()),
            left=time_left(notice.due_at, at) if notice.state in OWED else "",
            is_late=notice.state in OWED and notice.due_at < at,
        )
        for notice in notices
    ]


def _select(request: Request) -> Selection:
    at = clock.now()
    visible = Notice.objects.visible_to(request.viewer)
    lists = list(lists_with_notices(request.viewer))
    units = list(Unit.objects.filter(pk__in=visible.order_by().values("unit_id")))
    chosen = NoticeFilter(request.GET, with_context(visible), lists=lists, units=units, at=at)
    for name in chosen.form.errors:
        label = chosen.form.fields[name].label
        messages.warning(
            request,
            _("筛选条件“%(label)s”没有“%(value)s”这个选项，已忽略。")
            % {"label": label, "value": request.GET.get(name, "")[:20]},
        )
    table = NoticeTable(chosen.qs, order_by=request.GET.get("sort") or None, request=request)
    return Selection(lists, chosen, table, at)


@require_safe
def notices(request: Request) -> HttpResponse:
    """The own unit's notices, or those of the lists that a person coordinates or oversees."""
    selection = _select(request)
    size = request.GET.get("per_page", "")
    table = selection.table
    table.paginate(per_page=int(size) if size in map(str, PAGE_SIZES) else DEFAULT_SIZE)
    table.page = table.paginator.get_page(request.GET.get("page"))
    context = {
        "at": selection.at,
        "selection": selection,
        "filter": selection.filter,
        "table": table,
        "rows": _rows(list(table.paginated_rows.data), selection.at),
        "narrowed": bool(selection.filter.form.changed_data),
        "own_only": not can_see_overdue(request.viewer),
        **_strip(selection),
        **_supervising(request, selection),
    }
    return render(request, "notices/notices.html", context)


def _strip(selection: Selection) -> dict[str, Any]:
    """Counts by state and level of the selection as it would be for any state and level: one query."""
    params = selection.filter.data.copy()
    for name in ("state", "level"):
        params.pop(name, None)
    wider = selection.filter
    widened = NoticeFilter(params, wider.queryset, lists=selection.lists, units=wider.units, at=selection.at)
    rows = list(_bare(widened.qs).values_list("state", "level", "due_at"))
    states = Counter(NoticeState(state) for state, _level, _due in rows)
    levels = Counter(NoticeLevel(level) for state, level, _due in rows if state in OPEN)
    late = sum(state in OWED and due < selection.at for state, _level, due in rows)
    chosen = wider.form.cleaned_data
    return {
        "total": len(rows),
        "open_count": sum(states[state] for state in OPEN),
        "numbers": [
            (_("等单位回复"), WAITING, sum(states[state] for state in OWED), chosen.get("state") == WAITING),
            (_("逾期未回复"), LATE, late, chosen.get("state") == LATE),
            (_("待评定"), NoticeState.REPLIED.value, states[NoticeState.REPLIED], chosen.get("state") == "replied"),
            (_("办结"), NoticeState.CLOSED.value, states[NoticeState.CLOSED], chosen.get("state") == "closed"),
        ],
        "levels": [(level, levels[level], chosen.get("level") == level) for level in reversed(NoticeLevel)],
    }


def _bare(notices: QuerySet[Notice]) -> QuerySet[Notice]:
    return notices.select_related(None).prefetch_related(None).order_by()


def _supervising(request: Request, selection: Selection) -> dict[str, Any]:
    """What a supervisor finds on top: how many are proposed, where the settings are."""
    lists = [each for each in selection.lists if can_supervise(request.viewer, jurisdiction_id=each.jurisdiction_id)]
    keeps = [each for each in selection.lists if can_set_notices(request.viewer, jurisdiction_id=each.jurisdiction_id)]
    return {"proposed": len(proposed_notices(lists, at=selection.at)) if lists else 0, "keeps": keeps}


@require_safe
def notices_csv(request: Request) -> HttpResponseBase:
    """Exactly the rows that the address selects, on all pages."""
    selection = _select(request)
    columns: list[ExportColumn[NoticeRow]] = [
        ExportColumn(_("文号"), lambda row: row.notice.number),
        ExportColumn(_("级别"), lambda row: row.notice.get_level_display()),
        ExportColumn(_("标题"), lambda row: row.notice.title),
        ExportColumn(_("任务序号"), lambda row: row.tasks),
        ExportColumn(_("受文单位"), lambda row: row.notice.unit_name),
        ExportColumn(_("清单"), lambda row: row.notice.task_list.document.number),
        ExportColumn(_("签发时间"), lambda row: _minute(row.notice.issued_at)),
        ExportColumn(_("签发单位"), lambda row: row.notice.issuer),
        ExportColumn(_("签收时间"), lambda row: _minute(row.notice.received_at)),
        ExportColumn(_("回复期限"), lambda row: _minute(row.notice.due_at)),
        ExportColumn(_("办理状态"), lambda row: row.notice.get_state_display()),
        ExportColumn(_("是否逾期"), lambda row: _("逾期") if row.is_late else ""),
    ]
    return csv_response(
        filename=f"{_('督办通知')}_{selection.at:%Y%m%d-%H%M}.csv",
        columns=columns,
        rows=_rows(list(selection.table.data.data), selection.at),
    )


def _minute(moment: dt.datetime | None) -> str:
    return f"{moment.astimezone(BEIJING):%Y-%m-%d %H:%M}" if moment else ""


@dataclass(frozen=True)
class ProposedRow:
    """A proposal with the address of its draft, empty for those who may not issue."""

    proposed: Proposed
    url: str


@require_safe
def notice_proposals(request: Request) -> HttpResponse:
    """建议督办: what the rule proposes on the lists that a person oversees; a person issues."""
    if not can_see_overdue(request.viewer):
        raise PermissionDenied(_("建议督办由督查、汇总、领导岗位查看。发给本单位的通知请看督办通知。"))
    at = clock.now()
    lists = list(supervised_lists(request.viewer).order_by("order", "pk"))
    rows = [
        ProposedRow(
            one,
            _draft_of(one) if can_supervise(request.viewer, jurisdiction_id=one.task_list.jurisdiction_id) else "",
        )
        for one in proposed_notices(lists, at=at)
    ]
    counts = Counter(row.proposed.level for row in rows)
    context = {"at": at, "rows": rows, "levels": [(level, counts[level]) for level in reversed(NoticeLevel)]}
    return render(request, "notices/proposals.html", context)


def _draft_of(one: Proposed) -> str:
    return f"{reverse('notice_new')}?{urlencode([('task', task.pk) for task, _why in one.tasks])}"
