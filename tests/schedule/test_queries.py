"""Who owes what on which tasks, and when a list's own rounds are due."""

from tasks_app.catalogue.choices import TaskKind
from tasks_app.catalogue.models import Task
from tasks_app.schedule.actions import change_due
from tasks_app.schedule.models import ReportingRule
from tasks_app.schedule.queries import coming_periods, duties, preview, spec_of
from tests.factories import beijing
from tests.support.neighbours import with_neighbours

AT = beijing("2024-08-02 10:00")


def test_only_tasks_in_force_are_owed_or_lacking_a_unit(world):
    Task.objects.filter(pk=world.task(1).pk).update(retired_at=AT)
    other = next(kind for kind in TaskKind if kind != TaskKind.TASK)
    Task.objects.filter(pk=world.task(2).pk).update(kind=other)
    assert {duty.task.no for duty in duties(world.task_list, [])} == {"3", "4"}
    assert preview(world.task_list, []).unowed == []
    world.task(3).assignments.all().delete()
    assert [task.no for task in preview(world.task_list, []).unowed] == ["3"]


def test_a_round_is_moved_on_its_own_list_alone(world):
    other, october, by = with_neighbours(world), (2024, 10, 1), world.people["coordinator"]
    moved = ((world, beijing("2024-10-08 18:00")), (other, beijing("2024-10-09 18:00")))
    for each, due_at in moved:
        change_due(task_list=each.task_list, key=october, due_at=due_at, reason="节后", by=by, at=AT)
    assert all(spec_of(each.task_list.reporting_rule).changed == {october: due_at} for each, due_at in moved)
    ruled = ReportingRule.objects.select_related("task_list")
    coming = coming_periods(ruled, until=beijing("2024-10-02 09:00"), days={})
    dues = {(period.task_list_id, period.due_at) for period in coming if period.month == 10}
    assert dues == {(each.task_list.pk, due_at) for each, due_at in moved}


def test_duties_stand_in_the_list_s_order(world):
    order = [duty.task.seq for duty in duties(world.task_list, ["county_government"])]
    assert order == sorted(order)
    assert set(order) == {1, 2, 3, 4}
