"""Supervisors who issue at the same moment get numbers in a row; on PostgreSQL."""

import threading
from itertools import zip_longest

import pytest
import time_machine
from django.db import connection

from tasks_app.catalogue.models import TaskList
from tasks_app.lib.errors import Refused
from tasks_app.notices.actions import issue_notices, save_setting
from tasks_app.notices.choices import NoticeLevel
from tasks_app.notices.issuing import NoticeDraft
from tasks_app.notices.models import Notice
from tests.factories import beijing, build_world

pytestmark = pytest.mark.concurrent
AT = beijing("2024-08-02 10:00")


@pytest.fixture
def town(transactional_db):
    """The small city, committed, so that each thread's connection sees it."""
    with time_machine.travel(AT, tick=False):
        world = build_world()
        world.open("2024-08-02 10:00")
        yield world


def all_at_once(town, drafts, lists=()) -> list[str]:
    """Each draft issued in a thread of its own, on the town's list or on its own of `lists`; what was refused."""
    barrier, refusals = threading.Barrier(len(drafts)), []

    def act(draft, task_list):
        try:
            barrier.wait(timeout=30)
            issue_notices(task_list=task_list, drafts=[draft], by=town.people["supervisor"], at=AT)
        except Refused as refused:
            refusals.append(str(refused))
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=pair) for pair in zip_longest(drafts, lists, fillvalue=town.task_list)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refusals


def draft(town, no, unit, level=NoticeLevel.REMINDER):
    return NoticeDraft(town.units[unit], level, (town.task(no),), "请办理。")


def test_numbers_have_no_gap_and_none_comes_twice(town):
    drafts = [
        draft(town, 1, "市住房建设局"),
        draft(town, 2, "市住房建设局"),
        draft(town, 3, "市教育局"),
        draft(town, 4, "海东工业园区管委会"),
    ]
    assert not all_at_once(town, drafts)
    assert list(Notice.objects.order_by("serial").values_list("serial", flat=True)) == [1, 2, 3, 4]


def test_the_same_notice_pressed_many_times_is_issued_once(town):
    refusals = all_at_once(town, [draft(town, 1, "市住房建设局")] * 6)
    assert len(refusals) == 5
    assert all("已有督办提醒 督〔2024〕1号" in text for text in refusals)
    assert Notice.objects.get().serial == 1


def test_the_cap_holds_when_two_issue_at_once(town):
    save_setting(task_list=town.task_list, values={"monthly_cap": 1}, by=None, at=AT)
    order = NoticeLevel.ORDER
    refusals = all_at_once(town, [draft(town, no, "市住房建设局", order) for no in (1, 2)])
    assert len(refusals) == 1
    assert "每月不超过 1 份" in refusals[0]


def test_two_lists_without_a_pattern_of_their_own_never_give_one_number(town):
    lists = town.task_list
    other = TaskList.objects.create(
        slug="other", title="又一份清单", document=lists.document, jurisdiction=lists.jurisdiction,
        coordinating_unit=lists.coordinating_unit, year=2024, starts_on=lists.starts_on,
    )  # fmt: skip
    drafts = [draft(town, 1, "市住房建设局"), draft(town, 3, "市教育局")]
    (moved,) = drafts[1].tasks
    moved.task_list = other
    moved.save()
    refusals = all_at_once(town, drafts, lists=[lists, other])
    assert len(refusals) == 1
    assert "文号 督〔2024〕1号 已由" in refusals[0]
    assert Notice.objects.get().number == "督〔2024〕1号"
