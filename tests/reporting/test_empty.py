"""空报: every text repeats the month before, without a new number or a file."""

import pytest

from tasks_app.reporting.rules import Repeat, is_empty

SAME = Repeat("已完成招标，正在施工。", "已完成招标，正在施工。")
ALMOST = Repeat("已完成招标，正在抓紧施工，确保年底完工。", "已完成招标，正在抓紧施工，确保年底完工")


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([SAME], True),
        ([SAME, ALMOST], True),
        ([SAME, Repeat("开工三个标段。", "已完成招标。")], False),
        ([SAME, Repeat(SAME.text, SAME.text, moved=True)], False),
        ([SAME, Repeat(SAME.text, SAME.text, proved=True)], False),
        ([Repeat(SAME.text, None)], False),
        ([Repeat("资金未到位", "资金未到位", no_progress=True)], False),
        ([SAME, Repeat("资金未到位", "资金未到位", no_progress=True)], True),
        ([], False),
    ],
    ids=[
        "the same words", "almost the same", "one text is new", "one number is new", "one file is there",
        "nothing was said before", "honestly nothing new", "honesty in one entry does not save the others", "no entry",
    ],
)  # fmt: skip
def test_what_makes_a_report_empty(entries, expected):
    assert is_empty(entries) is expected
