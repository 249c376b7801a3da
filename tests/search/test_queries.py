"""What is found, by whom, and by which spelling."""

import pytest

from tasks_app.accounts.permissions import viewer_of
from tasks_app.reporting.actions import accept_entries
from tasks_app.search.choices import Kind
from tasks_app.search.queries import selections
from tasks_app.search.rules import question
from tests.factories import beijing

WORDS = "已完成雨污分流管网 3.5 公里，ＡＰＰ上线，东建验〔2024〕1号。"


@pytest.fixture
def accepted(world):
    """What 市住房建设局 reported on its two tasks, accepted."""
    report = world.submit("liaison", percent=40, at="2024-08-02 10:00", text=WORDS)
    ids = list(report.entries.values_list("pk", flat=True))
    accept_entries(report=report, entry_ids=ids, by=world.people["coordinator"], at=beijing("2024-08-03 10:00"))
    return world


def found(world, who, typed, kind, **more):
    return list(selections(viewer_of(world.people[who]), question(typed).words, **more)[kind])


@pytest.mark.parametrize(
    "typed",
    [
        "管网",
        "雨污分流 管网",
        "３．５公里",
        "3.5公里",
        "3.5 公里",
        "app上线",
        "ＡＰＰ",
        "东建验[2024]1号",
        "东建验〔2024〕1 号",
    ],
)
def test_accepted_words_are_found_in_every_spelling(accepted, typed):
    assert [entry.task.no for entry in found(accepted, "school", typed, Kind.REPORT)] == ["2", "1"]


def test_what_was_said_last_is_found_first(accepted):
    accepted.open("2024-09-02 10:00")
    report = accepted.submit("liaison", percent=50, at="2024-09-02 10:00", text=WORDS)
    ids = list(report.entries.values_list("pk", flat=True))
    accept_entries(report=report, entry_ids=ids, by=accepted.people["coordinator"], at=beijing("2024-09-03 10:00"))
    months = [entry.report.period.month for entry in found(accepted, "leader", "管网", Kind.REPORT)]
    assert months == [9, 9, 8, 8]


@pytest.mark.parametrize("typed", ["管网 燃气", "污水", "3.6公里"])
def test_all_words_must_occur(accepted, typed):
    assert found(accepted, "leader", typed, Kind.REPORT) == []


def test_words_that_are_not_accepted_yet_are_found_by_nobody(world):
    world.submit("liaison", percent=40, at="2024-08-02 10:00", text=WORDS)
    for who in ("liaison", "coordinator", "supervisor", "leader", "administrator", "school"):
        assert found(world, who, "管网", Kind.REPORT) == []


def test_words_corrected_are_found_as_they_are_now(world):
    report = world.report("liaison")
    world.fill(report, percent=10, text="管网", by="liaison", at="2024-08-02 09:00")
    world.fill(report, percent=10, text="道路", by="liaison", at="2024-08-02 09:30")
    assert set(report.entries.values_list("search_text", flat=True)) == {"道路"}


def test_tasks_are_found_by_words_units_and_headings(world):
    assert [task.no for task in found(world, "liaison", "小区", Kind.TASK)] == ["1"]
    assert [task.no for task in found(world, "liaison", "教育局", Kind.TASK)] == ["3"]


@pytest.mark.parametrize("typed", ["第2项", "第２项"])
def test_a_task_and_what_was_said_of_it_are_found_by_the_number_it_goes_by(accepted, typed):
    assert [task.no for task in found(accepted, "leader", typed, Kind.TASK)] == ["2"]
    assert [entry.task.no for entry in found(accepted, "leader", f"{typed} 管网", Kind.REPORT)] == ["2"]
    assert found(accepted, "leader", f"{typed} 燃气", Kind.REPORT) == []
    assert found(accepted, "leader", "第99项", Kind.TASK) == []


def test_another_city_finds_nothing_here(accepted):
    for kind in Kind:
        assert found(accepted, "stranger", "管网", kind) == []
        assert found(accepted, "stranger", "小区", kind) == []
        assert found(accepted, "stranger", "第2项", kind) == []


def test_within_another_list_nothing_of_this_one_is_found(accepted):
    other = accepted.task_list
    assert found(accepted, "leader", "管网", Kind.REPORT, task_list=other)
    other.pk = 0
    assert found(accepted, "leader", "管网", Kind.REPORT, task_list=other) == []
