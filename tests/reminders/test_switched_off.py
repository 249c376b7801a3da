"""What is switched off, closed or nobody's any more reminds nobody: steps, groups, accounts, tasks."""

import pytest

from tasks_app.accounts.models import User
from tasks_app.catalogue.models import Task
from tasks_app.closing.actions import close_period, reopen_unit
from tasks_app.outbox.choices import Channel, RobotKind
from tasks_app.outbox.models import GroupRobot, Message
from tasks_app.reminders.actions import issue_calendar_feed, make_round, revoke_calendar_feed, set_robots
from tasks_app.reminders.deadlines import deadlines_of, feed_owner
from tasks_app.reminders.facts import read
from tasks_app.reminders.models import Reminder
from tasks_app.reminders.queries import forecast
from tasks_app.reporting.actions import return_entries
from tests.factories import beijing

AT = beijing("2024-08-02 10:00")
FIFTH = beijing("2024-08-05 09:00")


@pytest.fixture
def group(staffed):
    """A chat group that hears of every step of the list."""
    robot = GroupRobot.objects.create(name="工作群", kind=RobotKind.WECOM, address="http://127.0.0.1:1/")
    set_robots(task_list=staffed.task_list, robots=[robot], by=staffed.people["coordinator"], at=AT)
    staffed.task_list.reminder_steps.update(channels=[Channel.SITE, Channel.ROBOT])
    return robot


def test_a_step_that_is_switched_off_reminds_nobody_and_the_others_go_on(staffed):
    staffed.task_list.reminder_steps.filter(offset=0).update(active=False)
    make_round(at=FIFTH)
    assert not Reminder.objects.filter(moment=FIFTH).exists()
    make_round(at=beijing("2024-08-06 09:00"))
    assert Reminder.objects.filter(moment=beijing("2024-08-06 09:00")).exists()


@pytest.mark.parametrize(("active", "hears"), [(True, True), (False, False)])
def test_a_group_hears_only_while_its_robot_is_on(staffed, group, active, hears):
    GroupRobot.objects.filter(pk=group.pk).update(active=active)
    make_round(at=FIFTH)
    assert Message.objects.filter(robot=group).exists() is hears


def test_a_group_hears_of_the_round_and_not_of_what_a_unit_got_back(staffed, group):
    report, by = staffed.submit("liaison", percent=10, at="2024-08-02 11:00"), staffed.people["coordinator"]
    ids = list(report.entries.values_list("pk", flat=True))
    return_entries(report=report, entry_ids=ids, reason="请补充", by=by, at=beijing("2024-08-02 16:00"))
    make_round(at=FIFTH)
    make_round(at=beijing("2024-08-07 09:00"))
    told = Reminder.objects.filter(robot=group)
    assert set(told.values_list("occasion", flat=True)) == {"report"}
    assert Reminder.objects.filter(occasion="returned", recipient=staffed.people["liaison"]).exists()


def test_a_calendar_ends_with_its_account_and_when_it_is_taken_back(staffed):
    person = staffed.people["liaison"]
    token = issue_calendar_feed(user=person, by=person, at=AT).token
    assert feed_owner(token) == person
    assert feed_owner(token + "x") is None
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert feed_owner(token) is None
    User.objects.filter(pk=person.pk).update(is_active=True)
    newer = issue_calendar_feed(user=person, by=person, at=AT).token
    assert (feed_owner(token), feed_owner(newer)) == (None, person)
    revoke_calendar_feed(user=person, by=person, at=AT)
    assert feed_owner(newer) is None


def test_a_calendar_names_open_tasks_that_the_unit_leads_and_reports_that_are_not_in(staffed):
    def titles(at):
        return [one.title for one in deadlines_of(staffed.people["school"], at=at)]

    assert [title for title in titles(AT) if "任务到期" in title] != []
    assert len([title for title in titles(AT) if "8月期" in title]) == 1
    staffed.submit("school", percent=10, at="2024-08-02 11:00")
    assert [title for title in titles(AT) if "2024年8月期" in title] == []
    assert [title for title in titles(AT) if "2024年9月期" in title] != []
    for change in ({"closed_on": "2024-08-02"}, {"closed_on": None, "retired_at": AT}):
        Task.objects.filter(pk=staffed.task(3).pk).update(**change)
        assert [title for title in titles(AT) if "任务到期" in title] == []
        assert [title for title in titles(AT) if "2024年9月期" in title] == [], "nothing is owed in the months to come"


def test_no_month_to_come_is_foreseen_for_who_will_owe_nothing_in_it(staffed):
    def foreseen():
        rows = forecast(at=beijing("2024-08-20 09:00"), until=beijing("2024-09-04 10:00"))
        return {row.recipient for row in rows if row.occasion == "report"}

    school = str(staffed.people["school"])
    assert school in foreseen()
    for change in ({"closed_on": "2024-08-02"}, {"closed_on": None, "retired_at": AT}):
        Task.objects.filter(pk=staffed.task(3).pk).update(**change)
        assert school not in foreseen()


def test_what_was_sent_back_in_a_closed_round_is_asked_for_only_once_it_is_reopened(staffed):
    def asked(at):
        return {case.unit.name for case in read(at=beijing(at)).cases if case.occasion == "returned" and case.unit}

    report, by = staffed.submit("liaison", percent=10, at="2024-08-02 11:00"), staffed.people["coordinator"]
    ids = list(report.entries.values_list("pk", flat=True))
    return_entries(report=report, entry_ids=ids, reason="请补充", by=by, at=beijing("2024-08-02 16:00"))
    assert asked("2024-08-05 10:00") == {"市住房建设局"}
    close_period(period=report.period, by=by, at=beijing("2024-08-06 09:00"))
    assert asked("2024-08-06 10:00") == set()
    reopen_unit(report=report, reason="系统故障", by=by, at=beijing("2024-08-06 11:00"))
    assert asked("2024-08-06 12:00") == {"市住房建设局"}
