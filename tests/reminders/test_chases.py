"""Reminding at once: 催办 of a list's cases and 催报 of a round are one ledger and know of each other."""

import datetime as dt

import pytest

from tasks_app.accounts.permissions import viewer_of
from tasks_app.audit.models import Event
from tasks_app.catalogue.models import Milestone
from tasks_app.closing.actions import exempt_unit
from tasks_app.lib.errors import Refused
from tasks_app.outbox.models import Digest, Message
from tasks_app.reminders.actions import save_template
from tasks_app.reminders.chasing import chase_period, send_now
from tasks_app.reminders.models import Reminder
from tasks_app.reminders.queries import ledger, open_cases
from tasks_app.reporting.actions import return_entries
from tests.factories import beijing

AT = beijing("2024-08-06 15:00")


def period_chase(world, *names, at=AT):
    period = world.report("liaison").period
    ids = [world.units[name].pk for name in names] or list(period.reports.values_list("unit_id", flat=True))
    return chase_period(period=period, unit_ids=ids, by=world.people["coordinator"], at=at)


def list_chase(world, name, at=AT):
    key = f"report:{world.task_list.pk}.2024.8:{world.units[name].pk}"
    return send_now(task_list=world.task_list, case_keys=[key], by=world.people["coordinator"], at=at)


def test_a_chase_of_a_round_stands_in_the_ledger_and_as_the_latest_reminder(world):
    period_chase(world, "市住房建设局")
    row = ledger(viewer_of(world.people["coordinator"])).get()
    assert (row.report, row.recipient, row.moment) == (world.report("liaison"), world.people["liaison"], AT)
    last = {case.unit.name: case.last_told_at for case in open_cases(world.task_list, at=AT) if "8月" in case.title}
    assert last["市住房建设局"] == AT
    assert last["市教育局"] is None


def test_the_two_chases_know_of_each_other(world):
    later, much_later = beijing("2024-08-06 15:09"), beijing("2024-08-06 15:20")
    period_chase(world, "市住房建设局")
    with pytest.raises(Refused, match="10 分钟内"):
        list_chase(world, "市住房建设局", at=later)
    list_chase(world, "市教育局", at=later)
    with pytest.raises(Refused, match="10 分钟内"):
        period_chase(world, "市教育局", "市住房建设局", at=later)
    assert Digest.objects.count() == 2
    assert period_chase(world, "市教育局", "市住房建设局", at=much_later).people == 2


def test_a_round_is_chased_for_units_that_owe_and_the_others_are_left_alone(world):
    world.submit("liaison", percent=10, at="2024-08-03 16:00")
    exempt_unit(report=world.report("school"), reason="机构改革", by=world.people["coordinator"], at=AT)
    done = period_chase(world)
    assert (done.units, done.people, set(done.unreached)) == (3, 1, {"平安区政府", "海东工业园区管委会"})
    assert set(Reminder.objects.values_list("recipient__username", flat=True)) == {"colleague"}
    event = Event.objects.get(verb="reminders.chase_period")
    assert (event.target_id, event.after["people"]) == (world.report("liaison").period_id, 1)
    assert event.after["unreached"] == "、".join(done.unreached)


def test_a_unit_that_nobody_speaks_for_is_named_and_the_coordinator_gets_no_message(world):
    done = period_chase(world, "平安区政府")
    assert (done.units, done.people, list(done.unreached)) == (1, 0, ["平安区政府"])
    assert not Message.objects.filter(recipient=world.people["coordinator"]).exists()


def test_a_round_months_past_is_chased_until_it_is_closed(world):
    assert period_chase(world, "市教育局", at=beijing("2025-03-03 09:00")).people == 1


def test_after_ten_minutes_a_unit_may_be_chased_again(world):
    assert list_chase(world, "市教育局") == 1
    with pytest.raises(Refused, match="刚刚"):
        list_chase(world, "市教育局", at=AT + dt.timedelta(minutes=9, seconds=59))
    assert list_chase(world, "市教育局", at=AT + dt.timedelta(minutes=10)) == 1


def test_a_round_that_has_not_opened_yet_is_not_chased(world):
    key = f"report:{world.task_list.pk}.2024.9:{world.units['市教育局'].pk}"
    by = world.people["coordinator"]
    with pytest.raises(Refused, match="已经了结"):
        send_now(task_list=world.task_list, case_keys=[key], by=by, at=beijing("2024-08-31 23:59"))
    world.open("2024-09-01 00:00")
    assert send_now(task_list=world.task_list, case_keys=[key], by=by, at=beijing("2024-09-01 00:01")) == 1


def test_a_chase_of_a_round_is_in_the_words_that_the_list_has(world):
    by = world.people["coordinator"]
    words = {"title": "催报：{单位}", "text": "{单位}请速报{期}月报，有困难请来电。"}
    save_template(task_list=world.task_list, code="report-after", **words, by=by, at=AT)
    period_chase(world, "市教育局")
    told = Message.objects.filter(recipient=world.people["school"], channel="site").get()
    assert told.subject == "催报：市教育局"
    assert "市教育局请速报2024年8月期月报，有困难请来电。" in told.body


def test_a_task_is_offered_once_it_is_late_and_a_milestone_a_week_before_its_day(world):
    day = dt.date(2024, 9, 30)
    Milestone.objects.create(task=world.task(1), due_on=day, percent=40, text="完成招标")

    def offered(at):
        cases = open_cases(world.task_list, at=beijing(at))
        return [case.occasion for case in cases if case.occasion in ("task", "milestone") and case.unit]

    assert offered("2024-09-23 12:00") == []
    assert offered("2024-09-24 12:00") == ["milestone"]
    assert offered("2024-10-31 12:00") == ["milestone"]
    assert sorted(offered("2024-11-01 12:00")) == ["milestone", "task"]


def test_what_was_just_sent_back_is_not_late_yet(world):
    report = world.submit("liaison", percent=10, at="2024-08-03 09:00")
    return_entries(
        report=report,
        entry_ids=[e.pk for e in report.entries.all()],
        reason="请补充",
        by=world.people["coordinator"],
        at=beijing("2024-08-04 09:00"),
    )
    (case,) = [one for one in open_cases(world.task_list, at=beijing("2024-08-04 15:00")) if one.occasion == "returned"]
    assert not case.is_late
