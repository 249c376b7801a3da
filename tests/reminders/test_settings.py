"""What people set: words, steps, groups; what a forecast shows; what a round costs."""

import datetime as dt
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tasks_app.accounts.choices import Role
from tasks_app.accounts.models import Membership, User
from tasks_app.lib.errors import Refused
from tasks_app.outbox.choices import Channel, RobotKind
from tasks_app.outbox.models import ChannelPreference, GroupRobot, Message
from tasks_app.reminders.actions import Rung, make_round, save_step, save_template, set_robots
from tasks_app.reminders.choices import Audience, DayKind, ReminderState
from tasks_app.reminders.models import MessageTemplate, Reminder
from tasks_app.reminders.queries import forecast, preview, templates_of
from tasks_app.reporting.models import MonthlyReport
from tasks_app.units.models import Unit
from tasks_app.workdays.actions import import_days
from tests.factories import beijing
from tests.support.neighbours import with_neighbours

AT = beijing("2024-08-02 10:00")
HOLIDAYS = Path(__file__).parents[2] / "fixtures" / "holidays.csv"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{单位}请在{截至}前报送", "“{截至}”不是可用的占位符"),
        ("{单位.__class__}", "不是可用的占位符"),
        ("{单位", "单独的花括号"),
        ("{}", "不是可用的占位符"),
    ],
)
def test_a_template_with_an_unknown_placeholder_is_refused_and_told_why(world, text, says):
    with pytest.raises(Refused, match=says):
        save_template(
            task_list=world.task_list, code="report-before", title="t", text=text,
            by=world.people["coordinator"], at=AT,
        )  # fmt: skip


def test_a_preview_is_filled_with_examples():
    assert preview(title="{单位}：{期}", text="{截止}前，100%") == ("市住房建设局：2024年8月期", "8月5日18:00前，100%")


def test_a_lists_own_words_win(staffed, tick):
    by = staffed.people["coordinator"]
    save_template(task_list=None, code="report-before", title="通用 {单位}", text="x", by=by, at=AT)
    save_template(task_list=staffed.task_list, code="report-before", title="本清单 {单位}", text="x", by=by, at=AT)
    tick("2024-08-05 09:00")
    assert Message.objects.filter(subject="本清单 市住房建设局", channel=Channel.SITE).exists()


def test_a_ladder_has_one_step_a_day_and_audience_of_its_own_list_and_its_own_words(staffed):
    other, by = with_neighbours(staffed).task_list, staffed.people["coordinator"]
    rung = Rung(-1, dt.time(15), Audience.LIAISON)
    with pytest.raises(Refused, match="同一天、同一对象"):
        save_step(task_list=staffed.task_list, rung=rung, by=by, at=AT)
    save_step(task_list=staffed.task_list, rung=rung._replace(day_kind=DayKind.CALENDAR), by=by, at=AT)
    save_step(task_list=other, rung=rung, by=by, at=AT)
    MessageTemplate.objects.create(task_list=other, code="theirs", title="t", text="x")
    with pytest.raises(Refused, match="没有代号为“theirs”的模板"):
        save_step(task_list=staffed.task_list, rung=rung._replace(offset=-2), template="theirs", by=by, at=AT)


def test_a_group_hears_of_a_period_once_by_its_robot(staffed, tick):
    by = staffed.people["coordinator"]
    robot = GroupRobot.objects.create(name="工作群", kind=RobotKind.WECOM, address="http://127.0.0.1:1/")
    set_robots(task_list=staffed.task_list, robots=[robot], by=by, at=AT)
    staffed.task_list.reminder_steps.filter(offset=0).update(channels=[Channel.EMAIL, Channel.ROBOT])
    tick("2024-08-02 10:00")
    tick("2024-08-05 09:00")
    tick("2024-08-05 09:01")
    (told,) = Message.objects.filter(robot=robot)
    assert "还有 5 个单位未报送" in told.subject


def test_one_working_day_before_5_october_2024_is_sent_on_30_september_before_the_period_opens(staffed, tick):
    import_days(data=HOLIDAYS.read_bytes(), by=None, at=AT)
    tick("2024-09-30 09:00")
    sent = Reminder.objects.filter(moment=beijing("2024-09-30 09:00"), state=ReminderState.SENT)
    assert sent.filter(recipient=staffed.people["liaison"], step__offset=-1).count() == 1
    tick("2024-10-01 09:00")
    tick("2024-10-05 09:00")
    own = Reminder.objects.filter(recipient=staffed.people["liaison"], key__contains=".2024.10:", state="sent")
    assert sorted(own.values_list("step__offset", flat=True)) == [-1, 0]


def test_a_forecast_is_what_the_rounds_then_do(staffed, tick):
    tick("2024-08-02 10:00")
    until = beijing("2024-09-30 00:00")
    foreseen = {(e.moment, e.recipient, e.occasion) for e in forecast(at=AT, until=until)}
    between = [AT + dt.timedelta(hours=hours) for hours in range(7, 24 * 60, 7)]
    for at in sorted({moment for moment, _who, _what in foreseen}.union(between)):
        if at <= until:
            make_round(at=at)
    done = Reminder.objects.filter(moment__gt=AT, moment__lte=until)
    assert {(row.moment, str(row.recipient), row.occasion) for row in done} == foreseen


def test_a_forecast_names_the_channels_that_the_person_has_and_wants(staffed, settings):
    settings.SMS_URL = "http://gateway.example.test/"
    liaison, colleague = staffed.people["liaison"], staffed.people["colleague"]
    ChannelPreference.objects.create(user=liaison, channel=Channel.SMS, enabled=True, address="13900000000")
    ChannelPreference.objects.create(user=colleague, channel=Channel.EMAIL, enabled=False)
    at = beijing("2024-08-05 08:00")
    rows = {row.recipient_id: row.channels for row in forecast(at=at, until=beijing("2024-08-05 10:00"))}
    assert rows[liaison.pk] == ("site", "email", "sms")
    assert rows[colleague.pk] == ("site",)
    assert rows[staffed.people["平安区政府"].pk] == ("site",)


def count(at: dt.datetime) -> int:
    with CaptureQueriesContext(connection) as queries:
        make_round(at=at)
    return len(queries)


def crowd(world, size: int) -> None:
    place, period = world.task_list.jurisdiction, world.task_list.periods.latest("opens_at")
    units = Unit.objects.bulk_create(
        Unit(jurisdiction=place, name=f"单位{n}", kind="municipal_department") for n in range(size)
    )
    people = User.objects.bulk_create(User(username=f"crowd{n}", email=f"c{n}@example.test") for n in range(size))
    Membership.objects.bulk_create(
        Membership(user=user, unit=unit, role=Role.LIAISON) for user, unit in zip(people, units, strict=True)
    )
    MonthlyReport.objects.bulk_create(MonthlyReport(period=period, unit=unit) for unit in units)


def test_a_round_costs_the_same_for_five_units_as_for_three_hundred(staffed):
    """The round that writes does it by as many statements, too, but for SQLite's limit of values in one."""
    make_round(at=AT)
    few_idle = count(AT + dt.timedelta(minutes=1))
    few_busy = count(beijing("2024-08-05 09:00"))
    crowd(staffed, 300)
    many_busy = count(beijing("2024-08-06 09:00"))
    many_idle = count(beijing("2024-08-06 09:01"))
    assert many_idle <= few_idle
    # Two of each occasion's own, two for the savepoint that they share, one for what fails.
    assert few_idle <= 43
    if connection.vendor == "postgresql":
        # +1 has a coordinator's step more, rows of the day before to change, and batches of 500 rows where one was.
        assert many_busy <= few_busy + 5


def test_words_for_all_hold_where_a_list_has_none_of_its_own(world):
    by = world.people["administrator"]

    def title():
        return next(row.title for row in templates_of(world.task_list) if row.code == "report-before")

    built_in = title()
    save_template(task_list=None, code="report-before", title="各清单的话", text="请报送", by=by, at=AT)
    assert title() == "各清单的话" != built_in
    save_template(task_list=world.task_list, code="report-before", title="本清单的话", text="请报送", by=by, at=AT)
    assert title() == "本清单的话"
