"""A board's groups put into words and links: what a figure, its table twin and its CSV all show."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tasks_app.analytics.facts import Group, light_counts
from tasks_app.analytics.figures import BarRow, Segment, TrendRow, Words, bars, trend
from tasks_app.analytics.queries import Board, TrendPoint
from tasks_app.progress.choices import Light


@dataclass(frozen=True)
class TwinRow:
    """One row of a table twin. `lights` holds each light with its count and the list behind it."""

    label: str
    url: str
    count: int
    percent: str
    expected: str
    unreported: int
    lights: Sequence[tuple[Light, int, str]]


@dataclass(frozen=True)
class Chart:
    """One plot as the page shows it; `name` is the plot's place in addresses and file names."""

    name: str
    title: str
    lead: str
    label: str
    denominator: str
    figure: Mapping[str, Any]
    lines: Sequence[TwinRow]
    csv_url: str

    @property
    def figure_id(self) -> str:
        """The id of the script element that carries the figure."""
        return f"{self.name}-figure"


@dataclass(frozen=True)
class TrendLine:
    """One row of the trend's table twin."""

    label: str
    day: dt.date
    percent: str
    expected: str


def percent(value: float | None) -> str:
    """A percent as printed: no decimals, a dash where there is none."""
    return "—" if value is None else f"{value:.0f}%"


def ledger_url(board: Board, **filters: Any) -> str:
    """The ledger, narrowed to this list and `filters`."""
    return f"{reverse('ledger')}?{urlencode({'list': board.task_list.slug, **filters})}"


def csv_url(board: Board, name: str) -> str:
    return f"{reverse('progress_csv', args=[name])}?{urlencode({'list': board.task_list.slug})}"


@dataclass(frozen=True)
class _Wording:
    """What is said around a chart: `what` names the denominator, `label` the rows."""

    title: str
    lead: str
    label: str
    what: str


def charts(board: Board) -> list[Chart]:
    """The bar charts that have something to show: by county, by lead unit, by chapter."""
    counties = _Wording(
        title=_("各县区、园区"),
        lead=_("按官方顺序排列；进度为该县区（园区）自己报送并审核通过的完成百分比的平均数。"),
        label=_("县区、园区"),
        what=_("该县区（园区）须报送的任务（牵头和配合）"),
    )
    leads = _Wording(
        title=_("各牵头单位"),
        lead=_("按滞后项数从多到少排列，同数的进度低者在前。"),
        label=_("牵头单位"),
        what=_("该单位牵头的任务；几家共同牵头的，各家都计"),
    )
    chapters = _Wording(title=_("各章"), lead=_("按文件章次排列。"), label=_("章"), what=_("该章的任务"))
    found = [
        ("counties", board.counties, counties, lambda group: {"unit": group.key}),
        ("leads", board.leads, leads, lambda group: {"unit": group.key, "role": "lead"}),
        ("chapters", board.chapters, chapters, lambda group: {"chapter": group.key}),
    ]
    return [_chart(board, name, groups, words, narrowed) for name, groups, words, narrowed in found if groups]


def _chart(
    board: Board, name: str, groups: Sequence[Group], words: _Wording, narrowed: Callable[[Group], dict[str, Any]]
) -> Chart:
    """`narrowed` gives the ledger's filters for the list behind a group."""
    lines = [_line(board, group, narrowed(group)) for group in groups]
    counts = {group.count for group in groups}
    span = str(counts.pop()) if len(counts) == 1 else f"{min(counts)}–{max(counts)}"
    return Chart(
        name=name,
        title=words.title,
        lead=words.lead,
        label=words.label,
        denominator=_("分母：%(what)s，%(span)s 项。没有审核通过的报送按 0%% 计入，已销号按 100%% 计入。")
        % {"what": words.what, "span": span},
        figure=bars(
            [_bar(group, line) for group, line in zip(groups, lines, strict=True)],
            Words(left=_("平均进度（┃为序时进度）"), right=_("任务数：✔已销号 ●正常 ▲预警 ■滞后 ◇未报")),
        ),
        lines=lines,
        csv_url=csv_url(board, name),
    )


def _line(board: Board, group: Group, narrowed: Mapping[str, Any]) -> TwinRow:
    return TwinRow(
        label=group.label,
        url=ledger_url(board, **narrowed),
        count=group.count,
        percent=percent(group.mean),
        expected=percent(group.expected),
        unreported=group.unreported,
        lights=[
            (light, count, ledger_url(board, **narrowed, light=light.value)) for light, count in light_counts(group)
        ],
    )


def _bar(group: Group, line: TwinRow) -> BarRow:
    silent = group.unreported == group.count
    count_text = _("%(n)d 项") % {"n": group.count}
    if group.unreported:
        count_text = _("%(n)d 项，未报 %(silent)d") % {"n": group.count, "silent": group.unreported}
    return BarRow(
        label=_folded(group.label),
        percent=group.mean,
        percent_text=_("未报") if silent else percent(group.mean),
        expected=group.expected,
        count_text=count_text,
        hover=_sentence(group),
        url=line.url,
        segments=[
            Segment(
                tone=light.css,
                text=f"{light.shape}{count}",
                count=count,
                hover=_("%(name)s：%(light)s %(count)d 项，共 %(total)d 项。点击看清单。")
                % {"name": group.label, "light": light.label, "count": count, "total": group.count},
                url=url,
            )
            for light, count, url in line.lights
        ],
    )


def _sentence(group: Group) -> str:
    said = _("%(name)s：%(count)d 项任务平均完成 %(mean)s") % {
        "name": group.label,
        "count": group.count,
        "mean": percent(group.mean),
    }
    if group.expected is not None:
        gap = round(group.expected) - round(group.mean)
        words = {"expected": percent(group.expected), "gap": abs(gap)}
        if gap > 0:
            said += _("，序时应为 %(expected)s，落后 %(gap)d 个百分点") % words
        else:
            said += _("，序时应为 %(expected)s，不落后") % words
    if group.unreported:
        said += ngettext("；其中 %(n)d 项没有审核通过的报送", "；其中 %(n)d 项没有审核通过的报送", group.unreported) % {
            "n": group.unreported
        }
    return said + _("。点击看清单。")


def _folded(label: str, width: int = 11) -> str:
    """A long heading on two or three lines of equal length, as Plotly breaks them."""
    if len(label) <= width + 2:
        return label
    rows = -(-len(label) // width)
    size = -(-len(label) // rows)
    return "<br>".join(label[start : start + size] for start in range(0, len(label), size))


def point_label(point: TrendPoint) -> str:
    return date_format(point.period.first_day, _("n月期")) if point.period else _("今日")


def _axis_label(point: TrendPoint) -> str:
    """As short as it can be: the axis has little room on a phone."""
    return date_format(point.day, _("n月"))


def trend_chart(board: Board) -> tuple[Mapping[str, Any], list[TrendLine]] | None:
    """The trend's figure and its table twin; None before the first period is due."""
    if not board.trend:
        return None
    rows = [
        TrendRow(
            day=point.day,
            label=_axis_label(point),
            mean=point.mean,
            expected=point.expected,
            hover=_moment(point),
            url=_figures_url(point),
        )
        for point in board.trend
    ]
    lines = [TrendLine(point_label(p), p.day, percent(p.mean), percent(p.expected)) for p in board.trend]
    return trend(rows, Words(left=_("实际"), right=_("序时"))), lines


def _figures_url(point: TrendPoint) -> str:
    """What was published for a closed round."""
    closed = point.period is not None and point.period.closed_at is not None
    return reverse("period_figures", args=[point.period.pk]) if closed and point.period else ""


def _moment(point: TrendPoint) -> str:
    words = {
        "label": point_label(point),
        "day": date_format(point.day, _("n月j日")),
        "mean": percent(point.mean),
        "expected": percent(point.expected),
    }
    return _("%(label)s（%(day)s）：平均完成 %(mean)s，序时应为 %(expected)s。") % words
