"""What counts as late, in which order, and whose it is."""

import datetime as dt

from tasks_app.accounts.permissions import viewer_of
from tasks_app.catalogue.models import Task
from tasks_app.progress.choices import Light
from tasks_app.reporting.actions import refresh_standings
from tasks_app.supervision.queries import (
    KINDS,
    by_lead_unit,
    late_counts,
    late_tasks,
    lead_units_of,
    supervised_lists,
    whose,
)


def late(world, day):
    refresh_standings(today=dt.date.fromisoformat(day))
    return late_tasks([world.task_list])


def test_exactly_the_red_and_yellow_tasks_are_late(world):
    found = set(late(world, "2024-11-10").values_list("pk", flat=True))
    assert found == set(Task.objects.filter(standing__light__in=["red", "yellow"]).values_list("pk", flat=True))
    assert len(found) == 4


def test_what_is_past_its_deadline_comes_first(world):
    first = late(world, "2024-11-10").first()
    assert first.no == "3"
    assert first.standing.inputs == {"days": 10}


def test_the_gap_is_in_points_and_never_below_nought(world):
    gaps = {task.no: task.behind for task in late(world, "2024-08-06")}
    expected = world.task(1).standing.expected
    assert gaps["1"] == expected
    Task.objects.get(pk=world.task(1).pk).standing.__class__.objects.update(progress=100)
    assert {task.behind for task in late_tasks([world.task_list])} == {0}


def test_each_late_task_is_counted_once_by_light_and_once_by_kind(world):
    counts = late_counts(late(world, "2024-11-10"))
    assert counts.total == 4
    assert sum(counts.by_light.values()) == sum(counts.by_kind.values()) == 4
    assert counts.by_light[Light.RED] == 4
    assert counts.by_kind == {"overdue": 1, "behind": 3, "silent": 0, "due_soon": 0}
    assert set(counts.by_kind) == set(KINDS)


def test_unit_by_unit_the_order_is_the_official_one(world):
    grouped = by_lead_unit(late(world, "2024-11-10")).order_by("lead_order", "led_by_id", "seq")
    assert [(task.lead_unit, task.no) for task in grouped] == [
        ("海东工业园区管委会", "4"),
        ("市住房建设局", "1"),
        ("市住房建设局", "2"),
        ("市教育局", "3"),
    ]


def test_whose_it_is_and_when_they_last_reported(world):
    world.submit("liaison", percent=20, at="2024-08-03 09:00")
    known = whose([world.task(1).pk, world.task(3).pk])
    assert known[world.task(1).pk].leads == ["市住房建设局"]
    assert known[world.task(1).pk].last_period == "2024年8月期"
    assert known[world.task(3).pk].last_period == ""


def test_a_county_that_only_assists_does_not_make_the_task_reported(world):
    world.submit("colleague", percent=20, at="2024-08-03 09:00")
    assert whose([world.task(1).pk])[world.task(1).pk].last_period == ""


def test_who_oversees_or_coordinates_has_the_list_and_a_liaison_does_not(world):
    def lists(who):
        return list(supervised_lists(viewer_of(world.people[who])))

    for who in ("supervisor", "leader", "administrator", "coordinator"):
        assert lists(who) == [world.task_list]
    for who in ("liaison", "stranger"):
        assert lists(who) == []


def test_only_leads_may_ask_for_closure(world):
    assert [unit.name for unit in lead_units_of(world.task(1))] == ["市住房建设局"]
