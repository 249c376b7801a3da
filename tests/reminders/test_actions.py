"""The 5th of the month: who gets what, once."""

from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command

from tasks_app.accounts.actions import add_person
from tasks_app.accounts.choices import Role
from tasks_app.outbox.actions import deliver_waiting
from tasks_app.outbox.choices import Channel, Delivery
from tasks_app.outbox.models import Message
from tasks_app.reminders.actions import make_round, send_due
from tests.factories import beijing

ON_THE_5TH = beijing("2024-08-05 09:00")
UNMAILED = ["平安区政府", "海东工业园区管委会"]


def recipients(channel=Channel.SITE):
    return sorted(Message.objects.filter(channel=channel).values_list("recipient__username", flat=True))


@pytest.fixture
def quiet(world):
    """Only the 5th speaks, and every unit has a liaison: those that the cast leaves without get one, unmailed."""
    Message.objects.all().delete()
    for name in ("海东工业园区管委会", "平安区政府"):
        world.people[name] = add_person(
            username=name, name=f"{name}联络员", email="", password_hash="", role=Role.LIAISON,
            unit=world.units[name], by=None, at=ON_THE_5TH,
        )  # fmt: skip
    world.task_list.reminder_steps.filter(offset__lt=0).update(active=False)
    return world


def test_every_liaison_whose_report_is_not_in_gets_one_message_and_one_mail(quiet):
    quiet.submit("school", percent=10, at="2024-08-04 10:00")
    send_due(at=ON_THE_5TH)
    assert recipients() == ["colleague", "liaison", *UNMAILED]
    assert recipients(Channel.EMAIL) == ["colleague", "liaison"]


def test_ticking_twice_still_gives_one_each(quiet):
    make_round(at=ON_THE_5TH)
    first = Message.objects.count()
    make_round(at=ON_THE_5TH)
    make_round(at=beijing("2024-08-05 09:01"))
    assert Message.objects.count() == first == 8


def test_nothing_goes_out_a_second_before_nine(quiet):
    send_due(at=beijing("2024-08-05 08:59:59"))
    assert not Message.objects.exists()


def test_mail_goes_out_once_in_chinese_with_a_link(quiet):
    send_due(at=ON_THE_5TH)
    assert deliver_waiting(at=ON_THE_5TH) == 8
    assert deliver_waiting(at=ON_THE_5TH) == 0
    assert len(mail.outbox) == 3
    letter = next(m for m in mail.outbox if m.to == ["liaison@example.test"])
    assert letter.subject == "请报送：市住房建设局 2024年8月期月报"
    assert "8月5日18:00" in letter.body
    assert f"/reports/{quiet.report('liaison').pk}/" in letter.body


def test_a_report_that_comes_in_between_suppresses_the_waiting_message(quiet):
    send_due(at=ON_THE_5TH)
    quiet.submit("liaison", percent=10, at="2024-08-05 09:00")
    assert deliver_waiting(at=ON_THE_5TH) == 6
    own = Message.objects.filter(recipient=quiet.people["liaison"])
    assert {message.status for message in own} == {Delivery.SUPPRESSED}


def test_after_the_deadline_the_coordinator_hears_who_is_missing(quiet):
    quiet.submit("school", percent=10, at="2024-08-04 10:00")
    send_due(at=beijing("2024-08-06 09:00"))
    (told,) = Message.objects.filter(recipient=quiet.people["coordinator"], channel=Channel.SITE)
    assert "乐都区政府" in told.body
    assert "市教育局" not in told.body


def test_three_working_days_later_the_supervisor_hears_it(quiet):
    send_due(at=beijing("2024-08-08 09:00"))
    assert "supervisor" in recipients()
    assert "stranger" not in recipients()


def test_a_rehearsed_tick_prints_and_writes_nothing(quiet):
    out = StringIO()
    call_command("tick", "--at", "2024-08-05T09:00+08:00", stdout=out)
    assert not Message.objects.exists()
    assert "站内 → 市住房建设局联络员：请报送：市住房建设局 2024年8月期月报" in out.getvalue()
    assert "演练" in out.getvalue()


def test_a_real_tick_opens_the_period_reminds_and_delivers(quiet):
    call_command("tick", "--at", "2024-12-05T09:00+08:00", "--really", stdout=StringIO())
    assert quiet.task_list.periods.latest("opens_at").name == "2024年12月期"
    december = Message.objects.filter(subject__contains="12月期", channel=Channel.SITE)
    told = sorted(december.values_list("recipient__username", flat=True))
    assert told == ["colleague", "liaison", "school", *UNMAILED]
    assert {message.status for message in december} == {Delivery.SENT}
