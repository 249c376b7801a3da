"""月报: a unit's own reports by period, and who has reported, for those who collect or oversee."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig

from tasks_app import clock
from tasks_app.accounts.permissions import Viewer, belongs_to, has_own_months, looks_after_lists, oversees
from tasks_app.accounts.scopes import coordinated, own_units
from tasks_app.catalogue.models import TaskList
from tasks_app.reporting.choices import ReportStatus, Timeliness
from tasks_app.reporting.models import MonthlyReport
from tasks_app.reporting.queries import timeliness_of, with_counts
from tasks_app.reporting.rules import EDITABLE
from tasks_app.schedule.models import Period
from tasks_app.web.reporting.filters import STATES, OverviewChoice
from tasks_app.web.reporting.marks import status_mark
from tasks_app.web.reporting.tables import UnitReports
from tasks_app.web.shared.http import Request
from tasks_app.web.shared.marks import Mark, moment, time_left, timeliness_mark

Thing = TypeVar("Thing", TaskList, Period)
# What needs somebody's attention first.
RANK = (
    Timeliness.MISSING,
    Timeliness.PENDING,
    Timeliness.MADE_UP,
    Timeliness.LATE,
    Timeliness.ON_TIME,
    Timeliness.EXEMPT,
)


@dataclass(frozen=True)
class Row:
    """One report in a list: its state, its numbers, never its words."""

    report: MonthlyReport
    timeliness: Timeliness
    own: bool
    due: str
    left: str

    @property
    def mark(self) -> Mark:
        return timeliness_mark(self.timeliness)

    @property
    def status(self) -> Mark:
        return status_mark(self.report.status)

    @property
    def submitted(self) -> bool:
        return self.report.first_submitted_at is not None

    @property
    def readable(self) -> bool:
        return self.own or self.submitted

    @property
    def writable(self) -> bool:
        return self.own and self.report.status in EDITABLE and not self.report.is_frozen

    # What the columns sort by.
    @property
    def order(self) -> tuple[int, int]:
        return (self.report.unit.order, self.report.unit_id)

    @property
    def rank(self) -> int:
        return RANK.index(self.timeliness)

    @property
    def submitted_key(self) -> float:
        at = self.report.first_submitted_at
        return at.timestamp() if at else float("inf")

    @property
    def waiting(self) -> int:
        return self.report.waiting  # type: ignore[attr-defined]

    @property
    def receipt_no(self) -> str:
        return self.report.receipt_no

    def is_in(self, state: str) -> bool:
        """Whether the row belongs to a state of `filters.STATES`."""
        counted: dict[str, bool] = {
            "in": self.submitted,
            "out": not self.submitted and self.timeliness != Timeliness.EXEMPT,
            "waiting": bool(self.waiting),
            "returned": bool(self.report.returned),  # type: ignore[attr-defined]
            "accepted": self.report.status == ReportStatus.ACCEPTED,
        }
        return counted.get(state, self.timeliness == state)


def rows_of(reports: Sequence[MonthlyReport], viewer: Viewer, at: dt.datetime) -> list[Row]:
    return [
        Row(
            report=report,
            timeliness=timeliness_of(report, at),
            own=belongs_to(viewer, unit_id=report.unit_id),
            due=moment(report.period.due_at, year_of=at),
            left=time_left(report.period.due_at, at),
        )
        for report in reports
    ]


@require_safe
def reports(request: Request) -> HttpResponse:
    """The own unit's reports, and the overview of a period, as far as this person's roles go."""
    viewer, at = request.viewer, clock.now()
    context: dict[str, Any] = {}
    if has_own_months(viewer):
        context |= _own(viewer, at)
    if looks_after_lists(viewer):
        context |= _overview(request, at)
    return render(request, "reporting/reports.html", context)


def _own(viewer: Viewer, at: dt.datetime) -> dict[str, Any]:
    reports = with_counts(
        MonthlyReport.objects.filter(own_units(viewer))
        .select_related("unit", "period__task_list")
        .order_by("-period__opens_at", "period__task_list__order", "unit__order")
    )
    rows = rows_of(list(reports), viewer, at)
    newest: dict[tuple[int, int], Row] = {}
    for row in rows:
        newest.setdefault((row.report.period.task_list_id, row.report.unit_id), row)
    now = [row for row in newest.values() if row.writable]
    return {
        "own": True,
        "open_rows": now,
        "own_rows": [row for row in rows if row not in now],
        "units": sorted({row.report.unit.name for row in rows}),
    }


def _overview(request: Request, at: dt.datetime) -> dict[str, Any]:
    listed = MonthlyReport.objects.listed_for(request.viewer)
    if not oversees(request.viewer):
        # A coordinator who is also a liaison sees their own unit's reports above.
        listed = listed.filter(coordinated(request.viewer, "period__task_list__"))
    lists = list(TaskList.objects.filter(pk__in=listed.values("period__task_list_id")))
    chosen_list = _chosen(lists, request.GET.get("list")) or _list_of(lists, request.GET.get("period", ""))
    periods = list(
        Period.objects.filter(task_list=chosen_list, opens_at__lte=at).select_related("task_list").order_by("-opens_at")
    )
    period = _chosen(periods, request.GET.get("period")) or (periods[0] if periods else None)
    state = request.GET.get("state", "")
    state = state if state in STATES else ""
    rows: list[Row] = []
    if period:
        of_period = listed.filter(period=period).select_related("unit", "period__task_list__coordinating_unit")
        rows = rows_of(list(with_counts(of_period).order_by("unit__order", "unit_id")), request.viewer, at)
    table = UnitReports([row for row in rows if row.is_in(state)] if state else rows)
    RequestConfig(request, paginate=False).configure(table)
    return {
        "overview": True,
        "choice": {"form": OverviewChoice(lists, periods, period, state)},
        "period": period,
        "due": moment(period.due_at, year_of=at) if period else "",
        "left": time_left(period.due_at, at) if period else "",
        "total": len(rows),
        "numbers": _numbers(rows, period, state),
        "state": state,
        "table": table,
    }


def _list_of(lists: Sequence[TaskList], period: str) -> TaskList | None:
    """The list that a period belongs to, where the address names only the period; else the first."""
    if period.isdecimal() and len(period) < 10:
        for found in Period.objects.filter(pk=int(period), task_list__in=lists).select_related("task_list"):
            return found.task_list
    return lists[0] if lists else None


def _chosen(things: Sequence[Thing], pk: str | None) -> Thing | None:
    return next((thing for thing in things if str(thing.pk) == pk), None)


def _numbers(rows: Sequence[Row], period: Period | None, state: str) -> list[dict[str, Any]]:
    """The totals, each with the address that filters by it; what there is none of is left out."""
    if period is None:
        return []
    times = Counter(row.timeliness for row in rows)
    found = []
    for value in (
        Timeliness.ON_TIME,
        Timeliness.LATE,
        Timeliness.MADE_UP,
        Timeliness.MISSING,
        Timeliness.EXEMPT,
        Timeliness.PENDING,
    ):
        found.append((value.value, times[value], timeliness_mark(value)))
    found.append(("waiting", sum(1 for row in rows if row.is_in("waiting")), status_mark(ReportStatus.SUBMITTED)))
    found.append(("returned", sum(1 for row in rows if row.is_in("returned")), status_mark(ReportStatus.RETURNED)))
    base: dict[str, str | int] = {"list": period.task_list_id, "period": period.pk}
    return [
        {
            "mark": mark,
            "count": count,
            "current": word == state,
            "query": urlencode(base if word == state else {**base, "state": word}),
        }
        for word, count, mark in found
        if count or word == state
    ]
