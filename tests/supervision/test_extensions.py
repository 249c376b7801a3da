"""延期 as actions."""

import datetime as dt
from dataclasses import replace

import pytest

from tasks_app.accounts.permissions import viewer_of
from tasks_app.audit.models import Event
from tasks_app.catalogue.actions import apply_items
from tasks_app.closing.actions import close_period
from tasks_app.closing.choices import ChangeKind
from tasks_app.closing.queries import compare
from tasks_app.lib.errors import Refused
from tasks_app.outbox.choices import Delivery
from tasks_app.outbox.models import Message
from tasks_app.supervision.actions import decide_closure, request_closure
from tasks_app.supervision.choices import ExtensionStatus
from tasks_app.supervision.extending import decide_extension, request_extension, withdraw_extension
from tasks_app.supervision.models import Extension
from tasks_app.supervision.requests import deadlines_of
from tests.factories import ITEMS, beijing

AT = "2024-08-02 10:00"
SCHOOL_DUE = dt.date(2024, 10, 31)  # of task 3, which 市教育局 leads
ASKED = dt.date(2024, 12, 20)


def ask(world, *, at=AT, asked=ASKED, reason="学校放假，签约推迟。", who="school", unit="市教育局", no=3):
    return request_extension(
        task=world.task(no), unit=world.units[unit], asked_due_on=asked, reason=reason,
        by=world.people[who], at=beijing(at),
    )  # fmt: skip


def decide(world, extension, *, granted=True, day=None, text="同意", at="2024-08-05 10:00"):
    return decide_extension(
        extension=extension, granted=granted, new_due_on=day, decision_text=text,
        by=world.people["supervisor"], at=beijing(at),
    )  # fmt: skip


def told(world, who, extension):
    return Message.objects.filter(recipient=world.people[who], topic=f"extension:{extension.pk}").exists()


def test_asking_tells_the_supervisor_and_moves_nothing(world):
    extension = ask(world)
    assert (extension.old_due_on, extension.asked_due_on) == (SCHOOL_DUE, ASKED)
    assert world.task(3).due_on == SCHOOL_DUE
    assert told(world, "supervisor", extension)


def test_the_last_second_of_the_deadlines_day_is_in_time_in_beijing(world):
    assert ask(world, at="2024-10-31 23:59:59").status == ExtensionStatus.REQUESTED


def test_after_the_deadline_it_is_refused_with_the_rule_and_the_date(world):
    with pytest.raises(Refused, match=r"延期须在完成时限之前申请.*2024年10月31日.*2024年11月1日"):
        ask(world, at="2024-11-01 00:00:00")
    assert not Extension.objects.exists()


def test_a_day_that_is_not_later_is_refused(world):
    with pytest.raises(Refused, match="晚于现在的时限"):
        ask(world, asked=SCHOOL_DUE)


def test_no_reason_a_second_request_and_a_unit_that_only_assists_are_refused(world):
    with pytest.raises(Refused, match="延期理由"):
        ask(world, reason="  ")
    with pytest.raises(Refused, match=r"不是.*牵头单位"):
        ask(world, who="colleague", unit="乐都区政府")
    ask(world)
    with pytest.raises(Refused, match="市教育局提出"):
        ask(world)


def test_granting_moves_the_deadline_keeps_the_old_one_and_computes_the_light_anew(world, now):
    now.move_to(beijing("2024-10-30 10:00"))
    extension = ask(world, at="2024-10-30 10:00")
    granted = decide(world, extension, at="2024-11-05 10:00")
    task = world.task(3)
    assert (task.due_on, task.printed_due_on) == (ASKED, SCHOOL_DUE)
    assert (granted.old_due_on, granted.new_due_on) == (SCHOOL_DUE, ASKED)
    assert task.standing.reason != "overdue"
    assert told(world, "school", extension)
    assert told(world, "coordinator", extension)


def test_the_supervisor_may_set_an_earlier_day_than_was_asked_for_and_no_later_one(world):
    extension = ask(world)
    for day in (SCHOOL_DUE, ASKED + dt.timedelta(days=1)):
        with pytest.raises(Refused, match="批准的时限"):
            decide(world, extension, day=day)
    assert decide(world, extension, day=dt.date(2024, 11, 30)).new_due_on == dt.date(2024, 11, 30)
    assert world.task(3).due_on == dt.date(2024, 11, 30)


def test_a_refusal_needs_its_reason_and_moves_nothing(world):
    extension = ask(world)
    with pytest.raises(Refused, match="写明理由"):
        decide(world, extension, granted=False, text=" ")
    decide(world, extension, granted=False, text="可以按期完成")
    assert world.task(3).due_on == SCHOOL_DUE
    with pytest.raises(Refused, match="已经办过"):
        decide(world, extension)


def test_taken_back_while_it_waits_it_cannot_be_granted_and_can_be_asked_for_again(world):
    extension = ask(world)
    withdraw_extension(extension=extension, reason="", by=world.people["school"], at=beijing(AT))
    with pytest.raises(Refused, match="单位撤回"):
        decide(world, extension)
    assert ask(world).status == ExtensionStatus.REQUESTED


def test_each_earlier_deadline_is_told_in_order(world):
    decide(world, ask(world))
    decide(world, ask(world, asked=dt.date(2025, 1, 31), at="2024-12-01 10:00"), at="2024-12-02 10:00")
    granted = list(world.task(3).extensions.order_by("decided_at"))
    days = [deadline.day.isoformat() for deadline in deadlines_of(world.task(3), granted)]
    assert days == ["2024-10-31", "2024-12-20", "2025-01-31"]
    assert world.task(3).printed_due_on == SCHOOL_DUE


def test_loading_the_list_again_leaves_the_later_deadline(world):
    decide(world, ask(world))
    apply_items(task_list=world.task_list, items=ITEMS, by=None, at=beijing("2024-08-06 10:00"))
    assert world.task(3).due_on == ASKED


def test_when_the_document_itself_names_another_day_that_day_holds(world):
    decide(world, ask(world))
    items = [replace(item, due_on=dt.date(2024, 12, 31)) if item.seq == 3 else item for item in ITEMS]
    apply_items(task_list=world.task_list, items=items, by=None, at=beijing("2024-08-06 10:00"))
    assert (world.task(3).due_on, world.task(3).printed_due_on) == (dt.date(2024, 12, 31), None)


def test_what_changed_this_month_says_so(world):
    coordinator = world.people["coordinator"]
    first, second = world.task_list.periods.order_by("opens_at")
    close_period(period=first, by=coordinator, at=beijing("2024-08-01 10:00"))
    decide(world, ask(world))
    close_period(period=second, by=coordinator, at=beijing("2024-08-06 10:00"))
    changes = compare(second.snapshots.get(), viewer_of(coordinator)).tasks
    moved = [(c.task.no, c.before, c.after) for c in changes if c.kind == ChangeKind.DUE]
    assert moved == [("3", "2024-10-31", "2024-12-20")]


def test_a_task_that_is_closed_meanwhile_lets_the_request_lapse(world):
    extension = ask(world)
    closure = request_closure(
        task=world.task(3), unit=world.units["市教育局"], evidence_text="已完成。",
        by=world.people["school"], at=beijing(AT),
    )  # fmt: skip
    decide_closure(closure=closure, granted=True, decision_text="", by=world.people["supervisor"], at=beijing(AT))
    extension.refresh_from_db()
    assert extension.status == ExtensionStatus.LAPSED
    event = Event.objects.get(verb="supervision.decide_extension")
    assert (event.before["status"], event.after["status"]) == ("requested", "lapsed")
    assert event.reason == "任务已同意销号，延期申请随之终止。"
    told = Message.objects.filter(topic=f"extension:{extension.pk}", status=Delivery.WAITING)
    assert {message.recipient for message in told} == {world.people["school"]}
    with pytest.raises(Refused, match="已经销号"):
        ask(world)


def test_each_act_is_in_the_log_with_before_after_and_why(world):
    decide(world, ask(world), text="情况属实")
    asked = Event.objects.get(verb="supervision.request_extension")
    decided = Event.objects.get(verb="supervision.decide_extension")
    moved = Event.objects.get(verb="catalogue.move_deadline")
    assert (asked.before["due_on"], asked.after["asked_due_on"]) == ("2024-10-31", "2024-12-20")
    assert (decided.before["due_on"], decided.after["due_on"], decided.reason) == (
        "2024-10-31", "2024-12-20", "情况属实",
    )  # fmt: skip
    assert (moved.before, moved.after, moved.reason) == (
        {"due_on": "2024-10-31"}, {"due_on": "2024-12-20"}, "情况属实",
    )  # fmt: skip
