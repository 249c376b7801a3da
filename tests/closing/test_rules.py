"""What changed between two freezes, as a table of cases."""

import datetime as dt
from dataclasses import replace

import pytest

from tasks_app.closing import rules

TASK = rules.TaskFigure(1, "1", "改造小区", 40, "green", dt.date(2024, 12, 31), ("市住房建设局",))


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        ({}, {}, []),
        ({}, {"progress": 45}, ["advanced"]),
        ({}, {"progress": 35}, ["fell"]),
        ({}, {"light": "red"}, ["turned_red"]),
        ({"light": "yellow"}, {"light": "red", "progress": 50}, ["turned_red", "advanced"]),
        ({"light": "red"}, {"light": "red"}, []),
        ({"light": "red"}, {"light": "yellow"}, ["made_up"]),
        ({"light": "red"}, {"light": "blue", "progress": 100}, ["closed", "advanced"]),
        ({"light": "yellow"}, {"light": "green"}, []),
        ({}, {"due_on": dt.date(2025, 6, 30)}, ["due"]),
        ({"due_on": None}, {}, ["due"]),
        ({}, {"leads": ("市教育局", "市住房建设局")}, ["leads"]),
        ({"leads": ("市教育局", "市住房建设局")}, {"leads": ("市住房建设局", "市教育局")}, []),
    ],
)
def test_a_task_says_what_is_otherwise_than_before(before, after, kinds):
    found = rules.task_changes([replace(TASK, **before)], [replace(TASK, **after)])
    assert [change.kind for change in found] == kinds


def test_tasks_that_came_and_went_are_told():
    other = replace(TASK, task_id=2, no="2")
    assert [(c.kind, c.task.no) for c in rules.task_changes([TASK], [other])] == [("added", "2"), ("removed", "1")]


def test_each_change_shows_both_values():
    (change,) = rules.task_changes([TASK], [replace(TASK, due_on=dt.date(2025, 6, 30))])
    assert (change.before, change.after) == ("2024-12-31", "2025-06-30")


def test_a_task_of_two_leads_counts_with_each():
    shared = replace(TASK, leads=("甲局", "乙局"))
    counted = rules.by_unit(rules.task_changes([shared], [replace(shared, progress=50)]))
    assert counted["甲局"]["advanced"] == counted["乙局"]["advanced"] == 1
    assert counted["甲局"]["fell"] == 0


def test_counties_show_their_means_and_the_difference():
    before = [rules.UnitFigure(1, "乐都区政府", "on_time", 20.0), rules.UnitFigure(9, "市教育局", "late", None)]
    after = [rules.UnitFigure(1, "乐都区政府", "late", 32.5), rules.UnitFigure(9, "市教育局", "late", None)]
    (county,) = rules.county_changes(before, after)
    assert (county.name, county.delta) == ("乐都区政府", 12.5)
    assert rules.timeliness_changes(before, after) == [("乐都区政府", "on_time", "late")]


def test_the_seal_breaks_with_any_figure():
    units = [rules.UnitFigure(1, "乐都区政府", "on_time", 20.0)]
    seal = rules.seal({}, [TASK], units)
    assert seal == rules.seal({}, [TASK], units)
    assert seal != rules.seal({}, [replace(TASK, progress=41)], units)
    assert seal != rules.seal({}, [TASK], [replace(units[0], mean=20.1)])
    assert seal != rules.seal({"version": 2}, [TASK], units)
