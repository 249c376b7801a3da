"""Who holds a post: neither by an ended membership, nor by a closed account, nor in a unit that is no more."""

import pytest

from tasks_app.accounts.models import Membership, User
from tasks_app.accounts.permissions import sharing_jurisdiction, viewer_of
from tasks_app.bulletins.queries import approvers
from tasks_app.catalogue.models import TaskList
from tasks_app.roster.queries import in_charge, liaisons_by_unit, liaisons_of
from tasks_app.units.models import Unit

UNFIT = {
    "the membership has ended": lambda post: Membership.objects.filter(pk=post.pk).update(active=False),
    "the account is closed": lambda post: User.objects.filter(pk=post.user_id).update(is_active=False),
    "the unit is no more": lambda post: Unit.objects.filter(pk=post.unit_id).update(active=False),
}


@pytest.mark.parametrize("why", UNFIT)
@pytest.mark.parametrize(
    "who", ["liaison", "head", "coordinator", "supervisor", "leader", "administrator", "colleague"]
)
def test_no_right_is_left_when(world, who, why):
    before = viewer_of(world.people[who])
    assert before.memberships
    UNFIT[why](before.memberships[0])
    after = viewer_of(world.people[who])
    assert after.memberships == ()
    assert not TaskList.objects.visible_to(after).exists()
    assert not after.reporting_unit_ids | after.coordinator_unit_ids | after.overseen_jurisdiction_ids


@pytest.mark.parametrize("why", UNFIT)
def test_nobody_is_in_charge_when(world, why):
    unit = world.units["市住房建设局"]
    assert in_charge(task_list_id=world.task_list.pk, unit_id=unit.pk) == [world.people["liaison"]]
    UNFIT[why](world.people["liaison"].memberships.get())
    assert in_charge(task_list_id=world.task_list.pk, unit_id=unit.pk) == []
    assert liaisons_of(unit.pk) == []
    assert unit.pk not in liaisons_by_unit()


@pytest.mark.parametrize("why", UNFIT)
def test_nobody_is_asked_for_approval_when(world, why):
    assert world.people["leader"] in approvers(world.task_list)
    UNFIT[why](world.people["leader"].memberships.get())
    assert world.people["leader"] not in approvers(world.task_list)


def test_a_second_post_stays_when_the_first_has_ended(world):
    person = world.people["school"]
    Membership.objects.create(user=person, unit=world.units["市住房建设局"], role="head")
    person.memberships.filter(unit__name="市教育局").update(active=False)
    viewer = viewer_of(person)
    assert viewer.head_unit_ids == {world.units["市住房建设局"].pk}
    assert viewer.liaison_unit_ids == frozenset()


def test_a_selection_is_shared_where_one_works_on_the_queue_and_not_where_one_only_reports(world):
    """The liaison of 格尔木市 became a supervisor of 海东市, too."""
    person = world.people["stranger"]
    unit = world.units["市政府办公室督查室"]
    Membership.objects.create(user=person, unit=unit, role="supervisor")
    assert sharing_jurisdiction(viewer_of(person)) == unit.jurisdiction
