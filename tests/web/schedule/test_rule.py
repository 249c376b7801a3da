"""The reporting rule as its coordinator edits it, and who would owe what."""

import datetime as dt

import pytest
from django.urls import reverse

from tasks_app.progress.models import Standing
from tasks_app.reporting.actions import open_periods, refresh_standings
from tasks_app.schedule.actions import save_rule
from tasks_app.schedule.models import DueChange, Obligation, ReportingRule
from tasks_app.web.schedule.forms import MOST_WORKDAYS
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


def test_a_preview_shows_what_a_rule_would_come_to_and_saves_nothing(world, rule, signed_in):
    owed = list(Obligation.objects.values_list("pk", flat=True))
    form = words(rule, day=20, frequency="quarterly", assisting_kinds=[], preview="1")
    answer = signed_in("coordinator").post(PAGE, form)
    assert answer.status_code == 200
    shown = [(name, old, due) for name, old, due in answer.context["draft"]["rounds"]]
    assert shown[:3] == [
        # What is open stays as it opened.
        ("2024年8月期", beijing("2024-08-05 18:00"), beijing("2024-08-05 18:00")),
        ("2024年9月期", beijing("2024-09-05 18:00"), None),
        ("2024年10月期", beijing("2024-10-05 18:00"), beijing("2024-10-20 18:00")),
    ]
    assert "减少 5 项报送" in answer.text
    assert "增加" not in answer.text
    assert 'value="20"' in answer.text
    rule.refresh_from_db()
    assert (rule.day, rule.version) == (5, 0)
    assert list(Obligation.objects.values_list("pk", flat=True)) == owed


def test_a_first_rule_is_previewed_before_anything_opens(world, rule, signed_in):
    world.task_list.periods.all().delete()
    form = words(rule, preview="1")
    rule.delete()
    Obligation.objects.all().delete()
    answer = signed_in("coordinator").post(PAGE, form)
    assert "增加" in answer.text
    assert "2024年8月5日（星期一）18:00" in answer.text
    assert not ReportingRule.objects.exists()


def test_an_open_round_is_listed_as_it_opened_when_the_rule_has_changed(world, rule, signed_in):
    client = signed_in("coordinator")
    html = client.post(PAGE, words(rule, day=20, frequency="quarterly"), follow=True).text
    assert "<b>2024年8月期</b> 2024年8月5日（星期一）18:00 截止" in html
    due = {"round": "2024-8-1", "due_at": "2024-08-09T12:00", "reason": "与专项检查合并"}
    client.post(reverse("rule_due", args=["test-2024"]), due)
    assert world.task_list.periods.get(month=8).due_at == beijing("2024-08-09 12:00")


@pytest.mark.parametrize(
    "mistyped",
    [
        {"first_due_at": "9999-12-31T18:00"},
        {"first_due_at": "0204-07-10T18:00"},
        {"frequency": "fixed", "fixed_text": "0001-01-01 00:00"},
        {"return_workdays": 10**12},
        {"return_workdays": 0},
    ],
)
def test_what_no_calendar_holds_is_not_saved(rule, signed_in, mistyped):
    assert signed_in("coordinator").post(PAGE, words(rule, **mistyped)).status_code == 422


def test_a_list_without_a_rule_has_no_round_to_move(world, rule, signed_in):
    world.task_list.periods.all().delete()
    rule.delete()
    due = {"round": "2024-8-1", "due_at": "2024-08-09T12:00", "reason": "试"}
    html = signed_in("coordinator").post(reverse("rule_due", args=["test-2024"]), due, follow=True).text
    assert "没有这一期" in html


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


def test_the_first_of_the_fixed_dates_opens_when_the_list_was_under_way_before(world, rule, signed_in):
    fixed = words(rule, frequency="fixed", fixed_text="2024-09-05 12:00\n2024-10-20 18:00")
    signed_in("coordinator").post(PAGE, fixed)
    open_periods(by=None, at=beijing("2024-08-31 23:59"))
    assert not world.task_list.periods.filter(month=9).exists()
    open_periods(by=None, at=beijing("2024-09-01 00:00"))
    assert world.task_list.periods.get(month=9).due_at == beijing("2024-09-05 12:00")


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
    client.post(reverse("rule_due", args=["test-2024"]), {**due, "due_at": "2024-08-12T12:00"})
    change = DueChange.objects.get(month=8)
    assert (change.rule_due_at, change.due_at) == (beijing("2024-08-05 18:00"), beijing("2024-08-12 12:00"))
    ahead = {**due, "round": "2024-10-1", "due_at": "2024-10-08T18:00"}
    client.post(reverse("rule_due", args=["test-2024"]), ahead)
    assert world.open("2024-10-01 00:30").due_at == beijing("2024-10-08 18:00")


@pytest.mark.parametrize(
    ("due", "said"),
    [
        ({"round": "2024-7-1", "due_at": "2024-08-09T12:00"}, "已过截止时间"),
        ({"round": "2024-8-1", "due_at": "2024-08-02T10:00"}, "须晚于现在"),
        ({"round": "2024-8-1", "due_at": "2024-09-01T00:00"}, "早于下一期"),
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


def test_the_first_rule_of_a_list_puts_its_lights_right_at_once(world, signed_in):
    rule = ReportingRule.objects.get(task_list=world.task_list)
    form = words(rule, version=0)
    ReportingRule.objects.all().delete()
    Obligation.objects.all().delete()
    refresh_standings(today=dt.date(2024, 8, 2))
    assert set(Standing.objects.values_list("reason", flat=True)) == {"no_duty"}
    answer = signed_in("coordinator").post(PAGE, form)
    assert answer.status_code == 302
    assert "no_duty" not in set(Standing.objects.values_list("reason", flat=True))


@pytest.mark.parametrize(("days", "kept"), [(0, 2), (1, 1), (MOST_WORKDAYS, MOST_WORKDAYS), (MOST_WORKDAYS + 1, 2)])
def test_a_return_gives_at_least_a_working_day_and_no_more_than_the_most(rule, signed_in, days, kept):
    signed_in("coordinator").post(PAGE, words(rule, return_workdays=days))
    rule.refresh_from_db()
    assert rule.return_workdays == kept
