"""How I am told, and my calendar."""

import pytest
from django.test import Client

from tasks_app.accounts.models import Membership
from tasks_app.audit.models import Event
from tasks_app.outbox.choices import Channel, Delivery
from tasks_app.outbox.models import ChannelPreference, Message
from tasks_app.reminders.models import CalendarFeed
from tests.factories import beijing

ME = "/me/reminders/"


def test_mail_is_switched_off_and_on_and_the_site_is_not(world, signed_in, read, tick):
    assert "始终接收，不能关闭" in read("liaison", ME)
    assert signed_in("liaison").post(ME, {"site": ""}).status_code == 302
    assert "已关闭" in read("liaison", ME)
    tick("2024-08-05 09:00")
    assert [message.channel for message in Message.objects.filter(recipient=world.people["liaison"])] == ["site"]
    signed_in("liaison").post(ME, {"email": "on"})
    assert "发到 liaison@example.test" in read("liaison", ME)


def test_without_a_gateway_there_are_no_text_messages_to_ask_for(read, signed_in):
    assert "本系统没有接入短信网关" in read("liaison", ME)
    signed_in("liaison").post(ME, {"email": "on", "sms": "on", "number": "13800000000"})
    assert not ChannelPreference.objects.filter(channel=Channel.SMS).exists()


@pytest.mark.parametrize(("number", "kept"), [("138 0000-0000", "13800000000"), ("", None), ("call me", None)])
def test_text_messages_need_a_number(number, kept, settings, signed_in):
    settings.SMS_URL = "http://gateway.example.test/"
    page = signed_in("liaison").post(ME, {"email": "on", "sms": "on", "number": number})
    if kept is None:
        assert page.status_code == 200
        assert "请填写手机号码" in page.content.decode()
        assert not ChannelPreference.objects.filter(channel=Channel.SMS).exists()
    else:
        assert ChannelPreference.objects.get(channel=Channel.SMS).address == kept


def test_a_test_message_says_how_it_went(world, signed_in, read):
    signed_in("liaison").post(f"{ME}test/", {"channel": "email"})
    assert "测试消息正在发送" in read("liaison", ME)
    Message.objects.update(status=Delivery.SENT)
    assert "上次测试已送出" in read("liaison", ME)
    Message.objects.update(status=Delivery.FAILED)
    assert "上次测试未能送达" in read("liaison", ME)


@pytest.mark.parametrize("channel", ["sms", "robot", "x", ""])
def test_a_channel_that_does_not_reach_me_is_not_tested(channel, signed_in):
    assert signed_in("liaison").post(f"{ME}test/", {"channel": channel}).status_code == 302
    assert not Message.objects.exists()


# --- the calendar --------------------------------------------------------------------------------


@pytest.fixture
def feed(signed_in, world):
    """`feed("liaison")` makes a calendar address for one of the cast and returns it."""

    def make(who: str) -> str:
        signed_in(who).post(f"{ME}calendar/", {"do": "issue"})
        return f"/calendar/{CalendarFeed.objects.get(user=world.people[who]).token}.ics"

    return make


def fetch(address: str) -> list[str]:
    """The calendar's lines, unfolded, as a program without an account reads them."""
    answer = Client().get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    return answer.content.decode().replace("\r\n ", "").split("\r\n")


def test_my_deadlines_are_read_without_signing_in(feed):
    lines = fetch(feed("liaison"))
    assert "SUMMARY:月报截止：市住房建设局 2024年8月期" in lines
    assert "DTSTART;TZID=Asia/Shanghai:20240805T180000" in lines
    assert "TZID:Asia/Shanghai" in lines
    assert "SUMMARY:2 项任务到期：市住房建设局" in lines
    assert "DTSTART;VALUE=DATE:20241231" in lines
    assert not [line for line in lines if "乐都区政府" in line or "市教育局" in line]


def test_a_coordinator_has_the_days_on_which_the_lists_fall_due(feed):
    assert "SUMMARY:月报汇总：2024年8月期截止" in fetch(feed("coordinator"))


@pytest.mark.parametrize("who", ["leader", "stranger"])
def test_who_owes_nothing_has_an_empty_calendar(who, feed):
    assert not [line for line in fetch(feed(who)) if line.startswith("SUMMARY")]


def test_what_is_reported_leaves_the_calendar_and_the_next_period_is_there_before_it_opens(world, feed):
    address = feed("liaison")
    world.submit("liaison", percent=10, at="2024-08-02 10:00")
    lines = fetch(address)
    assert "SUMMARY:月报截止：市住房建设局 2024年8月期" not in lines
    assert "SUMMARY:月报截止：市住房建设局 2024年9月期" in lines


def test_the_same_deadline_has_the_same_name_before_and_after_its_period_opens(world, feed, now):
    def named(lines: list[str]) -> str:
        at = lines.index("SUMMARY:月报截止：市住房建设局 2024年9月期")
        return next(line for line in reversed(lines[:at]) if line.startswith("UID:"))

    address = feed("liaison")
    before = named(fetch(address))
    now.move_to(beijing("2024-09-01 08:00"))
    world.open("2024-09-01 08:00")
    assert named(fetch(address)) == before


def test_every_deadline_has_a_name_of_its_own(feed):
    names = [line for line in fetch(feed("liaison")) if line.startswith("UID:")]
    assert len(names) == len(set(names)) > 3


def test_a_new_address_ends_the_old_one_and_ending_it_ends_both(feed, signed_in, read):
    old, new = feed("liaison"), feed("liaison")
    assert old != new
    assert new in read("liaison", ME)
    assert Client().get(old).status_code == 404
    assert Client().get(new).status_code == 200
    signed_in("liaison").post(f"{ME}calendar/", {"do": "revoke"})
    assert Client().get(new).status_code == 404


def test_whose_account_is_closed_has_no_calendar(world, feed):
    address = feed("liaison")
    world.people["liaison"].is_active = False
    world.people["liaison"].save()
    assert Client().get(address).status_code == 404


def test_whose_office_has_ended_owes_nothing_any_more(world, feed):
    address = feed("liaison")
    Membership.objects.filter(user=world.people["liaison"]).update(active=False)
    assert not [line for line in fetch(address) if line.startswith("SUMMARY")]


@pytest.mark.parametrize("token", ["x", "%00", "0" * 43, "x" * 500])
def test_an_address_that_nobody_has_is_not_there(token, db):
    assert Client().get(f"/calendar/{token}.ics").status_code == 404


def test_a_calendar_is_only_read(feed):
    assert Client().post(feed("liaison")).status_code == 405


def test_the_log_does_not_note_the_address(feed):
    token = feed("liaison").split("/")[-1].removesuffix(".ics")
    assert not [event for event in Event.objects.all() if token in str(vars(event))]


def test_the_last_of_two_test_messages_is_the_one_that_is_told(world, signed_in, read):
    address = "/me/reminders/test/"
    signed_in("liaison").post(address, {"channel": "email"})
    Message.objects.update(status=Delivery.FAILED)
    signed_in("liaison").post(address, {"channel": "email"})
    Message.objects.exclude(status=Delivery.FAILED).update(status=Delivery.SENT)
    page = read("liaison", "/me/reminders/")
    assert "上次测试已送出" in page
    assert "上次测试未能送达" not in page


def test_what_has_no_deadline_was_closed_or_retired_is_not_in_the_calendar(world, feed):
    address = feed("liaison")
    one, two = world.task(1), world.task(2)
    for change in ({"due_on": None}, {"closed_on": "2024-08-01"}, {"retired_at": beijing("2024-08-01 10:00")}):
        type(one).objects.filter(pk=one.pk).update(**change)
        assert [line for line in fetch(address) if "任务到期" in line or two.headline in line], "the other one is"
        assert not [line for line in fetch(address) if "2 项任务到期" in line], change
        one.save()
