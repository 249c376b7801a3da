"""Whose lists they are, and who leads."""

from tasks_app.accounts.permissions import viewer_of
from tasks_app.supervision.queries import lead_units_of, supervised_lists


def test_who_oversees_or_coordinates_has_the_list_and_a_liaison_does_not(world):
    def lists(who):
        return list(supervised_lists(viewer_of(world.people[who])))

    for who in ("supervisor", "leader", "administrator", "coordinator"):
        assert lists(who) == [world.task_list]
    for who in ("liaison", "stranger"):
        assert lists(who) == []


def test_only_leads_may_ask_for_closure(world):
    assert [unit.name for unit in lead_units_of(world.task(1))] == ["市住房建设局"]
