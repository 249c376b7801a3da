"""The list of notices, what is proposed, and one notice as each role finds it."""

import csv
import io

import pytest
from django.urls import reverse

from tasks_app.notices.actions import judge_notice, reply_notice
from tasks_app.notices.choices import NoticeLevel
from tasks_app.notices.models import Notice
from tasks_app.reporting.actions import refresh_standings
from tests.factories import beijing

LIST = "/notices/"
CANARY = "金丝雀八八五"


@pytest.fixture
def november(world, now):
    """Most tasks are far behind: lights as of 2024-11-22."""
    now.move_to(beijing("2024-11-22 10:00"))
    refresh_standings(today=beijing("2024-11-22 10:00").date())
    return world


def page_of(notice: Notice) -> str:
    return reverse("notice", args=[notice.pk])


# --- the list


def test_an_empty_list_says_what_will_be_here(world, signed_in):
    assert "本单位没有收到督办通知" in signed_in("liaison").get(LIST).text
    assert "还没有签发过督办通知" in signed_in("supervisor").get(LIST).text


def test_the_list_shows_counts_and_opens_each_notice(world, issue, signed_in):
    notice = issue(1)
    html = signed_in("supervisor").get(LIST).text
    assert "东督〔2024〕1号" in html
    assert page_of(notice) in html
    assert "等单位回复 1" in html
    assert "还有 7 天" in html


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {1, 2, 3}),
        ("?level=reminder", {3}),
        ("?state=owed", {1, 3}),
        ("?state=late", {1, 3}),
        ("?state=replied", {2}),
        ("?q=2024〕2号", {2}),
        ("?q=和美乡村", {2}),
        ("?unit={school}", {3}),
        ("?list=test-2024", {1, 2, 3}),
    ],
)
def test_filters_narrow_the_list(world, issue, signed_in, now, query, shown):
    issue(1)
    second = issue(2)
    issue(3, unit="市教育局", level=NoticeLevel.REMINDER)
    at = beijing("2024-08-05 10:00")
    reply_notice(notice=second, reply_text="好。", version=0, by=world.people["liaison"], at=at)
    now.move_to(beijing("2024-08-20 10:00"))
    html = signed_in("supervisor").get(LIST + query.format(school=world.units["市教育局"].pk)).text
    assert {number for number in (1, 2, 3) if f"〔2024〕{number}号</a>" in html} == shown


def test_the_strip_counts_all_states_and_of_the_levels_what_is_open(world, issue, signed_in):
    closed = issue(1)
    issue(3, unit="市教育局", level=NoticeLevel.REMINDER)
    at = beijing("2024-08-02 10:00")
    reply_notice(notice=closed, reply_text="好。", version=0, by=world.people["liaison"], at=at)
    by = world.people["supervisor"]
    judge_notice(notice=closed, closed=True, judge_text="", workdays=0, by=by, at=at)
    for query in ("", "?level=reminder", "?state=closed"):
        strip = signed_in("supervisor").get(LIST + query).context
        assert (strip["total"], strip["open_count"]) == (2, 1), query
        assert {level.value: n for level, n, _chosen in strip["levels"]} == {"red": 0, "order": 0, "reminder": 1}


def test_a_filter_that_makes_no_sense_is_named_and_ignored(issue, signed_in):
    issue(1)
    html = signed_in("leader").get(LIST + "?level=purple").text
    assert "筛选条件“级别”没有“purple”这个选项" in html
    assert "东督〔2024〕1号" in html


def test_the_csv_has_the_rows_of_the_address(issue, signed_in):
    issue(1, 2)
    issue(3, unit="市教育局", level=NoticeLevel.REMINDER)
    answer = signed_in("coordinator").get("/notices.csv?level=order")
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(content))
    assert (row["文号"], row["任务序号"], row["受文单位"]) == ("东督〔2024〕1号", "第1项、第2项", "市住房建设局")
    assert (row["回复期限"], row["是否逾期"]) == ("2024-08-09 18:00", "")


def test_in_the_csv_an_answered_notice_is_not_overdue(world, issue, signed_in, now):
    answered, owed = issue(1), issue(3, unit="市教育局")
    at = beijing("2024-08-05 10:00")
    reply_notice(notice=answered, reply_text="好。", version=0, by=world.people["liaison"], at=at)
    now.move_to(beijing("2024-08-20 10:00"))
    content = b"".join(signed_in("coordinator").get("/notices.csv").streaming_content).decode("utf-8-sig")
    late = {row["文号"]: row["是否逾期"] for row in csv.DictReader(io.StringIO(content))}
    assert late == {answered.number: "", owed.number: "逾期"}


# --- what is proposed


def test_the_rule_proposes_by_unit_and_level_with_its_reasons(november, signed_in):
    html = signed_in("supervisor").get("/notices/proposed/").text
    assert "市住房建设局" in html
    assert "任务亮红灯：比序时进度落后" in html
    assert "发督办单" in html
    assert "建议督办 <b>" in signed_in("supervisor").get(LIST).text


def test_a_leader_reads_the_proposals_and_issues_none(november, signed_in):
    html = signed_in("leader").get("/notices/proposed/").text
    assert "任务亮红灯" in html
    assert "发督办单" not in html


def test_what_is_being_dealt_with_is_not_proposed(november, issue, signed_in):
    issue(1, 2, at="2024-11-22 09:00")
    html = signed_in("supervisor").get("/notices/proposed/").text
    assert "市住房建设局" not in html


# --- one notice


def test_the_unit_reads_what_is_asked_and_how_to_answer(issue, signed_in):
    html = signed_in("liaison").get(page_of(issue(1))).text
    assert "关于加快推进第1项“推动城乡公共资源均衡配置”的督办通知" in html
    assert "请于 <b>2024年8月9日 18:00</b> 前回复" in html
    assert "签收通知</button>" in html
    assert "提交回复" in html
    assert "撤销这份通知" not in html


@pytest.mark.parametrize("who", ["colleague", "school", "stranger"])
def test_no_other_unit_finds_a_notice_anywhere(world, issue, signed_in, who):
    notice = issue(1, demands=CANARY)
    round_ = reply_notice(
        notice=notice, reply_text=CANARY, version=0, by=world.people["liaison"], at=beijing("2024-08-02 11:00")
    )
    client = signed_in(who)
    pages = ["/", LIST, "/notices.csv", "/messages/", f"/tasks/{world.task(1).pk}/", "/tasks/", "/overdue/"]
    for address in pages:
        answer = client.get(address)
        text = b"".join(answer.streaming_content).decode() if answer.streaming else answer.text
        assert CANARY not in text, address
        assert notice.number not in text, address
    for name in ("notice", "notice_docx"):
        assert client.get(reverse(name, args=[notice.pk])).status_code == 404
    for name in ("notice_receive", "notice_reply", "notice_judge", "notice_withdraw"):
        assert client.post(reverse(name, args=[notice.pk])).status_code == 404
    assert round_.notice.rounds.count() == 1


@pytest.mark.parametrize("who", ["head", "coordinator", "supervisor", "leader", "administrator"])
def test_those_concerned_read_it(world, issue, signed_in, who):
    assert CANARY in signed_in(who).get(page_of(issue(1, demands=CANARY))).text


def test_a_notice_that_climbed_leads_to_the_one_it_became(issue, signed_in):
    reminder, order = issue(1, level=NoticeLevel.REMINDER), issue(1)
    client = signed_in("liaison")
    assert page_of(order) in client.get(page_of(reminder)).text
    html = client.get(page_of(order)).text
    assert "升级自" in html
    assert page_of(reminder) in html


def test_words_typed_by_people_are_shown_as_words(issue, signed_in):
    html = signed_in("liaison").get(page_of(issue(1, demands="<script>alert(1)</script>"))).text
    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize(
    ("sort", "key"),
    [
        ("number", lambda notice: notice.serial),
        ("unit", lambda notice: notice.unit.order),
        ("issued", lambda notice: notice.issued_at),
        ("due", lambda notice: notice.due_at),
    ],
)
def test_the_list_is_sorted_both_ways(issue, signed_in, sort, key):
    issue(3, unit="市教育局", at="2024-08-02 10:00")
    issue(1, at="2024-08-05 10:00")
    issue(4, unit="海东工业园区管委会", at="2024-08-06 10:00")
    up, down = (
        [key(row.notice) for row in signed_in("leader").get(LIST, {"sort": f"{sign}{sort}"}).context["rows"]]
        for sign in ("", "-")
    )
    assert len(set(up)) == 3
    assert (up, down) == (sorted(up), sorted(up, reverse=True))
