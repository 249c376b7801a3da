"""Which requests are shown, what waits to be heard, which values were reported last."""

import datetime as dt
from decimal import Decimal

import pytest

from tasks_app.accounts.permissions import viewer_of
from tasks_app.reporting.models import IndicatorValue
from tasks_app.supervision.actions import decide_closure, request_closure
from tasks_app.supervision.extending import request_extension
from tasks_app.supervision.requests import (
    CLOSURE,
    DECIDED,
    EXTENSION,
    WAITING,
    Wanted,
    last_values,
    own_targets,
    requests_for,
    unheard_count,
    waiting_count,
)
from tests.factories import beijing

AT = beijing("2024-08-02 10:00")


@pytest.fixture
def asked(world):
    """A closure of 市住房建设局 and an extension of 市教育局, both waiting."""
    housing, school = world.units["市住房建设局"], world.units["市教育局"]
    closure = request_closure(
        task=world.task(1), unit=housing, evidence_text="已验收。", by=world.people["liaison"], at=AT
    )
    extension = request_extension(
        task=world.task(3), unit=school, asked_due_on=dt.date(2024, 12, 20), reason="放假", by=world.people["school"],
        at=AT,
    )  # fmt: skip
    return closure, extension


def test_requests_are_narrowed_by_kind_state_list_and_unit(world, asked):
    closure, extension = asked
    viewer, school = viewer_of(world.people["leader"]), world.units["市教育局"]

    def shown(**wanted):
        return {(one.kind, one.of.pk) for one in requests_for(viewer, Wanted(**wanted))}

    both = {(CLOSURE, closure.pk), (EXTENSION, extension.pk)}
    assert shown() == shown(state=WAITING) == shown(task_list=world.task_list.slug) == both
    assert shown(kind=CLOSURE) == {(CLOSURE, closure.pk)}
    assert shown(unit=school.pk) == {(EXTENSION, extension.pk)}
    assert shown(task_list="other") == shown(state=DECIDED) == set()
    decide_closure(closure=closure, granted=False, decision_text="缺验收单", by=world.people["supervisor"], at=AT)
    assert shown(state=DECIDED) == {(CLOSURE, closure.pk)}
    assert shown(state=WAITING) == {(EXTENSION, extension.pk)}


def test_what_is_decided_waits_neither_for_a_decision_nor_to_be_heard(world, asked):
    supervisor, colleague = viewer_of(world.people["supervisor"]), viewer_of(world.people["colleague"])
    assert (waiting_count(supervisor), unheard_count(colleague)) == (2, 1)
    decide_closure(closure=asked[0], granted=True, decision_text="", by=world.people["supervisor"], at=AT)
    assert (waiting_count(supervisor), unheard_count(colleague)) == (1, 0)


def test_the_value_reported_last_is_the_newest_accepted_one(world):
    unit = world.units["市住房建设局"]
    (target,) = own_targets(world.task(1), unit)
    july, august = (world.report("liaison", period) for period in world.task_list.periods.order_by("opens_at"))
    for report, value in ((july, 100), (august, 200)):
        entry = report.entries.get(task=world.task(1))
        IndicatorValue.objects.create(entry=entry, indicator=target, value=value)
    assert last_values([unit], [target.pk]) == {}
    july.entries.update(status="accepted")
    august.entries.update(status="submitted")
    assert last_values([unit], [target.pk]) == {target.pk: Decimal(100)}
    august.entries.update(status="accepted")
    assert last_values([unit], [target.pk]) == {target.pk: Decimal(200)}
    assert last_values([world.units["市教育局"]], [target.pk]) == {}
