"""Bringing a list to its items."""

from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import call_command

from tasks_app.audit.models import Event
from tasks_app.catalogue.actions import apply_items, restore_tasks, retire_tasks
from tasks_app.catalogue.models import Assignment, Indicator, Section, Task, TaskList
from tasks_app.catalogue.queries import current_items
from tasks_app.lib.errors import Refused
from tasks_app.schedule.models import Obligation
from tests.factories import ITEMS, beijing

AT = beijing("2024-08-02 10:00")


def apply(world, *items):
    return apply_items(task_list=world.task_list, items=items, by=world.people["administrator"], at=AT)


def test_what_is_stored_reads_back_as_the_same_items(world):
    stored = current_items(world.task_list)
    assert [stored[item.seq] for item in ITEMS] == list(ITEMS)


def test_applying_the_same_items_again_writes_nothing(world):
    before = Event.objects.count()
    assert not apply(world, *ITEMS)
    assert Event.objects.count() == before


def test_a_changed_item_names_its_fields_in_the_audit_log(world):
    changes = apply(world, replace(ITEMS[3], content="开工建设职教路。"))
    assert changes.changed == {4: ["content"]}
    event = Event.objects.filter(verb="catalogue.change_task").latest("pk")
    assert event.before == {"content": "开工建设职教路等主要道路。"}
    assert event.after == {"content": "开工建设职教路。"}


def test_an_alias_in_the_document_is_the_same_unit(world):
    assert not apply(world, replace(ITEMS[0], lead_units=("市住房城乡建设局",)))


def test_one_unknown_unit_refuses_the_whole_list(world):
    strange = replace(ITEMS[3], lead_units=("市不存在局",))
    with pytest.raises(Refused, match="市不存在局"):
        apply(world, replace(ITEMS[0], content="改了"), strange)
    assert world.task(1).content == ITEMS[0].content


def test_a_unit_of_another_city_is_unknown_here(world):
    with pytest.raises(Refused, match="海东市"):
        apply(world, replace(ITEMS[3], lead_units=("格尔木市财政局",)))


def test_values_reported_for_a_target_survive_a_corrected_target(world):
    indicator = Indicator.objects.get(task=world.task(1))
    target = replace(ITEMS[0].targets[0], value=1800)
    apply(world, replace(ITEMS[0], targets=(target,)))
    indicator.refresh_from_db()
    assert indicator.value == 1800


def test_county_shares_hang_under_their_total(world):
    total = Indicator.objects.get(task=world.task(2), county=None)
    assert sorted(total.shares.values_list("county__short_name", "value")) == [("乐都区", 10), ("平安区", 5)]


def test_the_three_real_lists_load_whole_and_loading_twice_changes_nothing(haidong):
    def census():
        return {
            "lists": TaskList.objects.count(),
            "tasks": Task.objects.count(),
            "assignments": Assignment.objects.count(),
            "obligations": Obligation.objects.count(),
            "events": Event.objects.count(),
        }

    main = TaskList.objects.get(slug="haidong-2024-69")
    assert main.tasks.count() == 194
    assert Section.objects.filter(task_list=main, level=1).count() == 8
    assert Section.objects.filter(task_list=main, level=2).count() == 29
    kinds = TaskList.objects.get(slug="haidong-2024-45").tasks.values_list("kind", flat=True)
    assert sorted(kinds) == ["duty"] * 15 + ["milestone"] * 14 + ["task"] * 19
    assert TaskList.objects.get(slug="haidong-2024-46").tasks.count() == 14
    before = census()
    call_command("load_lists", stdout=StringIO())
    assert census() == before


def test_item_seven_of_the_real_list_is_owed_by_the_six_counties_it_names(haidong):
    seven = Task.objects.get(task_list__slug="haidong-2024-69", seq=7)
    owed = seven.obligations.filter(role="assist").values_list("unit__name", flat=True)
    assert sorted(owed) == sorted(["乐都区政府", "平安区政府", "民和县政府", "互助县政府", "化隆县政府", "循化县政府"])
    shares = seven.indicators.filter(kind="breakdown")
    assert sum(share.value for share in shares) == 129


def test_an_item_that_names_some_counties_is_owed_by_those_only(haidong):
    narrowed = Task.objects.filter(
        task_list__slug="haidong-2024-69", counties__isnull=False, assignments__unit__name="各县区政府"
    )
    for task in narrowed.distinct():
        named = set(task.counties.values_list("pk", flat=True))
        governments = task.obligations.filter(unit__kind="county_government")
        assert set(governments.values_list("unit__county", flat=True)) <= named


def test_a_task_is_retired_once_and_keeps_its_moment(world):
    first, second = beijing("2024-08-02 10:00"), beijing("2024-08-05 10:00")
    how = {"task_list": world.task_list, "by": None, "reason": "并入"}
    assert retire_tasks(seqs=[1], at=first, **how) == 1
    assert retire_tasks(seqs=[1, 2], at=second, **how) == 1
    assert [world.task(no).retired_at for no in (1, 2)] == [first, second]
    assert Event.objects.filter(verb="catalogue.retire_task").count() == 2
    assert restore_tasks(seqs=[1, 3], at=second, **how) == 1
    assert world.task(1).retired_at is None


def test_an_item_more_is_a_change_although_no_other_differs(world):
    assert apply(world, replace(ITEMS[3], seq=5, no="5"))


def test_targets_stand_in_the_order_of_the_corrected_document(world):
    (first,) = ITEMS[0].targets
    second = replace(first, text="加装电梯 30 部", subject="加装电梯", value=30, unit="部")
    for targets in ((first, second), (second, first)):
        apply(world, replace(ITEMS[0], targets=targets))
        assert current_items(world.task_list)[1].targets == targets
