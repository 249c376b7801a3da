"""An overview put into words and links: what the leader's page, its sub-pages and its files show."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from tasks_app.analytics.facts import BOARD_KINDS, Group, light_counts
from tasks_app.analytics.overview import Cell, MatrixRow, Overview, RoundState, matrix
from tasks_app.analytics.rules import Mover, light_of_mean, worst_light
from tasks_app.catalogue.models import Task, TaskList
from tasks_app.closing.choices import ChangeKind
from tasks_app.progress.choices import Light
from tasks_app.progress.queries import thresholds_of
from tasks_app.reporting.choices import Timeliness
from tasks_app.reporting.models import MonthlyReport
from tasks_app.units.models import Unit
from tasks_app.web.shared.marks import timeliness_mark

LEADS_SHOWN = 8
SILENT_SHOWN = 6
# How those who have reported, or need not, are listed: one number each.
TOLD = (Timeliness.ON_TIME, Timeliness.LATE, Timeliness.MADE_UP, Timeliness.EXEMPT)


@dataclass(frozen=True)
class Number:
    """A count that opens the list behind it; `css` and `shape` as a light has them."""

    label: str
    count: int
    url: str
    css: str = ""
    shape: str = ""


@dataclass(frozen=True)
class Tile:
    """One county on the map: its place there (0 where it has none), its mean and what that means."""

    unit: Unit
    url: str
    percent: str
    light: Light
    behind: int
    red: int
    count: int
    furthest: bool

    @property
    def ahead(self) -> int:
        return -self.behind

    @property
    def place(self) -> str:
        """The class names that put it where it belongs."""
        return f"r{self.unit.tile_row} c{self.unit.tile_column}"


@dataclass(frozen=True)
class DrawnCell:
    """One cell of the matrix: so many of `count` tasks show `light`, the worst among them."""

    count: int
    of_light: int
    light: Light | None
    url: str
    words: str


@dataclass(frozen=True)
class DrawnRow:
    """One row of the matrix: a lead unit's tasks by county, by light (for where there are no counties), and all."""

    label: str
    url: str
    cells: Sequence[DrawnCell]
    lights: Sequence[Number]
    whole: DrawnCell


@dataclass(frozen=True)
class Bar:
    """One chapter: `parts` are light, offset and length of each piece of a bar of 100."""

    label: str
    url: str
    count: int
    percent: str
    expected: str
    parts: Sequence[tuple[Light, float, float]]
    lights: Sequence[Number]

    @property
    def red(self) -> Number:
        return next(number for number in self.lights if number.css == Light.RED.css)


@dataclass(frozen=True)
class Reporting:
    """The running round: `numbers` of those that are in, `missing` of those that are not, the first few by name."""

    state: RoundState
    url: str
    came_in: Number
    numbers: Sequence[Number]
    missing: Number
    silent: Sequence[tuple[MonthlyReport, str]]

    @property
    def more(self) -> int:
        return self.missing.count - len(self.silent)


@dataclass(frozen=True)
class Moved:
    """One task that gained or lost since the baseline."""

    task: Task
    mover: Mover

    @property
    def drop(self) -> int:
        return -self.mover.delta


def percent(value: float | None) -> str:
    """A percent as printed: no decimals, a dash where there is none."""
    return "—" if value is None else f"{value:.0f}%"


def address(name: str, *args: object, **query: object) -> str:
    return f"{reverse(name, args=args)}?{urlencode(query)}"


def ledger(task_list: TaskList, **filters: object) -> str:
    """The ledger, narrowed to this list and `filters`."""
    return address("ledger", list=task_list.slug, **filters)


def lights(group: Group, task_list: TaskList, **filters: object) -> list[Number]:
    """The group's tasks by light, each number opening the ledger on them."""
    return [
        Number(str(light.label), count, ledger(task_list, **filters, light=light.value), light.css, light.shape)
        for light, count in light_counts(group)
    ]


def tiles(overview: Overview) -> list[Tile]:
    """The counties in official order."""
    thresholds = thresholds_of(overview.task_list)
    return [
        Tile(
            unit=overview.facts.units[group.key],
            url=address("leader_county", group.key, list=overview.task_list.slug),
            percent=percent(group.mean),
            light=Light.GREY if group.unreported == group.count else light_of_mean(group.behind, thresholds),
            behind=group.behind,
            red=group.lights.get(Light.RED, 0),
            count=group.count,
            furthest=group.key == overview.furthest,
        )
        for group in overview.counties
    ]


def departments(overview: Overview) -> list[Group]:
    """The lead units that are no counties themselves, those with most red tasks first."""
    units = overview.facts.units
    return [group for group in overview.leads if units[group.key].kind not in BOARD_KINDS]


def lines(overview: Overview, leads: Sequence[Group]) -> list[DrawnRow]:
    """The matrix of these lead units, ready to be drawn."""
    return [_line(overview, row) for row in matrix(overview.facts, leads, overview.counties)]


def _line(overview: Overview, row: MatrixRow) -> DrawnRow:
    lead, by_lead = row.lead, {"unit": row.lead.key, "role": "lead"}
    return DrawnRow(
        label=lead.label,
        url=ledger(overview.task_list, **by_lead),
        cells=[_cell(overview, lead, cell) for cell in row.cells],
        lights=lights(lead, overview.task_list, **by_lead),
        whole=_mark(overview, Cell(0, lead.lights), lead.label, **by_lead),
    )


def _cell(overview: Overview, lead: Group, cell: Cell) -> DrawnCell:
    names = {"lead": lead.label, "county": overview.facts.units[cell.county_id].name}
    whose = _("%(lead)s牵头、%(county)s承担") % names
    return _mark(overview, cell, whose, county=cell.county_id, unit=lead.key, role="lead")


def foot(overview: Overview) -> list[DrawnCell]:
    """The last row of the matrix: all tasks of each county."""
    return [_mark(overview, Cell(group.key, group.lights), group.label, unit=group.key) for group in overview.counties]


def everything(overview: Overview) -> DrawnCell:
    """The matrix's corner: all tasks of the list."""
    return _mark(overview, Cell(0, overview.total.lights), overview.task_list.title)


def _mark(overview: Overview, cell: Cell, whose: str, **filters: object) -> DrawnCell:
    """A red or yellow count opens these tasks, any other the whole cell: two clicks to the task."""
    light = worst_light(cell.lights)
    if light is None:
        return DrawnCell(0, 0, None, "", _("%(whose)s：没有任务") % {"whose": whose})
    if light in (Light.RED, Light.YELLOW):
        filters["light"] = light.value
    words = {"whose": whose, "count": cell.count, "n": cell.of_light, "light": light.label}
    return DrawnCell(
        count=cell.count,
        of_light=cell.of_light,
        light=light,
        url=ledger(overview.task_list, **filters),
        words=_("%(whose)s：%(light)s %(n)d 项，共 %(count)d 项") % words,
    )


def bars(overview: Overview) -> list[Bar]:
    """The chapters in the document's order."""
    found = []
    for group in overview.chapters:
        parts, offset = [], 0.0
        for light, count in light_counts(group):
            length = 100 * count / group.count
            parts.append((light, round(offset, 2), round(length, 2)))
            offset += length
        found.append(
            Bar(
                label=group.label,
                url=ledger(overview.task_list, chapter=group.key),
                count=group.count,
                percent=percent(group.mean),
                expected=percent(group.expected),
                parts=[part for part in parts if part[2]],
                lights=lights(group, overview.task_list, chapter=group.key),
            )
        )
    return found


def reporting(overview: Overview) -> Reporting | None:
    """Who has reported in the running round; None before the first."""
    state = overview.running
    if state is None:
        return None
    place = {"list": overview.task_list.pk, "period": state.period.pk}

    def told(values: Sequence[Timeliness]) -> list[Number]:
        marks = [(value, timeliness_mark(value)) for value in values if state.counts.get(value)]
        return [
            Number(
                mark.label, state.counts[value], address("reports", **place, state=value.value), mark.css, mark.shape
            )
            for value, mark in marks
        ]

    missing = _("缺报") if state.is_due else _("尚未报")
    return Reporting(
        state=state,
        url=address("reports", **place),
        came_in=Number("", state.came_in, address("reports", **place, state="in")),
        numbers=told(TOLD),
        missing=Number(
            missing,
            len(state.silent),
            address("reports", **place, state="out"),
            *(("late", "■") if state.is_due else ("none", "◇")),
        ),
        silent=[(report, ledger(overview.task_list, unit=report.unit_id)) for report in state.silent[:SILENT_SHOWN]],
    )


def changes(overview: Overview) -> list[Number]:
    """How many changes of each kind since the baseline, each opening its part of the page of changes."""
    page = address("leader_changes", list=overview.task_list.slug)
    counts = {kind: sum(change.kind == kind for change in overview.changes) for kind in ChangeKind}
    return [
        Number(str(kind.label), count, f"{page}#{kind.value}", kind.css, kind.shape)
        for kind, count in counts.items()
        if count
    ]


def moved(overview: Overview) -> tuple[list[Moved], list[Moved]]:
    gains, losses = overview.movers
    return (
        [Moved(overview.tasks[mover.task_id], mover) for mover in gains],
        [Moved(overview.tasks[mover.task_id], mover) for mover in losses],
    )


@dataclass(frozen=True)
class Worst:
    """One of the worst tasks and the names of its leads."""

    task: Task
    leads: str

    @property
    def light(self) -> Light:
        return Light(self.task.standing.light)


def worst(overview: Overview) -> list[Worst]:
    facts = overview.facts
    return [
        Worst(overview.tasks[pk], "、".join(facts.units[unit_id].name for unit_id in facts.leads_of[pk]))
        for pk in overview.worst
    ]
