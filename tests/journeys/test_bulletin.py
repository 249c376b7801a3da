"""A bulletin from the closed round to the liaison's screen, and back again, in a browser."""

import pytest
from playwright.sync_api import expect

from tasks_app.closing.actions import close_period
from tasks_app.outbox.actions import deliver_waiting
from tests.factories import beijing
from tests.support.browser import PHONE, sideways

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_bulletin_is_drafted_approved_published_read_and_recalled(town, at_desk, live_server, watch):
    watch.expect("status of 422")  # a figure that does not exist
    close_period(
        period=town.task_list.periods.earliest("opens_at"), by=town.people["coordinator"],
        at=beijing("2024-08-02 09:00"),
    )  # fmt: skip
    coordinator = at_desk("coordinator")
    coordinator.goto(f"{live_server.url}/bulletins/")
    coordinator.get_by_role("button", name="起草通报").click()
    expect(coordinator.get_by_role("heading", name="修改通报")).to_be_visible()
    demands = coordinator.get_by_label("下步要求")
    demands.fill("滞后{红灯数}项要抓紧。")
    coordinator.get_by_role("button", name="保存并预览").click()
    expect(coordinator.get_by_role("alert")).to_contain_text("没有“{红灯数}”这个数字")
    expect(demands).to_have_value("滞后{红灯数}项要抓紧。")
    demands.fill("滞后{滞后数}项要抓紧。")
    coordinator.get_by_role("button", name="各配合单位要主动配合").click()
    expect(demands).to_have_value("滞后{滞后数}项要抓紧。\n各配合单位要主动配合牵头单位，共同推进任务落实。")
    coordinator.get_by_role("button", name="保存并预览").click()
    paper = coordinator.locator("article.paper")
    expect(paper).to_contain_text("文号待定")
    expect(paper.get_by_role("table").first).to_contain_text("乐都区政府")
    coordinator.get_by_role("button", name="送审", exact=True).click()
    expect(coordinator.locator("main")).to_contain_text("已送审")

    leader = at_desk("leader")
    leader.goto(f"{live_server.url}/bulletins/")
    leader.get_by_role("link", name="2024年7月期").click()
    leader.get_by_label("审批意见").fill("同意印发。")
    leader.get_by_role("button", name="批准").click()
    expect(leader.locator("main")).to_contain_text("已批准，汇总单位可以发布")

    coordinator.reload()
    coordinator.on("dialog", lambda dialog: dialog.accept())
    coordinator.get_by_role("button", name="编号并发布").click()
    expect(coordinator.locator("article.paper .number")).to_have_text("通报〔2024〕1期")

    deliver_waiting(at=beijing("2024-08-02 12:00"))
    liaison = at_desk("liaison", viewport=PHONE)
    liaison.goto(f"{live_server.url}/messages/")
    liaison.get_by_role("link", name="通报〔2024〕1期").first.click()
    liaison.goto(f"{live_server.url}/bulletins/")
    liaison.get_by_role("link", name="通报〔2024〕1期").click()
    expect(liaison.locator("article.paper")).to_contain_text("一、总体情况")
    assert sideways(liaison) <= 0
    with liaison.expect_download() as download:
        liaison.get_by_role("link", name="下载公文").click()
    assert download.value.suggested_filename.startswith("通报〔2024〕1期 关于《海东市2024年重点任务清单》")

    coordinator.get_by_text("撤回这份通报").click()
    coordinator.get_by_label("撤回说明").fill("第二部分文字有误。")
    coordinator.get_by_role("button", name="撤回", exact=True).click()
    expect(coordinator.locator("main")).to_contain_text("可以在通报列表重新起草")
    liaison.reload()
    expect(liaison.locator("main")).to_contain_text("第二部分文字有误。")
    expect(liaison.locator("article.paper .number")).to_have_text("通报〔2024〕1期（已撤回）")
