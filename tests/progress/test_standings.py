"""Stored standings stay what a recount says, whatever is done."""

import datetime as dt

import pytest

from tasks_app.catalogue.actions import apply_items
from tasks_app.closing.queries import task_rows
from tasks_app.lib.errors import Refused
from tasks_app.progress.actions import FIELDS, set_milestones
from tasks_app.progress.choices import Light
from tasks_app.progress.models import Standing
from tasks_app.progress.rules import disagreement, verdict, version_of
from tasks_app.progress.twin import differences
from tasks_app.reporting.actions import accept_entries, refresh_stale_standings, refresh_standings, return_entries
from tasks_app.reporting.queries import standing_facts
from tasks_app.schedule.actions import derive_obligations
from tasks_app.supervision.actions import decide_closure, reopen_closure, request_closure
from tasks_app.supervision.extending import decide_extension, request_extension
from tests.factories import ITEMS, beijing

AT = "2024-08-03 09:00"


def stored() -> dict[int, tuple]:
    return {row[0]: row[1:] for row in Standing.objects.values_list("task_id", *FIELDS)}


def recount(today: dt.date) -> dict[int, tuple]:
    """Each counted task's standing, drawn anew from the facts."""
    verified = dict(Standing.objects.values_list("task_id", "verified"))
    answers = {}
    for task_id, (facts, thresholds) in standing_facts(today=today).items():
        answer = verdict(facts, thresholds, today)
        answers[task_id] = (
            today, facts.progress, answer.expected, facts.has_report, answer.light, answer.reason, answer.inputs,
            facts.own, disagreement(facts.own, answer.light, verified.get(task_id, "")),
        )  # fmt: skip
    return answers


def assert_true(text: str) -> None:
    """What is stored is what is so on that day, by the rule and by its twin (tasks untouched since carry an older
    day)."""
    fresh = recount(dt.date.fromisoformat(text))
    assert {pk: row[1:] for pk, row in stored().items()} == {pk: row[1:] for pk, row in fresh.items()}
    assert differences(dt.date.fromisoformat(text)) == []


def accept_all(world, report, at=AT):
    ids = list(report.entries.values_list("pk", flat=True))
    accept_entries(report=report, entry_ids=ids, by=world.people["coordinator"], at=beijing(at))


def grant(world, task, at):
    closure = request_closure(
        task=task,
        unit=world.units["市住房建设局"],
        evidence_text="已验收",
        by=world.people["liaison"],
        at=beijing(at),
    )
    by = world.people["supervisor"]
    return decide_closure(closure=closure, granted=True, decision_text="", by=by, at=beijing(at))


def test_every_move_of_the_month_leaves_the_standings_true(world):
    refresh_standings(today=dt.date(2024, 8, 3))
    assert_true("2024-08-03")
    report = world.submit("liaison", percent=30, at=AT)
    assert_true("2024-08-03")
    first, second = report.entries.all()
    by = world.people["coordinator"]
    return_entries(report=report, entry_ids=[first.pk], reason="请补充数量", by=by, at=beijing(AT))
    assert_true("2024-08-03")
    accept_entries(report=report, entry_ids=[second.pk], by=by, at=beijing(AT))
    assert_true("2024-08-03")
    assert world.task(1).standing.progress == 0
    assert world.task(2).standing.progress == 30
    grant(world, world.task(1), AT)
    assert_true("2024-08-03")


def test_a_new_day_recounts_once(world):
    accept_all(world, world.submit("liaison", percent=10, at=AT))
    later = dt.date(2024, 11, 1)
    assert refresh_stale_standings(today=later) == 4
    assert_true("2024-11-01")
    assert world.task(3).standing.light == Light.RED
    assert refresh_stale_standings(today=later) == 0


def test_a_second_deadline_without_a_report_counts_as_silence(world):
    refresh_standings(today=dt.date(2024, 8, 6))
    assert_true("2024-08-06")
    assert world.task(4).standing.reason == "silent"
    assert world.task(4).standing.inputs == {"misses": 2}


def test_a_late_report_ends_the_silence(world):
    world.open("2024-09-01 00:00")
    world.submit("liaison", percent=30, at="2024-09-06 09:00")
    refresh_standings(today=dt.date(2024, 9, 6))
    assert_true("2024-09-06")
    assert world.task(1).standing.reason != "silent"


def test_a_closed_task_is_blue_and_counts_as_done(world):
    accept_all(world, world.submit("liaison", percent=30, at=AT))
    grant(world, world.task(1), "2024-08-04 09:00")
    standing = world.task(1).standing
    assert (standing.light, standing.progress) == (Light.BLUE, 100)


def test_several_leads_count_by_their_mean_and_the_silent_one_as_nought(world):
    shared = [
        *ITEMS[:3],
        type(ITEMS[3])(**{**ITEMS[3].__dict__, "lead_units": ("海东工业园区管委会", "市住房建设局", "市教育局")}),
    ]
    at = beijing("2024-08-02 11:00")
    apply_items(task_list=world.task_list, items=shared, by=None, at=at)
    derive_obligations(task_list=world.task_list, by=None, at=at)
    world.open("2024-09-01 09:00")
    accept_all(world, world.submit("liaison", percent=60, at="2024-09-02 09:00"), "2024-09-02 10:00")
    assert world.task(4).standing.progress == 20
    accept_all(world, world.submit("school", percent=90, at="2024-09-02 09:00"), "2024-09-02 10:00")
    assert world.task(4).standing.progress == 50


def test_an_assisting_units_percent_is_not_the_tasks(world):
    accept_all(world, world.submit("colleague", percent=100, at=AT))
    assert world.task(1).standing.progress == 0
    assert not world.task(1).standing.has_report


def test_a_closed_task_that_is_opened_again_stands_where_its_reports_say(world):
    accept_all(world, world.submit("liaison", percent=30, at=AT))
    before = world.task(1).standing.light
    refresh_standings(today=dt.date(2024, 8, 4))
    closure = grant(world, world.task(1), "2024-08-04 09:00")
    assert_true("2024-08-04")
    refresh_standings(today=dt.date(2024, 8, 5))
    at = beijing("2024-08-05 09:00")
    reopen_closure(closure=closure, reason="复核发现未完工", by=world.people["supervisor"], at=at)
    assert_true("2024-08-05")
    standing = world.task(1).standing
    assert (standing.light, standing.progress) == (before, 30)
    changes = world.task(1).light_changes.filter(on__gte=dt.date(2024, 8, 4)).values_list("before", "after")
    assert list(changes) == [(before, "blue"), ("blue", before)]


def test_a_deadline_that_was_moved_moves_the_line(world):
    refresh_standings(today=dt.date(2024, 8, 3))
    assert world.task(1).standing.expected == 14
    by, later = world.people["liaison"], dt.date(2025, 7, 9)
    extension = request_extension(
        task=world.task(1),
        unit=world.units["市住房建设局"],
        asked_due_on=later,
        reason="征地未完成",
        by=by,
        at=beijing(AT),
    )
    decide_extension(extension=extension, granted=True, decision_text="", by=world.people["supervisor"], at=beijing(AT))
    assert_true("2024-08-03")
    assert world.task(1).standing.expected == 7


def test_what_is_published_follows_the_same_line_through_the_milestones(world):
    task, by = world.task(1), world.people["coordinator"]
    milestones = [(dt.date(2024, 9, 30), 10, "完成招标")]
    set_milestones(task=task, milestones=milestones, version=version_of([]), reason="前慢后快", by=by, at=beijing(AT))
    refresh_standings(today=dt.date(2024, 8, 3))
    assert_true("2024-08-03")
    period = world.task_list.periods.latest("opens_at")
    [published] = task_rows(period, as_of=dt.date(2024, 8, 3), task_ids=[task.pk])
    assert published.expected == world.task(1).standing.expected == 3


@pytest.mark.parametrize(
    "change", [{"due_on": None}, {"closed_on": dt.date(2024, 8, 2)}, {"retired_at": beijing(AT)}, {"kind": "duty"}]
)
def test_only_an_open_task_with_a_deadline_has_milestones(world, change):
    task, rows = world.task(1), [(dt.date(2024, 9, 30), 40, "完成招标")]
    type(task).objects.filter(pk=task.pk).update(**change)
    with pytest.raises(Refused, match="尚未销号的任务可以设阶段目标"):
        set_milestones(
            task=task, milestones=rows, version=version_of([]), reason="分步", by=world.people["coordinator"],
            at=beijing(AT),
        )  # fmt: skip
