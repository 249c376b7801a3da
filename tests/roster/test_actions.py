"""The roster: one person in charge per unit and list, handed over with everything that is open."""

import pytest
from django.contrib.auth.hashers import make_password

from tasks_app.accounts.actions import add_person
from tasks_app.accounts.choices import Role
from tasks_app.audit.models import Event
from tasks_app.closing.actions import close_period, reopen_unit
from tasks_app.handover.actions import hand_over, import_roster, set_place
from tasks_app.lib.errors import Refused
from tasks_app.outbox.models import Message
from tasks_app.reminders.actions import send_due
from tasks_app.reminders.choices import Why
from tasks_app.reminders.models import Reminder
from tasks_app.reminders.occasions import REPORT
from tasks_app.reporting.actions import return_entries
from tasks_app.roster.models import RosterPlace
from tasks_app.roster.queries import FileRow, resolve, roster_lines
from tests.factories import beijing

AT = "2024-08-02 10:00"


@pytest.fixture
def second(world):
    """Another liaison of 市住房建设局."""
    return add_person(
        username="second",
        name="市住房建设局第二联络员",
        email="second@example.test",
        password_hash=make_password("x"),
        unit=world.units["市住房建设局"],
        role=Role.LIAISON,
        by=None,
        at=beijing(AT),
    )


def place(world, person, deputy=None):
    return set_place(
        task_list=world.task_list,
        unit=world.units["市住房建设局"],
        liaison=person,
        deputy=deputy,
        by=world.people["coordinator"],
        at=beijing(AT),
    )


def reminded(world):
    rows = Reminder.objects.filter(unit=world.units["市住房建设局"], occasion=REPORT.code, period__month=8)
    return set(rows.exclude(why=Why.NOT_IN_CHARGE).values_list("recipient__username", flat=True))


def test_without_a_roster_every_liaison_of_the_unit_is_reminded(world, second):
    send_due(at=beijing("2024-08-05 09:00"))
    assert reminded(world) == {"liaison", "second"}


def test_the_roster_names_the_one_who_is_reminded(world, second):
    place(world, second)
    send_due(at=beijing("2024-08-05 09:00"))
    assert reminded(world) == {"second"}


def test_the_deputy_stands_in_for_a_liaison_who_left_the_post(world, second):
    place(world, world.people["liaison"], deputy=second)
    world.people["liaison"].memberships.update(active=False)
    send_due(at=beijing("2024-08-05 09:00"))
    assert reminded(world) == {"second"}


def told(words):
    rows = Message.objects.filter(subject__contains=words, channel="site")
    return set(rows.values_list("recipient__username", flat=True))


@pytest.mark.parametrize(("named", "people"), [(True, {"second"}), (False, {"liaison", "second"})])
def test_a_return_and_a_reopening_are_told_to_whom_reminders_reach(world, second, named, people):
    if named:
        place(world, second)
    by, report = world.people["coordinator"], world.submit("liaison", percent=30, at="2024-08-03 09:00")
    ids = list(report.entries.values_list("pk", flat=True))
    return_entries(report=report, entry_ids=ids, reason="请补充数量", by=by, at=beijing("2024-08-03 10:00"))
    assert told("被退回") == people
    close_period(period=report.period, by=by, at=beijing("2024-08-06 09:00"))
    reopen_unit(report=report, reason="系统故障", by=by, at=beijing("2024-08-06 10:00"))
    assert told("已重开") == people


def test_a_return_is_told_to_every_liaison_when_the_one_on_the_roster_left(world, second):
    place(world, second)
    report = world.submit("liaison", percent=30, at="2024-08-03 09:00")
    second.memberships.update(active=False)
    ids = list(report.entries.values_list("pk", flat=True))
    by, at = world.people["coordinator"], beijing("2024-08-03 10:00")
    return_entries(report=report, entry_ids=ids, reason="请补充数量", by=by, at=at)
    assert told("被退回") == {"liaison"}


def test_a_hand_over_moves_what_is_open(world, second):
    named = place(world, world.people["liaison"])
    world.fill(world.report("liaison"), percent=20, text="写了一半", by="liaison", at=AT)
    send_due(at=beijing("2024-08-02 10:30"))
    hand_over(place=named, to=second, reason="岗位调整", by=world.people["coordinator"], at=beijing("2024-08-02 11:00"))
    told = Message.objects.filter(recipient=second).first()
    assert "8月期月报：已填 2/2 项" in told.body
    send_due(at=beijing("2024-08-05 09:00"))
    later = Reminder.objects.filter(moment__gt=beijing("2024-08-02 11:00"), unit=world.units["市住房建设局"])
    assert set(later.values_list("recipient__username", flat=True)) == {"second"}
    event = Event.objects.get(verb="roster.hand_over")
    assert (event.before["liaison"], event.after["liaison"], event.reason) == ("liaison", "second", "岗位调整")


def test_nobody_gets_onto_the_roster_without_the_post(world):
    with pytest.raises(Refused, match="不是市住房建设局在任的联络员"):
        place(world, world.people["coordinator"])
    with pytest.raises(Refused, match="不是市住房建设局在任的联络员"):
        place(world, world.people["liaison"], deputy=world.people["school"])
    assert not RosterPlace.objects.exists()


def test_a_hand_over_needs_a_reason_and_another_person(world, second):
    named = place(world, second)
    by, at = world.people["coordinator"], beijing(AT)
    with pytest.raises(Refused, match="理由"):
        hand_over(place=named, to=world.people["liaison"], reason=" ", by=by, at=at)
    with pytest.raises(Refused, match="现在就是"):
        hand_over(place=named, to=second, reason="试", by=by, at=at)


def test_units_that_nobody_can_be_reached_in_are_an_alarm(world):
    alarms = {line.unit.name for line in roster_lines(world.task_list) if line.alarm}
    assert alarms == {"平安区政府", "海东工业园区管委会"}


def test_a_file_sets_all_places_or_none_and_names_each_problem_by_line_and_column(world, second):
    rows = [
        FileRow(2, "市住房建设局", "liaison", "second"),
        FileRow(3, "市住房城乡建设局", "second", ""),
        FileRow(4, "市火星局", "x", ""),
        FileRow(5, "市教育局", "liaison", ""),
        FileRow(6, "乐都区政府", "", ""),
        FileRow(7, "平安区政府", "a", "a"),
    ]
    problems = [(p.line, p.column) for p in resolve(world.task_list, rows).problems]
    assert problems == [
        (3, "单位"), (4, "单位"), (5, "联络员账号"), (6, "联络员账号"),
        (7, "联络员账号"), (7, "替补账号"), (7, "替补账号"),
    ]  # fmt: skip
    by, at = world.people["coordinator"], beijing(AT)
    with pytest.raises(Refused, match="第 3 行"):
        import_roster(task_list=world.task_list, rows=rows, by=by, at=at)
    assert not RosterPlace.objects.exists()
    good = [rows[0], FileRow(3, "市教育局", "school", "")]
    assert import_roster(task_list=world.task_list, rows=good, by=by, at=at) == 2
    assert import_roster(task_list=world.task_list, rows=good, by=by, at=at) == 0
