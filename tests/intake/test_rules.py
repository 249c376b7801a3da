"""Deadlines, numbers and key tasks as people write them."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks_app.intake.rules import CellProblem, clean_number, heading_key, read_deadline, split_key_task

DEFAULT = dt.date(2024, 12, 31)


def read(text: str, default_on: dt.date | None = DEFAULT):
    return read_deadline(text, year=2024, default_on=default_on, default_text="按年底")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-12-31", "2024-12-31"), ("2024/12/31", "2024-12-31"), ("2024.5.24", "2024-05-24"),
        ("2024年12月31日", "2024-12-31"), ("2024 年 12 月 31 日前", "2024-12-31"),
        ("２０２４年５月２４日", "2024-05-24"),
        ("2024/12/31 0:00", "2024-12-31"), ("2024-12-31 00:00:00", "2024-12-31"), ("20241231", "2024-12-31"),
        ("12月31日", "2024-12-31"), ("5月24日前", "2024-05-24"), ("6月底前", "2024-06-30"),
        ("6月底前完成", "2024-06-30"),
        ("2025年6月底", "2025-06-30"), ("2月底", "2024-02-29"), ("2024年2月", "2024-02-29"), ("9月中旬", "2024-09-20"),
        ("年底前", "2024-12-31"), ("年底前完成", "2024-12-31"), ("年内", "2024-12-31"), ("全年", "2024-12-31"),
        ("2024 年", "2024-12-31"), ("2024年底前", "2024-12-31"), ("2025年底前", "2025-12-31"),
        ("2024-06", "2024-06-30"),
        ("上半年", "2024-06-30"), ("2025年上半年", "2025-06-30"), ("第三季度末", "2024-09-30"), ("4季度", "2024-12-31"),
    ],
)  # fmt: skip
def test_a_written_deadline_is_a_day_and_keeps_its_words(text, day):
    deadline = read(text)
    assert deadline.due_on == dt.date.fromisoformat(day)
    assert (deadline.text, deadline.basis) == (text, "explicit")


@pytest.mark.parametrize("text", ["长期", "持续推进", "长期坚持", "常态化推进", "持续实施"])
def test_a_standing_task_has_no_day_but_its_words(text):
    assert (read(text).due_on, read(text).text, read(text).basis) == (None, text, "explicit")


@pytest.mark.parametrize("text", ["", "  ", "-", "—", "无", "/"])
def test_a_blank_deadline_is_the_lists_default(text):
    assert (read(text).due_on, read(text).text, read(text).basis) == (DEFAULT, "按年底", "default")
    assert (read(text, None).due_on, read(text, None).basis) == (None, "none")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("尽快", "deadline_unknown"), ("2024", "deadline_unknown"), ("12/31/2024", "deadline_unknown"),
        ("2024-02-30", "deadline_no_such_day"), ("13月底", "deadline_no_such_day"), ("2月30日", "deadline_no_such_day"),
        ("2014-12-31", "deadline_far"), ("2204年12月31日", "deadline_far"), ("45657", "deadline_serial"),
        ("年底前" * 80, "too_long"),
    ],
)  # fmt: skip
def test_what_is_no_deadline_is_said_to_be_none(text, code):
    with pytest.raises(CellProblem) as caught:
        read(text)
    assert caught.value.code == code


def test_a_spreadsheets_serial_number_is_translated():
    with pytest.raises(CellProblem) as caught:
        read("45657")
    assert caught.value.details["date"] == "2024-12-31"


@given(st.text(alphabet="0123456789年月日底前-/. 第季度上半内长期", max_size=14))
def test_any_deadline_gives_a_day_or_a_problem(text):
    try:
        deadline = read(text)
    except CellProblem:
        return
    assert deadline.basis in {"explicit", "default"}


@pytest.mark.parametrize(
    ("text", "number"),
    [("7", "7"), ("７", "7"), ("7.0", "7"), ("007", "7"), ("7、", "7"), (" 1-2 ", "1-2"), ("（三）", "(三)")],
)
def test_a_number_is_read_as_printed_in_half_width(text, number):
    assert clean_number(text) == number


@pytest.mark.parametrize(("text", "code"), [("", "number_missing"), ("、", "number_missing"), ("1" * 21, "too_long")])
def test_no_number_is_an_error(text, code):
    with pytest.raises(CellProblem) as caught:
        clean_number(text)
    assert caught.value.code == code


def test_the_second_key_task_stands_behind_the_slash():
    assert split_key_task("积极完善体系 / 建设基地") == ("积极完善体系", "建设基地")
    assert split_key_task("污水/垃圾处理") == ("污水/垃圾处理", "")


def test_headings_that_read_the_same_have_one_key():
    assert (
        len(
            {
                heading_key(text)
                for text in ("完成时限", "完成\n时限", "完成时限（年月日）", "*完成 时限", "2024年完成时限")
            }
        )
        == 1
    )
