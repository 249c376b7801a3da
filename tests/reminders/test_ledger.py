"""The ledger: what is due is a row; what was not sent says why."""

import datetime as dt
from collections import Counter

import pytest

from tasks_app.accounts.actions import add_person
from tasks_app.accounts.choices import Role
from tasks_app.accounts.models import Membership
from tasks_app.audit.models import Event
from tasks_app.closing.actions import close_period, reopen_unit
from tasks_app.lib.errors import Refused
from tasks_app.outbox.actions import deliver_waiting
from tasks_app.outbox.choices import Channel, Delivery, RobotKind
from tasks_app.outbox.models import Digest, GroupRobot, Message
from tasks_app.reminders.actions import make_round, pause_list, resume_list, save_policy, set_robots
from tasks_app.reminders.chasing import send_now
from tasks_app.reminders.choices import Audience, ReminderState, Why
from tasks_app.reminders.models import Reminder
from tasks_app.reminders.queries import open_cases
from tasks_app.reporting.actions import accept_entries, return_entries, submit_report
from tests.factories import beijing


def rows(**of) -> Counter:
    return Counter(Reminder.objects.filter(**of).values_list("state", "why"))


def site(person) -> list[Message]:
    return list(Message.objects.filter(recipient=person, channel=Channel.SITE).order_by("pk"))


def test_todays_steps_stand_in_the_ledger_before_anything_is_sent(staffed):
    make_round(at=beijing("2024-08-02 10:00"))
    make_round(at=beijing("2024-08-05 00:01"))
    due = Reminder.objects.filter(state=ReminderState.DUE, moment=beijing("2024-08-05 09:00"))
    assert due.count() == 5
    assert not due.filter(line__isnull=False).exists()
    assert not Message.objects.filter(created_at__gte=beijing("2024-08-05 00:00"), digest__day="2024-08-05").exists()


def test_what_was_delivered_is_noted_as_sent(staffed, tick):
    tick("2024-08-05 09:00")
    assert rows(moment=beijing("2024-08-05 09:00")) == {(ReminderState.SENT, ""): 5}


def test_a_report_that_comes_in_suppresses_the_row_and_says_why(staffed):
    make_round(at=beijing("2024-08-05 00:01"))
    staffed.submit("liaison", percent=10, at="2024-08-05 08:00")
    make_round(at=beijing("2024-08-05 08:01"))
    row = Reminder.objects.get(recipient=staffed.people["liaison"], moment=beijing("2024-08-05 09:00"))
    assert (row.state, row.why) == (ReminderState.SUPPRESSED, Why.SETTLED)


def test_a_report_between_round_and_delivery_suppresses_row_and_message(staffed):
    at = beijing("2024-08-05 09:00")
    make_round(at=at)
    staffed.submit("liaison", percent=10, at="2024-08-05 09:00")
    deliver_waiting(at=at)
    make_round(at=at)
    row = Reminder.objects.get(recipient=staffed.people["liaison"], moment=at)
    assert (row.state, row.why) == (ReminderState.SUPPRESSED, Why.SETTLED)
    assert {message.status for message in Message.objects.filter(digest=row.line.digest)} == {Delivery.SUPPRESSED}


def test_after_three_days_down_across_the_5th_there_is_one_digest_each(staffed, tick):
    Reminder.objects.all().delete()
    tick("2024-09-03 12:00")
    before = Message.objects.filter(channel=Channel.SITE).count()
    tick("2024-09-06 12:00")
    told = Message.objects.filter(channel=Channel.SITE)[: Message.objects.filter(channel=Channel.SITE).count() - before]
    assert max(Counter(m.recipient_id for m in told).values()) == 1
    # +1 speaks; -1 and the 5th itself are recorded as skipped because it does.
    september = {"period__month": 9, "recipient": staffed.people["liaison"]}
    assert rows(**september) == {
        (ReminderState.SENT, ""): 2,  # three days before, and the day after
        (ReminderState.SKIPPED, Why.SUPERSEDED): 2,
    }


def test_what_was_missed_for_more_than_a_week_is_recorded_and_not_sent(staffed, tick):
    tick("2024-08-16 10:00")
    assert rows(period__month=8, unit=staffed.units["市住房建设局"]) == {(ReminderState.SKIPPED, Why.MISSED): 4}
    assert not Message.objects.filter(created_at__gte=beijing("2024-08-16 00:00"), digest__isnull=False).exists()


def test_a_new_liaison_gets_what_the_old_one_no_longer_should(staffed, tick):
    make_round(at=beijing("2024-08-05 00:01"))
    old = Membership.objects.get(user=staffed.people["liaison"])
    old.active = False
    old.save()
    new = add_person(
        username="new", name="新任联络员", email="new@example.test", password_hash="", unit=old.unit,
        role=Role.LIAISON, by=None, at=beijing("2024-08-05 08:00"),
    )  # fmt: skip
    tick("2024-08-05 09:00")
    row = Reminder.objects.get(recipient=staffed.people["liaison"], moment=beijing("2024-08-05 09:00"))
    assert (row.state, row.why) == (ReminderState.SUPPRESSED, Why.NOT_IN_CHARGE)
    assert "请报送" in site(new)[0].subject


def test_a_unit_without_liaison_escalates_to_the_coordinator(world, tick):
    tick("2024-08-05 09:00")
    (told,) = site(world.people["coordinator"])
    assert "平安区政府" in told.subject
    assert "海东工业园区管委会" in told.subject
    assert "没有在任的联络员" in told.body


def test_with_nobody_at_all_the_ledger_says_so(world, tick):
    Membership.objects.exclude(user=world.people["supervisor"]).update(active=False)
    tick("2024-08-05 09:00")
    assert rows(moment=beijing("2024-08-05 09:00")) == {(ReminderState.SKIPPED, Why.NOBODY): 5}


def test_two_lists_on_one_day_are_one_message_per_channel(second_list, staffed, tick):
    tick("2024-08-05 09:00")
    (one,) = site(staffed.people["liaison"])
    assert "等 2 项" in one.subject
    assert "又一份清单" in one.body
    assert staffed.task_list.title in one.body
    assert Message.objects.filter(recipient=staffed.people["liaison"], channel=Channel.EMAIL).count() == 1


def test_a_later_step_of_the_day_comes_along_with_the_first(second_list, staffed, tick):
    tick("2024-08-02 10:00")
    second_list.reminder_steps.filter(offset=0).update(time="14:00")
    tick("2024-08-05 09:00")
    one = site(staffed.people["liaison"])[-1]
    assert "又一份清单" in one.body
    assert tick("2024-08-05 14:00") == 0


def test_a_digest_loses_the_line_that_is_settled_and_keeps_the_rest(second_list, staffed):
    at = beijing("2024-08-05 09:00")
    make_round(at=at)
    own = staffed.task_list.periods.latest("opens_at").reports.get(unit=staffed.units["市住房建设局"])
    staffed.fill(own, percent=10, text="已招标。", by="liaison", at="2024-08-05 09:00")
    submit_report(report=own, by=staffed.people["liaison"], at=at)
    deliver_waiting(at=at)
    (one,) = site(staffed.people["liaison"])
    assert "又一份清单" in one.body
    assert staffed.task_list.title not in one.body
    make_round(at=at)
    assert rows(recipient=staffed.people["liaison"], moment=at) == {
        (ReminderState.SENT, ""): 1,
        (ReminderState.SUPPRESSED, Why.SETTLED): 1,
    }


def test_mail_waits_for_the_morning_while_the_site_has_it_at_once(staffed, tick):
    staffed.task_list.reminder_steps.filter(offset=0).update(time="22:00")
    tick("2024-08-05 22:00")
    mail = Message.objects.filter(channel=Channel.EMAIL, digest__day="2024-08-05")
    assert {message.not_before for message in mail} == {beijing("2024-08-06 07:00")}
    assert {message.status for message in mail} == {Delivery.WAITING}
    assert site(staffed.people["liaison"])[-1].status == Delivery.SENT


def test_beyond_the_days_cap_the_rest_waits_for_tomorrow(second_list, staffed, tick):
    at = beijing("2024-08-05 08:00")
    save_policy(quiet_from=at.time(), quiet_until=at.time(), daily_cap=1, by=None, at=at)
    second_list.reminder_steps.filter(offset=0).update(time="19:00")  # after the deadline: does not come along
    tick("2024-08-05 09:00")
    assert tick("2024-08-05 19:00") == 0
    tick("2024-08-06 00:01")
    assert Digest.objects.filter(recipient=staffed.people["liaison"], day="2024-08-06").count() == 1


def test_the_days_cap_is_of_people_and_not_of_groups(staffed, tick):
    by, at = staffed.people["administrator"], beijing("2024-08-05 07:00")
    save_policy(quiet_from=dt.time(21), quiet_until=dt.time(7), daily_cap=1, by=by, at=at)
    robot = GroupRobot.objects.create(name="工作群", kind=RobotKind.WECOM, address="http://127.0.0.1:1/")
    set_robots(task_list=staffed.task_list, robots=[robot], by=by, at=at)
    steps = staffed.task_list.reminder_steps.filter(occasion="report", offset=0)
    steps.update(audience=Audience.COORDINATOR, channels=[Channel.SITE, Channel.ROBOT])
    later = steps.get()
    later.pk, later.time, later.audience = None, dt.time(15), Audience.SUPERVISOR
    later.save()
    for moment in ("09:00", "15:00"):
        tick(f"2024-08-05 {moment}")
    assert Digest.objects.filter(robot=robot).count() == 2


def test_a_paused_list_sends_nothing_then_or_afterwards(staffed, tick):
    by = staffed.people["coordinator"]
    pause_list(task_list=staffed.task_list, reason="国庆前已统一部署", by=by, at=beijing("2024-08-02 10:00"))
    assert tick("2024-08-05 09:00") == 0
    resume_list(task_list=staffed.task_list, by=by, at=beijing("2024-08-05 12:00"))
    assert tick("2024-08-05 12:01") == 0
    assert rows(moment=beijing("2024-08-05 09:00")) == {(ReminderState.SKIPPED, Why.PAUSED): 5}
    assert tick("2024-08-06 09:00") > 0
    assert set(Event.objects.filter(verb__contains="list").values_list("verb", flat=True)) >= {
        "reminders.pause_list", "reminders.resume_list",
    }  # fmt: skip


def test_a_pause_needs_a_reason(staffed):
    with pytest.raises(Refused, match="暂停理由"):
        pause_list(
            task_list=staffed.task_list, reason=" ", by=staffed.people["coordinator"], at=beijing("2024-08-02 10:00")
        )


def test_one_more_nudge_goes_out_at_once_and_not_for_what_is_settled(staffed):
    by, at = staffed.people["coordinator"], beijing("2024-08-03 15:00")
    unit = staffed.units["市住房建设局"]
    key = f"report:{staffed.task_list.pk}.2024.8:{unit.pk}"
    assert send_now(task_list=staffed.task_list, case_keys=[key], by=by, at=at) == 1
    deliver_waiting(at=at)
    assert "请报送" in site(staffed.people["liaison"])[-1].subject
    staffed.submit("liaison", percent=10, at="2024-08-03 16:00")
    with pytest.raises(Refused, match="已经了结"):
        send_now(task_list=staffed.task_list, case_keys=[key], by=by, at=at)


def test_what_a_closed_round_lacks_is_not_asked_for_until_the_unit_is_reopened(staffed, tick):
    report, by = staffed.submit("liaison", percent=10, at="2024-08-03 11:00"), staffed.people["coordinator"]
    ids = list(report.entries.values_list("pk", flat=True))
    return_entries(report=report, entry_ids=ids[:1], reason="请补充数量", by=by, at=beijing("2024-08-05 17:00"))
    accept_entries(report=report, entry_ids=ids[1:], by=by, at=beijing("2024-08-05 17:00"))
    close_period(period=report.period, by=by, at=beijing("2024-08-05 19:00"))
    tick("2024-08-06 09:00")
    assert not rows(moment=beijing("2024-08-06 09:00"), occasion__in=["report", "returned"])
    assert not [case for case in open_cases(staffed.task_list, at=beijing("2024-08-06 09:00")) if "8月期" in case.title]
    school = staffed.report("school")
    reopen_unit(report=school, reason="系统故障", by=by, at=beijing("2024-08-06 09:30"))
    tick("2024-08-06 10:00")
    told = Reminder.objects.filter(moment=beijing("2024-08-06 09:00"), state=ReminderState.SENT)
    assert set(told.filter(unit__isnull=False).values_list("report_id", flat=True)) == {school.pk}


def test_a_return_is_chased_after_one_and_three_working_days_until_it_comes_again(staffed, tick):
    report = staffed.submit("liaison", percent=10, at="2024-08-02 11:00")
    ids = list(report.entries.values_list("pk", flat=True))[:1]
    return_entries(
        report=report,
        entry_ids=ids,
        reason="请补充数量",
        by=staffed.people["coordinator"],
        at=beijing("2024-08-02 16:00"),
    )
    tick("2024-08-05 09:00")
    assert "退回待改" in site(staffed.people["liaison"])[-1].subject
    submit_report(report=report, by=staffed.people["liaison"], at=beijing("2024-08-06 10:00"))
    tick("2024-08-07 09:00")
    assert len([m for m in site(staffed.people["liaison"]) if "退回待改" in m.subject]) == 1


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2024-10-01 09:00", "将于 2024年10月31日 到期"),
        ("2024-10-24 09:00", "将于 2024年10月31日 到期"),
        ("2024-10-30 09:00", "将于 2024年10月31日 到期"),
        ("2024-11-01 09:00", "已逾期"),
        ("2024-11-08 09:00", "已逾期"),
        ("2024-11-15 09:00", "已逾期"),
    ],
)
def test_a_task_is_announced_before_its_deadline_and_chased_weekly_after(staffed, tick, moment, words):
    tick(moment)
    said = [m for m in site(staffed.people["school"]) if words in m.subject + m.body]
    assert said
    assert any(staffed.task(3).headline in message.body for message in said)


def test_a_closed_task_is_not_chased(staffed, tick):
    task = staffed.task(3)
    task.closed_on = beijing("2024-10-20 09:00").date()
    task.save()
    tick("2024-11-01 09:00")
    assert not any("逾期" in message.subject + message.body for message in site(staffed.people["school"]))


def test_many_tasks_due_on_one_day_are_one_line(staffed, tick):
    staffed.submit("liaison", percent=10, at="2024-08-02 11:00")
    tick("2024-12-01 09:00")
    lines = [m for m in site(staffed.people["liaison"]) if "2 项任务将于 2024年12月31日 到期" in m.subject + m.body]
    assert len(lines) == 1
    assert rows(task__isnull=False, recipient=staffed.people["liaison"]) == {(ReminderState.SENT, ""): 2}
