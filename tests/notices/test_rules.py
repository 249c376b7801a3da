"""Which notice is proposed, when it is due, how it is numbered, what may be done to it."""

import datetime as dt

import pytest

from tasks_app.notices.choices import Ground, NoticeAct, NoticeLevel, NoticeState
from tasks_app.notices.rules import (
    TRANSITIONS,
    Climb,
    Earlier,
    TaskFacts,
    after,
    in_the_way,
    number_text,
    pattern_fault,
    propose,
    reply_due,
)
from tests.factories import beijing

AT = beijing("2024-11-22 10:00")
CLIMB = Climb()
REMINDER, ORDER, RED = NoticeLevel


def earlier(level: NoticeLevel, state: NoticeState, *, ended: str = "", due: str = "2024-11-29 18:00") -> Earlier:
    return Earlier(level, state, "东督〔2024〕1号", beijing(due), dt.date.fromisoformat(ended) if ended else None)


OPEN_IN_TIME = earlier(ORDER, NoticeState.RECEIVED)
OVERDUE_REMINDER = earlier(REMINDER, NoticeState.ISSUED, due="2024-11-20 18:00")
OVERDUE_ORDER = earlier(ORDER, NoticeState.RETURNED, due="2024-11-20 18:00")
OVERDUE_RED = earlier(RED, NoticeState.ISSUED, due="2024-11-20 18:00")
TO_JUDGE = earlier(ORDER, NoticeState.REPLIED, due="2024-11-20 18:00")
JUST_CLOSED = earlier(ORDER, NoticeState.CLOSED, ended="2024-11-13")
CLOSED_TEN_DAYS_AGO = earlier(REMINDER, NoticeState.CLOSED, ended="2024-11-12")
CLOSED_ORDER = earlier(ORDER, NoticeState.CLOSED, ended="2024-10-01")
CLOSED_RED = earlier(RED, NoticeState.CLOSED, ended="2024-10-01")
CLOSED_90_DAYS_AGO = earlier(ORDER, NoticeState.CLOSED, ended="2024-08-24")
CLOSED_91_DAYS_AGO = earlier(ORDER, NoticeState.CLOSED, ended="2024-08-23")
WITHDRAWN = earlier(RED, NoticeState.WITHDRAWN, ended="2024-11-20")
ESCALATED = earlier(REMINDER, NoticeState.ESCALATED, ended="2024-11-21")

CASES = [
    # by the light alone
    ("green", {}, None, []),
    ("blue", {}, None, []),
    ("grey", {}, None, []),
    ("yellow", {}, REMINDER, [Ground.YELLOW]),
    ("red", {}, ORDER, [Ground.RED]),
    ("red", {"days_late": 59}, ORDER, [Ground.RED]),
    ("red", {"days_late": 60}, RED, [Ground.LONG_OVERDUE, Ground.RED]),
    ("red", {"misses": 3}, ORDER, [Ground.RED]),
    ("red", {"misses": 4}, RED, [Ground.LONG_SILENT]),
    # readings that disagree
    ("green", {"disagrees": True}, REMINDER, [Ground.DISAGREE]),
    ("yellow", {"disagrees": True}, REMINDER, [Ground.YELLOW, Ground.DISAGREE]),
    ("red", {"disagrees": True}, ORDER, [Ground.RED, Ground.DISAGREE]),
    ("blue", {"disagrees": True}, None, []),
    # beside an open notice
    ("red", {"earlier": [OPEN_IN_TIME]}, None, []),
    ("red", {"earlier": [TO_JUDGE]}, None, []),
    ("yellow", {"earlier": [OVERDUE_REMINDER]}, ORDER, [Ground.UNANSWERED]),
    ("red", {"earlier": [OVERDUE_ORDER]}, RED, [Ground.UNANSWERED]),
    ("red", {"earlier": [OVERDUE_RED]}, None, []),
    ("red", {"earlier": [OVERDUE_REMINDER, OPEN_IN_TIME]}, None, []),
    ("blue", {"earlier": [OVERDUE_ORDER]}, None, []),
    # after one that was closed
    ("red", {"earlier": [JUST_CLOSED]}, None, []),
    ("yellow", {"earlier": [CLOSED_TEN_DAYS_AGO]}, ORDER, [Ground.YELLOW, Ground.AGAIN]),
    ("red", {"earlier": [CLOSED_TEN_DAYS_AGO]}, ORDER, [Ground.RED, Ground.AGAIN]),
    ("red", {"earlier": [CLOSED_ORDER]}, RED, [Ground.RED, Ground.AGAIN]),
    ("red", {"earlier": [CLOSED_RED]}, RED, [Ground.RED, Ground.AGAIN]),
    ("red", {"earlier": [CLOSED_90_DAYS_AGO]}, RED, [Ground.RED, Ground.AGAIN]),
    ("red", {"earlier": [CLOSED_91_DAYS_AGO]}, ORDER, [Ground.RED]),
    ("red", {"earlier": [CLOSED_ORDER, JUST_CLOSED]}, None, []),
    ("green", {"earlier": [CLOSED_ORDER]}, None, []),
    # what does not count
    ("red", {"earlier": [WITHDRAWN]}, ORDER, [Ground.RED]),
    ("red", {"earlier": [ESCALATED]}, ORDER, [Ground.RED]),
]


@pytest.mark.parametrize(("light", "facts", "level", "grounds"), CASES)
def test_the_proposal_follows_from_the_facts(light, facts, level, grounds):
    proposal = propose(TaskFacts(light=light, reason_text="落后", **facts), CLIMB, at=AT)
    assert (proposal.level if proposal else None) == level
    assert [ground for ground, _inputs in proposal.grounds] == grounds if proposal else not grounds


def test_the_grounds_read_as_sentences():
    facts = TaskFacts(light="red", reason_text="比序时进度落后 23 个百分点", earlier=[CLOSED_ORDER])
    proposal = propose(facts, CLIMB, at=AT)
    assert proposal is not None
    assert proposal.text == (
        "任务亮红灯：比序时进度落后 23 个百分点；督办单（东督〔2024〕1号）办结后问题仍在或再次出现"
    )


def test_the_days_are_the_lists_own():
    patient = Climb(red_after_days=100, quiet_days=0, memory_days=5)
    late = TaskFacts(light="red", days_late=99, earlier=[JUST_CLOSED])
    assert propose(late, patient, at=AT).level == ORDER  # type: ignore[union-attr]


# 2024-10-01 to 10-07 are free, Sunday 09-29 and Saturday 10-12 are worked.
HOLIDAY = {dt.date(2024, 10, day): False for day in (1, 2, 3, 4, 7)}
HOLIDAY |= {dt.date(2024, 9, 29): True, dt.date(2024, 10, 12): True}


@pytest.mark.parametrize(
    ("at", "workdays", "due"),
    [
        ("2024-08-02 10:00", 1, "2024-08-05 18:00"),  # Friday → Monday
        ("2024-08-02 23:59", 5, "2024-08-09 18:00"),
        ("2024-08-03 09:00", 1, "2024-08-05 18:00"),  # issued on a Saturday
        ("2024-09-27 10:00", 2, "2024-09-30 18:00"),  # over the worked Sunday
        ("2024-09-30 10:00", 1, "2024-10-08 18:00"),  # over the holiday
        ("2024-10-08 10:00", 4, "2024-10-12 18:00"),  # to the worked Saturday
        ("2024-12-31 10:00", 3, "2025-01-03 18:00"),
    ],
)
def test_the_answer_is_due_on_the_nth_working_day_at_six(at, workdays, due):
    assert reply_due(at=beijing(at), workdays=workdays, exceptions=HOLIDAY) == beijing(due)


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        ("东督〔{年}〕{号}号", ""),
        ("{年}-{ 号 }", ""),
        ("东督〔2024〕{号}号", "missing"),
        ("东督", "missing"),
        ("{年}{号}{号}", "missing"),
        ("{年}{号}{单位}", "unknown:单位"),
        ("{年}{号}{0.__class__}", "unknown:0.__class__"),
        ("{年}{号}{", "brace"),
    ],
)
def test_a_pattern_holds_the_year_and_the_number_and_nothing_else(pattern, fault):
    assert pattern_fault(pattern) == fault


def test_the_number_is_filled_into_the_pattern():
    assert number_text("东督〔{年}〕{号}号", year=2024, serial=3) == "东督〔2024〕3号"


# Rows: from; columns: what is done. "-" may not be done.
TABLE = """
            receive   reply    close   send_back  escalate   withdraw
issued      received  replied  -       -          escalated  withdrawn
received    -         replied  -       -          escalated  withdrawn
replied     -         replied  closed  returned   -          withdrawn
returned    -         replied  -       -          escalated  withdrawn
closed      -         -        -       -          -          -
escalated   -         -        -       -          -          -
withdrawn   -         -        -       -          -          -
"""


def test_every_state_allows_what_the_table_says():
    head, *rows = [line.split() for line in TABLE.strip().splitlines()]
    assert [row[0] for row in rows] == NoticeState.values == [state.value for state in TRANSITIONS]
    for state, *cells in rows:
        for act, to in zip(head, cells, strict=True):
            assert after(state, NoticeAct(act)) == (None if to == "-" else to), (state, act)


@pytest.mark.parametrize(
    ("had", "level", "stands"),
    [
        (OPEN_IN_TIME, REMINDER, True),
        (OPEN_IN_TIME, ORDER, True),
        (OPEN_IN_TIME, RED, False),
        (TO_JUDGE, RED, True),
        (OVERDUE_REMINDER, ORDER, False),
        (JUST_CLOSED, REMINDER, False),
        (WITHDRAWN, REMINDER, False),
    ],
)
def test_an_open_notice_stands_in_the_way_of_its_like_and_one_to_be_judged_of_any(had, level, stands):
    assert in_the_way([ESCALATED, had], level) == (had if stands else None)
