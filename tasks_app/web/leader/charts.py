"""The two plots of the leader's page over the closed rounds, and the table that says the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tasks_app.analytics.facts import ORDER
from tasks_app.analytics.figures import Segment, Stack, TrendRow, Words, stacks, trend
from tasks_app.analytics.overview import Frozen, Overview
from tasks_app.progress.choices import Light
from tasks_app.web.leader.board import ledger, percent

# From the axis upwards: what is late can be compared from round to round.
UPWARDS = (Light.RED, Light.YELLOW, Light.GREY, Light.GREEN, Light.BLUE)


@dataclass(frozen=True)
class Point:
    """One closed round, or today; `url` opens its tasks, `lights` are counts in the order ORDER."""

    label: str
    short: str
    url: str
    frozen: Frozen
    today: bool

    @property
    def percent(self) -> str:
        return percent(self.frozen.mean)

    @property
    def expected(self) -> str:
        return percent(self.frozen.expected)

    @property
    def lights(self) -> Sequence[tuple[Light, int]]:
        return [(light, self.frozen.lights.get(light, 0)) for light in ORDER]


@dataclass(frozen=True)
class Trend:
    """What the page draws: progress against expected, and tasks by light, round by round."""

    progress: Mapping[str, Any]
    lights: Mapping[str, Any]
    points: Sequence[Point]


def points(overview: Overview) -> list[Point]:
    """The closed rounds as they were published, then today; empty before the first closing."""
    if not overview.rounds:
        return []
    total = overview.total
    now = Frozen(0, 0, "", overview.today, overview.today, total.mean, total.expected, total.lights)
    found = [
        Point(
            each.name, date_format(each.month, _("n月")), reverse("period_figures", args=[each.period_id]), each, False
        )
        for each in overview.rounds
    ]
    return [*found, Point(_("今日"), _("今日"), ledger(overview.task_list), now, True)]


def trend_of(overview: Overview) -> Trend | None:
    """The plots; None before the first closing."""
    found = points(overview)
    if not found:
        return None
    rows = [
        TrendRow(
            day=point.frozen.day,
            label=point.short,
            mean=point.frozen.mean,
            expected=point.frozen.expected,
            hover=_("%(label)s：平均完成 %(mean)s，序时应为 %(expected)s。点击看当时的任务。")
            % {"label": point.label, "mean": point.percent, "expected": point.expected},
            url=point.url,
        )
        for point in found
    ]
    return Trend(
        progress=trend(rows, Words(left=_("实际"), right=_("序时")), small=True),
        lights=stacks([Stack(point.short, _segments(overview, point)) for point in found]),
        points=found,
    )


def _segments(overview: Overview, point: Point) -> list[Segment]:
    counts = dict(point.lights)
    return [
        Segment(
            tone=light.css,
            text=f"{light.shape}{counts[light]}",
            count=counts[light],
            hover=_("%(label)s：%(light)s %(n)d 项，共 %(total)d 项。点击看当时的任务。")
            % {"label": point.label, "light": light.label, "n": counts[light], "total": point.frozen.count},
            url=ledger(overview.task_list, light=light.value) if point.today else point.url,
        )
        for light in UPWARDS
    ]
