"""Whose lists they are, who leads, which tasks are in trouble."""

import datetime as dt

from tasks_app.accounts.permissions import viewer_of
from tasks_app.catalogue.models import Task
from tasks_app.progress.models import Standing
from tasks_app.supervision.chases import chaseable_tasks
from tasks_app.supervision.queries import in_trouble, lead_units_of, supervised_lists
from tests.factories import beijing

AT = beijing("2024-08-02 10:00")


def test_who_oversees_or_coordinates_has_the_list_and_a_liaison_does_not(world):
    def lists(who):
        return list(supervised_lists(viewer_of(world.people[who])))

    for who in ("supervisor", "leader", "administrator", "coordinator"):
        assert lists(who) == [world.task_list]
    for who in ("liaison", "stranger"):
        assert lists(who) == []


def test_only_leads_may_ask_for_closure(world):
    assert [unit.name for unit in lead_units_of(world.task(1))] == ["市住房建设局"]


def test_in_trouble_the_longest_overdue_comes_first_then_the_furthest_behind_and_what_is_closed_never(world):
    today = dt.date(2024, 11, 10)
    days = {1: dt.date(2024, 11, 9), 2: dt.date(2024, 10, 31), 3: today, 4: None}
    for no, day in days.items():
        Task.objects.filter(pk=world.task(no).pk).update(due_on=day)
        Standing.objects.filter(task=world.task(no)).update(light="red", expected=80, progress=10 * no)
    tasks = Task.objects.all()
    assert [task.no for task in in_trouble(tasks, today=today)] == ["2", "1", "3", "4"]
    Standing.objects.filter(task=world.task(2)).update(light="yellow")
    assert [task.no for task in in_trouble(tasks, today=today)] == ["1", "3", "4"]
    assert [task.no for task in in_trouble(tasks, today=today, lights=["red", "yellow"])] == ["1", "3", "4", "2"]
    Task.objects.filter(pk=world.task(1).pk).update(closed_on=today)
    assert [task.no for task in in_trouble(tasks, today=today)] == ["3", "4"]


def test_what_is_retired_or_of_another_coordinators_list_is_not_chased(world):
    ids = {task.pk: task.no for task in Task.objects.all()}

    def chased(who):
        return {ids[task.pk] for task in chaseable_tasks(viewer_of(world.people[who]), ids)}

    assert chased("coordinator") == chased("supervisor") == {"1", "2", "3", "4"}
    assert chased("neighbour") == chased("leader") == chased("outsider") == set()
    Task.objects.filter(pk=world.task(1).pk).update(retired_at=AT)
    assert chased("supervisor") == {"2", "3", "4"}
