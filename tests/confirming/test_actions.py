"""An answer is given to the newest version of what the lead handed in, and until 18:00 nobody counts as silent."""

import datetime as dt

import pytest

from tasks_app.accounts.permissions import viewer_of
from tasks_app.confirming.actions import confirm
from tasks_app.confirming.choices import Answer
from tasks_app.confirming.queries import questions_for
from tasks_app.confirming.rules import due_at, is_silent
from tasks_app.lib.errors import Refused
from tasks_app.reporting.actions import return_entries, submit_report
from tests.factories import beijing

AT = "2024-08-02 10:00"


def test_the_answer_is_due_on_the_second_working_day_and_silence_begins_after_that_moment():
    free = {dt.date(2024, 8, 6): False}
    due = due_at(beijing("2024-08-02 23:59"), {})
    assert (due, due_at(beijing(AT), free)) == (beijing("2024-08-06 18:00"), beijing("2024-08-07 18:00"))
    second = dt.timedelta(seconds=1)
    assert [is_silent(answered=False, due=due, at=at) for at in (due - second, due, due + second)] == [
        False, False, True,
    ]  # fmt: skip
    assert not is_silent(answered=True, due=due, at=due + second)


@pytest.fixture
def report(world):
    return world.submit("liaison", percent=30, at=AT)


def newest(report):
    return report.submissions.latest("number").versions.get(entry__task__seq=1)


def say(world, version, answer, reason=""):
    unit, by = world.units["乐都区政府"], world.people["colleague"]
    return confirm(version=version, unit=unit, answer=answer, reason=reason, by=by, at=beijing(AT))


def test_a_version_that_was_sent_back_or_replaced_is_not_answered(world, report):
    first, by = newest(report), world.people["coordinator"]
    ids = list(report.entries.values_list("pk", flat=True))
    return_entries(report=report, entry_ids=ids, reason="请补充", by=by, at=beijing(AT))
    with pytest.raises(Refused, match="已被退回或已重报"):
        say(world, first, Answer.TRUE)
    submit_report(report=report, by=world.people["liaison"], at=beijing(AT))
    first.refresh_from_db()
    with pytest.raises(Refused, match="已被退回或已重报"):
        say(world, first, Answer.TRUE)
    assert say(world, newest(report), Answer.TRUE).answer == Answer.TRUE


def test_who_disputes_no_more_has_no_reason_left(world, report):
    assert say(world, newest(report), Answer.DISPUTED, "只开工一个小区").reason == "只开工一个小区"
    assert say(world, newest(report), Answer.TRUE, "只开工一个小区").reason == ""


def test_what_is_not_answered_stands_first(world, report):
    say(world, newest(report), Answer.TRUE)
    questions = questions_for(viewer_of(world.people["colleague"]), at=beijing(AT))
    assert [(q.entry.task.no, q.confirmation is None) for q in questions] == [("2", True), ("1", False)]
