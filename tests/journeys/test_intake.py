"""From the notice as it came to the list that lives: uploaded, looked at beside its source, applied, taken back."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from tasks_app.accounts.actions import add_person
from tasks_app.accounts.choices import Role
from tasks_app.catalogue.models import TaskList
from tasks_app.intake.models import ImportBatch
from tasks_app.units.models import Unit
from tests.factories import PASSWORD, beijing
from tests.support.browser import PHONE, sideways, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PRINTED = Path(__file__).parents[1] / "sources" / "printed" / "004_7a4d7d8a8a44c2ab.txt"


@pytest.fixture
def city(transactional_db):
    """The real units and calendar, no list yet; one administrator."""
    from django.contrib.auth.hashers import make_password

    call_command("load_lists", verbosity=0)
    for task_list in TaskList.objects.all():
        task_list.tasks.all().delete()
        document = task_list.document
        task_list.delete()
        document.delete()
    add_person(
        username="keeper",
        name="系统管理员",
        email="keeper@example.test",
        password_hash=make_password(PASSWORD),
        unit=Unit.objects.get(jurisdiction__code="630200", name="市政府办公室"),
        role=Role.ADMINISTRATOR,
        by=None,
        at=beijing("2024-07-09 09:00"),
    )


@pytest.fixture
def page(city, browser_context, live_server) -> Page:
    page = browser_context().new_page()
    sign_in(page, live_server.url, "keeper", PASSWORD)
    return page


def count(page: Page) -> int:
    """How many rows still need a decision, as the page says."""
    found = re.search(r"需要处理\s*(\d+)", page.locator("#sum").inner_text())
    return int(found[1]) if found else 0


@pytest.mark.smoke
def test_the_printed_notice_becomes_a_list_by_keyboard_and_can_be_taken_back(page, live_server):
    page.goto(f"{live_server.url}/imports/")
    page.set_input_files("#id_file", PRINTED)
    page.get_by_role("button", name="读取并核对").click()
    expect(page.get_by_role("heading", name="核对导入内容")).to_be_visible()
    expect(page.locator(".work-row")).to_have_count(194)
    expect(page.locator(".printed")).to_contain_text("于每月5日前将工作进展情况报送市发展改革委")
    expect(page.locator("#id_facts-report_day")).to_have_value("5")
    expect(page.locator("#id_facts-number")).to_have_value("东政办〔2024〕69号")

    # Neither side runs ahead: the page opens at the first row, with that row's source beside it.
    expect(page.locator(".work-row").first).to_have_class(re.compile("is-current"))
    expect(page.locator(".blk.is-lit .to")).to_have_text("→ 第 1 项")
    expect(page.locator(".blk.is-lit")).to_be_in_viewport()
    expect(page.locator(".work-row").first).to_be_in_viewport()

    # A row and its source light up together.
    page.keyboard.press("n")
    expect(page.locator(".work-row.is-current")).to_have_attribute("data-todo", "")
    current = page.locator(".work-row.is-current")
    expect(current).to_have_count(1)
    expect(page.locator(".blk.is-lit")).to_contain_text(current.locator(".no").inner_text())

    # Edit one by hand: what is typed is understood; the totals follow.
    left = count(page)
    assert left > 0
    page.keyboard.press("e")
    form = page.locator(".row-form")
    form.get_by_label("完成时限").fill("11月底前")
    page.keyboard.press("Control+Enter")
    expect(form).to_have_count(0)
    expect(page.locator(".work-row", has_text="2024-11-30").first).to_be_visible()

    # Accept the rest, one key each.
    for _ in range(left):
        if not count(page):
            break
        before = count(page)
        page.keyboard.press("n")
        page.keyboard.press("a")
        expect(page.locator("#sum")).not_to_contain_text(f"需要处理 {before}")
    expect(page.get_by_role("button", name="确认导入 194 项")).to_be_enabled()
    page.get_by_role("button", name="确认导入 194 项").click()
    expect(page.get_by_role("status")).to_contain_text("已导入：新增 194 项")
    task_list = TaskList.objects.get(document__number="东政办〔2024〕69号")
    assert task_list.tasks.count() == 194
    assert task_list.reporting_rule.day == 5
    page.get_by_role("link", name="看任务台账").click()
    expect(page.locator("main")).to_contain_text("优化产业发展格局")

    page.go_back()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="撤销这次导入").click()
    expect(page.get_by_role("status")).to_contain_text("已撤销这次导入")
    assert not TaskList.objects.exists()


def test_two_people_at_one_row_see_both_words(page, browser_context, live_server, watch):
    watch.expect(r"\b409\b")
    page.goto(f"{live_server.url}/imports/")
    page.get_by_label("或者粘贴文字").fill(
        "东政办〔2025〕9号\n\n关于印发《教育工作要点》的通知\n\n一、基础教育\n\n"
        "1. 新增结对校3所。\n责任单位：市教育局\n\n"
        "2. 改造食堂20个。\n责任单位：市教育局\n"
    )
    page.get_by_role("button", name="读取并核对").click()
    expect(page.locator(".work-row")).to_have_count(2)
    second = browser_context(viewport=PHONE).new_page()
    sign_in(second, live_server.url, "keeper", PASSWORD)
    second.goto(page.url)
    assert sideways(second) == 0
    for one in (page, second):
        one.locator(".work-row").first.get_by_role("link", name="修改").click()
    page.locator(".row-form").get_by_label("工作事项和年度目标成果").fill("先改的内容。")
    page.get_by_role("button", name="保存这一行").click()
    expect(page.locator(".work-row").first).to_contain_text("先改的内容。")
    second.locator(".row-form").get_by_label("工作事项和年度目标成果").fill("后改的内容。")
    second.get_by_role("button", name="保存这一行").click()
    expect(second.get_by_role("alert")).to_contain_text("刚刚改过这一行")
    expect(second.locator(".work-row").first).to_contain_text("先改的内容。")
    expect(second.locator(".row-form").get_by_label("工作事项和年度目标成果")).to_have_value("后改的内容。")
    second.get_by_role("button", name="保存这一行").click()
    expect(second.locator(".row-form")).to_have_count(0)
    expect(second.locator(".work-row").first).to_contain_text("后改的内容。")
    assert ImportBatch.objects.get().rows.get(line=1).version == 2


def test_the_workbench_works_without_scripts(city, browser_context, live_server):
    page = browser_context(javascript=False).new_page()
    sign_in(page, live_server.url, "keeper", PASSWORD)
    page.goto(f"{live_server.url}/imports/")
    page.set_input_files("#id_file", PRINTED)
    page.get_by_role("button", name="读取并核对").click()
    page.get_by_role("link", name="只看待处理").click()
    row = page.locator(".work-row").first
    row.get_by_role("button", name="认可").click()
    expect(page.locator(".work-row").first).to_be_visible()
    page.locator(".work-row").first.get_by_role("link", name="修改").click()
    page.locator(".row-form").get_by_label("完成时限").fill("快了")
    page.get_by_role("button", name="保存这一行").click()
    expect(page.locator("main")).to_contain_text("看不懂这个时限")
