"""月报: the own unit's reports by period; for who collects or oversees, who has reported."""

import pytest
from django.urls import reverse

from tasks_app.accounts.actions import add_person
from tasks_app.accounts.choices import Role
from tasks_app.accounts.permissions import viewer_of
from tasks_app.closing.actions import close_period, exempt_unit, reopen_unit
from tasks_app.reporting.actions import return_entries
from tasks_app.web.reporting.listing import rows_of
from tests.factories import beijing

AT = "2024-08-02 10:00"


def get(client, **query):
    return client.get(reverse("reports"), query)


def rows(html):
    """The units shown, in order."""
    body = html.split("<tbody>")[1].split("</tbody>")[0]
    return body.split("<tr>")[1:]


def test_a_liaison_sees_the_open_month_on_top_and_the_others_below(world, signed_in):
    html = get(signed_in("liaison")).text
    assert "2024年8月期月报" in html
    assert "开始填报" in html
    assert "还有 3 天 8 小时" in html
    assert html.index("2024年8月期") < html.index("2024年7月期")
    assert "缺报" in rows(html)[0]
    assert "补报" in rows(html)[0]


def test_a_submitted_month_shows_its_receipt(world, signed_in):
    report = world.submit("liaison", percent=30, at=AT)
    html = get(signed_in("liaison")).text
    assert report.receipt_no in html
    assert "按时" in html
    assert "待审核" in html


def test_what_was_returned_is_said_on_top(world, signed_in):
    report = world.submit("liaison", percent=30, at=AT)
    ids = [report.entries.first().pk]
    return_entries(report=report, entry_ids=ids, reason="请补充数量", by=world.people["coordinator"], at=beijing(AT))
    html = get(signed_in("liaison")).text
    assert "退回 1 项" in html
    assert "去修改" in html


@pytest.mark.parametrize("who", ["coordinator", "supervisor", "leader", "administrator"])
def test_who_collects_or_oversees_sees_who_has_reported(world, signed_in, who):
    world.submit("liaison", percent=30, at=AT)
    world.fill(world.report("school"), percent=10, text="只在草稿里", by="school", at=AT)
    html = get(signed_in(who)).text
    assert len(rows(html)) == 5
    assert "填报中 1/1 项" in html
    assert "只在草稿里" not in html
    assert reverse("report", args=[world.report("liaison").pk]) in html
    assert f'href="{reverse("report", args=[world.report("school").pk])}"' not in html


def test_each_number_filters_and_says_of_how_many(world, signed_in):
    world.submit("liaison", percent=30, at=AT)
    client = signed_in("coordinator")
    html = get(client).text
    assert 'state=on_time"' in html.replace("&amp;", "&")
    assert '按时 1</b> <span class="muted">/ 5' in html
    assert "state=returned" not in html, "nobody is in it"
    assert "state=returned" in get(client, state="returned").text.split("<tbody")[0]
    shown = rows(get(client, state="on_time").text)
    assert len(shown) == 1
    assert "市住房建设局" in shown[0]
    assert len(rows(get(client, state="out").text)) == 4
    assert len(rows(get(client, state="waiting").text)) == 1
    by, at = world.people["coordinator"], beijing(AT)
    exempt_unit(report=world.report("school"), reason="机构改革", by=by, at=at)
    assert len(rows(get(client, state="out").text)) == 3, "who is excused is not asked for"


def test_a_month_of_a_closed_round_is_to_be_filled_only_once_it_is_reopened(world, signed_in):
    def to_fill():
        return [row.report for row in get(signed_in("liaison")).context["open_rows"]]

    report, by = world.report("liaison"), world.people["coordinator"]
    assert to_fill() == [report]
    close_period(period=report.period, by=by, at=beijing("2024-08-06 09:00"))
    assert to_fill() == []
    reopen_unit(report=report, reason="系统故障", by=by, at=beijing("2024-08-06 10:00"))
    assert to_fill() == [report]


def test_another_period_is_chosen_in_the_address(world, signed_in):
    july = world.task_list.periods.get(month=7)
    html = get(signed_in("coordinator"), list=world.task_list.pk, period=july.pk).text
    assert "月报 · 2024年7月期" in html
    assert "缺报 5" in html


@pytest.mark.parametrize("query", [{"list": "x"}, {"period": "999999"}, {"state": "<script>"}, {"sort": "nothing"}])
def test_what_the_address_does_not_know_is_passed_over(world, signed_in, query):
    answer = get(signed_in("coordinator"), **query)
    assert answer.status_code == 200
    assert "<script>&" not in answer.text
    assert len(rows(answer.text)) == 5


@pytest.mark.parametrize("column", ["unit", "timeliness", "submitted", "state", "receipt"])
def test_every_column_sorts_both_ways(world, signed_in, column):
    world.submit("liaison", percent=30, at=AT)
    client = signed_in("coordinator")
    up, down = rows(get(client, sort=column).text), rows(get(client, sort=f"-{column}").text)
    assert len(up) == len(down) == 5
    assert up != down


def test_a_state_that_nobody_is_in_says_so(world, signed_in):
    assert "没有符合条件的单位" in get(signed_in("coordinator"), state="accepted").text


def test_before_the_first_period_the_page_says_what_will_be_here(world, signed_in):
    world.task_list.periods.all().delete()
    assert "还没有开始报送" in get(signed_in("coordinator")).text
    assert "还没有要报的月报" in get(signed_in("liaison")).text


def test_a_city_knows_nothing_of_another_citys_reports(world, signed_in):
    html = get(signed_in("stranger")).text
    assert "市住房建设局" not in html
    assert "还没有要报的月报" in html


def test_a_coordinator_of_another_unit_sees_nothing_of_this_list(world, signed_in):
    unit = world.units["市教育局"]
    world.people["other"] = add_person(
        username="other", name="市教育局汇总员", email="o@example.test", password_hash="!",
        unit=unit, role=Role.COORDINATOR, by=None, at=beijing(AT),
    )  # fmt: skip
    assert "还没有开始报送" in get(signed_in("other")).text


@pytest.mark.parametrize(("who", "queries"), [("liaison", 5), ("coordinator", 7)])
def test_the_number_of_queries_is_fixed(world, signed_in, django_assert_num_queries, who, queries):
    client = signed_in(who)
    with django_assert_num_queries(queries):
        get(client)


def test_sorted_by_when_they_came_in_the_first_leads_and_what_is_out_stands_last(world, signed_in):
    world.submit("school", percent=30, at="2024-08-02 09:00")
    world.submit("liaison", percent=30, at="2024-08-02 10:00")
    shown = rows(get(signed_in("coordinator"), sort="submitted").text)
    assert ["市教育局" in shown[0], "市住房建设局" in shown[1]] == [True, True]
    shown = rows(get(signed_in("coordinator"), sort="-submitted").text)
    assert ["市住房建设局" in shown[-2], "市教育局" in shown[-1]] == [True, True]


def test_a_report_is_opened_from_the_list_once_it_was_handed_in_or_by_its_own_unit(world):
    handed_in, open_still = world.submit("liaison", percent=30, at=AT), world.report("school")
    for who, expected in (("supervisor", [True, False]), ("school", [True, True]), ("liaison", [True, False])):
        found = rows_of([handed_in, open_still], viewer_of(world.people[who]), beijing(AT))
        assert [row.readable for row in found] == expected, who
