"""Messages are read up to where somebody looked, called off for whom they no longer concern, and sent anew from the
first attempt."""

from tasks_app.outbox.actions import deliver_waiting, enqueue, mark_all_read, mark_read, resend, suppress
from tasks_app.outbox.choices import Channel, Delivery
from tasks_app.outbox.models import Message
from tests.factories import beijing

AT, LATER = beijing("2024-08-05 09:00"), beijing("2024-08-05 10:00")


def write(person, key, topic="report:1"):
    enqueue(recipient=person, key=key, subject=key, body="请报送。", path="/", topic=topic, at=AT)


def site(person):
    return Message.objects.filter(recipient=person, channel=Channel.SITE).order_by("pk")


def test_what_came_after_the_page_was_drawn_stays_unread(world):
    person, other = world.people["liaison"], world.people["head"]
    for who, key in ((person, "a"), (other, "b"), (person, "c"), (person, "d")):
        write(who, key)
    deliver_waiting(at=AT)
    seen = site(person)[1]
    assert mark_all_read(user=person, last=seen.pk, at=LATER) == 2
    assert dict(site(person).values_list("subject", "read_at")) == {"a": LATER, "c": LATER, "d": None}
    assert site(other).get().read_at is None
    assert mark_all_read(user=person, last=seen.pk, at=beijing("2024-08-05 11:00")) == 0


def test_the_first_reading_of_a_message_counts_also_when_all_are_read(world):
    person = world.people["liaison"]
    write(person, "a")
    deliver_waiting(at=AT)
    message = site(person).get()
    mark_read(message=message, at=AT)
    mark_all_read(user=person, last=message.pk, at=LATER)
    mark_read(message=message, at=LATER)
    message.refresh_from_db()
    assert message.read_at == AT


def test_called_off_for_one_it_still_reaches_the_other_and_other_topics(world):
    one, other = world.people["liaison"], world.people["head"]
    for who in (one, other):
        write(who, "a", topic="report:1")
        write(who, "b", topic="report:2")
    assert suppress(topic="report:1", at=AT, recipient=one) == 2, "on the site and by mail"
    waiting = Message.objects.filter(status=Delivery.WAITING)
    assert set(waiting.values_list("recipient__username", "subject")) == {
        ("liaison", "b"), ("head", "a"), ("head", "b"),
    }  # fmt: skip


def test_what_was_sent_is_not_called_off(world):
    write(world.people["liaison"], "a")
    deliver_waiting(at=AT)
    assert suppress(topic="report:1", at=LATER) == 0
    assert set(Message.objects.values_list("status", flat=True)) == {Delivery.SENT}


def test_sent_anew_a_message_has_all_its_attempts_again_and_leaves_at_once(world):
    write(world.people["liaison"], "a")
    mail = Message.objects.filter(channel=Channel.EMAIL)
    mail.update(status=Delivery.FAILED, attempts=7, not_before=beijing("2024-08-09 09:00"), last_error="停机")
    again = resend(message=mail.get(), by=world.people["administrator"], at=LATER)
    assert (again.status, again.attempts, again.not_before) == (Delivery.WAITING, 0, LATER)
    assert deliver_waiting(at=LATER) == 2
    assert mail.get().status == Delivery.SENT
