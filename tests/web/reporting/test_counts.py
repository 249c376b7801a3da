"""How far a month is, in numbers that open what they count."""

from types import SimpleNamespace

import pytest
from django.http import QueryDict

from tasks_app.web.reporting.lines import Counts, MonthLine, opened_of


def test_the_views_of_a_large_month_count_what_they_hold_and_are_left_out_where_they_hold_nothing():
    some = Counts(total=10, done=7, returned=1, open=6)
    assert {each["show"]: each["n"] for each in some.filters} == {
        "": None, "returned": 1, "empty": 3, "filled": 3, "in": 4,
    }  # fmt: skip
    assert [each["show"] for each in Counts(total=2, done=0, returned=0, open=2).filters] == ["", "empty"]


def line(pk, status="draft", **facts):
    said = {"editable": True, "asked": True, "missing": True} | facts
    return SimpleNamespace(pk=pk, status=status, **said)


def test_by_itself_a_month_opens_what_was_returned_and_then_what_is_to_be_written(monkeypatch):
    lines = [
        line(1), line(2, missing=False), line(3, editable=False), line(4, asked=False), line(5), line(6, "returned"),
    ]  # fmt: skip
    assert opened_of(QueryDict(), lines) == {1, 5, 6}
    monkeypatch.setattr("tasks_app.web.reporting.lines.OPEN_AT_ONCE", 2)
    assert opened_of(QueryDict(), lines) == {1, 6}
    assert opened_of(QueryDict("open=all"), lines) == {1, 2, 3, 4, 5, 6}
    assert opened_of(QueryDict("open=2,x,4"), lines) == {2, 4}


@pytest.mark.parametrize(
    ("facts", "repeats", "fell"),
    [
        ({}, True, False),
        ({"done_text": "新的话"}, False, False),
        ({"done_text": "", "last": SimpleNamespace(done_text="", percent=30)}, False, False),
        ({"no_progress": True}, False, False),
        ({"last": None}, False, False),
        ({"percent": 29}, True, True),
        ({"percent": None}, True, False),
        ({"last": SimpleNamespace(done_text="上月的话", percent=None)}, True, False),
    ],
)
def test_an_entry_repeats_last_month_or_falls_behind_it(facts, repeats, fell):
    last = SimpleNamespace(done_text="上月的话", percent=30)
    said = {"percent": 30, "done_text": "上月的话", "no_progress": False, "last": last} | facts
    found = MonthLine(
        pk=1, task_id=1, number="1", headline="甲", status="draft", excused=False, returned_due_at=None, missing=[],
        light="", **said,
    )  # fmt: skip
    assert (found.repeats, found.fell) == (repeats, fell)
