"""What was published for a round, and what changed since the one before; both as pages and as CSV."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tasks_app.accounts.permissions import can_see_month
from tasks_app.closing import rules
from tasks_app.closing.choices import ChangeKind
from tasks_app.closing.models import PeriodSnapshot, SnapshotTask
from tasks_app.closing.queries import Comparison, compare, is_intact, known_units
from tasks_app.progress.choices import Light
from tasks_app.reporting.choices import Timeliness
from tasks_app.schedule.models import Period
from tasks_app.web.closing.views import found_period
from tasks_app.web.shared.export import ExportColumn, csv_response
from tasks_app.web.shared.http import Request

LIGHTS = (Light.BLUE, Light.GREEN, Light.YELLOW, Light.RED, Light.GREY)


def _snapshot(request: Request, found: Period) -> PeriodSnapshot | None:
    """The version named in the address, else the newest; 404 for one that was never made."""
    snapshots = found.snapshots.select_related("closed_by", "period__task_list").order_by("-version")
    wanted = request.GET.get("version", "")
    if not wanted:
        return snapshots.first()
    snapshot = snapshots.filter(version=int(wanted)).first() if wanted.isdecimal() and len(wanted) < 5 else None
    if snapshot is None:
        raise Http404
    return snapshot


@require_safe
def period_figures(request: Request, pk: int) -> HttpResponse:
    """The frozen figures with the moment of their freezing (`?version=n` for an earlier one)."""
    found = found_period(request, pk)
    snapshot = _snapshot(request, found)
    context: dict[str, Any] = {
        "period": found,
        "task_list": found.task_list,
        "snapshot": snapshot,
        "manages": can_see_month(
            request.viewer,
            coordinating_unit_id=found.task_list.coordinating_unit_id,
            jurisdiction_id=found.task_list.jurisdiction_id,
        ),
    }
    if snapshot:
        tasks, units = list(snapshot.tasks.all()), list(snapshot.units.all())
        known = known_units(units, request.viewer, found.task_list)
        lights, times = Counter(row.light for row in tasks), Counter(row.timeliness for row in known)
        context |= {
            "versions": list(found.snapshots.order_by("version").values_list("version", flat=True)),
            "intact": is_intact(snapshot),
            "tasks": tasks,
            "lights": [(light, lights[light]) for light in LIGHTS],
            "counties": [row for row in units if row.mean is not None],
            "units": [row for row in known if row.timeliness != Timeliness.NONE],
            "numbers": [(value, times[value]) for value in Timeliness if times[value] and value != Timeliness.NONE],
            "hidden": len(units) - len(known),
        }
    return render(request, "closing/figures.html", context)


@require_safe
def period_figures_csv(request: Request, pk: int) -> HttpResponseBase:
    """The frozen tasks as rows."""
    found = found_period(request, pk)
    snapshot = _snapshot(request, found)
    if snapshot is None:
        raise Http404
    columns: list[ExportColumn[SnapshotTask]] = [
        ExportColumn(_("序号"), lambda row: row.no),
        ExportColumn(_("任务"), lambda row: row.headline),
        ExportColumn(_("牵头单位"), lambda row: "、".join(row.leads)),
        ExportColumn(_("完成时限"), lambda row: row.due_on.isoformat() if row.due_on else ""),
        ExportColumn(_("进度%"), lambda row: row.progress),
        ExportColumn(_("序时进度%"), lambda row: "" if row.expected is None else row.expected),
        ExportColumn(_("状态"), lambda row: row.get_light_display()),
        ExportColumn(_("原因"), lambda row: row.reason_text),
    ]
    name = f"{found.task_list.slug}-{found.year}{found.month:02}-v{snapshot.version}.csv"
    return csv_response(filename=name, columns=columns, rows=snapshot.tasks.all())


@require_safe
def period_changes(request: Request, pk: int) -> HttpResponse:
    """本月变化: by kind, by unit, by county, since the closed round before."""
    found = found_period(request, pk)
    snapshot = _snapshot(request, found)
    context: dict[str, Any] = {"period": found, "task_list": found.task_list, "snapshot": snapshot}
    if snapshot:
        comparison = compare(snapshot, request.viewer)
        context |= {"comparison": comparison, **_grouped(comparison)}
    return render(request, "closing/changes.html", context)


def _grouped(comparison: Comparison) -> dict[str, Any]:
    by_kind = {kind: [c for c in comparison.tasks if c.kind == kind] for kind in ChangeKind}
    return {
        "groups": [(kind, changes) for kind, changes in by_kind.items() if changes],
        "kinds": [kind for kind, changes in by_kind.items() if changes],
        "by_unit": [
            (name, [counts[kind] for kind, changes in by_kind.items() if changes])
            for name, counts in sorted(rules.by_unit(comparison.tasks).items(), key=lambda row: -sum(row[1].values()))
        ],
        "units": [(name, Timeliness(old), Timeliness(new)) for name, old, new in comparison.timeliness],
    }


@require_safe
def period_changes_csv(request: Request, pk: int) -> HttpResponseBase:
    """Every change as a row."""
    found = found_period(request, pk)
    snapshot = _snapshot(request, found)
    if snapshot is None:
        raise Http404
    columns: list[ExportColumn[ChangeRow]] = [
        ExportColumn(_("类别"), lambda row: row.kind),
        ExportColumn(_("对象"), lambda row: row.key),
        ExportColumn(_("名称"), lambda row: row.name),
        ExportColumn(_("牵头单位"), lambda row: row.leads),
        ExportColumn(_("上期"), lambda row: row.before),
        ExportColumn(_("本期"), lambda row: row.after),
    ]
    name = f"{found.task_list.slug}-{found.year}{found.month:02}-changes.csv"
    return csv_response(filename=name, columns=columns, rows=_change_rows(compare(snapshot, request.viewer)))


@dataclass(frozen=True)
class ChangeRow:
    """One change of the round, whatever changed: a task, a county's mean, a unit's month."""

    kind: str
    key: str
    name: str
    leads: str
    before: str
    after: str


def _change_rows(comparison: Comparison) -> Iterator[ChangeRow]:
    for change in comparison.tasks:
        task = change.task
        leads = "、".join(task.leads)
        yield ChangeRow(str(change.kind.label), task.no, task.headline, leads, change.before, change.after)
    for county in comparison.counties:
        if county.delta:
            yield ChangeRow(_("平均进度"), county.name, "", "", _number(county.before), _number(county.after))
    for name, old, new in comparison.timeliness:
        before, after = (str(Timeliness(value).label) for value in (old, new))
        yield ChangeRow(_("报送情况"), name, "", "", before, after)


def _number(mean: float | None) -> str:
    return "" if mean is None else f"{mean:.1f}%"
