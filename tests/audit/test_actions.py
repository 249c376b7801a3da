"""The chain of the audit log shows what was changed or removed afterwards."""

import datetime as dt

import pytest

from tasks_app.audit.actions import first_broken, record
from tasks_app.audit.models import Event
from tests.factories import beijing

AT = beijing("2024-08-02 09:00")


@pytest.fixture
def events(world) -> list[Event]:
    person = world.people["administrator"]
    return [
        record(by=person, at=AT, verb="test.act", target=person, before={"day": dt.date(2024, 8, n)}, reason="试")
        for n in (1, 2, 3)
    ]


def test_an_untouched_log_is_whole(events):
    assert first_broken() is None


@pytest.mark.parametrize(
    "words",
    [{"reason": "改"}, {"by_text": "别人"}, {"at": AT + dt.timedelta(seconds=1)}, {"before": {}}, {"digest": "0"}],
)
def test_a_changed_row_is_found(words, events):
    Event.objects.filter(pk=events[1].pk).update(**words)
    assert first_broken() == events[1]


def test_a_removed_row_is_found_at_the_next_one(events):
    Event.objects.filter(pk=events[1].pk).delete()
    assert first_broken() == events[2]


def test_an_act_of_the_system_says_so(world):
    assert record(by=None, at=AT, verb="test.act", target=world.people["leader"]).by_text == "系统"


def test_the_log_outlives_what_it_speaks_of(world, events):
    world.people["administrator"].delete()
    assert Event.objects.filter(verb="test.act").count() == 3
    assert first_broken() is None
