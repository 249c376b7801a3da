"""The parts of the leader's page as rows for a CSV file: the same numbers as on the screen."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic

from django.utils.translation import gettext as _

from tasks_app.analytics.facts import ORDER, Group
from tasks_app.analytics.overview import MatrixRow, Overview, matrix
from tasks_app.progress.choices import Light
from tasks_app.web.leader import board
from tasks_app.web.leader.charts import Point, points
from tasks_app.web.shared.export import ExportColumn, Row


@dataclass(frozen=True)
class Sheet(Generic[Row]):
    """A part of the page, as rows with their columns."""

    columns: Sequence[ExportColumn[Row]]
    rows: Iterable[Row]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"


def _lit(light: Light, group: Group) -> int:
    return group.lights.get(light, 0)


def _counties(overview: Overview) -> Sheet[Group]:
    return _groups(_("县区、园区"), overview.counties)


def _chapters(overview: Overview) -> Sheet[Group]:
    return _groups(_("章"), overview.chapters)


def _groups(label: str, groups: Sequence[Group]) -> Sheet[Group]:
    columns: list[ExportColumn[Group]] = [
        ExportColumn(label, lambda group: group.label),
        ExportColumn(_("任务数"), lambda group: group.count),
        ExportColumn(_("平均进度（%）"), lambda group: _number(group.mean)),
        ExportColumn(_("序时进度（%）"), lambda group: _number(group.expected)),
        ExportColumn(_("无通过报送项数"), lambda group: group.unreported),
        *(ExportColumn(str(light.label), partial(_lit, light)) for light in ORDER),
    ]
    return Sheet(columns, groups)


def _matrix(overview: Overview) -> Sheet[MatrixRow]:
    """Two columns per county: how many tasks, and how many of them are red."""
    columns: list[ExportColumn[MatrixRow]] = [
        ExportColumn(_("牵头单位"), lambda row: row.lead.label),
        ExportColumn(_("任务数"), lambda row: row.lead.count),
        ExportColumn(_("其中滞后"), lambda row: _lit(Light.RED, row.lead)),
    ]
    for at, county in enumerate(overview.counties):
        columns += [
            ExportColumn(county.label, partial(_count, at)),
            ExportColumn(_("%(county)s滞后") % {"county": county.label}, partial(_red, at)),
        ]
    return Sheet(columns, matrix(overview.facts, board.departments(overview), overview.counties))


def _count(at: int, row: MatrixRow) -> int:
    return row.cells[at].count


def _red(at: int, row: MatrixRow) -> int:
    return row.cells[at].lights.get(Light.RED, 0)


def _trend(overview: Overview) -> Sheet[Point]:
    columns: list[ExportColumn[Point]] = [
        ExportColumn(_("期"), lambda point: point.label),
        ExportColumn(_("数据截至"), lambda point: point.frozen.day.isoformat()),
        ExportColumn(_("平均进度（%）"), lambda point: _number(point.frozen.mean)),
        ExportColumn(_("序时进度（%）"), lambda point: _number(point.frozen.expected)),
        ExportColumn(_("任务数"), lambda point: point.frozen.count),
        *(ExportColumn(str(light.label), partial(_then, light)) for light in ORDER),
    ]
    return Sheet(columns, points(overview))


def _then(light: Light, point: Point) -> int:
    return dict(point.lights)[light]


SHEETS: dict[str, Callable[[Overview], Sheet[Any]]] = {
    "counties": _counties,
    "matrix": _matrix,
    "chapters": _chapters,
    "trend": _trend,
}
