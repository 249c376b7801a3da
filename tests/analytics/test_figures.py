"""Figures are plain data that carry their labels and their links."""

import datetime as dt
import json

from tasks_app.analytics.figures import BarRow, Segment, TrendRow, Words, bars, trend


def row(label="乐都区政府", percent=46.4, **more):
    segments = [
        Segment(tone="ok", text="●9", count=9, hover="正常 9 项", url="/tasks/?light=green"),
        Segment(tone="late", text="■0", count=0, hover="滞后 0 项", url="/tasks/?light=red"),
    ]
    words = {"percent_text": "46%", "expected": 58.0, "count_text": "9 项", "hover": "平均完成 46%。", "url": "/tasks/"}
    return BarRow(label=label, percent=percent, segments=segments, **{**words, **more})


def test_a_bar_figure_is_json_and_small():
    figure = bars([row(), row("平安区政府", 0, percent_text="未报")], Words("进度", "任务数"))
    text = json.dumps(figure, ensure_ascii=False)
    assert len(text) < 6000
    assert "template" not in figure["layout"]
    assert "bdata" not in text


def test_every_bar_opens_its_list_and_says_a_sentence():
    figure = bars([row()], Words("进度", "任务数"))
    opened = [trace["customdata"][0] for trace in figure["data"] if trace["type"] == "bar"]
    assert opened == [
        ["/tasks/", "平均完成 46%。"],
        ["/tasks/?light=green", "正常 9 项"],
        ["/tasks/?light=red", "滞后 0 项"],
    ]


def test_rows_stand_from_top_to_bottom_as_given_with_their_labels():
    figure = bars([row("甲"), row("乙"), row("丙")], Words("进度", "任务数"))
    axis = figure["layout"]["yaxis"]
    assert list(axis["ticktext"]) == ["甲", "乙", "丙"]
    assert axis["range"][0] > axis["range"][1]


def test_a_light_with_no_task_writes_no_figure_into_the_bar():
    figure = bars([row()], Words("进度", "任务数"))
    texts = [list(trace["text"]) for trace in figure["data"] if trace["type"] == "bar" and "text" in trace]
    assert texts == [["●9"], [""]]


def test_colours_are_names_of_the_pages_own():
    text = json.dumps(bars([row()], Words("进度", "任务数")))
    assert "var(--accent)" in text
    assert "#" not in text


def test_no_rows_still_make_a_figure():
    assert bars([], Words("进度", "任务数"))["layout"]["height"] > 0
    assert trend([], Words("实际", "序时"))["data"]


def test_the_lines_of_the_trend_are_named_at_their_ends():
    points = [
        TrendRow(dt.date(2024, 7, 10), "7月期", 10, 5.0, "七月"),
        TrendRow(dt.date(2024, 8, 5), "今日", 40.2, 60.0, "今日"),
    ]
    names = {note["text"]: note for note in trend(points, Words("实际", "序时"))["layout"]["annotations"]}
    assert set(names) == {"实际 40%", "序时 60%"}
    assert all("yshift" not in note for note in names.values())


def test_names_at_nearly_one_height_are_moved_apart():
    points = [TrendRow(dt.date(2024, 8, 5), "今日", 58, 60.0, "今日")]
    shifts = {note["text"]: note["yshift"] for note in trend(points, Words("实际", "序时"))["layout"]["annotations"]}
    assert shifts["序时 60%"] > shifts["实际 58%"]
