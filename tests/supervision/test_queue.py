"""What stands in the queue, in which order, of which kinds, and the record of each task."""

import datetime as dt
from dataclasses import replace

import pytest

from tasks_app.catalogue.models import Task
from tasks_app.progress.choices import Light
from tasks_app.progress.models import LightChange, Standing
from tasks_app.reporting.actions import refresh_standings, submit_report
from tasks_app.supervision.queue import (
    by_chapter,
    by_lead_unit,
    by_times_red,
    kinds,
    late_counts,
    late_tasks,
    records,
)
from tests.factories import ITEMS, beijing
from tests.supervision.test_closures import relist

NOVEMBER = "2024-11-10"


@pytest.fixture(autouse=True)
def all_reported_in_july(world):
    """The round of the list's first days is not what these tests are about."""
    july = world.task_list.periods.earliest("opens_at")
    july.reports.update(first_submitted_at=beijing("2024-07-10 09:00"))


def late(world, day=NOVEMBER):
    refresh_standings(today=dt.date.fromisoformat(day))
    return late_tasks([world.task_list])


def of_kind(world, kind, day=NOVEMBER):
    tasks = late(world, day)
    condition = kinds([world.task_list], today=dt.date.fromisoformat(day))[kind]
    return {task.no for task in tasks.filter(condition)}


def times_red(world, no, times):
    """Let a task's light have turned red so many times before it is looked at."""
    task = world.task(no)
    LightChange.objects.filter(task=task).delete()
    for n in range(times):
        day = dt.date(2024, 8, 1) + dt.timedelta(days=2 * n)
        LightChange.objects.create(task=task, on=day, before="green", after="red", reason="behind", inputs={"gap": 20})
        back = {"before": "red", "after": "green", "reason": "on_track"}
        LightChange.objects.create(task=task, on=day + dt.timedelta(days=1), **back)


def record(world, no, at="2024-11-10 10:00"):
    pk = world.task(no).pk
    return records([pk], at=beijing(at))[pk]


def test_the_red_and_yellow_tasks_stand_in_the_queue(world):
    found = set(late(world).values_list("pk", flat=True))
    assert found == set(Task.objects.filter(standing__light__in=["red", "yellow"]).values_list("pk", flat=True))
    assert len(found) == 4


def test_a_green_task_whose_readings_differ_stands_in_it_behind_the_others(world):
    tasks = late(world)
    Standing.objects.filter(task=world.task(4)).update(light="green", disagreement=1, own="red")
    assert [task.no for task in tasks][-1] == "4"
    Standing.objects.filter(task=world.task(4)).update(disagreement=0)
    assert "4" not in {task.no for task in tasks.all()}


def test_what_is_past_its_deadline_comes_first(world):
    first = late(world).first()
    assert first.no == "3"
    assert first.standing.inputs == {"days": 10}


def stands(world, no, *, light="red", reason="behind", due_on=None, expected=50, progress=40):
    Task.objects.filter(pk=world.task(no).pk).update(due_on=due_on)
    Standing.objects.filter(task=world.task(no)).update(
        light=light, reason=reason, expected=expected, progress=progress
    )


def test_within_a_light_the_nearest_deadline_comes_first_none_at_all_last_and_of_one_day_the_widest_gap(world):
    tasks = late(world)
    winter, autumn = dt.date(2024, 12, 31), dt.date(2024, 11, 30)
    stands(world, 1, due_on=None, progress=0)
    stands(world, 2, due_on=winter)
    stands(world, 3, due_on=winter, progress=10)
    stands(world, 4, due_on=autumn)
    assert [task.no for task in tasks.all()] == ["4", "3", "2", "1"]
    stands(world, 2, due_on=winter, reason="overdue")
    stands(world, 4, due_on=autumn, light="yellow")
    assert [task.no for task in tasks.all()] == ["2", "3", "1", "4"]


def test_the_gap_is_in_points_and_never_below_nought(world):
    gaps = {task.no: task.behind for task in late(world, "2024-08-06")}
    assert gaps["1"] == world.task(1).standing.expected
    Standing.objects.update(progress=100)
    assert {task.behind for task in late_tasks([world.task_list])} == {0}


def test_counts_are_by_light_once_and_by_each_kind_that_holds(world):
    tasks = late(world)
    times_red(world, 1, 2)
    found = late_counts(tasks, kinds([world.task_list], today=dt.date(2024, 11, 10)))
    assert found.total == 4
    assert sum(found.by_light.values()) == 4
    assert found.by_light[Light.RED] == 4
    assert found.by_kind == {"overdue": 1, "behind": 3, "silent": 4, "due_soon": 0, "differs": 0, "repeated": 1}


def test_silent_is_who_did_not_report_in_the_last_round_that_was_due(world):
    assert of_kind(world, "silent") == {"1", "2", "3", "4"}
    world.submit("liaison", percent=20, at="2024-08-06 09:00")
    assert of_kind(world, "silent") == {"3", "4"}


def test_a_county_that_only_assists_does_not_break_the_silence(world):
    world.submit("colleague", percent=20, at="2024-08-03 09:00")
    assert "1" in of_kind(world, "silent")
    assert record(world, 1).last_period == "2024年7月期"


def test_a_round_that_is_not_due_yet_makes_nobody_silent(world):
    assert of_kind(world, "silent", "2024-08-05") == set()


def test_red_twice_is_a_repeat_offence_and_red_once_is_none(world):
    late(world)
    times_red(world, 1, 2)
    times_red(world, 2, 1)
    assert "1" in of_kind(world, "repeated")
    assert "2" not in of_kind(world, "repeated")
    assert record(world, 1).times_red == 2


def test_tasks_can_be_put_in_the_order_of_how_often_they_turned_red(world):
    tasks = late(world)
    LightChange.objects.all().delete()
    times_red(world, 2, 3)
    times_red(world, 4, 1)
    ordered = by_times_red(tasks).order_by("-times_red", "seq")
    assert [(task.no, task.times_red) for task in ordered] == [("2", 3), ("4", 1), ("1", 0), ("3", 0)]


def test_unit_by_unit_the_order_is_the_official_one(world):
    grouped = by_lead_unit(late(world)).order_by("lead_order", "led_by_id", "seq")
    assert [(task.lead_unit, task.no) for task in grouped] == [
        ("海东工业园区管委会", "4"),
        ("市住房建设局", "1"),
        ("市住房建设局", "2"),
        ("市教育局", "3"),
    ]


def test_chapter_by_chapter_they_stand_as_printed_the_worst_first(world):
    found = [(task.chapter.heading, task.no) for task in by_chapter(late(world))]
    assert [heading for heading, _no in found] == ["一、城市建设", "一、城市建设", "二、公共服务", "二、公共服务"]
    assert found[2] == ("二、公共服务", "3")


def test_the_record_says_whose_it_is_and_when_they_last_reported(world):
    world.submit("liaison", percent=20, at="2024-08-03 09:00")
    known = record(world, 1)
    assert known.leads == ["市住房建设局"]
    assert (known.last_period, known.silent, known.made_up) == ("2024年8月期", 0, 0)
    assert record(world, 3).last_period == "2024年7月期"
    world.task_list.periods.earliest("opens_at").reports.update(first_submitted_at=None)
    assert record(world, 1).silent == 0


def test_each_round_missed_since_the_last_report_counts_as_silence(world):
    world.submit("liaison", percent=20, at="2024-08-03 09:00")
    world.open("2024-10-02 10:00")
    assert record(world, 1, "2024-10-02 10:00").silent == 1
    assert record(world, 1, "2024-10-05 18:01").silent == 2
    assert record(world, 3, "2024-10-05 18:01").silent == 3


def test_what_came_after_the_next_round_had_opened_is_made_up_and_breaks_no_later_silence(world):
    first = world.report("liaison")
    world.open("2024-09-02 10:00")
    world.fill(first, percent=20, text="已完成招标。", by="liaison", at="2024-09-03 09:00")
    submit_report(report=first, by=world.people["liaison"], at=beijing("2024-09-03 09:00"))
    known = record(world, 1, "2024-09-06 09:00")
    assert (known.made_up, known.silent, known.last_period) == (1, 1, "2024年8月期")


def test_a_round_from_which_the_unit_is_excused_is_no_silence(world):
    report = world.report("liaison")
    report.exempt_at = beijing("2024-08-04 09:00")
    report.save()
    assert record(world, 1).silent == 0
    assert "1" not in of_kind(world, "silent")


def test_of_two_leads_the_first_report_counts(world):
    relist(world, replace(ITEMS[0], lead_units=("市住房建设局", "市教育局")))
    report = world.report("liaison")
    world.report("school").entries.create(task=world.task(1), role="lead")
    period = report.period
    period.reports.filter(unit=world.units["市住房建设局"]).update(first_submitted_at=beijing("2024-08-03 09:00"))
    period.reports.filter(unit=world.units["市教育局"]).update(first_submitted_at=beijing("2024-09-03 09:00"))
    known = records([world.task(1).pk], at=beijing("2024-09-04 10:00"))[world.task(1).pk]
    assert (known.made_up, known.last_submitted_at) == (0, beijing("2024-08-03 09:00"))
