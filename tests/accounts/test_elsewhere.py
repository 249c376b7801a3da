"""A role is held in a place: what somebody is elsewhere gives no right here."""

import inspect

import pytest

from tasks_app.accounts import permissions
from tasks_app.accounts.choices import Role
from tasks_app.accounts.models import Membership
from tasks_app.accounts.permissions import viewer_of
from tasks_app.units.models import Unit

# Whatever is asked about somebody's own place, list or unit, by its arguments.
ASKED = {
    name: inspect.signature(function).parameters.keys() - {"viewer"}
    for name, function in inspect.getmembers(permissions, inspect.isfunction)
    if name.startswith("can_") and len(inspect.signature(function).parameters) > 1
}


@pytest.fixture
def here(world):
    """市住房建设局, on the list of 市发展改革委, in 海东市."""
    unit, coordinating = world.units["市住房建设局"], world.units["市发展改革委"]
    return {
        "unit_id": unit.pk,
        "lead_unit_ids": {unit.pk},
        "coordinating_unit_id": coordinating.pk,
        "jurisdiction_id": coordinating.jurisdiction_id,
    }


def allowed(viewer, here):
    return {
        name for name, names in ASKED.items() if getattr(permissions, name)(viewer, **{one: here[one] for one in names})
    }


def test_all_roles_elsewhere_and_a_post_in_another_unit_here_allow_nothing(world, here):
    """Every role in 格尔木市, and the liaison of 市教育局."""
    person = world.people["school"]
    elsewhere = Unit.objects.get(jurisdiction__code="632801", name="市教育局")
    for role in Role:
        Membership.objects.get_or_create(user=person, unit=elsewhere, role=role)
    assert allowed(viewer_of(person), here) == set()


def test_all_roles_in_a_unit_that_neither_coordinates_nor_reports_oversee_the_place_alone(world, here):
    """Every role in 市教育局: what goes with the place, and nothing that is the unit's or the coordinator's."""
    person = world.people["school"]
    for role in Role:
        Membership.objects.get_or_create(user=person, unit=world.units["市教育局"], role=role)
    of_the_place = {name for name, names in ASKED.items() if "jurisdiction_id" in names}
    assert allowed(viewer_of(person), here) == of_the_place


EACH = {
    "liaison": {
        "can_fill_report", "can_read_submitted", "can_request_closure", "can_request_extension", "can_be_heard",
        "can_answer_instruction", "can_receive_notice", "can_answer_notice", "can_read_score_lines", "can_object",
    },
    "head": {
        "can_sign_report", "can_read_submitted", "can_receive_notice", "can_read_score_lines", "can_object",
    },
    "coordinator": {
        "can_read_submitted", "can_review", "can_import_into", "can_set_reminders", "can_chase", "can_see_month",
        "can_run_month", "can_keep_rule", "can_read_score_lines", "can_set_lights", "can_write_bulletin",
    },
    "supervisor": {
        "can_read_submitted", "can_supervise", "can_chase", "can_see_month", "can_set_notices", "can_score",
        "can_keep_scores", "can_read_score_lines", "can_approve_bulletin",
    },
    "leader": {
        "can_read_submitted", "can_instruct", "can_see_month", "can_read_score_lines", "can_approve_bulletin",
    },
    "administrator": {
        "can_read_submitted", "can_import_into", "can_set_reminders", "can_chase", "can_see_month", "can_keep_rule",
        "can_set_notices", "can_keep_scores", "can_read_score_lines", "can_set_lights",
    },
    "neighbour": set(),
    "colleague": set(),
    "stranger": set(),
    "outsider": set(),
    "retired": set(),
    "left": set(),
    "gone": set(),
}  # fmt: skip


@pytest.mark.parametrize("who", EACH)
def test_each_of_the_cast_may_do_what_the_prose_says_and_nothing_else(world, here, who):
    assert allowed(viewer_of(world.people[who]), here) == EACH[who]
