"""One round's sheet: computed, published, read; and one unit's lines."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Sum
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tasks_app import clock
from tasks_app.accounts.permissions import can_object, can_score
from tasks_app.catalogue.models import TaskList
from tasks_app.closing.queries import published
from tasks_app.schedule.models import Period
from tasks_app.scores.actions import publish_sheet
from tasks_app.scores.choices import EventKind, Group, Outcome
from tasks_app.scores.models import Objection, ScoreLine, ScoreSheet, ScoreUnit
from tasks_app.scores.queries import (
    Draft,
    draft,
    group_of,
    line_refusal,
    newest_sheet,
    newest_sheets,
    ranking,
    scheme_for,
    spec_of,
    struck_keys,
)
from tasks_app.scores.rules import ranked
from tasks_app.units.models import Unit
from tasks_app.web.scores.common import found_list, found_period, key_in, may_read, standings
from tasks_app.web.shared.http import Request
from tasks_app.web.shared.openable import openable
from tasks_app.web.shared.refusals import refusals_shown
from tasks_app.workdays.queries import exceptions


@require_safe
def score_period(request: Request, pk: int) -> HttpResponse:
    """The sheet of a round (`?version=n` for an earlier one); for a supervisor also what is to be published."""
    period = found_period(request, pk)
    sheets = list(period.score_sheets.select_related("scheme", "snapshot", "published_by").order_by("version"))
    sheet = _version(request, sheets)
    query = f"?period={period.pk}" + (f"&version={sheet.version}" if sheet and sheet != sheets[-1] else "")
    context: dict[str, Any] = {
        "period": period,
        "task_list": period.task_list,
        "sheets": sheets,
        "sheet": sheet,
        "newest": sheets[-1] if sheets else None,
        "rankings": standings(request.viewer, period.task_list, ranking([sheet]), query) if sheet else [],
        "by_kind": _by_kind(sheet) if sheet else [],
    }
    if can_score(request.viewer, jurisdiction_id=period.task_list.jurisdiction_id):
        context |= _to_publish(period, sheets[-1] if sheets else None)
        paths = (line.event.path for _name, _kind, line in context.get("draft_lines", ()))
        context["openable"] = openable(request.viewer, paths)
    return render(request, "scores/period.html", context)


def _version(request: Request, sheets: list[ScoreSheet]) -> ScoreSheet | None:
    wanted = request.GET.get("version", "")
    if not wanted:
        return sheets[-1] if sheets else None
    for sheet in sheets:
        if str(sheet.version) == wanted:
            return sheet
    raise Http404


def _by_kind(sheet: ScoreSheet) -> list[tuple[EventKind, int, Decimal]]:
    """Kind, how many lines it has, and what they come to; kinds without a line are left out."""
    sums = sheet.lines.order_by().values_list("kind").annotate(n=Count("pk"), points=Sum("points"))
    found = {kind: (n, points) for kind, n, points in sums}
    return [(kind, *found[kind.value]) for kind in EventKind if kind.value in found]


@dataclass(frozen=True)
class DraftRow:
    """What a unit would get: shown before publishing."""

    rank: int
    name: str
    group: Group
    minus: Decimal
    plus: Decimal
    score: Decimal


def _to_publish(period: Period, last: ScoreSheet | None) -> dict[str, Any]:
    """What publishing now would give, or why there is nothing to publish."""
    snapshot = published(period)
    if snapshot is None or period.closed_at is None:
        return {"obstacle": _("本期还没有关账。考核按关账固定的数字计算，汇总单位关账后在这里计算、公布。")}
    if last is not None and last.snapshot_id == snapshot.pk:
        return {}
    if units := list(period.reports.filter(reopened_at__isnull=False).values_list("unit__name", flat=True)):
        return {"obstacle": _("已对%(units)s重开，再次关账后才能计算。") % {"units": "、".join(units)}}
    scheme = scheme_for(period)
    if scheme is None:
        return {"obstacle": _("本期还没有适用的考核规则。"), "no_scheme": True}
    snapshot.period = period
    found = draft(snapshot, spec_of(scheme), struck_keys(period))
    names = {row.unit_id: row.name for row in found.units}
    lines = [(names[line.event.unit_id], EventKind(line.event.kind), line) for line in found.lines]
    return {"draft": _draft_rows(found), "draft_scheme": scheme, "draft_lines": lines, "snapshot": snapshot}


def _draft_rows(found: Draft) -> list[tuple[Group, list[DraftRow]]]:
    groups = []
    for group in Group:
        units = [row for row in found.units if group_of(row) == group]
        ranks = ranked({row.unit_id: found.totals[row.unit_id].score for row in units})
        rows = [
            DraftRow(
                rank=ranks[row.unit_id],
                name=row.name,
                group=group,
                minus=found.totals[row.unit_id].minus,
                plus=found.totals[row.unit_id].plus,
                score=found.totals[row.unit_id].score,
            )
            for row in sorted(units, key=lambda row: ranks[row.unit_id])
        ]
        if rows:
            groups.append((group, rows))
    return groups


@require_POST
def score_publish(request: Request, pk: int) -> HttpResponse:
    """Compute and publish the round's newest freeze."""
    period = found_period(request, pk)
    if not can_score(request.viewer, jurisdiction_id=period.task_list.jurisdiction_id):
        raise PermissionDenied(_("考核结果由督查员计算、公布，其他岗位只能查看。"))
    with refusals_shown(request):
        sheet = publish_sheet(period=period, by=request.user, at=clock.now())
        messages.success(
            request, _("%(period)s考核结果已公布（第 %(n)d 版）。") % {"period": period, "n": sheet.version}
        )
    return redirect("score_period", pk=pk)


@dataclass(frozen=True)
class LineRow:
    """A line with what became of an objection to it; `objectable` for those who may object now."""

    line: ScoreLine
    kind: EventKind
    outcome: Outcome
    objection: Objection | None
    objectable: bool

    @property
    def struck(self) -> bool:
        return self.outcome == Outcome.STRUCK


@dataclass(frozen=True)
class UnitRound:
    """A unit's sheet in one round."""

    sheet: ScoreSheet
    unit: ScoreUnit
    rows: list[LineRow]
    older: bool


@require_safe
def score_unit(request: Request, slug: str, pk: int) -> HttpResponse:
    """A unit's lines in all scored rounds of a list, the newest first; `?period=` for one, with `?version=`."""
    task_list = found_list(request, slug)
    unit = get_object_or_404(Unit, pk=pk, jurisdiction_id=task_list.jurisdiction_id)
    if not may_read(request.viewer, task_list, unit.pk):
        raise PermissionDenied(_("考核明细由本单位、汇总单位和督查、领导岗位查看；各单位的得分和名次见考核排名。"))
    chosen = _sheets(request, task_list)
    rounds = _unit_rounds(request, task_list, unit, chosen, clock.now())
    context = {
        "task_list": task_list,
        "unit": unit,
        "rounds": rounds,
        "openable": openable(request.viewer, (row.line.path for each in rounds for row in each.rows)),
        "narrowed": bool(request.GET.get("period")),
    }
    return render(request, "scores/unit.html", context)


def _sheets(request: Request, task_list: TaskList) -> list[ScoreSheet]:
    wanted = request.GET.get("period", "")
    if not wanted:
        return newest_sheets(task_list)[::-1]
    period = get_object_or_404(task_list.periods, pk=key_in(wanted))
    if not request.GET.get("version"):
        newest = newest_sheet(period)
        return [newest] if newest else []
    sheets = list(period.score_sheets.select_related("scheme").order_by("version"))
    sheet = _version(request, sheets)
    return [sheet] if sheet else []


def _unit_rounds(
    request: Request, task_list: TaskList, unit: Unit, sheets: list[ScoreSheet], at: dt.datetime
) -> list[UnitRound]:
    """A constant number of queries however many rounds."""
    newest = {sheet.period_id: sheet.pk for sheet in newest_sheets(task_list)}
    units = {row.sheet_id: row for row in ScoreUnit.objects.filter(sheet__in=sheets, unit=unit)}
    by_sheet: dict[int, list[ScoreLine]] = {sheet.pk: [] for sheet in sheets}
    for line in ScoreLine.objects.filter(sheet__in=sheets, unit=unit).order_by("pk"):
        by_sheet[line.sheet_id].append(line)
    earlier = {
        (objection.period_id, objection.key): objection
        for objection in Objection.objects.filter(unit=unit, period__task_list=task_list).order_by("pk")
    }
    may, days = can_object(request.viewer, unit_id=unit.pk), exceptions()
    found = []
    for sheet in sheets:
        if sheet.pk not in units:
            continue
        older = newest[sheet.period_id] != sheet.pk
        rows = []
        for line in by_sheet[sheet.pk]:
            line.sheet = sheet
            objection = earlier.get((sheet.period_id, line.key))
            rows.append(_line_row(line, objection, may=may and not older, at=at, days=days))
        found.append(UnitRound(sheet, units[sheet.pk], rows, older))
    return found


def _line_row(
    line: ScoreLine, objection: Objection | None, *, may: bool, at: dt.datetime, days: Mapping[dt.date, bool]
) -> LineRow:
    return LineRow(
        line=line,
        kind=EventKind(line.kind),
        outcome=Outcome(line.outcome),
        objection=objection,
        objectable=may and not line_refusal(line, objection, at, days),
    )
