"""A hand-over moves what is open on one list, and calls off what still waits for the predecessor alone."""

import pytest

from tasks_app.accounts.actions import add_person
from tasks_app.accounts.choices import Role
from tasks_app.closing.actions import exempt_unit
from tasks_app.handover.actions import hand_over, set_place
from tasks_app.outbox.actions import enqueue
from tasks_app.outbox.choices import Delivery
from tasks_app.outbox.models import Message
from tasks_app.roster.queries import in_charge, roster_lines
from tests.factories import beijing
from tests.support.neighbours import with_neighbours

AT, LATER = beijing("2024-08-02 10:00"), beijing("2024-08-02 11:00")


@pytest.fixture
def second(world):
    """Another liaison of 市住房建设局."""
    unit = world.units["市住房建设局"]
    return add_person(
        username="second", name="第二联络员", email="s@example.test", password_hash="!", unit=unit, role=Role.LIAISON,
        by=None, at=AT,
    )  # fmt: skip


@pytest.fixture
def place(world, second):
    unit, by = world.units["市住房建设局"], world.people["coordinator"]
    return set_place(
        task_list=world.task_list, unit=unit, liaison=world.people["liaison"], deputy=second, by=by, at=AT
    )  # fmt: skip


def say(person, topic):
    enqueue(recipient=person, key=f"{topic}:{person.pk}", subject="请报送", body="请报送", path="/", topic=topic, at=AT)


def waiting(person):
    return set(Message.objects.filter(recipient=person, status=Delivery.WAITING).values_list("topic", flat=True))


def test_what_waits_on_open_reports_is_called_off_for_the_predecessor_and_for_nobody_else(world, second, place):
    before, open_report = world.people["liaison"], f"report:{world.report('liaison').pk}"
    other = f"report:{world.report('school').pk}"
    for person in (before, second):
        for topic in (open_report, other):
            say(person, topic)
    hand_over(place=place, to=second, reason="岗位调整", by=world.people["coordinator"], at=LATER)
    assert waiting(before) == {other}
    assert {open_report, other} <= waiting(second)


def test_the_deputy_is_told_nothing_while_the_liaison_holds_the_post(world, second, place):
    asked = {"task_list_id": world.task_list.pk, "unit_id": place.unit_id}
    assert in_charge(**asked) == [world.people["liaison"]]
    world.people["liaison"].memberships.update(active=False)
    assert in_charge(**asked) == [second]


def test_a_deputy_who_takes_over_is_no_deputy_any_more(world, second, place):
    after = hand_over(place=place, to=second, reason="岗位调整", by=world.people["coordinator"], at=LATER)
    assert (after.liaison, after.deputy, after.since) == (second, None, LATER)


def test_open_reports_of_another_list_stay_where_they_are(world, second, place):
    other = with_neighbours(world)
    theirs = other.report("liaison")
    say(world.people["liaison"], f"report:{theirs.pk}")
    hand_over(place=place, to=second, reason="岗位调整", by=world.people["coordinator"], at=LATER)
    assert waiting(world.people["liaison"]) == {f"report:{theirs.pk}"}
    told = Message.objects.filter(recipient=second, subject__contains="接任").first()
    assert world.report("liaison").period.name in told.body
    assert other.task_list.title not in told.subject + told.body
    assert told.body.count("月报") == 2, "July and August of the one list"
    assert told.path == world.report("liaison").get_absolute_url(), "the newest"


def test_a_list_without_a_place_for_the_unit_reaches_all_its_liaisons_whomever_another_list_names(world, second, place):
    reached = [
        next(line.reached for line in roster_lines(each.task_list) if line.unit == place.unit)
        for each in (world, with_neighbours(world))
    ]
    assert reached == [[world.people["liaison"]], [world.people["liaison"], second]]


def test_what_is_handed_in_is_not_open(world, second, place):
    world.submit("liaison", percent=30, at="2024-08-02 10:00")
    hand_over(place=place, to=second, reason="岗位调整", by=world.people["coordinator"], at=LATER)
    told = Message.objects.filter(recipient=second, subject__contains="接任").first()
    assert told.body.count("月报") == 1, "July alone"


def test_an_excused_month_is_not_open(world, second, place):
    july = world.report("liaison", world.task_list.periods.earliest("opens_at"))
    by = world.people["coordinator"]
    exempt_unit(report=july, reason="机构改革", by=by, at=AT)
    hand_over(place=place, to=second, reason="岗位调整", by=by, at=LATER)
    told = Message.objects.filter(recipient=second, subject__contains="接任").first()
    assert told.body.count("月报") == 1, "August alone"


def test_another_person_begins_the_day_they_are_named_and_another_deputy_changes_nothing_of_it(world, second, place):
    named = {"task_list": world.task_list, "unit": place.unit, "by": world.people["coordinator"], "at": LATER}
    assert set_place(liaison=world.people["liaison"], deputy=None, **named).since == AT
    assert set_place(liaison=second, deputy=None, **named).since == LATER


def test_a_second_hand_over_to_the_same_person_is_told_again(world, second, place):
    by, first = world.people["coordinator"], world.people["liaison"]
    for to, day in ((second, 3), (first, 4), (second, 5)):
        hand_over(place=place, to=to, reason="岗位调整", by=by, at=beijing(f"2024-08-0{day} 10:00"))
    assert Message.objects.filter(recipient=second, channel="site", subject__contains="接任").count() == 2
