"""Rows → Plotly figures, as plain dictionaries. Pure: words, numbers and links come from the caller.

Colours are names of CSS custom properties, `var(--accent)`; static/js/plots.js puts the page's values in
their place, so that a plot looks as the page does, on the screen and on paper.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import plotly.graph_objects as go

ROW, FOLDED_ROW = 28, 42  # pixels of height per bar; where a label takes two lines
# Under a percent as low as this there is no room for a figure above the axis.
LOW = 10
# More moments than this and their figures and names would cover each other.
MOST_LABELS = 8
# The small plots of a page that is one screen: plots.js leaves their margins as they are.
SMALL = "small"
SMALL_HEIGHT = 132
LABEL = 12  # font size inside the bars; plots.js leaves out what does not fit
HEAD, TAIL = 34, 26  # pixels above and below the bars


@dataclass(frozen=True)
class Segment:
    """The tasks of one light in a bar; `tone` names the colour, `url` opens these tasks."""

    tone: str
    text: str
    count: int
    hover: str
    url: str


@dataclass(frozen=True)
class BarRow:
    """One county, unit or chapter. `percent_text` and `count_text` are the labels at the bars' ends."""

    label: str
    percent: float
    percent_text: str
    expected: float | None
    count_text: str
    hover: str
    url: str
    segments: Sequence[Segment] = field(default_factory=tuple)


@dataclass(frozen=True)
class TrendRow:
    """One moment of the trend line; `url` opens what was published then, if anything was."""

    day: dt.date
    label: str
    mean: float
    expected: float | None
    hover: str
    url: str = ""


@dataclass(frozen=True)
class Stack:
    """One moment's tasks by light, from the axis upwards."""

    label: str
    segments: Sequence[Segment]


@dataclass(frozen=True)
class Words:
    """The words inside a figure, in the reader's language."""

    left: str
    right: str = ""


def bars(rows: Sequence[BarRow], words: Words) -> dict[str, Any]:
    """Two panels over the same rows, first row on top: progress (bar) against expected (tick), and the
    number of tasks by light, stacked. Every bar carries [url, sentence] as customdata.
    """
    places = list(range(len(rows)))
    figure = go.Figure()
    figure.add_bar(
        x=[round(row.percent, 1) for row in rows],
        y=places,
        orientation="h",
        width=0.5,
        marker={"color": "var(--accent)"},
        **_opens([(row.url, row.hover) for row in rows]),
    )
    figure.add_scatter(
        x=[row.expected for row in rows],
        y=places,
        mode="markers",
        marker={"symbol": "line-ns", "size": 15, "line": {"width": 2, "color": "var(--ink)"}},
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=[104] * len(rows),
        y=places,
        mode="text",
        text=[row.percent_text for row in rows],
        textposition="middle right",
        hoverinfo="skip",
    )
    for position in range(max((len(row.segments) for row in rows), default=0)):
        _add_light(figure, [row.segments[position] for row in rows])
    totals = [sum(segment.count for segment in row.segments) for row in rows]
    figure.add_scatter(
        x=totals,
        y=places,
        xaxis="x2",
        yaxis="y2",
        mode="text",
        text=[f"\u2002{row.count_text}" for row in rows],
        textposition="middle right",
        textfont={"color": "var(--ink-2)"},
        hoverinfo="skip",
    )
    figure.update_layout(**_layout(rows, words, most=max(totals, default=1)))
    return _plain(figure)


def _add_light(figure: go.Figure, segments: Sequence[Segment]) -> None:
    figure.add_bar(
        x=[segment.count for segment in segments],
        y=list(range(len(segments))),
        xaxis="x2",
        yaxis="y2",
        orientation="h",
        width=0.66,
        marker={"color": f"var(--stack-{segments[0].tone})", "line": {"width": 1, "color": "var(--paper)"}},
        text=[segment.text if segment.count else "" for segment in segments],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        constraintext="none",
        textfont={"color": "var(--ink)", "size": LABEL},
        **_opens([(segment.url, segment.hover) for segment in segments]),
    )


def _opens(pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    return {"customdata": [list(pair) for pair in pairs], "hovertemplate": "%{customdata[1]}<extra></extra>"}


def _layout(rows: Sequence[BarRow], words: Words, *, most: int) -> dict[str, Any]:
    names = {
        "tickmode": "array",
        "tickvals": list(range(len(rows))),
        "ticktext": [row.label for row in rows],
        "range": [len(rows) - 0.5, -0.5],
        "zeroline": False,
        "showgrid": False,
        "fixedrange": True,
        "automargin": True,
    }
    height = FOLDED_ROW if any("<br>" in row.label for row in rows) else ROW
    scale = {"fixedrange": True, "zeroline": True, "zerolinecolor": "var(--rule)"}
    return {
        "template": "none",
        "height": HEAD + TAIL + height * max(len(rows), 1),
        "barmode": "stack",
        "showlegend": False,
        "hovermode": "closest",
        "margin": {"l": 8, "r": 8, "t": HEAD, "b": TAIL},
        "xaxis": {
            **scale,
            "domain": [0, 0.46],
            "range": [0, 122],
            "tickvals": [0, 50, 100],
            "ticktext": ["0", "50%", "100%"],
            "gridcolor": "var(--rule-2)",
        },
        "xaxis2": {
            **scale,
            "anchor": "y2",
            "domain": [0.5, 1],
            "range": [0, most * 1.22],
            "showticklabels": False,
            "showgrid": False,
        },
        "yaxis": names,
        "yaxis2": {**names, "anchor": "x2", "showticklabels": False, "automargin": False},
        "annotations": [_heading(words.left, "x", "y"), _heading(words.right, "x2", "y2")],
    }


def _heading(text: str, xaxis: str, yaxis: str) -> dict[str, Any]:
    return {
        "text": text,
        "showarrow": False,
        "xref": f"{xaxis} domain",
        "yref": f"{yaxis} domain",
        "x": 0,
        "y": 1,
        "yshift": 24,
        "xanchor": "left",
        "yanchor": "middle",
        "align": "left",
        "font": {"color": "var(--ink-2)"},
    }


def trend(rows: Sequence[TrendRow], words: Words, *, small: bool = False) -> dict[str, Any]:
    """Accepted progress (line with figures) against expected (thin, dashed), each named at its end."""
    # On a small plot the rounds stand at equal distances: there is no room for the lengths of months.
    days = [place if small else row.day.isoformat() for place, row in enumerate(rows)]
    few = len(rows) <= MOST_LABELS
    named = _thinned(len(rows) - 1)
    figure = go.Figure()
    figure.add_scatter(
        x=days,
        y=[None if row.expected is None else round(row.expected, 1) for row in rows],
        mode="lines",
        line={"color": "var(--ink-3)", "width": 1.5, "dash": "dash"},
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=days,
        y=[round(row.mean, 1) for row in rows],
        mode="lines+markers+text",
        line={"color": "var(--accent)", "width": 2.5},
        marker={"size": 8, "color": "var(--accent)"},
        # The last figure stands in the name at the line's end.
        text=[*(f"{row.mean:.0f}%" if few else "" for row in rows[:-1]), ""],
        # On the side of the line away from the other line.
        textposition=[
            "top center" if row.mean >= (row.expected or 0) or row.mean < LOW else "bottom center" for row in rows
        ],
        cliponaxis=False,
        **_opens([(row.url, row.hover) for row in rows]),
    )
    figure.update_layout(
        template="none",
        height=SMALL_HEIGHT if small else 300,
        meta=SMALL if small else None,
        showlegend=False,
        hovermode="closest",
        margin={"l": 36, "r": _room(words), "t": 14, "b": 20} if small else {"l": 44, "r": 96, "t": 20, "b": 44},
        xaxis={
            **({"type": "linear", "range": [-0.3, len(rows) - 0.9], "tickangle": 0} if small else {"type": "date"}),
            "tickvals": [days[place] for place in named],
            "ticktext": [rows[place].label for place in named],
            "showgrid": False,
            "fixedrange": True,
            "zeroline": False,
        },
        yaxis={
            "range": [0, 105],
            "tickvals": [0, 25, 50, 75, 100],
            "ticktext": ["0", "25%", "50%", "75%", "100%"],
            "gridcolor": "var(--rule-2)",
            "zerolinecolor": "var(--rule)",
            "fixedrange": True,
        },
        annotations=_line_names(rows, words, small=small),
    )
    return _plain(figure)


def _room(words: Words) -> int:
    """Pixels that the longer of the lines' names takes beside a small plot, its figure included."""
    longest = max((words.left, words.right), key=lambda name: (not name.isascii(), len(name)))
    return 40 + len(longest) * (7 if longest.isascii() else 13)


def _thinned(count: int) -> list[int]:
    """The places of at most MOST_LABELS of so many labels, evenly spread."""
    return list(range(0, count, -(-count // MOST_LABELS) or 1))


def stacks(rows: Sequence[Stack]) -> dict[str, Any]:
    """One upright bar per moment, first row on the left: the tasks by light, each piece opening its list.

    Small: for a page that is one screen.
    """
    figure = go.Figure()
    places = list(range(len(rows)))
    for position in range(max((len(row.segments) for row in rows), default=0)):
        segments = [row.segments[position] for row in rows]
        figure.add_bar(
            x=places,
            y=[segment.count for segment in segments],
            width=0.72,
            marker={"color": f"var(--stack-{segments[0].tone})", "line": {"width": 1, "color": "var(--paper)"}},
            text=[segment.text if segment.count else "" for segment in segments],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            textfont={"color": "var(--ink)", "size": LABEL},
            **_opens([(segment.url, segment.hover) for segment in segments]),
        )
    named = _thinned(len(rows))
    most = max((sum(segment.count for segment in row.segments) for row in rows), default=1)
    figure.update_layout(
        template="none",
        height=SMALL_HEIGHT,
        meta=SMALL,
        barmode="stack",
        showlegend=False,
        hovermode="closest",
        # What does not fit into its piece is left out; hover and the table have it.
        uniformtext={"minsize": LABEL - 2, "mode": "hide"},
        margin={"l": 4, "r": 4, "t": 4, "b": 20},
        xaxis={
            "tickvals": named,
            "ticktext": [rows[place].label for place in named],
            "range": [-0.5, len(rows) - 0.5],
            "showgrid": False,
            "fixedrange": True,
            "zeroline": False,
        },
        yaxis={"range": [0, most], "showticklabels": False, "showgrid": False, "fixedrange": True, "zeroline": False},
    )
    return _plain(figure)


def _line_names(rows: Sequence[TrendRow], words: Words, *, small: bool) -> list[dict[str, Any]]:
    if not rows:
        return []
    last = rows[-1]
    ends = [(words.left, last.mean, "var(--accent)")]
    if last.expected is not None:
        ends.append((words.right, last.expected, "var(--ink-2)"))
    names = []
    for text, height, colour in ends:
        names.append(
            {
                "text": f"{text} {height:.0f}%",
                "x": len(rows) - 1 if small else last.day.isoformat(),
                "y": height,
                "xanchor": "left",
                "xshift": 10,
                "showarrow": False,
                "font": {"color": colour},
            }
        )
    if len(names) == 2 and abs(ends[0][1] - ends[1][1]) < (15 if small else 7):
        # Two names at one height would cover each other.
        higher = ends[0][1] >= ends[1][1]
        names[0]["yshift"], names[1]["yshift"] = (9, -9) if higher else (-9, 9)
    return names


def _plain(figure: go.Figure) -> dict[str, Any]:
    """Data and layout only, without the default template (it weighs more than the figure)."""
    whole = figure.to_plotly_json()
    return {"data": whole["data"], "layout": {k: v for k, v in whole["layout"].items() if k != "template"}}
