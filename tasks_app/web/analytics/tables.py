"""The plots' figures as rows for a CSV file: the same numbers as the table twins."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic

from django.utils.translation import gettext as _

from tasks_app.analytics.facts import ORDER, Group
from tasks_app.analytics.queries import Board, TrendPoint
from tasks_app.progress.choices import Light
from tasks_app.web.analytics.charts import point_label
from tasks_app.web.analytics.matrix import Matrix, MatrixRow
from tasks_app.web.shared.export import ExportColumn, Row

GROUPED = {"counties", "leads", "chapters"}
NAMES = GROUPED | {"trend", "reports"}


@dataclass(frozen=True)
class Sheet(Generic[Row]):
    """What a plot shows, as rows with their columns."""

    columns: Sequence[ExportColumn[Row]]
    rows: Iterable[Row]


def sheet_of(name: str, board: Board, reports: Matrix) -> Sheet[Any]:
    """The plot called `name`, one of NAMES."""
    if name == "trend":
        return _trend(board)
    if name == "reports":
        return _reports(reports)
    return _groups(getattr(board, name))


def _one_decimal(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"


def _groups(groups: Iterable[Group]) -> Sheet[Group]:
    columns: list[ExportColumn[Group]] = [
        ExportColumn(_("名称"), lambda group: group.label),
        ExportColumn(_("任务数"), lambda group: group.count),
        ExportColumn(_("平均进度（%）"), lambda group: _one_decimal(group.mean)),
        ExportColumn(_("序时进度（%）"), lambda group: _one_decimal(group.expected)),
        ExportColumn(_("无通过报送项数"), lambda group: group.unreported),
        *(ExportColumn(str(light.label), partial(_lit, light)) for light in ORDER),
    ]
    return Sheet(columns, groups)


def _lit(light: Light, group: Group) -> int:
    return group.lights.get(light, 0)


def _trend(board: Board) -> Sheet[TrendPoint]:
    columns: list[ExportColumn[TrendPoint]] = [
        ExportColumn(_("期"), lambda point: point.period.name if point.period else point_label(point)),
        ExportColumn(_("日期"), lambda point: point.day.isoformat()),
        ExportColumn(_("平均进度（%）"), lambda point: _one_decimal(point.mean)),
        ExportColumn(_("序时进度（%）"), lambda point: _one_decimal(point.expected)),
        ExportColumn(_("任务数"), lambda point: point.count),
    ]
    return Sheet(columns, board.trend)


def _reports(reports: Matrix) -> Sheet[MatrixRow]:
    columns: list[ExportColumn[MatrixRow]] = [
        ExportColumn(_("单位"), lambda row: row.unit),
        *(ExportColumn(period.name, partial(_month, at)) for at, period in enumerate(reports.periods)),
        ExportColumn(_("迟报期数"), lambda row: row.late),
        ExportColumn(_("缺报期数"), lambda row: row.missed),
    ]
    return Sheet(columns, reports.rows)


def _month(at: int, row: MatrixRow) -> str:
    return row.cells[at].words
