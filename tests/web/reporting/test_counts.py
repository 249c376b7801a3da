"""How far a month is, in numbers that open what they count."""

from tasks_app.web.reporting.lines import Counts


def test_the_views_of_a_large_month_count_what_they_hold_and_are_left_out_where_they_hold_nothing():
    some = Counts(total=10, done=7, returned=1, open=6)
    assert {each["show"]: each["n"] for each in some.filters} == {
        "": None, "returned": 1, "empty": 3, "filled": 3, "in": 4,
    }  # fmt: skip
    assert [each["show"] for each in Counts(total=2, done=0, returned=0, open=2).filters] == ["", "empty"]
