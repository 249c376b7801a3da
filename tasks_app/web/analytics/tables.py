"""The plots' figures as rows for a CSV file: the same numbers as the table twins."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from tasks_app.analytics.facts import ORDER, Group, light_counts
from tasks_app.analytics.queries import Board
from tasks_app.web.analytics.charts import point_label
from tasks_app.web.analytics.matrix import Matrix

GROUPED = {"counties", "leads", "chapters"}
NAMES = GROUPED | {"trend", "reports"}
Sheet = tuple[list[str], Iterable[Sequence[object]]]


def sheet_of(name: str, board: Board, reports: Matrix) -> Sheet:
    """Headings and rows of the plot called `name`, one of NAMES."""
    if name == "trend":
        return _trend(board)
    if name == "reports":
        return _reports(reports)
    return _groups(getattr(board, name))


def _one_decimal(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"


def _groups(groups: Iterable[Group]) -> Sheet:
    lights = [str(light.label) for light in ORDER]
    headings = [_("名称"), _("任务数"), _("平均进度（%）"), _("序时进度（%）"), _("无通过报送项数"), *lights]
    rows = [
        [
            group.label,
            group.count,
            _one_decimal(group.mean),
            _one_decimal(group.expected),
            group.unreported,
            *(count for _light, count in light_counts(group)),
        ]
        for group in groups
    ]
    return headings, rows


def _trend(board: Board) -> Sheet:
    headings = [_("期"), _("日期"), _("平均进度（%）"), _("序时进度（%）"), _("任务数")]
    rows = [
        [
            point.period.name if point.period else point_label(point),
            point.day.isoformat(),
            _one_decimal(point.mean),
            _one_decimal(point.expected),
            point.count,
        ]
        for point in board.trend
    ]
    return headings, rows


def _reports(reports: Matrix) -> Sheet:
    headings = [_("单位"), *(period.name for period in reports.periods), _("迟报期数"), _("缺报期数")]
    return headings, [[row.unit, *(cell.words for cell in row.cells), row.late, row.missed] for row in reports.rows]
