"""Every figure of a bulletin by its name, counted from one frozen round (and the one before it). Pure.

Inline figures are words inside a sentence; blocks are tables and charts that stand alone. The same definitions as on
the boards: a lead unit's mean is that over the tasks it leads, a county's is the one frozen for it, nothing reported
counts as 0 (domain §4).
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from tasks_app.closing.choices import ChangeKind
from tasks_app.closing.rules import Change
from tasks_app.progress.choices import Light
from tasks_app.reporting.choices import Timeliness

NONE = "无"
LIGHTS = (Light.BLUE, Light.GREEN, Light.YELLOW, Light.RED, Light.GREY)
DUE = (Timeliness.ON_TIME, Timeliness.LATE, Timeliness.MADE_UP, Timeliness.MISSING)
REMARKABLE = (Timeliness.LATE, Timeliness.MADE_UP, Timeliness.MISSING, Timeliness.EXEMPT)
# Kinds of change that are listed one by one; changes of the percent are only counted.
TOLD = (
    ChangeKind.CLOSED, ChangeKind.TURNED_RED, ChangeKind.MADE_UP, ChangeKind.DUE, ChangeKind.LEADS, ChangeKind.ADDED,
    ChangeKind.REMOVED,
)  # fmt: skip
# Bars of a chart of lead units, at most.
MOST_BARS = 15


@dataclass(frozen=True)
class TaskFact:
    """A task as frozen: percents 0-100, a Light, its reason in words, the names of its leads."""

    no: str
    headline: str
    progress: int
    expected: int | None
    light: str
    reason: str
    due_on: dt.date | None
    leads: tuple[str, ...]


@dataclass(frozen=True)
class UnitFact:
    """A unit's month as frozen; `mean` for counties and parks only; `submitted` in words, empty if never."""

    name: str
    timeliness: str
    submitted: str
    owed: int
    accepted: int
    mean: float | None


@dataclass(frozen=True)
class RoundFacts:
    """One frozen round; `before` is the name of the round it is compared with, empty for a list's first."""

    list_title: str
    round_name: str
    as_of: dt.date
    mean: float
    expected: float | None
    tasks: Sequence[TaskFact]
    units: Sequence[UnitFact]
    before: str = ""
    mean_before: float | None = None
    county_means_before: Mapping[str, float | None] | None = None
    changes: Sequence[Change] = ()


@dataclass(frozen=True)
class Table:
    """Rows of words; `widths` are proportions, `numeric` the columns with numbers. `empty` is said without rows."""

    caption: str
    header: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    widths: tuple[float, ...]
    numeric: tuple[int, ...]
    empty: str


@dataclass(frozen=True)
class Bars:
    """Stacked bars: per category one number per series; a series is (name, class of the stylesheet, numbers)."""

    caption: str
    categories: Sequence[str]
    series: Sequence[tuple[str, str, Sequence[float]]]
    empty: str

    @property
    def shown(self) -> list[tuple[str, str, Sequence[float]]]:
        """The series that are not all zero."""
        return [each for each in self.series if any(each[2])]

    @property
    def rows(self) -> list["BarRow"]:
        """Each bar as the page draws it, the longest of them 100 wide."""
        longest = max((sum(numbers) for numbers in zip(*(each[2] for each in self.series), strict=True)), default=0)
        rows = []
        for place, category in enumerate(self.categories):
            row, start = BarRow(category, [], []), 0.0
            for name, css, numbers in self.shown:
                if number := numbers[place]:
                    width = 100 * number / longest
                    row.rects.append((css, f"{start:.2f}", f"{width:.2f}"))
                    row.words.append(f"{name}{number:g}")
                    start += width
            rows.append(row)
        return rows


@dataclass(frozen=True)
class BarRow:
    """One bar: its parts as (class, start, width) in percent, and the same in words."""

    name: str
    rects: list[tuple[str, str, str]]
    words: list[str]


Block = Table | Bars


def one_decimal(number: float) -> Decimal:
    """Rounded as the pages round (half up)."""
    return Decimal(repr(float(number))).quantize(Decimal("0.1"), ROUND_HALF_UP)


def percent(number: float | None) -> str:
    return "—" if number is None else f"{one_decimal(number)}%"


def day(date: dt.date) -> str:
    return f"{date.year}年{date.month}月{date.day}日"


def _names(names: Iterable[str]) -> str:
    return "、".join(names) or NONE


def inline(facts: RoundFacts) -> dict[str, str]:
    """Name → words, for every figure inside a sentence."""
    return {**_about_tasks(facts), **_about_units(facts), **_about_changes(facts)}


def _about_tasks(facts: RoundFacts) -> dict[str, str]:
    lights = Counter(task.light for task in facts.tasks)
    worst = sorted(lead_rows(facts), key=lambda row: -row.lights[Light.RED])[:3]
    return {
        "清单名称": facts.list_title,
        "本期": facts.round_name,
        "截至日期": day(facts.as_of),
        "任务数": str(len(facts.tasks)),
        "已销号数": str(lights[Light.BLUE]),
        "正常数": str(lights[Light.GREEN]),
        "预警数": str(lights[Light.YELLOW]),
        "滞后数": str(lights[Light.RED]),
        "未报数": str(lights[Light.GREY]),
        "平均进度": percent(facts.mean),
        "序时进度": percent(facts.expected),
        "与序时进度相比": _against_line(facts),
        "滞后较多单位": _names(f"{r.name}（{r.lights[Light.RED]}项）" for r in worst if r.lights[Light.RED]),
    }


def _against_line(facts: RoundFacts) -> str:
    if facts.expected is None:
        return "没有规定序时进度"
    points = one_decimal(facts.mean) - one_decimal(facts.expected)
    if not points:
        return "与序时进度持平"
    return f"{'超过' if points > 0 else '落后'}序时进度{abs(points)}个百分点"


def _about_units(facts: RoundFacts) -> dict[str, str]:
    by_time = {value: [unit.name for unit in facts.units if unit.timeliness == value] for value in Timeliness}
    due = sum(len(by_time[value]) for value in DUE)
    on_time = len(by_time[Timeliness.ON_TIME])
    words = {
        "应报单位数": str(due),
        "按时数": str(on_time),
        "按时率": percent(100 * on_time / due) if due else "—",
    }
    for value, name in zip(REMARKABLE, ("迟报", "补报", "缺报", "免报"), strict=True):
        units = by_time[value]
        words[f"{name}数"], words[f"{name}单位"] = str(len(units)), _names(units)
        # A missed report stays on record beside the later one that made up for it: the sentence says both, as the table
        # does.
        said = "缺报已补" if value == Timeliness.MADE_UP else name
        words[f"{name}情况"] = f"{said}{len(units)}家（{'、'.join(units)}）" if units else f"无{name}"
    boards = [(one_decimal(unit.mean), unit) for unit in facts.units if unit.mean is not None]
    highest, lowest = max((mean for mean, _ in boards), default=None), min((mean for mean, _ in boards), default=None)
    words["进度最高县区"] = _names(f"{unit.name}（{mean}%）" for mean, unit in boards if mean == highest)
    words["进度最低县区"] = _names(f"{unit.name}（{mean}%）" for mean, unit in boards if mean == lowest)
    return words


def _about_changes(facts: RoundFacts) -> dict[str, str]:
    kinds = Counter(change.kind for change in facts.changes)
    moved = NONE
    if facts.mean_before is not None:
        moved = _signed(one_decimal(facts.mean) - one_decimal(facts.mean_before)) + "个百分点"
    return {
        "上期": facts.before or NONE,
        "平均进度变化": moved,
        "销号数": str(kinds[ChangeKind.CLOSED]),
        "转为滞后数": str(kinds[ChangeKind.TURNED_RED]),
        "脱离滞后数": str(kinds[ChangeKind.MADE_UP]),
        "进度上升数": str(kinds[ChangeKind.ADVANCED]),
        "进度下降数": str(kinds[ChangeKind.FELL]),
        "时限变更数": str(kinds[ChangeKind.DUE]),
        "新增数": str(kinds[ChangeKind.ADDED]),
        "停用数": str(kinds[ChangeKind.REMOVED]),
    }


def _signed(points: Decimal) -> str:
    """上升1.2, 下降0.3, 持平 0.0."""
    return f"{'上升' if points > 0 else '下降' if points < 0 else '变化'}{abs(points)}"


def blocks(facts: RoundFacts) -> dict[str, Block]:
    """Name → table or chart."""
    return {
        "县区表": _county_table(facts),
        "县区图": _county_bars(facts),
        "部门表": _lead_table(facts),
        "部门图": _lead_bars(facts),
        "报送表": _reporting_table(facts),
        "滞后表": _lagging_table(facts),
        "变化表": _changes_table(facts),
    }


def _boards(facts: RoundFacts) -> list[UnitFact]:
    return [unit for unit in facts.units if unit.mean is not None]


def _county_table(facts: RoundFacts) -> Table:
    """A county's own duties, then the tasks that it leads, by light."""
    earlier = facts.county_means_before or {}
    led = {row.name: row for row in lead_rows(facts)}
    rows = []
    for unit in _boards(facts):
        before, now = earlier.get(unit.name), one_decimal(unit.mean or 0)
        moved = "—" if before is None else f"{now - one_decimal(before):+}".replace("+0.0", "0.0")
        own = led.get(unit.name)
        counts = (own.count, own.lights[Light.RED], own.lights[Light.YELLOW]) if own else (0, 0, 0)
        reported = str(Timeliness(unit.timeliness).label)
        rows.append((unit.name, str(unit.owed), str(unit.accepted), f"{now}%", moved, *map(str, counts), reported))
    return Table(
        caption="各县区、园区进展情况（任务单位为项，较上期为百分点）",
        header=("县区、园区", "应报任务", "审核通过", "平均进度", "较上期", "牵头任务", "其中滞后", "其中预警", "报送"),
        rows=rows,
        widths=(29, 18, 18, 18, 15, 18, 18, 18, 14),
        numeric=tuple(range(1, 9)),
        empty="本清单没有县区、园区承担的任务。",
    )


def _county_bars(facts: RoundFacts) -> Bars:
    boards = _boards(facts)
    means = [one_decimal(unit.mean or 0) for unit in boards]
    line = one_decimal(facts.expected) if facts.expected is not None else Decimal(0)
    lacking = [float(max(line - mean, Decimal(0))) for mean in means]
    return Bars(
        caption="各县区、园区平均进度（%）",
        categories=[unit.name for unit in boards],
        series=[("平均进度", "done", [float(mean) for mean in means]), ("距序时进度", "none", lacking)],
        empty="本清单没有县区、园区承担的任务。",
    )


@dataclass(frozen=True)
class LeadRow:
    """The tasks that one unit leads; a task of several leads counts with each."""

    name: str
    count: int
    lights: Mapping[str, int]
    mean: float


def lead_rows(facts: RoundFacts) -> list[LeadRow]:
    """Lead units in official order; those without a report of their own in the round come last."""
    led: dict[str, list[TaskFact]] = {unit.name: [] for unit in facts.units}
    for task in facts.tasks:
        for name in task.leads:
            led.setdefault(name, []).append(task)
    return [
        LeadRow(name, len(tasks), Counter(task.light for task in tasks), sum(t.progress for t in tasks) / len(tasks))
        for name, tasks in led.items()
        if tasks
    ]


def _lead_table(facts: RoundFacts) -> Table:
    return Table(
        caption="各牵头单位任务情况（几家共同牵头的，各家分别计入）",
        header=("牵头单位", "任务（项）", *(str(light.label) for light in LIGHTS), "平均进度"),
        rows=[
            (row.name, str(row.count), *(str(row.lights[light]) for light in LIGHTS), percent(row.mean))
            for row in lead_rows(facts)
        ],
        widths=(40, 18, 16, 14, 14, 14, 14, 20),
        numeric=tuple(range(1, 8)),
        empty="本期没有落实到牵头单位的任务。",
    )


def _lead_bars(facts: RoundFacts) -> Bars:
    wanting = [row for row in lead_rows(facts) if row.lights[Light.RED] or row.lights[Light.YELLOW]]
    worst = sorted(wanting, key=lambda row: (-row.lights[Light.RED], -row.lights[Light.YELLOW]))[:MOST_BARS]
    caption = "有滞后或预警任务的牵头单位（项）"
    if len(wanting) > MOST_BARS:
        caption = f"滞后、预警任务最多的{MOST_BARS}家牵头单位（项）"
    order = (Light.RED, Light.YELLOW, Light.GREEN, Light.BLUE, Light.GREY)
    return Bars(
        caption=caption,
        categories=[row.name for row in worst],
        series=[(str(light.label), light.css, [row.lights[light] for row in worst]) for light in order],
        empty="没有滞后或预警的任务。",
    )


def _reporting_table(facts: RoundFacts) -> Table:
    return Table(
        caption="未按时报送的单位",
        header=("单位", "报送情况", "首次报送时间", "应报任务（项）", "已审核通过（项）"),
        rows=[
            (unit.name, str(Timeliness(value).label), unit.submitted or "—", str(unit.owed), str(unit.accepted))
            for value in REMARKABLE
            for unit in facts.units
            if unit.timeliness == value
        ],
        widths=(40, 22, 38, 26, 28),
        numeric=(1, 2, 3, 4),
        empty="应报送的单位均按时报送。",
    )


def _lagging_table(facts: RoundFacts) -> Table:
    return Table(
        caption="滞后任务及原因",
        header=("序号", "任务", "牵头单位", "完成时限", "进度", "序时进度", "原因"),
        rows=[
            (
                task.no, task.headline, "、".join(task.leads) or NONE, task.due_on.isoformat() if task.due_on else "—",
                f"{task.progress}%", "—" if task.expected is None else f"{task.expected}%", task.reason,
            )
            for task in facts.tasks
            if task.light == Light.RED
        ],
        widths=(10, 40, 30, 24, 13, 14, 33),
        numeric=(0, 3, 4, 5),
        empty="没有滞后任务。",
    )  # fmt: skip


def _changes_table(facts: RoundFacts) -> Table:
    return Table(
        caption="本月变化",
        header=("变化", "序号", "任务", "牵头单位", "上期", "本期"),
        rows=[
            (str(kind.label), change.task.no, change.task.headline, "、".join(change.task.leads) or NONE,
             change.before or "—", change.after or "—")
            for kind in TOLD
            for change in facts.changes
            if change.kind == kind
        ],
        widths=(22, 12, 50, 34, 24, 24),
        numeric=(0, 1),
        empty="除进度变化外，没有其他变化。" if facts.before else "本期为首次关账，没有上期可比。",
    )  # fmt: skip
