"""Flags on what was handed in, as a table of cases."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks_app.reporting import rules

LAST = "已完成招标，施工单位进场，开工建设三个小区。"


def said(**changes):
    return rules.Said(**{"percent": 40, "text": "本月新开工五个小区，完成投资两千万元。", **changes})


def target(before, now, aim=100, at_most=False):
    values = [None if value is None else Decimal(value) for value in (before, now, aim)]
    return rules.Target("改造小区", *values, at_most)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("case", "words", "expected"),
    [
        ("new words, steady numbers", {"percent_before": 30, "text_before": LAST}, []),
        ("the first report has nothing to be compared with", {}, []),
        ("the same words", {"text": LAST, "text_before": LAST}, ["same_text"]),
        ("blanks make no new words", {"text": LAST.replace("，", " , "), "text_before": LAST}, ["same_text"]),
        ("one word changed", {"text": LAST.replace("三", "四"), "text_before": LAST}, ["same_text"]),
        ("half rewritten", {"text": LAST[:10] + "其余小区正在办理前期手续。", "text_before": LAST}, []),
        ("no progress may repeat its reason", {"text": LAST, "text_before": LAST, "no_progress": True}, []),
        ("down by one", {"percent": 29, "percent_before": 30}, ["fell"]),
        ("the same", {"percent": 30, "percent_before": 30}, []),
        ("up by 30 is no jump", {"percent": 60, "percent_before": 30}, []),
        ("up by 31 is", {"percent": 61, "percent_before": 30}, ["jumped"]),
        ("done without closure", {"percent": 100, "percent_before": 90}, ["not_closed"]),
        ("done and put forward", {"percent": 100, "percent_before": 90, "closing": True}, []),
        ("an assisting unit closes nothing", {"percent": 100, "percent_before": 90, "leads": False}, []),
        ("target reached, nothing shown", {"targets": [target(50, 100)]}, ["no_evidence"]),
        ("target reached and shown", {"targets": [target(50, 100)], "has_evidence": True}, []),
        ("on the way", {"targets": [target(50, 99)]}, []),
        ("value went down", {"targets": [target(50, 49)]}, ["value_fell"]),
        ("kept below a limit", {"targets": [target(50, 49, aim=60, at_most=True)]}, ["no_evidence"]),
        ("no value given", {"targets": [target(50, None)]}, []),
        ("several at once", {"percent": 100, "percent_before": 20, "text": LAST, "text_before": LAST},
         ["same_text", "jumped", "not_closed"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_an_entry_is_flagged_for_what_it_says(case, words, expected):
    assert [doubt.flag for doubt in rules.doubts(said(**words))] == expected, case


def test_each_flag_says_its_numbers():
    doubts = rules.doubts(said(percent=100, percent_before=20, text=LAST, text_before=LAST, targets=[target(9, 8)]))
    assert [doubt.text for doubt in doubts] == [
        "文字与上期 100% 相同",
        "一期上升 80 个百分点",
        "指标“改造小区”低于上期（9 → 8）",
        "已报 100%，没有申请销号",
    ]


@given(st.text(max_size=200), st.text(max_size=200))
def test_similarity_is_a_percentage_and_never_depends_on_blanks(one, other):
    share = rules.similarity(one, other)
    assert 0 <= share <= 100
    assert rules.similarity(f" {one}\n", other) == share
    assert rules.similarity(one, one) in {0, 100}
