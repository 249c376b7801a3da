"""Reminders in a browser: the coordinator looks ahead, words a reminder and chases; each liaison gets one message."""

import pytest
from playwright.sync_api import expect

from tasks_app.outbox.actions import deliver_waiting
from tasks_app.outbox.choices import Channel
from tasks_app.outbox.models import Message
from tests.factories import beijing
from tests.support.browser import PHONE, sideways

pytestmark = pytest.mark.browser


def received(town, who: str) -> int:
    return Message.objects.filter(recipient=town.people[who], channel=Channel.SITE).count()


def test_a_reminder_is_foreseen_worded_and_sent_to_two_units_as_one_message_each(town, at_desk, live_server):
    page = at_desk("coordinator")
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="提醒").click()
    expect(page.locator("#results")).to_contain_text("8月5日")
    expect(page.locator("#results")).to_contain_text("等 3 条")
    page.locator("#results summary").first.click()
    expect(page.get_by_text("市住房建设局联络员").first).to_be_visible()

    page.get_by_role("link", name="清单设置").click()
    page.get_by_role("link", name=town.task_list.title).click()
    page.get_by_role("link", name="月报截止前，给联络员").click()
    page.get_by_label("标题").fill("请{处长}过目")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".field.wrong")).to_contain_text("“{处长}”不是可用的占位符")
    page.get_by_label("标题").fill("【发改委】请报送{期}月报：{单位}")
    page.get_by_role("button", name="预览").click()
    expect(page.get_by_role("region", name="预览")).to_contain_text("【发改委】请报送2024年8月期月报：市住房建设局")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status")).to_contain_text("模板已保存")

    page.get_by_role("link", name="催办").click()
    rows = page.locator("tr", has_text="2024年8月期")
    for unit in ("市住房建设局", "市教育局"):
        rows.filter(has_text=unit).get_by_role("checkbox").check()
    page.get_by_role("button", name="催办所选").click()
    expect(page.get_by_role("status")).to_contain_text("已向 2 人各发出一条催办")
    # The same button, pressed again by a hand that is not sure.
    rows.filter(has_text="市住房建设局").get_by_role("button", name="只催这一件").click()
    expect(page.locator("main")).to_contain_text("已经催过")

    deliver_waiting(at=beijing("2024-08-02 10:30"))
    assert [received(town, who) for who in ("liaison", "school", "colleague")] == [1, 1, 0]
    liaison = at_desk("liaison")
    liaison.goto(f"{live_server.url}/messages/")
    expect(liaison.locator("table.ledger tbody tr")).to_have_count(1)
    liaison.get_by_role("link", name="【发改委】请报送2024年8月期月报：市住房建设局").click()
    liaison.get_by_role("button", name="去办理").click()
    expect(liaison.get_by_role("heading", level=1)).to_contain_text("市住房建设局")

    page.goto(f"{live_server.url}/reminders/sent/?q=市住房建设局")
    expect(page.locator("table.ledger tbody tr")).to_have_count(1)
    expect(page.locator("table.ledger tbody tr")).to_contain_text("人工催办")
    expect(page.locator("table.ledger tbody tr")).to_contain_text("已读")


def test_everything_is_chased_without_javascript(town, at_desk, live_server):
    page = at_desk("supervisor", javascript=False)
    page.goto(f"{live_server.url}/reminders/lists/{town.task_list.pk}/chase/")
    page.get_by_role("button", name="全部催办").click()
    expect(page.get_by_role("status")).to_contain_text("各发出一条催办")
    assert [received(town, who) for who in ("liaison", "school", "colleague")] == [1, 1, 1]


def test_a_calendar_address_is_made_and_ended_on_a_phone(town, at_desk, live_server):
    page = at_desk("liaison", viewport=PHONE)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{live_server.url}/me/reminders/")
    assert sideways(page) == 0
    page.get_by_role("button", name="生成订阅地址").click()
    address = page.get_by_label("订阅地址").input_value()
    assert "/calendar/" in address
    page.get_by_role("button", name="停用").click()
    expect(page.get_by_role("status")).to_contain_text("日历地址已停用")
