"""A notice in a browser: issued in three clicks, signed for and answered on a phone, returned, closed."""

import datetime as dt

import pytest
from playwright.sync_api import Locator, Page, expect

from tasks_app.notices.actions import save_setting
from tasks_app.notices.models import Notice
from tasks_app.reporting.actions import refresh_standings
from tests.factories import beijing
from tests.support.browser import PHONE, sideways

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def late(town):
    """The lights of November, and the city's own number pattern."""
    refresh_standings(today=dt.date(2024, 11, 10))
    values = {"pattern": "东督〔{年}〕{号}号"}
    save_setting(task_list=town.task_list, values=values, by=None, at=beijing("2024-08-01 09:00"))
    return town


class Clicks:
    """Presses and answers to questions, counted."""

    def __init__(self, page: Page) -> None:
        self.count = 0
        page.on("dialog", self._accept)

    def _accept(self, dialog) -> None:
        self.count += 1
        dialog.accept()

    def on(self, target: Locator) -> None:
        self.count += 1
        target.click()


def test_a_supervisor_issues_in_three_clicks_and_the_unit_answers_until_it_is_closed(late, at_desk, live_server):
    page = at_desk("supervisor")
    page.goto(f"{live_server.url}/overdue/")
    clicks = Clicks(page)
    row = page.locator("table.ledger tbody tr", has_text="推动城乡公共资源均衡配置")
    clicks.on(row.get_by_role("link", name="发督办通知"))
    expect(page.get_by_role("heading", name="核对并签发督办通知")).to_be_visible()
    expect(page.get_by_label("督办单：5 个工作日，2024年8月9日 18:00 前回复")).to_be_checked()
    expect(page.get_by_label("督办要求")).not_to_have_value("")
    clicks.on(page.get_by_role("button", name="确认签发"))
    expect(page.get_by_role("status")).to_contain_text("已签发 1 份督办通知：东督〔2024〕1号")
    assert clicks.count <= 3
    notice = Notice.objects.get()

    phone = at_desk("liaison", viewport=PHONE)
    phone.get_by_role("link", name=notice.number).click()
    expect(phone.locator("article.paper")).to_contain_text("请对照年度目标倒排工期")
    assert sideways(phone) == 0
    phone.get_by_role("button", name="签收通知").click()
    expect(phone.get_by_role("status")).to_contain_text("已签收")
    phone.get_by_label("办理情况").fill("正在抓紧办理。")
    phone.get_by_label("佐证材料").set_input_files(
        {"name": "现场.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 a"}
    )
    phone.get_by_role("button", name="提交回复").click()
    expect(phone.get_by_role("status")).to_contain_text("回复已提交")
    expect(phone.get_by_role("link", name="现场.pdf")).to_be_visible()
    assert sideways(phone) == 0

    page.goto(live_server.url)
    expect(page.get_by_role("heading", name="1 份督办回复等您评定")).to_be_visible()
    page.get_by_role("link", name=notice.number).click()
    page.get_by_label("退办：须重新办理并再次回复").check()
    page.get_by_label("评定意见").fill("没有写明完成时间。")
    page.get_by_label("退办后几个工作日内回复").fill("2")
    page.get_by_role("button", name="记录评定结论").click()
    expect(page.get_by_role("status")).to_contain_text("退办待复")

    phone.reload()
    expect(phone.locator("main")).to_contain_text("这是第 2 轮")
    phone.get_by_label("办理情况").fill("10月底前完成，工期安排见附件。")
    phone.get_by_role("button", name="提交回复").click()
    expect(phone.get_by_role("status")).to_contain_text("回复已提交")

    page.reload()
    page.get_by_label("办结：要求已落实").check()
    page.get_by_role("button", name="记录评定结论").click()
    expect(page.get_by_role("status")).to_contain_text("已评定：办结")
    expect(page.locator("ol.timeline li")).to_have_count(6)


def test_phrases_are_added_to_what_is_typed(late, at_desk, live_server):
    page = at_desk("supervisor")
    page.goto(f"{live_server.url}/notices/new/?task={late.task(1).pk}")
    page.get_by_label("督办要求").fill("请于周五前报来。")
    page.get_by_role("button", name="请立即补报所缺各期月报，并说明未按期报送的原因。").click()
    expect(page.get_by_label("督办要求")).to_have_value(
        "请于周五前报来。\n请立即补报所缺各期月报，并说明未按期报送的原因。"
    )


def test_issued_answered_and_closed_without_javascript(late, at_desk, live_server):
    page = at_desk("supervisor", javascript=False)
    page.goto(f"{live_server.url}/notices/proposed/")
    page.locator("tr", has_text="市住房建设局").get_by_role("link", name="发督办单").click()
    page.get_by_role("button", name="确认签发").click()
    expect(page.get_by_role("status")).to_contain_text("东督〔2024〕1号")
    liaison = at_desk("liaison", javascript=False)
    liaison.get_by_role("link", name="东督〔2024〕1号").click()
    liaison.get_by_label("办理情况").fill("已办理。")
    liaison.get_by_role("button", name="提交回复").click()
    expect(liaison.get_by_role("status")).to_contain_text("回复已提交")
    page.reload()
    page.get_by_label("办结：要求已落实").check()
    page.get_by_role("button", name="记录评定结论").click()
    expect(page.get_by_role("status")).to_contain_text("已评定：办结")
