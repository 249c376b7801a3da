"""Delivery: once each, patiently, and not when it is no longer needed."""

import datetime as dt
import threading

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connections

from tasks_app.outbox import rules
from tasks_app.outbox.actions import BATCH, deliver_waiting, enqueue, mark_read, suppress
from tasks_app.outbox.choices import Channel, Delivery
from tasks_app.outbox.models import Message
from tests.factories import beijing, build_world

AT = beijing("2024-08-05 09:00")


class BrokenBackend(BaseEmailBackend):
    """A mail server that takes nothing."""

    def send_messages(self, messages):
        raise ConnectionRefusedError("no server")


def write(person, key="k", topic="report:1") -> int:
    return enqueue(recipient=person, key=key, subject="请报送", body="请于今日报送。", path="/", topic=topic, at=AT)


def email() -> Message:
    return Message.objects.get(channel=Channel.EMAIL)


def test_the_same_message_is_written_once(world):
    assert [write(world.people["liaison"]), write(world.people["liaison"])] == [2, 0]


def test_what_another_worker_holds_is_free_only_after_its_lease(world):
    write(world.people["liaison"])
    Message.objects.update(leased_until=AT)
    assert not Message.objects.deliverable(AT).exists()
    assert Message.objects.deliverable(AT + dt.timedelta(seconds=1)).count() == 2


def test_who_has_no_address_gets_it_on_the_site_alone(world):
    world.people["liaison"].email = ""
    assert write(world.people["liaison"]) == 1
    assert Message.objects.get().channel == Channel.SITE


def test_a_mail_carries_the_full_address_and_a_lasting_id(world, settings):
    write(world.people["liaison"])
    assert deliver_waiting(at=AT) == 2
    (sent,) = mail.outbox
    assert settings.BASE_URL in sent.body
    assert sent.extra_headers["Message-ID"] == email().mail_id


def test_delivering_again_sends_nothing_again(world):
    write(world.people["liaison"])
    assert [deliver_waiting(at=AT), deliver_waiting(at=AT)] == [2, 0]
    assert len(mail.outbox) == 1


def test_what_another_worker_holds_is_left_to_it_until_its_lease_runs_out(world):
    write(world.people["liaison"])
    Message.objects.update(leased_until=AT + rules.LEASE)
    assert deliver_waiting(at=AT) == 0
    assert deliver_waiting(at=AT + rules.LEASE + dt.timedelta(seconds=1)) == 2


def test_a_worker_that_comes_in_the_middle_of_anothers_batch_sends_only_the_rest(world, monkeypatch):
    for n in range(many := 25):
        write(world.people["liaison"], key=f"k{n}")
    sent: list[int] = []

    def send(doors, message, *, address, at) -> None:
        first = not sent
        sent.append(message.pk)
        if first:
            assert deliver_waiting(at=AT) == many - BATCH

    monkeypatch.setattr("tasks_app.outbox.channels.Doors.send", send)
    assert deliver_waiting(at=AT) == many + BATCH
    assert len(sent) == len(set(sent)) == many


@pytest.mark.concurrent
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_mail_once():
    world = build_world()
    for n in range(20):
        write(world.people["liaison"], key=f"k{n}")
    counts: list[int] = []

    def work() -> None:
        try:
            counts.append(deliver_waiting(at=AT))
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(counts) == 40
    assert len({sent.extra_headers["Message-ID"] for sent in mail.outbox}) == len(mail.outbox) == 20


def test_a_mail_server_that_is_down_is_tried_again_later_and_later(world, settings):
    settings.EMAIL_BACKEND = f"{__name__}.BrokenBackend"
    write(world.people["liaison"])
    assert deliver_waiting(at=AT) == 1  # the one for the site
    waiting = email()
    assert waiting.status == Delivery.WAITING
    assert waiting.not_before == AT + dt.timedelta(minutes=1)
    assert "no server" in waiting.last_error
    assert deliver_waiting(at=AT) == 0
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert deliver_waiting(at=AT + dt.timedelta(minutes=1)) == 1
    assert email().last_error == ""


def test_after_the_last_attempt_a_person_has_to_look(world, settings):
    settings.EMAIL_BACKEND = f"{__name__}.BrokenBackend"
    write(world.people["liaison"])
    at = AT
    for _ in range(rules.MAX_ATTEMPTS):
        deliver_waiting(at=at)
        at += dt.timedelta(days=1)
    assert email().status == Delivery.FAILED


def test_what_is_settled_is_not_sent(world):
    write(world.people["liaison"], key="a", topic="report:1")
    write(world.people["liaison"], key="b", topic="report:2")
    assert suppress(topic="report:1", at=AT) == 2
    assert deliver_waiting(at=AT) == 2
    assert len(mail.outbox) == 1


def test_the_first_reading_counts(world):
    write(world.people["liaison"])
    deliver_waiting(at=AT)
    message = Message.objects.get(channel=Channel.SITE)
    mark_read(message=message, at=AT)
    mark_read(message=message, at=AT + dt.timedelta(hours=1))
    message.refresh_from_db()
    assert message.read_at == AT
