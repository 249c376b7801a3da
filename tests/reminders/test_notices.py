"""The ladder of a supervision notice: until it is answered, for its unit and its supervisors, never for a group."""

import pytest

from tasks_app.notices.actions import issue_notices, judge_notice, reply_notice, withdraw_notice
from tasks_app.notices.choices import NoticeLevel
from tasks_app.notices.issuing import NoticeDraft
from tasks_app.outbox.actions import save_robot
from tasks_app.outbox.choices import Channel
from tasks_app.outbox.models import Digest, DigestLine
from tasks_app.reminders.actions import set_robots
from tasks_app.reminders.chasing import send_now
from tasks_app.reminders.choices import ReminderState, Why
from tasks_app.reminders.deadlines import deadlines_of
from tasks_app.reminders.models import Reminder
from tasks_app.reminders.occasions import NOTICE, REPORT
from tasks_app.reminders.queries import forecast, open_cases
from tests.factories import beijing

AT = beijing("2024-08-02 10:00")


@pytest.fixture
def notice(staffed):
    """A 督办单 to 市住房建设局, issued on Friday 2024-08-02, due on Friday 2024-08-09 at 18:00."""
    draft = NoticeDraft(staffed.units["市住房建设局"], NoticeLevel.ORDER, (staffed.task(1),), "请倒排工期。")
    by = staffed.people["supervisor"]
    return issue_notices(task_list=staffed.task_list, drafts=[draft], by=by, at=AT)[0]


@pytest.fixture
def answer(staffed, notice):
    def act(at):
        newest = notice.rounds.latest("number")
        by = staffed.people["liaison"]
        return reply_notice(notice=notice, reply_text="已办理。", version=newest.version, by=by, at=beijing(at))

    return act


def steps() -> list[tuple[str, str, str]]:
    rows = Reminder.objects.filter(occasion=NOTICE.code).order_by("moment", "pk")
    return [(f"{row.moment:%m-%d}", row.recipient.username, row.state) for row in rows if row.recipient]


def test_the_unit_is_reminded_before_on_and_after_the_day_and_then_the_supervisor(notice, tick):
    for day in ("08-08", "08-09", "08-12"):
        tick(f"2024-{day} 09:00")
    assert steps() == [
        ("08-08", "liaison", ReminderState.SENT),
        ("08-09", "liaison", ReminderState.SENT),
        ("08-12", "liaison", ReminderState.SENT),
        ("08-12", "supervisor", ReminderState.SENT),
        ("08-12", "inspector", ReminderState.SENT),
    ]
    line = DigestLine.objects.filter(topic=f"notice:{notice.pk}").order_by("pk")
    assert [line.title for line in line][:4:2] == [
        f"请于 8月9日18:00 前回复：督办单 {notice.number}",
        f"市住房建设局逾期未回复：督办单 {notice.number}",
    ]
    assert {one.path for one in line} == {f"/notices/{notice.pk}/"}


def test_a_reply_stops_the_ladder(notice, answer, tick):
    tick("2024-08-08 09:00")
    answer("2024-08-08 15:00")
    tick("2024-08-09 09:00")
    tick("2024-08-12 09:00")
    assert [state for _day, _who, state in steps()] == [ReminderState.SENT]


def test_a_reply_in_the_night_suppresses_what_was_planned_and_says_why(notice, answer, tick):
    tick("2024-08-09 00:01")
    answer("2024-08-09 08:00")
    tick("2024-08-09 09:00")
    row = Reminder.objects.get(occasion=NOTICE.code, moment=beijing("2024-08-09 09:00"))
    assert (row.state, row.why, row.notice_id) == (ReminderState.SUPPRESSED, Why.SETTLED, notice.pk)


def test_a_withdrawn_notice_is_not_reminded_of(staffed, notice, tick):
    withdraw_notice(notice=notice, reason="有误", by=staffed.people["supervisor"], at=AT)
    tick("2024-08-08 09:00")
    assert not steps()


def test_a_returned_notice_has_a_ladder_of_its_own(staffed, notice, answer, tick):
    tick("2024-08-08 09:00")
    answer("2024-08-08 15:00")
    by, at = staffed.people["supervisor"], beijing("2024-08-08 16:00")
    judge_notice(notice=notice, closed=False, judge_text="再办。", workdays=2, by=by, at=at)
    tick("2024-08-09 09:00")
    assert [step[:2] for step in steps()] == [("08-08", "liaison"), ("08-09", "liaison")]


def test_a_step_from_before_a_notice_was_sent_back_is_none_of_the_new_round(staffed, notice, answer, tick):
    answer("2024-08-07 15:00")
    by, at = staffed.people["supervisor"], beijing("2024-08-08 16:00")
    judge_notice(notice=notice, closed=False, judge_text="再办。", workdays=1, by=by, at=at)
    tick("2024-08-09 09:00")
    assert [step[:2] for step in steps()] == [("08-09", "liaison")], "a day before is not asked for at hindsight"


def test_reports_and_notices_of_one_morning_are_one_message(staffed, notice, tick):
    # The report is late since Monday the 5th; its unit's notice is due on the 9th.
    staffed.task_list.reminder_steps.filter(occasion=REPORT.code, offset=1, audience="liaison").update(offset=4)
    tick("2024-08-09 09:00")
    digest = Digest.objects.get(recipient=staffed.people["liaison"], day="2024-08-09")
    assert [line.title[:2] for line in digest.lines.order_by("order")] == ["请于", "催报"]


def test_groups_are_not_told_of_a_units_notice(staffed, notice, tick, settings):
    settings.ROBOT_HOSTS = ["robots.example.test"]
    by, hook = staffed.people["administrator"], "https://robots.example.test/send?key=1"
    robot = save_robot(robot=None, name="群", kind="wecom", address=hook, secret="", active=True, by=by, at=AT)
    set_robots(task_list=staffed.task_list, robots=[robot], by=by, at=AT)
    staffed.task_list.reminder_steps.filter(occasion=NOTICE.code).update(channels=[Channel.SITE, Channel.ROBOT])
    tick("2024-08-12 09:00")
    assert not Reminder.objects.filter(occasion=NOTICE.code, robot__isnull=False).exists()


def test_the_forecast_shows_it_and_a_chase_reaches_the_unit(staffed, notice, tick):
    coming = forecast(at=AT, until=beijing("2024-08-13 00:00"))
    told = [(f"{one.moment:%m-%d}", one.recipient) for one in coming if one.occasion == NOTICE.code]
    assert told == [
        ("08-08", "市住房建设局联络员"),
        ("08-09", "市住房建设局联络员"),
        ("08-12", "市住房建设局联络员"),
        ("08-12", "市政府办公室督查室督查员"),
        ("08-12", "市政府办公室督查员"),
    ]
    (case,) = [case for case in open_cases(staffed.task_list, at=AT) if case.occasion == NOTICE.code]
    assert case.title == f"督办单 {notice.number}"
    by = staffed.people["supervisor"]
    assert send_now(task_list=staffed.task_list, case_keys=[case.key], by=by, at=AT) == 1
    (case,) = [case for case in open_cases(staffed.task_list, at=AT) if case.occasion == NOTICE.code]
    assert case.last_told_at == AT


def test_the_units_calendar_has_the_day_until_it_is_answered(staffed, notice, answer):
    def days():
        found = deadlines_of(staffed.people["liaison"], at=AT)
        return [one.on for one in found if one.path == f"/notices/{notice.pk}/"]

    assert days() == [notice.due_at]
    answer("2024-08-05 10:00")
    assert days() == []
