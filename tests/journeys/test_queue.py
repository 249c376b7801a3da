"""The overdue queue in a browser: the worst is found, the selection kept and shared, units chased; search."""

import datetime as dt

import pytest
from playwright.sync_api import Page, expect

from tasks_app.outbox.models import Message
from tasks_app.reporting.actions import refresh_standings
from tests.support.browser import DESKTOP, PHONE, sideways

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def late(town):
    """The lights of November: item 3 is past its deadline, the others far behind."""
    refresh_standings(today=dt.date(2024, 11, 10))
    return town


def rows(page: Page):
    return page.locator("table.ledger tbody tr:not(.chapter)")


def test_a_supervisor_finds_the_worst_keeps_the_selection_and_a_colleague_opens_it(late, at_desk, live_server):
    page = at_desk("supervisor")
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="督办").click()
    expect(page.get_by_role("heading", name="逾期队列")).to_be_visible()
    expect(rows(page)).to_have_count(4)
    expect(rows(page).first).to_contain_text("深化教育合作")
    page.get_by_label("问题").select_option(label="已逾期")
    expect(rows(page)).to_have_count(1)
    page.get_by_text("保存当前筛选").click()
    page.get_by_label("名称").fill("拖得最久的")
    page.get_by_label("与本辖区督查、汇总岗位共享").check()
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("已保存筛选“拖得最久的”")
    expect(rows(page)).to_have_count(1)

    colleague = at_desk("coordinator")
    colleague.goto(f"{live_server.url}/overdue/")
    expect(rows(colleague)).to_have_count(4)
    colleague.get_by_role("link", name="拖得最久的").click()
    expect(rows(colleague)).to_have_count(1)
    expect(colleague.get_by_label("问题")).to_have_value("overdue")
    colleague.get_by_role("link", name="管理").click()
    colleague.get_by_role("button", name="设为默认").click()
    colleague.get_by_role("navigation", name="主导航").get_by_role("link", name="督办").click()
    expect(rows(colleague)).to_have_count(1)
    colleague.get_by_role("link", name="全部", exact=True).click()
    expect(rows(colleague)).to_have_count(4)


@pytest.mark.parametrize("javascript", [True, False])
def test_units_are_chased_after_a_look_at_whom_it_reaches(late, at_desk, live_server, javascript):
    page = at_desk("supervisor", javascript=javascript)
    page.goto(f"{live_server.url}/overdue/")
    if javascript:
        page.get_by_label("勾选本页").check()
    else:
        page.get_by_label("批量办理").select_option(label="本页全部任务")
    page.get_by_role("button", name="催办牵头单位").click()
    expect(page.locator("main")).to_contain_text("将向 2 人各发出一条消息，涉及 2 家单位")
    expect(page.locator("main")).to_contain_text("海东工业园区管委会没有在任的联络员")
    page.get_by_label("补充说明").fill("请于本周五前反馈。")
    page.get_by_role("button", name="确认，发出 2 条消息").click()
    expect(page.get_by_role("status")).to_contain_text("向 2 人各发出一条消息")
    assert Message.objects.filter(dedupe_key__startswith="tasks-chased", channel="site").count() == 2


def test_a_row_is_two_clicks_from_the_draft_of_a_notice(late, at_desk, live_server):
    page = at_desk("supervisor")
    page.goto(f"{live_server.url}/overdue/")
    rows(page).first.get_by_role("link", name="发督办通知").click()
    expect(page).to_have_url(f"{live_server.url}/notices/new/?task={late.task(3).pk}")
    expect(page.locator("main")).to_contain_text("市教育局")


def test_the_slash_leads_to_the_search_and_the_words_to_the_task(late, at_desk, live_server):
    page = at_desk("leader")
    page.goto(f"{live_server.url}/messages/")
    page.wait_for_load_state()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("小区")
    page.keyboard.press("Enter")
    expect(page.locator("mark").first).to_have_text("小区")
    page.get_by_role("link", name="第1项").click()
    expect(page).to_have_url(f"{live_server.url}/tasks/{late.task(1).pk}/")


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
@pytest.mark.parametrize("address", ["/overdue/", "/overdue/?group=chapter", "/overdue/filters/", "/search/?q=小区"])
def test_nothing_sticks_out_sideways(late, at_desk, live_server, size, address):
    page = at_desk("supervisor", viewport=size)
    page.goto(f"{live_server.url}{address}")
    assert sideways(page) == 0


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_an_administrators_navigation_fits_one_line(late, at_desk, live_server, language):
    page = at_desk("administrator", viewport=DESKTOP)
    page.goto(f"{live_server.url}/messages/")
    if language == "en":
        page.locator(".language button").click()
    expect(page.locator("html")).to_have_attribute("lang", language)
    assert page.locator(".top nav").evaluate("nav => nav.scrollWidth <= nav.clientWidth")
