"""A person's messages, and the demo's mail."""

import pytest
from django.urls import reverse

from tasks_app.outbox.actions import deliver_waiting, enqueue
from tasks_app.outbox.choices import Channel
from tasks_app.outbox.models import Message
from tests.factories import beijing

AT = beijing("2024-08-02 09:00")


@pytest.fixture
def tell(world):
    """`tell("liaison", "subject", path="/")` writes and delivers a message."""

    def write(who: str, subject: str, path: str = "/reports/") -> Message:
        enqueue(
            recipient=world.people[who], key=subject, subject=subject, body="请尽快办理。", path=path, topic="t", at=AT
        )
        deliver_waiting(at=AT)
        return Message.objects.get(dedupe_key=f"{subject}:{world.people[who].pk}:{Channel.SITE}")

    return write


def test_the_list_has_the_own_messages_with_unread_ones_first(tell, signed_in):
    old = tell("liaison", "第一条")
    tell("liaison", "第二条")
    tell("colleague", "别人的")
    browser = signed_in("liaison")
    browser.post(reverse("message", args=[Message.objects.get(subject="第二条", channel="site").pk]))
    page = browser.get("/messages/").content.decode()
    assert page.index("第一条") < page.index("第二条")
    assert "别人的" not in page
    assert "有 1 条未读" in page
    assert old.read_at is None


def test_who_has_no_messages_is_told_what_will_be_here(signed_in):
    assert "还没有消息" in signed_in("leader").get("/messages/").content.decode()


def test_looking_at_a_message_does_not_mark_it_but_going_on_does(tell, signed_in):
    message = tell("liaison", "第一条")
    browser = signed_in("liaison")
    assert browser.get(reverse("message", args=[message.pk])).status_code == 200
    message.refresh_from_db()
    assert message.read_at is None
    assert browser.post(reverse("message", args=[message.pk]))["Location"] == "/reports/"
    message.refresh_from_db()
    assert message.read_at is not None


def test_a_message_never_leads_out_of_the_house(tell, signed_in):
    message = tell("liaison", "第一条", path="//example.test/")
    answer = signed_in("liaison").post(reverse("message", args=[message.pk]))
    assert answer["Location"] == reverse("message", args=[message.pk])


@pytest.mark.parametrize("method", ["get", "post"])
def test_somebody_elses_message_is_not_there(method, tell, signed_in):
    message = tell("liaison", "第一条")
    answer = getattr(signed_in("administrator"), method)(reverse("message", args=[message.pk]))
    assert answer.status_code == 404
    message.refresh_from_db()
    assert message.read_at is None


def test_an_email_is_not_a_message_of_the_site(tell, signed_in):
    tell("liaison", "第一条")
    email = Message.objects.get(subject="第一条", channel=Channel.EMAIL)
    assert signed_in("liaison").get(reverse("message", args=[email.pk])).status_code == 404


def test_the_demo_mail_shows_mails_as_they_would_have_gone(tell, signed_in, settings):
    settings.DEMO = True
    tell("liaison", "第一条")
    email = Message.objects.get(subject="第一条", channel=Channel.EMAIL)
    page = signed_in("leader").get("/demo/mail/").content.decode()
    assert "liaison@example.test" in page
    assert f"duban-{email.pk}@" in page
    assert f"{settings.BASE_URL}/reports/" in page


def test_outside_the_demo_there_is_no_demo_mail(signed_in):
    assert signed_in("administrator").get("/demo/mail/").status_code == 404


def test_unread_messages_can_be_looked_at_alone(tell, signed_in):
    tell("liaison", "第一条")
    tell("liaison", "第二条")
    browser = signed_in("liaison")
    browser.post(reverse("message", args=[Message.objects.get(subject="第二条", channel="site").pk]))
    page = browser.get("/messages/?show=unread").content.decode()
    assert "第一条" in page
    assert "第二条" not in page


def test_all_messages_shown_are_marked_read_and_one_that_came_since_is_not(tell, signed_in):
    tell("liaison", "第一条")
    shown = tell("liaison", "第二条")
    others = tell("colleague", "别人的")
    browser = signed_in("liaison")
    assert f'name="last" value="{shown.pk}"' in browser.get("/messages/").content.decode()
    since = tell("liaison", "第三条")
    page = browser.post("/messages/read/", {"last": shown.pk}, follow=True).content.decode()
    assert "已将 2 条消息标为已读" in page
    for message, is_read in ((shown, True), (since, False), (others, False)):
        message.refresh_from_db()
        assert (message.read_at is not None) is is_read, message.subject


@pytest.mark.parametrize("last", ["", "x", "-1", "９", "9" * 30])
def test_marking_without_having_seen_anything_marks_nothing(last, tell, signed_in):
    message = tell("liaison", "第一条")
    assert signed_in("liaison").post("/messages/read/", {"last": last}).status_code == 302
    message.refresh_from_db()
    assert message.read_at is None
