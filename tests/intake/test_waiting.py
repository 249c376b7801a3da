"""What waits for a worker and breaks for a reason of ours: it is said where people look, and nothing else is lost."""

import pytest

from tasks_app.audit.models import Event
from tasks_app.catalogue.queries import current_items
from tasks_app.intake import actions, staging, waiting
from tests.factories import beijing
from tests.intake.files import NEW_ROW, ROWS, csv_of

AT = beijing("2024-08-02 11:00")


@pytest.fixture
def receive(world):
    def upload(name, content=None):
        by = world.people["administrator"]
        content = content or csv_of([*ROWS, NEW_ROW])
        return actions.receive(content=content, file_name=name, task_list=world.task_list, by=by, at=AT)

    return upload


def broken(*args, **kwargs):
    raise ZeroDivisionError


def test_a_file_on_which_the_reading_breaks_is_given_up_with_a_sentence_and_the_next_is_read(receive, monkeypatch):
    first, second = receive("一.csv"), receive("二.csv")
    reading = staging.fill
    with monkeypatch.context() as patch:
        patch.setattr(staging, "fill", lambda batch, **kw: (broken if batch == first else reading)(batch, **kw))
        assert waiting.work_off(at=AT) == 2
    for batch in (first, second):
        batch.refresh_from_db()
    assert (first.status, second.status) == ("failed", "staged")
    assert "联系管理员" in first.reading["problem"]
    assert not first.rows.exists()
    assert Event.objects.get(verb="intake.fail").target_id == first.pk


def test_an_import_that_breaks_writes_nothing_and_is_open_again_with_a_sentence(world, receive, monkeypatch):
    batch = receive("一.csv")
    waiting.work_off(at=AT)
    batch.refresh_from_db()
    actions.queue_apply(batch=batch, by=world.people["administrator"], at=AT)
    monkeypatch.setattr(actions, "_follow_up", broken)
    assert waiting.work_off(at=AT) == 1
    batch.refresh_from_db()
    assert batch.status == "staged"
    assert "没有写入任何内容" in str(batch.reading)
    assert Event.objects.get(verb="intake.give_back").target_id == batch.pk
    assert set(current_items(world.task_list)) == {1, 2, 3, 4}
