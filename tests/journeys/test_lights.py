"""A light as its people meet it: the unit says how it stands, the coordinator sets line and numbers, all read why."""

import pytest
from playwright.sync_api import expect

from tests.support.browser import PHONE, sideways

pytestmark = pytest.mark.browser


def test_a_unit_says_of_itself_how_it_stands_and_the_difference_is_a_finding(town, at_desk, live_server):
    liaison = at_desk("liaison")
    liaison.goto(f"{live_server.url}/reports/{town.report('liaison').pk}/")
    for number in (0, 1):
        part = liaison.locator("section.entry").nth(number)
        part.get_by_label("完成百分比").fill("31")
        part.get_by_label("本月做了什么").fill("已完成招标。")
        part.get_by_label("单位自评").select_option("green")
    liaison.get_by_role("button", name="检查并提交").click()
    liaison.get_by_role("button", name="提交月报").click()
    expect(liaison.get_by_role("heading", name="月报报送回执")).to_be_visible()

    coordinator = at_desk("coordinator")
    coordinator.on("dialog", lambda dialog: dialog.accept())
    coordinator.goto(f"{live_server.url}/reports/{town.report('liaison').pk}/")
    expect(coordinator.locator("section.entry").first).to_contain_text("单位自评：")
    coordinator.get_by_role("button", name="全部通过").click()
    expect(coordinator.get_by_role("status")).to_contain_text("已通过 2 项")

    leader = at_desk("leader", viewport=PHONE)
    leader.goto(f"{live_server.url}/tasks/{town.task(1).pk}/")
    readings = leader.get_by_role("region", name="三方读数")
    # In July nothing was handed in, so the rule says 预警 where the unit says 正常.
    expect(readings).to_contain_text("正常")
    expect(readings).to_contain_text("预警")
    expect(readings).to_contain_text("三方读数相差 1 级，这本身就是问题")
    assert not sideways(leader)


def test_the_coordinator_sees_what_other_numbers_would_do_before_they_hold(town, at_desk, live_server):
    coordinator = at_desk("coordinator")
    coordinator.goto(f"{live_server.url}/tasks/{town.task(1).pk}/")
    coordinator.get_by_role("link", name="亮灯标准").click()
    coordinator.get_by_label("连续几期缺报亮红灯").fill("1")
    coordinator.get_by_label("理由").fill("市委专题会议要求从严")
    coordinator.get_by_role("button", name="预览影响").click()
    expect(coordinator.get_by_role("heading", name="今天有 3 项改变状态")).to_be_visible()
    coordinator.get_by_role("button", name="确认保存").click()
    expect(coordinator.get_by_role("status")).to_contain_text("已按新标准重新评定")
    expect(coordinator.locator("main")).to_contain_text("市委专题会议要求从严")

    liaison = at_desk("liaison")
    liaison.goto(f"{live_server.url}/tasks/{town.task(1).pk}/")
    expect(liaison.get_by_role("region", name="三方读数")).to_contain_text("连续 1 期未见报送")


def test_the_coordinator_draws_the_line_through_a_milestone(town, at_desk, live_server, watch):
    watch.expect(r"\b422\b")
    coordinator = at_desk("coordinator", viewport=PHONE)
    coordinator.goto(f"{live_server.url}/tasks/{town.task(1).pk}/")
    coordinator.get_by_role("link", name="阶段目标").click()
    coordinator.get_by_label("第 1 行 日期").fill("2024-09-30")
    coordinator.get_by_label("第 1 行 应完成（%）").fill("10")
    coordinator.get_by_label("理由").fill("汛期不能施工，前慢后快")
    coordinator.get_by_role("button", name="保存阶段目标").click()
    expect(coordinator.get_by_role("alert")).to_contain_text("请写明要做到什么")
    coordinator.get_by_label("第 1 行 到这一天应做到什么").fill("完成招标")
    coordinator.get_by_role("button", name="保存阶段目标").click()
    expect(coordinator.get_by_role("status")).to_contain_text("阶段目标已保存。序时进度由 14% 变为 3%")
    expect(coordinator.locator("main")).to_contain_text("2024年9月30日")
    assert not sideways(coordinator)
