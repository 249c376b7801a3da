"""One round from its opening to the published figures, each role at its own desk."""

import pytest
import time_machine
from playwright.sync_api import Page, expect

from tasks_app.closing.models import PeriodSnapshot
from tasks_app.outbox.models import Message
from tasks_app.reporting.choices import SignState
from tasks_app.schedule.models import ReportingRule
from tests.factories import beijing

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def fill(page: Page, no: int, percent: str, words: str) -> None:
    part = page.locator("section.entry").nth(no - 1)
    part.get_by_label("完成百分比").fill(percent)
    part.get_by_label("本月做了什么").fill(words)


def ask_signature(page: Page) -> None:
    """Straight after typing: what was typed is saved before the head is asked."""
    page.get_by_role("button", name="送单位负责人签批").click()
    expect(page.locator("main")).to_contain_text("签批后才能提交")


def sign(at_desk) -> None:
    head = at_desk("head")
    head.get_by_role("link", name="去签批").click()
    head.get_by_role("button", name="同意，签批").click()
    expect(head.get_by_role("status")).to_be_visible()


def hand_in(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="检查并提交").click()
    expect(page.get_by_role("heading", name="检查并提交")).to_be_visible()
    page.get_by_role("button", name="提交月报").click()
    expect(page.get_by_role("heading", name="月报报送回执")).to_be_visible()


@pytest.mark.smoke
def test_a_round_from_its_opening_to_the_published_figures(town, at_desk, live_server):
    ReportingRule.objects.filter(task_list=town.task_list).update(head_signs=True)
    report = town.report("liaison")
    month, round_page = f"/reports/{report.pk}/", f"/periods/{report.period_id}/"
    address = live_server.url + month

    # The liaison writes, the unit's head signs, the liaison hands in.
    liaison = at_desk("liaison", month)
    fill(liaison, 1, "31", "已完成 412 套，平安区进场施工。")
    fill(liaison, 2, "20", "完成村庄规划。")
    ask_signature(liaison)
    sign(at_desk)
    hand_in(liaison, address)

    # The coordinator returns one, accepts the other, excuses a unit and chases the rest.
    coordinator = at_desk("coordinator", month)
    first = coordinator.locator("section.entry").first
    first.locator("details[data-return] summary").click()
    first.get_by_label("补充说明").fill("请写明乐都区的套数")
    first.get_by_role("button", name="退回给报送单位").click()
    expect(coordinator.get_by_role("status")).to_contain_text("已退回 1 项")
    coordinator.get_by_role("button", name="通过", exact=True).first.click()
    expect(coordinator.get_by_role("status")).to_contain_text("已通过 1 项")

    coordinator.goto(live_server.url + round_page)
    school = coordinator.get_by_role("row").filter(has_text="市教育局")
    school.get_by_text("免报", exact=True).click()
    school.get_by_label("免报理由").fill("机构合并")
    school.get_by_role("button", name="本期免报").click()
    expect(coordinator.get_by_role("row").filter(has_text="市教育局")).to_contain_text("机构合并")
    before = Message.objects.filter(recipient=town.people["colleague"]).count()
    coordinator.get_by_role("button", name="全部催报").click()
    expect(coordinator.get_by_role("status").first).to_be_visible()
    assert Message.objects.filter(recipient=town.people["colleague"]).count() > before

    # Other words need another signature; then the entry comes again.
    liaison.goto(address)
    expect(liaison.locator(".return-reason")).to_contain_text("请写明乐都区的套数")
    fill(liaison, 1, "35", "已完成 412 套，其中乐都区 112 套。")
    ask_signature(liaison)
    sign(at_desk)
    hand_in(liaison, address)

    # An assisting unit has its say on what the lead reported, and reports its own share.
    colleague = at_desk("colleague", "/confirmations/")
    question = colleague.locator("section.entry").filter(has_text="其中乐都区 112 套")
    question.get_by_text("有异议…").click()
    question.get_by_label("哪里与实际不符").fill("乐都区实际 98 套")
    question.get_by_role("button", name="有异议", exact=True).click()
    expect(colleague.locator("main")).to_contain_text("乐都区实际 98 套")

    coordinator.goto(address)
    expect(coordinator.locator("section.entry").first).to_contain_text("乐都区实际 98 套")
    coordinator.get_by_role("button", name="通过", exact=True).first.click()
    expect(coordinator.locator("main")).to_contain_text("所有月报都已审完")

    # After the deadline the round is closed; what was published is read by who oversees.
    with time_machine.travel(beijing("2024-08-06 09:00"), tick=True):
        coordinator = at_desk("coordinator", round_page)
        coordinator.on("dialog", lambda dialog: dialog.accept())
        expect(coordinator.get_by_role("row").filter(has_text="乐都区政府")).to_contain_text("缺报")
        coordinator.get_by_role("button", name="关账并公布").click()
        expect(coordinator.locator("main")).to_contain_text("公布第 1 版")
        figures = f"{round_page}figures/"
        for who in ("supervisor", "leader"):
            page = at_desk(who, figures)
            expect(page.locator("main")).to_contain_text("第 1 版")
            row = page.get_by_role("row").filter(has_text="推动城乡公共资源均衡配置").first
            expect(row).to_contain_text("35")
        expect(at_desk("administrator", "/reports/").locator("main")).to_contain_text("市住房建设局")
        frozen = at_desk("colleague", f"/reports/{town.report('colleague').pk}/")
        expect(frozen.locator("main")).to_contain_text("关账")

    snapshot = PeriodSnapshot.objects.get(period=report.period)
    assert snapshot.version == 1
    report.refresh_from_db()
    assert report.sign_state == SignState.SIGNED
