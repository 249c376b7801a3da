"""The parts of the leader's page as rows for a CSV file: the same numbers as on the screen."""

from collections.abc import Callable, Iterable, Sequence

from django.utils.translation import gettext as _

from tasks_app.analytics.facts import ORDER, Group
from tasks_app.analytics.overview import Overview, matrix
from tasks_app.progress.choices import Light
from tasks_app.web.leader import board
from tasks_app.web.leader.charts import points

Sheet = tuple[list[str], Iterable[Sequence[object]]]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"


def _lights() -> list[str]:
    return [str(light.label) for light in ORDER]


def _counties(overview: Overview) -> Sheet:
    return _groups(_("县区、园区"), overview.counties)


def _chapters(overview: Overview) -> Sheet:
    return _groups(_("章"), overview.chapters)


def _groups(label: str, groups: Sequence[Group]) -> Sheet:
    headings = [label, _("任务数"), _("平均进度（%）"), _("序时进度（%）"), _("无通过报送项数"), *_lights()]
    rows = [
        [
            g.label,
            g.count,
            _number(g.mean),
            _number(g.expected),
            g.unreported,
            *(g.lights.get(each, 0) for each in ORDER),
        ]
        for g in groups
    ]
    return headings, rows


def _matrix(overview: Overview) -> Sheet:
    """Two columns per county: how many tasks, and how many of them are red."""
    headings = [_("牵头单位"), _("任务数"), _("其中滞后")]
    for county in overview.counties:
        headings += [county.label, _("%(county)s滞后") % {"county": county.label}]
    rows = []
    for row in matrix(overview.facts, board.departments(overview), overview.counties):
        cells = [number for cell in row.cells for number in (cell.count, cell.lights.get(Light.RED, 0))]
        rows.append([row.lead.label, row.lead.count, row.lead.lights.get(Light.RED, 0), *cells])
    return headings, rows


def _trend(overview: Overview) -> Sheet:
    headings = [_("期"), _("数据截至"), _("平均进度（%）"), _("序时进度（%）"), _("任务数"), *_lights()]
    rows = [
        [
            point.label,
            point.frozen.day.isoformat(),
            _number(point.frozen.mean),
            _number(point.frozen.expected),
            point.frozen.count,
            *(count for _light, count in point.lights),
        ]
        for point in points(overview)
    ]
    return headings, rows


SHEETS: dict[str, Callable[[Overview], Sheet]] = {
    "counties": _counties,
    "matrix": _matrix,
    "chapters": _chapters,
    "trend": _trend,
}
