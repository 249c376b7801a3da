"""The reporting rule as its coordinator edits it, and who would owe what."""

import pytest
from django.urls import reverse

from tasks_app.schedule.actions import save_rule
from tasks_app.schedule.models import ReportingRule
from tests.factories import beijing

PAGE = "/lists/test-2024/rule/"


def words(rule, **changes):
    return {
        "version": rule.version,
        "frequency": "monthly",
        "day": 5,
        "time": "18:00",
        "free_day_policy": "keep",
        "fixed_text": "",
        "first_due_at": "2024-07-10T18:00",
        "assisting_kinds": ["county_government", "park_committee"],
        "return_workdays": 2,
        "text": "",
        **changes,
    }


@pytest.fixture
def rule(world):
    return ReportingRule.objects.get(task_list=world.task_list)


def test_the_page_shows_the_rounds_to_come(rule, signed_in):
    html = signed_in("coordinator").get(PAGE).text
    assert "<b>2024年8月期</b> 2024年8月5日（星期一）18:00 截止" in html
    assert "<b>2025年1月期</b>" in html


def test_a_changed_rule_holds_and_the_duties_follow(rule, signed_in):
    client = signed_in("coordinator")
    html = client.post(PAGE, words(rule, day=20, assisting_kinds=[]), follow=True).text
    assert "报送任务变动 5 项" in html
    assert "2024年9月20日" in html
    rule.refresh_from_db()
    assert (rule.day, rule.assisting_kinds, rule.version) == (20, [], 1)


def test_fixed_dates_are_typed_one_per_line(rule, signed_in):
    client = signed_in("coordinator")
    answer = client.post(PAGE, words(rule, frequency="fixed", fixed_text="明天"))
    assert answer.status_code == 422
    assert "“明天”不是时间" in answer.text
    assert client.post(PAGE, words(rule, frequency="fixed")).status_code == 422
    html = client.post(
        PAGE, words(rule, frequency="fixed", fixed_text="2024-09-20 18:00\n2024-09-05 12:00"), follow=True
    ).text
    assert "<b>2024年9月期</b> 2024年9月5日（星期四）12:00 截止" in html
    assert "<b>2024年9月第2期</b> 2024年9月20日（星期五）18:00 截止" in html


def test_two_coordinators_do_not_overwrite_each_other(world, rule, signed_in):
    client, form = signed_in("coordinator"), words(rule, day=8)
    save_rule(task_list=world.task_list, values={"day": 9}, by=None, at=beijing("2024-08-02 10:00"))
    answer = client.post(PAGE, form)
    assert answer.status_code == 409
    assert "现行规则（别人刚保存的）" in answer.text
    assert "9 日 18:00" in answer.text
    assert 'value="8"' in answer.text
    rule.refresh_from_db()
    assert rule.day == 9


def test_a_single_round_gets_another_due_moment_with_its_reason(world, rule, signed_in):
    client = signed_in("coordinator")
    due = {"round": "2024-8-1", "due_at": "2024-08-09T12:00", "reason": "与专项检查合并"}
    html = client.post(reverse("rule_due", args=["test-2024"]), due, follow=True).text
    assert "2024年8月期已改期" in html
    assert "与专项检查合并" in html
    assert world.task_list.periods.get(month=8).due_at == beijing("2024-08-09 12:00")
    ahead = {**due, "round": "2024-10-1", "due_at": "2024-10-08T18:00"}
    client.post(reverse("rule_due", args=["test-2024"]), ahead)
    assert world.open("2024-10-01 00:30").due_at == beijing("2024-10-08 18:00")


@pytest.mark.parametrize(
    ("due", "said"),
    [
        ({"round": "2024-7-1", "due_at": "2024-08-09T12:00"}, "已过截止时间"),
        ({"round": "2024-8-1", "due_at": "2024-08-01T12:00"}, "须晚于现在"),
        ({"round": "2024-8-1", "due_at": "2024-09-02T12:00"}, "早于下一期"),
        ({"round": "2024-8-7", "due_at": "2024-08-09T12:00"}, "没有这一期"),
        ({"round": "x", "due_at": "2024-08-09T12:00"}, "报送期"),
    ],
)
def test_a_due_moment_is_not_moved_against_the_rules(rule, signed_in, due, said):
    html = signed_in("coordinator").post(reverse("rule_due", args=["test-2024"]), {**due, "reason": "试"}, follow=True)
    assert said in html.text


def test_who_owes_what_is_shown_with_why(rule, signed_in):
    html = signed_in("coordinator").get("/lists/test-2024/duties/").text
    assert "牵头单位" in html
    assert "配合，“各县区政府”中点名的县区" in html
    assert "“各县区政府”中未点名的县区" in html
    assert "配合单位，规则不要求此类单位报送" in html


@pytest.mark.parametrize(
    ("who", "status"), [("liaison", 403), ("supervisor", 403), ("administrator", 200), ("stranger", 404)]
)
def test_who_keeps_the_rule(rule, signed_in, who, status):
    assert signed_in(who).get(PAGE).status_code == status
