"""逾期队列: who may see it, what the address narrows, its file."""

import csv
import datetime as dt
import io
import re
from dataclasses import replace

import pytest
from django.urls import reverse

from tasks_app.catalogue.models import Assignment
from tasks_app.progress.models import Standing
from tasks_app.reporting.actions import refresh_standings, submit_report
from tests.factories import ITEMS, beijing
from tests.supervision.test_closures import relist
from tests.support.markup import on_one_line

URL = "/overdue/"


@pytest.fixture
def november(world, now):
    """2024-11-10: item 3 is ten days past its deadline, the others far behind."""
    now.move_to(beijing("2024-11-10 10:00"))
    refresh_standings(today=dt.date(2024, 11, 10))
    return world


def numbers(client, query=""):
    """The numbers of the tasks shown, in order."""
    text = client.get(URL + query).content.decode()
    return re.findall(r'<td class="no">(\d+)</td>', text)


@pytest.mark.parametrize("who", ["supervisor", "leader", "administrator", "coordinator"])
def test_who_oversees_or_coordinates_sees_what_is_late_the_worst_first(november, signed_in, who):
    assert numbers(signed_in(who))[0] == "3"
    assert len(numbers(signed_in(who))) == 4


@pytest.mark.parametrize("who", ["liaison", "colleague", "stranger"])
@pytest.mark.parametrize("address", [URL, "/overdue.csv"])
def test_others_are_told_whose_page_it_is(november, signed_in, who, address):
    answer = signed_in(who).get(address)
    assert answer.status_code == 403
    assert "督查、汇总、领导岗位" in answer.content.decode()


def test_each_row_says_how_long_whose_why_and_when_last_heard(november, signed_in):
    november.submit("school", percent=20, at="2024-08-03 09:00")
    refresh_standings(today=dt.date(2024, 11, 10))
    text = signed_in("supervisor").get(URL).content.decode()
    for words in ("已逾期 10 天", "市教育局", "已超过完成时限 10 天", "2024年8月期", "从未报送", "10月31日"):
        assert words in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?light=red", {"1", "2", "3", "4"}),
        ("?light=yellow", set()),
        ("?kind=overdue", {"3"}),
        ("?kind=behind", {"1", "2", "4"}),
        ("?kind=silent", {"1", "2", "3", "4"}),
        ("?kind=differs", set()),
        ("?kind=repeated", set()),
        ("?days=10", {"3"}),
        ("?days=11", set()),
        ("?list=test-2024", {"1", "2", "3", "4"}),
        ("?q=教育", {"3"}),
        ("?q=教育+道路", set()),
        ("?kind=overdue&q=教育", {"3"}),
    ],
)
def test_the_address_narrows_the_list(november, signed_in, query, found):
    assert set(numbers(signed_in("supervisor"), query)) == found


def test_unit_and_county_narrow_by_who_leads_and_who_has_a_part(november, signed_in):
    client = signed_in("leader")
    Assignment.objects.create(task=november.task(1), unit=november.units["市教育局"], role="assist")
    assert set(numbers(client, f"?unit={november.units['市住房建设局'].pk}")) == {"1", "2"}
    assert set(numbers(client, f"?unit={november.units['市教育局'].pk}")) == {"3"}
    assert set(numbers(client, f"?county={november.units['海东工业园区管委会'].pk}")) == {"4"}


@pytest.mark.parametrize(
    "query", ["?light=purple", "?unit=999999", "?list=nowhere", "?kind=x", "?county=abc", "?days=0", "?days=x"]
)
def test_a_value_that_makes_no_sense_is_named_and_ignored(november, signed_in, query):
    answer = signed_in("supervisor").get(URL + query)
    assert "已忽略" in answer.content.decode()
    assert len(re.findall(r'<td class="no">', answer.content.decode())) == 4


@pytest.mark.parametrize("sort", ["due", "-due", "behind", "-behind", "light", "-light", "times", "-times", "x"])
@pytest.mark.parametrize("group", ["", "unit", "chapter"])
def test_every_column_sorts_grouped_or_not(november, signed_in, sort, group):
    assert len(numbers(signed_in("supervisor"), f"?sort={sort}&group={group}")) == 4


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("behind", "3142"), ("-behind", "2413"), ("light", "2413"), ("-light", "1324"), ("times", "1324"),
        ("-times", "4213"),
    ],
)  # fmt: skip
def test_a_column_is_sorted_by_its_own_figures_both_ways(november, signed_in, sort, expected):
    """Red before yellow; what is equal in a column stands as in the list."""
    figures = {"1": (20, "yellow", 0), "2": (40, "red", 2), "3": (10, "yellow", 0), "4": (30, "red", 3)}
    for no, (behind, light, times) in figures.items():
        task = november.task_list.tasks.get(no=no)
        Standing.objects.filter(task=task).update(expected=80, progress=80 - behind, light=light)
        task.light_changes.all().delete()
        for day in range(times):
            task.light_changes.create(on=dt.date(2024, 9, 1 + day), before="yellow", after="red")
    assert "".join(numbers(signed_in("supervisor"), f"?sort={sort}")) == expected


def test_sorting_by_deadline_puts_the_next_first(november, signed_in):
    assert numbers(signed_in("supervisor"), "?sort=due")[0] == "3"
    assert numbers(signed_in("supervisor"), "?sort=-due")[-1] == "3"


def test_on_request_it_is_grouped_by_lead_unit_in_official_order(november, signed_in):
    text = on_one_line(signed_in("supervisor").get(URL + "?group=unit").content.decode())
    found = re.findall(r'<tr class="chapter"><th[^>]*>([^<]+)', text)
    assert found == [
        "海东工业园区管委会",
        "市住房建设局",
        "市教育局",
    ]


@pytest.mark.parametrize("query", ["?page=99", "?page=x", "?per_page=0", "?per_page=100000", "?page=-1&per_page=25"])
def test_odd_pages_answer_with_a_page(november, signed_in, query):
    assert len(numbers(signed_in("supervisor"), query)) == 4


def test_the_file_holds_exactly_the_rows_of_the_address(november, signed_in):
    answer = signed_in("leader").get("/overdue.csv?kind=overdue")
    text = b"".join(answer.streaming_content).decode("utf-8")
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [(row["序号"], row["逾期天数"], row["牵头单位"], row["状态"]) for row in rows] == [
        ("3", "10", "市教育局", "滞后")
    ]


def test_with_nothing_late_the_page_says_so(world, signed_in):
    refresh_standings(today=dt.date(2024, 7, 9))
    assert "没有逾期或滞后的任务" in signed_in("supervisor").get(URL).content.decode()


def test_grouped_by_chapter_each_stands_under_its_heading(november, signed_in):
    text = on_one_line(signed_in("supervisor").get(URL + "?group=chapter").content.decode())
    found = re.findall(r'<tr class="chapter"><th[^>]*>([^<]+)', text)
    assert found == ["东政办〔2024〕69号 · 一、城市建设", "东政办〔2024〕69号 · 二、公共服务"]


def test_a_row_says_what_the_unit_says_of_itself_where_that_differs(november, signed_in):
    Standing.objects.filter(task=november.task(3)).update(own="green", disagreement=2)
    answer = signed_in("supervisor").get(URL + "?kind=differs")
    assert re.findall(r'<td class="no">(\d+)</td>', answer.content.decode()) == ["3"]
    reading = re.search(
        r'<span class="reading[^>]*>(.*?)</span></td>|<span class="reading[^>]*>(.*)', answer.content.decode()
    )
    assert "自评" in reading.group(0)
    assert "正常" in reading.group(0)


def test_a_row_says_how_often_it_turned_red_and_how_long_it_is_silent(november, signed_in):
    text = signed_in("supervisor").get(URL + "?kind=overdue").content.decode()
    assert "1 次" in text
    assert "连续 2 期未报" in text


def test_a_month_made_up_stays_on_the_row(november, signed_in):
    report = november.report("school")
    november.fill(report, percent=20, text="已结对。", by="school", at="2024-10-03 09:00")
    submit_report(report=report, by=november.people["school"], at=beijing("2024-10-03 09:00"))
    refresh_standings(today=dt.date(2024, 11, 10))
    assert "缺报 1 期，已补" in signed_in("supervisor").get(URL + "?kind=overdue").content.decode()


@pytest.mark.parametrize(("who", "acts"), [("supervisor", 2), ("coordinator", 1), ("administrator", 1), ("leader", 0)])
def test_who_may_chase_ticks_rows_and_who_may_issue_has_the_link(november, signed_in, who, acts):
    text = signed_in(who).get(URL).content.decode()
    assert ('name="task"' in text) is (acts >= 1)
    assert ("发督办通知" in text) is (acts == 2)
    assert (f"{reverse('notice_new')}?task={november.task(3).pk}" in text) is (acts == 2)


def test_a_county_s_tasks_are_those_that_it_leads_and_those_on_which_it_assists(world, now, signed_in):
    # It leads the second and assists on two others.
    relist(world, ITEMS[0], replace(ITEMS[1], lead_units=("乐都区政府",), assist_units=()))
    now.move_to(beijing("2024-11-10 10:00"))
    refresh_standings(today=dt.date(2024, 11, 10))
    assert set(numbers(signed_in("leader"), f"?county={world.units['乐都区政府'].pk}")) == {"1", "2", "3"}
