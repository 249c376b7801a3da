"""One month, walked through in a browser: filled, handed in, returned, corrected, accepted, shown."""

import pytest
from playwright.sync_api import Page, expect

from tests.factories import PASSWORD
from tests.support.browser import DESKTOP, PHONE, sideways, sign_in

pytestmark = pytest.mark.browser


def entry(page: Page, no: int):
    return page.locator("section.entry").nth(no - 1)


def fill(page: Page, no: int, percent: str, words: str) -> None:
    part = entry(page, no)
    part.get_by_label("完成百分比").fill(percent)
    part.get_by_label("本月做了什么").fill(words)


@pytest.mark.smoke
def test_the_month_from_the_first_word_to_the_published_progress(town, at_desk, live_server):
    report = town.report("liaison")
    address = f"{live_server.url}/reports/{report.pk}/"

    liaison = at_desk("liaison")
    liaison.goto(f"{live_server.url}/reports/")
    liaison.get_by_role("link", name="开始填报").click()
    fill(liaison, 1, "31", "已完成 412 套，平安区进场施工。")
    entry(liaison, 1).get_by_label("本月做了什么").blur()
    expect(liaison.locator("#month-saved")).to_contain_text("已保存 10:")
    expect(entry(liaison, 1)).to_contain_text("已填")
    expect(liaison.locator("#month-counts")).to_contain_text("已填 1 项，未填 1 项")
    liaison.reload()
    expect(entry(liaison, 1).get_by_label("本月做了什么")).to_have_value("已完成 412 套，平安区进场施工。")

    liaison.get_by_role("button", name="检查并提交").click()
    expect(liaison.get_by_role("heading", name="还有 1 项没有填完")).to_be_visible()
    liaison.get_by_role("link", name="缺本月做了什么").click()
    fill(liaison, 2, "20", "完成村庄规划。")
    liaison.get_by_role("button", name="检查并提交").click()
    liaison.get_by_role("button", name="提交月报").click()
    expect(liaison.get_by_role("heading", name="月报报送回执")).to_be_visible()
    expect(liaison.locator("main")).to_contain_text("TEST-2024-202408-")
    expect(liaison.locator("main")).to_contain_text("按时")

    coordinator = at_desk("coordinator")
    coordinator.goto(f"{live_server.url}/reports/")
    coordinator.get_by_role("link", name="市住房建设局").click()
    expect(coordinator.locator(".is-current")).to_have_count(1)
    coordinator.wait_for_load_state()  # the keys are heard once the scripts are there
    coordinator.keyboard.press("r")
    entry(coordinator, 1).get_by_label("退回理由").select_option("请补充数量、地点和时间节点")
    entry(coordinator, 1).get_by_role("button", name="退回给报送单位").click()
    expect(coordinator.get_by_role("status")).to_contain_text("已退回 1 项")

    liaison.goto(address)
    expect(entry(liaison, 1)).to_contain_text("退回：请补充数量、地点和时间节点")
    fill(liaison, 1, "35", "已完成 412 套，其中平安区 300 套。")
    liaison.get_by_role("button", name="检查并提交").click()
    liaison.get_by_role("button", name="提交月报").click()
    expect(liaison.locator("main")).to_contain_text("最近报送")

    coordinator.goto(address)
    coordinator.on("dialog", lambda dialog: dialog.accept())
    coordinator.get_by_role("button", name="全部通过").click()
    expect(coordinator.get_by_role("status")).to_contain_text("已通过 2 项")
    expect(coordinator.locator("main")).to_contain_text("所有月报都已审完")

    liaison.goto(f"{live_server.url}/tasks/{town.task(1).pk}/")
    expect(liaison.locator("main")).to_contain_text("35%")


def test_the_keyboard_accepts_and_moves_on(town, at_desk, live_server):
    report = town.submit("liaison", percent=30, at="2024-08-02 10:00")
    page = at_desk("coordinator")
    page.goto(f"{live_server.url}/reports/{report.pk}/")
    page.keyboard.press("j")
    expect(entry(page, 2)).to_have_class("entry is-current")
    page.keyboard.press("k")
    page.keyboard.press("a")
    expect(page.get_by_role("status")).to_contain_text("已通过 1 项")
    expect(page.locator(".is-current")).to_contain_text("第2项")


@pytest.mark.smoke
def test_the_month_is_filled_and_handed_in_without_javascript(town, at_desk, live_server, watch):
    watch.expect(r"\b422\b")
    report = town.report("liaison")
    page = at_desk("liaison", javascript=False)
    page.goto(f"{live_server.url}/reports/{report.pk}/")
    fill(page, 1, "31", "已完成 412 套。")
    fill(page, 2, "101", "完成村庄规划。")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="有 1 处需要更正")).to_be_visible()
    expect(entry(page, 2).get_by_label("本月做了什么")).to_have_value("完成村庄规划。")
    entry(page, 2).get_by_label("完成百分比").fill("10")
    page.get_by_role("button", name="检查并提交").click()
    page.get_by_role("button", name="提交月报").click()
    expect(page.locator("main")).to_contain_text("TEST-2024-202408-")
    report.refresh_from_db()
    assert report.first_submitted_at is not None


def test_words_typed_after_the_session_ended_stay_and_can_be_saved_after_signing_in_again(
    town, at_desk, live_server, watch
):
    watch.expect(r"\b401\b")
    report = town.report("liaison")
    page = at_desk("liaison")
    page.goto(f"{live_server.url}/reports/{report.pk}/")
    page.context.clear_cookies(name="sessionid")
    fill(page, 1, "31", "登录过期时写的内容")
    entry(page, 1).get_by_label("本月做了什么").blur()
    expect(entry(page, 1)).to_contain_text("登录已过期，这一项没有保存")
    expect(entry(page, 1).get_by_label("本月做了什么")).to_have_value("登录过期时写的内容")
    second = page.context.new_page()
    sign_in(second, live_server.url, "liaison", PASSWORD)
    entry(page, 1).get_by_label("完成百分比").fill("32")
    entry(page, 1).get_by_label("完成百分比").blur()
    expect(page.locator("#month-saved")).to_contain_text("已保存 10:")
    expect(entry(page, 1)).not_to_contain_text("登录已过期")
    assert report.entries.get(task__seq=1).done_text == "登录过期时写的内容"


def test_two_windows_in_conflict_show_both_texts_and_let_the_person_choose(town, at_desk, live_server, watch):
    watch.expect(r"\b409\b")
    report = town.report("liaison")
    first, second = at_desk("liaison"), at_desk("liaison")
    for page in (first, second):
        page.goto(f"{live_server.url}/reports/{report.pk}/")
    for page, words in ((first, "先存的内容"), (second, "后写的内容")):
        field = entry(page, 1).get_by_label("本月做了什么")
        field.fill(words)
        field.blur()
        if page is first:
            expect(first.locator("#month-saved")).to_contain_text("已保存 10:")
    expect(entry(second, 1)).to_contain_text("先存的内容")
    expect(entry(second, 1).get_by_label("本月做了什么")).to_have_value("后写的内容")
    entry(second, 1).get_by_role("button", name="以我填的为准，保存").click()
    expect(second.locator("#month-saved")).to_contain_text("已保存 10:")
    expect(entry(second, 1)).not_to_contain_text("先存的内容")
    assert report.entries.get(task__seq=1).done_text == "后写的内容"


def test_an_error_while_typing_is_shown_at_the_field_and_goes_when_mended(town, at_desk, live_server, watch):
    watch.expect(r"\b422\b")
    page = at_desk("liaison")
    page.goto(f"{live_server.url}/reports/{town.report('liaison').pk}/")
    field = entry(page, 1).get_by_label("完成百分比")
    field.fill("三成")
    field.blur()
    expect(entry(page, 1)).to_contain_text("“三成”不是 0 到 100 的整数")
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill("30")
    field.blur()
    expect(page.locator("#month-saved")).to_contain_text("已保存 10:")
    expect(entry(page, 1)).not_to_contain_text("不是 0 到 100 的整数")
    expect(field).not_to_have_attribute("aria-invalid", "true")


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_no_page_of_the_month_scrolls_sideways(town, at_desk, live_server, viewport):
    submitted = town.submit("liaison", percent=30, at="2024-08-02 10:00", text="很长的一句话，" * 60)
    draft = town.report("school")
    visits = {
        "coordinator": ["/reports/", f"/reports/{submitted.pk}/", f"/reports/{submitted.pk}/receipt/"],
        "school": ["/reports/", f"/reports/{draft.pk}/", f"/reports/{draft.pk}/submit/"],
    }
    for who, addresses in visits.items():
        page = at_desk(who, viewport=viewport)
        for address in addresses:
            page.goto(live_server.url + address)
            assert sideways(page) == 0, address
