"""Scores in a browser: rules tried and kept, a sheet published, a line objected to, the objection upheld."""

import pytest
from playwright.sync_api import Page, expect

from tasks_app.closing.actions import close_period
from tests.factories import beijing
from tests.support.browser import DESKTOP, PHONE, sideways

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def july(town):
    """Nobody reported in July; the round is closed."""
    period = town.task_list.periods.earliest("opens_at")
    close_period(period=period, by=town.people["coordinator"], at=beijing("2024-08-02 10:00"))
    return period


def place(page: Page, unit: str):
    """The ranking's row of a unit."""
    return page.locator(".ranking tr").filter(has=page.get_by_role("rowheader", name=unit))


def set_rules(page: Page, base: str) -> None:
    page.goto(f"{base}/scores/")
    page.get_by_role("link", name="设置考核规则").click()
    page.get_by_label("缺报 · 分值").fill("-8")
    page.get_by_role("button", name="试算，不保存").click()
    expect(page.get_by_role("heading", name="试算结果（没有保存）")).to_be_visible()
    expect(page.locator(".moves").first).to_contain_text("92.00")
    expect(page.get_by_label("缺报 · 分值")).to_have_value("-8")
    page.get_by_label("修改理由").fill("年度考核开始")
    page.get_by_role("button", name="保存为新的一版").click()
    expect(page.get_by_role("status")).to_contain_text("已保存为第 1 版考核规则")


def test_from_the_rule_to_the_ranking_that_an_objection_changed(town, july, at_desk, live_server):
    base = live_server.url
    supervisor, liaison = at_desk("supervisor"), at_desk("liaison")
    set_rules(supervisor, base)

    supervisor.goto(f"{base}/scores/")
    expect(supervisor.locator("main")).to_contain_text("待计算公布")
    supervisor.get_by_role("link", name="2024年7月期").click()
    supervisor.on("dialog", lambda dialog: dialog.accept())
    supervisor.get_by_role("button", name="公布考核结果").click()
    expect(supervisor.get_by_role("status")).to_contain_text("考核结果已公布（第 1 版）")

    liaison.goto(f"{base}/scores/")
    expect(place(liaison, "市住房建设局")).to_contain_text("92.00")
    expect(place(liaison, "市教育局").get_by_role("link")).to_have_count(0)
    place(liaison, "市住房建设局").get_by_role("link", name="92.00").click()
    expect(liaison.locator("main")).to_contain_text("关账时没有报送")
    liaison.get_by_role("link", name="提出申诉").click()
    liaison.get_by_label("申诉理由").fill("当日平台故障，已电话说明。")
    liaison.get_by_role("button", name="提出申诉").click()
    expect(liaison.get_by_role("status")).to_contain_text("申诉已提出")

    supervisor.goto(f"{base}/scores/")
    supervisor.get_by_role("link", name="申诉 1").click()
    supervisor.get_by_role("link", name="市住房建设局").click()
    expect(supervisor.locator("main")).to_contain_text("当日平台故障，已电话说明。")
    supervisor.get_by_label("申诉成立，撤销这一行").check()
    supervisor.get_by_label("裁定理由").fill("经核实，故障属实。")
    supervisor.get_by_role("button", name="记录裁定").click()
    expect(supervisor.get_by_role("status")).to_contain_text("裁定已记录")

    liaison.goto(f"{base}/scores/")
    expect(place(liaison, "市住房建设局")).to_contain_text("100.00")
    expect(place(liaison, "市住房建设局").get_by_role("cell").first).to_have_text("1")
    expect(place(liaison, "市教育局").get_by_role("cell").first).to_have_text("2")
    place(liaison, "市住房建设局").get_by_role("link", name="100.00").click()
    expect(liaison.locator("main")).to_contain_text("申诉成立，撤销")
    expect(liaison.locator("main")).to_contain_text("第 2 版")


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_no_page_of_the_scores_scrolls_sideways(town, july, at_desk, live_server, viewport):
    page = at_desk("supervisor", viewport=viewport)
    set_rules(page, live_server.url)
    page.goto(f"{live_server.url}/scores/periods/{july.pk}/")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="公布考核结果").click()
    expect(page.get_by_role("status")).to_contain_text("考核结果已公布")
    slug, unit = town.task_list.slug, town.units["市住房建设局"].pk
    addresses = ["/scores/", f"/scores/periods/{july.pk}/", f"/scores/{slug}/units/{unit}/", f"/scores/{slug}/rules/"]
    for address in [*addresses, "/scores/objections/"]:
        page.goto(live_server.url + address)
        assert sideways(page) == 0, address


def test_the_rules_are_tried_and_kept_without_javascript(town, july, at_desk, live_server):
    set_rules(at_desk("administrator", javascript=False), live_server.url)
