"""The reporting matrix, unit × period, and the tally of the newest period."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from tasks_app.accounts.permissions import Viewer, belongs_to, can_read_submitted
from tasks_app.analytics.queries import Board, ReportRow
from tasks_app.lib.dates import beijing_day
from tasks_app.reporting.choices import TIMELINESS_SHAPES, Timeliness
from tasks_app.reporting.rules import timeliness
from tasks_app.schedule.models import Period

CLASSES = {
    Timeliness.ON_TIME: "m-on",
    Timeliness.LATE: "m-late",
    Timeliness.MADE_UP: "m-made",
    Timeliness.MISSING: "m-miss",
    Timeliness.EXEMPT: "m-free",
    Timeliness.PENDING: "m-open",
    Timeliness.NONE: "",
}


@dataclass(frozen=True)
class Cell:
    """One unit's month: the visible mark, the words for screen readers, the report if this person may open it."""

    css: str
    mark: str
    words: str
    url: str = ""


@dataclass(frozen=True)
class MatrixRow:
    unit: str
    cells: Sequence[Cell]
    missed: int
    late: int


@dataclass(frozen=True)
class Matrix:
    """`hidden` counts the units whose months this person may not know of."""

    periods: Sequence[Period]
    rows: Sequence[MatrixRow]
    hidden: int


@dataclass(frozen=True)
class Tally:
    """How the newest period of a list stands: of `total` units so many on time, later, not at all."""

    period: Period
    on_time: int
    late: int
    silent: int
    total: int
    due: bool


def _answer(report: ReportRow, period: Period, at: dt.datetime) -> Timeliness:
    return timeliness(
        due_at=period.due_at,
        first_submitted_at=report.first_submitted_at,
        next_opens_at=period.made_up_from,
        at=at,
        exempt=report.exempt,
    )


def tally(board: Board, *, at: dt.datetime) -> Tally | None:
    """The newest period; None for a list that has none."""
    if not board.periods:
        return None
    period = board.periods[-1]
    answers = [_answer(report, period, at) for report in board.reports if report.period_id == period.pk]
    on_time = answers.count(Timeliness.ON_TIME)
    silent = sum(answer in {Timeliness.MISSING, Timeliness.PENDING} for answer in answers)
    return Tally(period, on_time, len(answers) - on_time - silent, silent, len(answers), at > period.due_at)


def matrix(board: Board, viewer: Viewer, *, at: dt.datetime) -> Matrix:
    """Units in official order; only those whose reports this person may know of (accounts.permissions)."""
    by_unit: dict[int, dict[int, ReportRow]] = {}
    for report in board.reports:
        by_unit.setdefault(report.unit_id, {})[report.period_id] = report
    known = [pk for pk in by_unit if _may_know(board, viewer, pk)]
    known.sort(key=lambda pk: (board.units[pk].order, pk))
    rows = []
    for pk in known:
        cells = [_cell(by_unit[pk].get(period.pk), period, viewer, at) for period in board.periods]
        marks = [cell.css for cell in cells]
        rows.append(
            MatrixRow(
                unit=board.units[pk].name,
                cells=cells,
                missed=marks.count("m-miss") + marks.count("m-made"),
                late=marks.count("m-late"),
            )
        )
    return Matrix(board.periods, rows, len(by_unit) - len(rows))


def _may_know(board: Board, viewer: Viewer, unit_id: int) -> bool:
    return can_read_submitted(
        viewer,
        unit_id=unit_id,
        coordinating_unit_id=board.task_list.coordinating_unit_id,
        jurisdiction_id=board.task_list.jurisdiction_id,
    )


def _cell(report: ReportRow | None, period: Period, viewer: Viewer, at: dt.datetime) -> Cell:
    if report is None:
        return Cell("", "", _("无任务"))
    answer = _answer(report, period, at)
    mark, words = str(TIMELINESS_SHAPES[answer]), str(answer.label)
    if answer == Timeliness.LATE:
        days = (beijing_day(report.first_submitted_at) - beijing_day(period.due_at)).days  # type: ignore[arg-type]
        mark = f"{mark}{days or ''}"
        words = _("迟报 %(days)d 天") % {"days": days} if days else _("当日迟报")
    # Drafts are private to their unit.
    own = belongs_to(viewer, unit_id=report.unit_id)
    url = reverse("report", args=[report.pk]) if own or report.first_submitted_at else ""
    return Cell(CLASSES[answer], mark, words, url)
