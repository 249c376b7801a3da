"""/readyz and /metrics: red when a part is silent for five minutes; nothing for strangers."""

import datetime as dt

import pytest

from tasks_app.outbox.actions import beat, deliver_waiting, enqueue
from tasks_app.outbox.choices import Pulse
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def alive(now):
    for name in Pulse.values:
        beat(name=name, at=NOW)
    return now


def test_all_is_well_while_every_part_is_heard_from(client, alive):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["silent"]) == ("ok", [])


@pytest.mark.parametrize("name", Pulse.values)
def test_it_turns_red_when_one_part_is_silent_for_five_minutes(client, alive, name):
    later = NOW + dt.timedelta(minutes=5, seconds=1)
    for other in set(Pulse.values) - {name}:
        beat(name=other, at=later)
    alive.move_to(NOW + dt.timedelta(minutes=4, seconds=59))
    assert client.get("/readyz").status_code == 200
    alive.move_to(later)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert (answer.json()["status"], answer.json()["silent"]) == ("failing", [name])


def test_a_part_never_heard_from_is_silent(client, now):
    assert client.get("/readyz").json()["silent"] == Pulse.values


def test_it_turns_red_when_messages_pile_up(client, alive, world):
    at = NOW - dt.timedelta(minutes=16)
    enqueue(recipient=world.people["liaison"], key="k", subject="s", body="b", path="/", topic="", at=at)
    assert client.get("/readyz").json()["oldest_unsent_seconds"] == 16 * 60
    assert client.get("/readyz").status_code == 503
    deliver_waiting(at=NOW)
    assert client.get("/readyz").status_code == 200


def test_metrics_count_messages_by_channel_and_say_no_names(client, alive, world):
    enqueue(recipient=world.people["liaison"], key="k", subject="s", body="b", path="/", topic="", at=NOW)
    text = client.get("/metrics").content.decode()
    assert 'duban_messages{channel="email",status="waiting"} 1' in text
    assert "duban_up 1" in text
    assert "liaison" not in text


def test_metrics_are_for_this_machine_or_the_token(client, alive, settings):
    settings.METRICS_TOKEN = "a-token"
    outside = {"REMOTE_ADDR": "10.1.2.3"}
    assert client.get("/metrics", **outside).status_code == 404
    assert client.get("/metrics", headers={"x-forwarded-for": "10.1.2.3"}).status_code == 404
    assert client.get("/metrics", headers={"authorization": "Bearer wrong"}, **outside).status_code == 404
    assert client.get("/metrics", headers={"authorization": "Bearer a-token"}, **outside).status_code == 200
