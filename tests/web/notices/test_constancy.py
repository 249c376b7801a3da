"""The pages of notices cost the same queries for one notice as for many."""

import pytest

from tasks_app.notices.actions import attach_file, judge_notice, reply_notice, save_setting
from tasks_app.notices.choices import NoticeLevel
from tests.factories import beijing
from tests.web.test_query_counts import count_queries

AT = beijing("2024-08-02 11:00")


@pytest.mark.parametrize("address", ["/notices/", "/notices.csv", "/notices/proposed/", "/"])
def test_a_list_costs_the_same_for_one_notice_as_for_many(world, issue, signed_in, address):
    save_setting(task_list=world.task_list, values={"monthly_cap": 9}, by=None, at=AT)
    client = signed_in("supervisor")
    issue(1, level=NoticeLevel.REMINDER)
    few = count_queries(client, address)
    for no, unit in ((1, "市住房建设局"), (2, "市住房建设局"), (3, "市教育局"), (4, "海东工业园区管委会")):
        issue(no, unit=unit)
    assert count_queries(client, address) == few


def test_a_notice_costs_the_same_after_many_rounds(world, issue, signed_in):
    notice, client = issue(1), signed_in("leader")
    liaison, supervisor = world.people["liaison"], world.people["supervisor"]

    def turn():
        answered = reply_notice(notice=notice, reply_text="好。", version=0, by=liaison, at=AT)
        attach_file(round_=answered, name="a.pdf", content=b"%PDF-1.4 a", by=liaison, at=AT)
        judge_notice(notice=notice, closed=False, judge_text="再办。", workdays=2, by=supervisor, at=AT)

    turn()
    few = count_queries(client, f"/notices/{notice.pk}/")
    for _again in range(3):
        turn()
    assert count_queries(client, f"/notices/{notice.pk}/") == few
