"""Figures are plain data that carry their labels and their links."""

import datetime as dt
import json

from tasks_app.analytics.figures import BarRow, Segment, Stack, TrendRow, Words, bars, stacks, trend


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


def test_a_point_of_the_trend_opens_what_was_published_then():
    points = [TrendRow(dt.date(2024, 7, 10), "7月期", 10, 5.0, "七月", "/periods/1/figures/")]
    line = trend(points, Words("实际", "序时"))["data"][1]
    assert line["customdata"] == [["/periods/1/figures/", "七月"]]


def test_on_a_small_plot_rounds_stand_at_equal_distances_and_names_have_their_room():
    days = [dt.date(2024, 7, 10), dt.date(2024, 9, 5), dt.date(2024, 9, 10)]
    points = [TrendRow(day, f"{day.month}月", 40, 50.0, "") for day in days]
    figure = trend(points, Words("实际", "序时"), small=True)
    assert list(figure["data"][1]["x"]) == [0, 1, 2]
    english = trend(points, Words("Actual", "Expected"), small=True)
    assert english["layout"]["margin"]["r"] > figure["layout"]["margin"]["r"]


def test_of_many_rounds_only_some_are_named():
    days = [dt.date(2024 + n // 12, n % 12 + 1, 5) for n in range(25)]
    figure = trend([TrendRow(day, f"{day:%y%m}", 40, 50.0, "") for day in days], Words("实际", "序时"))
    assert len(figure["layout"]["xaxis"]["ticktext"]) == 8
    assert not any(figure["data"][1]["text"])


def test_a_stack_has_a_piece_per_light_from_the_axis_upwards_each_with_its_list():
    pieces = [
        Segment(tone="late", text="■3", count=3, hover="滞后 3 项", url="/tasks/?light=red"),
        Segment(tone="ok", text="●0", count=0, hover="正常 0 项", url="/tasks/?light=green"),
    ]
    figure = stacks([Stack("7月", pieces), Stack("今日", pieces)])
    assert [list(trace["y"]) for trace in figure["data"]] == [[3, 3], [0, 0]]
    assert [list(trace["text"]) for trace in figure["data"]] == [["■3", "■3"], ["", ""]]
    assert figure["data"][0]["customdata"][0] == ["/tasks/?light=red", "滞后 3 项"]
    assert list(figure["layout"]["xaxis"]["ticktext"]) == ["7月", "今日"]
    assert stacks([])["layout"]["height"] > 0
