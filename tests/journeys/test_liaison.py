"""The liaison's month by hand: few inputs, the keyboard alone, no JavaScript, a phone."""

from dataclasses import replace

import pytest
from playwright.sync_api import Locator, Page, expect

from tasks_app.catalogue.actions import apply_items
from tasks_app.reporting.models import MonthlyReport
from tasks_app.schedule.actions import derive_obligations
from tests.factories import ITEMS, PASSWORD, beijing
from tests.support.browser import DESKTOP, PHONE, sideways

pytestmark = pytest.mark.browser
PDF = {"name": "验收单.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 evidence"}


@pytest.fixture
def twenty(town) -> MonthlyReport:
    """The September report of a unit that owes 20 tasks and said something of each in August."""
    at = beijing("2024-08-02 10:00")
    more = [
        replace(ITEMS[0], seq=n, no=str(n), key_task=f"第{n}类小区改造", content=f"改造小区第 {n} 批。")
        for n in range(10, 28)
    ]
    apply_items(task_list=town.task_list, items=more, by=None, at=at)
    derive_obligations(task_list=town.task_list, by=None, at=at)
    town.task_list.periods.all().delete()
    town.open("2024-08-02 10:00")
    town.submit("liaison", percent=30, at="2024-08-02 10:00", text="完成项目前期。")
    town.open("2024-09-01 09:00")
    report = town.report("liaison")
    assert report.entries.count() == 20
    return report


class Hand:
    """Counts what a person does: a click, a choice, a field typed into."""

    def __init__(self) -> None:
        self.inputs = 0

    def click(self, what: Locator) -> None:
        self.inputs += 1
        what.click()

    def type(self, what: Locator, words: str) -> None:
        self.inputs += 1
        what.fill(words)


def test_twenty_tasks_twelve_of_them_unchanged_take_at_most_forty_inputs(twenty, at_desk, live_server):
    page, hand = at_desk("liaison"), Hand()
    page.goto(f"{live_server.url}/reports/{twenty.pk}/")
    entries = page.locator("section.entry")
    for number in range(8):  # eight have moved: percent and words
        hand.type(entries.nth(number).get_by_label("完成百分比"), "45")
        hand.type(entries.nth(number).get_by_label("本月做了什么"), f"第 {number} 批进场施工。")
    for number in range(8, 20):  # twelve stand as they stood
        hand.click(entries.nth(number).get_by_role("checkbox", name="选中"))
    expect(page.locator("#bulk-count")).to_have_text("已勾选 12 项")
    hand.click(page.get_by_role("button", name="与上期相同", exact=True))
    expect(page.get_by_role("status").filter(has_text="已照上期填写 12 项")).to_be_visible()
    hand.click(page.get_by_role("button", name="检查并提交"))
    hand.click(page.get_by_role("button", name="提交月报"))
    expect(page.get_by_role("heading", name="月报报送回执")).to_be_visible()
    assert hand.inputs <= 40
    twenty.refresh_from_db()
    assert twenty.first_submitted_at is not None
    assert sorted({(e.percent, e.done_text[-5:]) for e in twenty.entries.all()}) == [
        (30, "项目前期。"),
        (45, "进场施工。"),
    ]


def test_all_that_is_empty_is_said_to_stand_still_with_one_reason(twenty, at_desk, live_server):
    page = at_desk("liaison", viewport=PHONE)
    page.goto(f"{live_server.url}/reports/{twenty.pk}/")
    page.get_by_label("对", exact=True).select_option("所有未填的")
    page.get_by_label("无进展的原因").fill("汛期停工")
    page.get_by_role("button", name="本月无进展", exact=True).click()
    expect(page.locator("#month-counts")).to_contain_text("已填 20 项")
    assert sideways(page) == 0


def tab_to(page: Page, words: str, limit: int = 120) -> None:
    """Press Tab until the focus stands on what carries these words."""
    for _press in range(limit):
        page.keyboard.press("Tab")
        said = page.evaluate(
            "(() => { const e = document.activeElement; const l = e.labels && e.labels[0];"
            " return (l ? l.textContent : e.textContent || e.value || '').trim(); })()"
        )
        if words in said:
            return
    raise AssertionError(f"{words} cannot be reached by Tab")


def test_a_month_from_opening_to_acceptance_by_the_keyboard_alone(town, at_desk, live_server):
    report = town.report("liaison")
    page = at_desk("liaison")
    page.goto(f"{live_server.url}/reports/")
    tab_to(page, "开始填报")
    page.keyboard.press("Enter")
    expect(page.locator("#month")).to_be_visible()
    for percent, words in (("31", "已完成 412 套。"), ("20", "完成村庄规划。")):
        tab_to(page, "完成百分比")
        page.keyboard.type(percent)
        tab_to(page, "本月做了什么")
        page.keyboard.type(words)
    tab_to(page, "检查并提交")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="检查并提交")).to_be_visible()
    tab_to(page, "提交月报")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="月报报送回执")).to_be_visible()
    coordinator = at_desk("coordinator")
    coordinator.goto(f"{live_server.url}/reports/{report.pk}/")
    coordinator.wait_for_load_state()
    for left in (1, 0):
        coordinator.keyboard.press("a")
        expect(coordinator.get_by_role("status").filter(has_text="已通过 1 项")).to_be_visible()
        expect(coordinator.locator("[data-review-item]")).to_have_count(left)
        coordinator.wait_for_load_state()
    report.refresh_from_db()
    assert report.status == "accepted"


def test_selection_files_workbook_and_paper_work_without_javascript(twenty, at_desk, live_server):
    page = at_desk("liaison", javascript=False)
    address = f"{live_server.url}/reports/{twenty.pk}/"
    page.goto(address)
    first = page.locator("section.entry").first
    first.get_by_label("本月做了什么").fill("没有脚本也不丢字")
    first.get_by_role("button", name="附件").click()
    expect(page.get_by_role("heading", name="第 1 项的附件")).to_be_visible()
    page.get_by_label("选择文件").set_input_files(PDF)
    page.get_by_role("button", name="上传").click()
    expect(page.get_by_role("link", name="验收单.pdf")).to_be_visible()
    page.get_by_role("link", name="返回月报").click()
    expect(first.get_by_label("本月做了什么")).to_have_value("没有脚本也不丢字")
    for number in (1, 2):
        page.locator("section.entry").nth(number).get_by_role("checkbox", name="选中").check()
    page.get_by_role("button", name="与上期相同", exact=True).click()
    expect(page.locator("#month-counts")).to_contain_text("已填 3 项")
    page.get_by_label("对", exact=True).select_option("所有未填的")
    page.get_by_role("button", name="与上期相同", exact=True).click()
    page.get_by_role("button", name="检查并提交").click()
    page.get_by_role("button", name="提交月报").click()
    page.get_by_role("link", name="打印报送表").click()
    expect(page.locator("main")).to_contain_text("校验码")
    page.get_by_role("link", name="现在查验").click()
    expect(page.locator("main")).to_contain_text("相符")


def test_the_back_button_and_signing_in_again_lose_no_word(town, at_desk, live_server):
    page = at_desk("liaison")
    address = f"{live_server.url}/reports/{town.report('liaison').pk}/"
    page.goto(address)
    field = page.locator("section.entry").first.get_by_label("本月做了什么")
    field.fill("写了一半的话")
    field.blur()
    expect(page.locator("#month-saved")).to_contain_text("已保存")
    page.goto(f"{live_server.url}/tasks/")
    page.go_back()
    expect(field).to_have_value("写了一半的话")
    page.context.clear_cookies(name="sessionid")
    page.goto(address)
    page.fill("#id_username", "liaison")
    page.fill("#id_password", PASSWORD)
    page.locator(".sign-in form [type=submit]").first.click()
    expect(field).to_have_value("写了一半的话")


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_no_new_page_of_the_liaison_scrolls_sideways(town, at_desk, live_server, viewport):
    report = town.submit("liaison", percent=30, at="2024-08-02 10:00", text="很长的一句话，" * 60)
    draft = town.report("school")
    visits = {
        "liaison": [f"/reports/{report.pk}/form/", f"/reports/{report.pk}/scan/", "/verify/?no=X&code=1"],
        "colleague": ["/confirmations/"],
        "school": [
            f"/reports/{draft.pk}/",
            f"/reports/{draft.pk}/workbook/",
            f"/reports/{draft.pk}/entries/{draft.entries.get().pk}/files/",
        ],
    }
    for who, addresses in visits.items():
        page = at_desk(who, viewport=viewport)
        for address in addresses:
            page.goto(live_server.url + address)
            assert sideways(page) == 0, address


@pytest.fixture
def forty(twenty, town) -> MonthlyReport:
    """The October report of a unit that owes 42 tasks, 20 of which it has reported on."""
    at = beijing("2024-09-02 10:00")
    more = [
        replace(ITEMS[0], seq=n, no=str(n), key_task=f"第{n}类道路改造", content=f"改造道路第 {n} 条。")
        for n in range(40, 62)
    ]
    apply_items(task_list=town.task_list, items=more, by=None, at=at)
    derive_obligations(task_list=town.task_list, by=None, at=at)
    town.open("2024-10-01 09:00")
    report = town.report("liaison")
    assert report.entries.count() == 42
    return report


def fill_opened(page: Page, number: int, percent: str, words: str) -> None:
    """Open the line in the list's place `number` and write in it."""
    entry = page.locator("section.entry").nth(number)
    entry.get_by_role("button", name="填写").click()
    expect(entry.get_by_label("完成百分比")).to_be_focused()
    entry.get_by_label("完成百分比").fill(percent)
    entry.get_by_label("本月做了什么").fill(words)
    entry.get_by_label("本月做了什么").blur()
    expect(entry.locator(".light").filter(has_text="已填")).to_be_visible()


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_large_month_opens_line_by_line_and_comes_back_as_it_was_left(forty, at_desk, live_server, viewport):
    page = at_desk("liaison", viewport=viewport)
    page.goto(f"{live_server.url}/reports/{forty.pk}/")
    entries = page.locator("section.entry")
    expect(entries).to_have_count(42)
    expect(page.locator("[data-entry]")).to_have_count(3)
    fill_opened(page, 30, "15", "完成施工图审查。")
    expect(page.locator("#month-strip")).to_contain_text("已填 1")
    assert sideways(page) == 0
    page.goto(f"{live_server.url}/tasks/")
    page.go_back()
    expect(entries.nth(30).get_by_label("本月做了什么")).to_have_value("完成施工图审查。")
    for number in range(4, 20):
        entries.nth(number).get_by_role("checkbox", name="选中").check()
    page.get_by_role("button", name="与上期相同", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="已照上期填写 16 项")).to_be_visible()
    expect(entries.nth(30).get_by_label("本月做了什么")).to_have_value("完成施工图审查。")
    page.get_by_role("button", name="已填 17").click()
    expect(entries).to_have_count(17)
    page.get_by_role("button", name="检查并提交").click()
    expect(page.get_by_role("heading", name="还有 25 项没有填完")).to_be_visible()
    page.get_by_role("link", name="缺本月做了什么").last.click()
    expect(page.locator("[data-entry]")).to_have_count(1)
    expect(entries.nth(41).get_by_label("本月做了什么")).to_be_visible()


def test_a_large_month_is_filled_and_handed_in_without_javascript(forty, at_desk, live_server):
    page = at_desk("liaison", javascript=False)
    page.goto(f"{live_server.url}/reports/{forty.pk}/")
    entries = page.locator("section.entry")
    entries.nth(0).get_by_label("本月做了什么").fill("写在打开另一项之前")
    entries.nth(35).get_by_role("button", name="填写").click()
    expect(entries.nth(0).get_by_label("本月做了什么")).to_have_value("写在打开另一项之前")
    entries.nth(35).get_by_label("完成百分比").fill("5")
    entries.nth(35).get_by_label("本月做了什么").fill("完成立项。")
    entries.nth(35).get_by_role("button", name="保存并收起").click()
    expect(entries.nth(35)).to_contain_text("5% 完成立项。")
    page.get_by_label("对", exact=True).select_option("所有未填的")
    page.get_by_label("无进展的原因").fill("汛期停工")
    page.get_by_role("button", name="本月无进展", exact=True).click()
    page.get_by_role("button", name="检查并提交").click()
    page.get_by_role("button", name="提交月报").click()
    expect(page.get_by_role("heading", name="月报报送回执")).to_be_visible()
    said = {entry.done_text for entry in forty.entries.all()}
    assert said == {"写在打开另一项之前", "完成立项。", "汛期停工"}


def test_two_windows_at_one_opened_line_show_both_texts(forty, at_desk, live_server, watch):
    watch.expect(r"\b409\b")
    first, second = at_desk("liaison"), at_desk("liaison")
    for page in (first, second):
        page.goto(f"{live_server.url}/reports/{forty.pk}/")
        page.locator("section.entry").nth(30).get_by_role("button", name="填写").click()
        expect(page.locator("section.entry").nth(30).get_by_label("完成百分比")).to_be_focused()
    fields = [page.locator("section.entry").nth(30).get_by_label("本月做了什么") for page in (first, second)]
    fields[0].fill("先存的内容")
    fields[0].blur()
    expect(first.locator("#month-strip")).to_contain_text("未填 42")
    expect(first.locator("section.entry").nth(30)).to_contain_text("未填完")
    fields[1].fill("后写的内容")
    fields[1].blur()
    expect(second.locator("section.entry").nth(30)).to_contain_text("已被他人保存")
    expect(fields[1]).to_have_value("后写的内容")
