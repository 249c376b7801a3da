"""Formal acts in a browser: a later deadline, a closure granted and undone, an instruction, a visit by phone."""

import pytest
from playwright.sync_api import expect

from tests.support.browser import PHONE, sideways

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PDF = {"name": "验收报告.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 acts"}
PHOTO = {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff acts"}


def test_a_later_deadline_is_asked_for_granted_and_both_days_are_shown(town, at_desk, live_server):
    task = f"{live_server.url}/tasks/{town.task(1).pk}/"
    liaison = at_desk("liaison")
    liaison.goto(task)
    liaison.get_by_role("link", name="申请延期").click()
    liaison.get_by_label("申请延至").fill("2025-03-31")
    liaison.get_by_label("延期理由").fill("冬季停工，来年开春后完成。")
    liaison.get_by_role("button", name="提交申请").click()
    expect(liaison.locator("main")).to_contain_text("等待督查员审批")

    supervisor = at_desk("supervisor")
    supervisor.goto(f"{live_server.url}/requests/")
    supervisor.get_by_role("link", name="延期", exact=True).click()
    expect(supervisor.locator("main")).to_contain_text("冬季停工")
    supervisor.get_by_label("同意延期", exact=True).check()
    supervisor.get_by_label("批准延至").fill("2025-02-28")
    supervisor.get_by_role("button", name="记录审批结论").click()
    expect(supervisor.get_by_role("status")).to_contain_text("同意延期")

    liaison.goto(task)
    facts = liaison.locator("section", has=liaison.get_by_role("heading", name="时限与单位"))
    expect(facts).to_contain_text("原定 2024年12月31日")
    expect(facts).to_contain_text("第1次延期 2025年2月28日")
    expect(liaison.locator("#timeline")).to_contain_text("完成时限由2024年12月31日改为2025年2月28日")
    assert sideways(liaison) == 0


def test_a_lead_closes_with_evidence_the_assistant_is_heard_the_supervisor_grants_and_opens_again(
    town, at_desk, live_server
):
    task = f"{live_server.url}/tasks/{town.task(1).pk}/"
    liaison = at_desk("liaison")
    liaison.goto(task)
    liaison.get_by_role("link", name="申请销号").click()
    liaison.get_by_label("完成情况与依据").fill("已完成改造，验收文号东建验〔2024〕1号。")
    liaison.get_by_label("改造城镇老旧小区").fill("1980")
    liaison.get_by_label("佐证材料").set_input_files(PDF)
    liaison.get_by_role("button", name="提交申请").click()
    expect(liaison.locator("main")).to_contain_text("验收报告.pdf")

    colleague = at_desk("colleague")
    colleague.goto(task)
    colleague.get_by_role("link", name="去答复").click()
    colleague.get_by_label("有异议").check()
    colleague.get_by_label("异议说明").fill("还有 20 套没有完工。")
    colleague.get_by_role("button", name="提交意见").click()
    expect(colleague.get_by_role("status")).to_contain_text("意见已记录")

    supervisor = at_desk("supervisor")
    supervisor.goto(task)
    supervisor.get_by_role("link", name="审批销号申请").click()
    expect(supervisor.locator("main")).to_contain_text("相差 20 套")
    expect(supervisor.locator("main")).to_contain_text("还有 20 套没有完工。")
    supervisor.get_by_label("同意销号", exact=True).check()
    supervisor.get_by_role("button", name="记录审批结论").click()
    expect(supervisor.get_by_role("status")).to_contain_text("同意销号")
    supervisor.locator("summary", has_text="撤销销号").click()
    supervisor.get_by_label("理由", exact=True).fill("回访发现未完工。")
    supervisor.get_by_role("button", name="撤销销号").click()
    expect(supervisor.get_by_role("status")).to_contain_text("已撤销销号")

    liaison.goto(task)
    expect(liaison.locator("#timeline")).to_contain_text("撤销销号，任务重新列为未完成")
    expect(liaison.get_by_role("link", name="申请销号", exact=True)).to_be_visible()
    liaison.locator("#timeline").get_by_role("link", name="销号 3").click()
    expect(liaison.locator("#timeline .timeline li")).to_have_count(3)


def test_a_leader_instructs_from_the_tasks_page_the_lead_answers_and_the_supervisor_closes(town, at_desk, live_server):
    leader = at_desk("leader")
    leader.goto(f"{live_server.url}/tasks/{town.task(1).pk}/")
    leader.get_by_label("批示内容").fill("请加快，并报需协调事项。")
    leader.get_by_role("button", name="发出批示").click()
    expect(leader.locator("main")).to_contain_text("等待市住房建设局回复")

    liaison = at_desk("liaison")
    liaison.goto(f"{live_server.url}/instructions/")
    liaison.get_by_role("link", name="请加快").click()
    liaison.get_by_role("button", name="先回").click()
    expect(liaison.get_by_role("status")).to_contain_text("已阅知")
    liaison.get_by_label("落实情况").fill("已增加两个班组。")
    liaison.get_by_role("button", name="回复落实情况").click()
    expect(liaison.get_by_role("status")).to_contain_text("落实情况已回复")

    supervisor = at_desk("supervisor")
    supervisor.goto(f"{live_server.url}/instructions/?status=answered")
    supervisor.get_by_role("link", name="请加快").click()
    expect(supervisor.locator("main")).to_contain_text("已增加两个班组。")
    supervisor.get_by_role("button", name="办结这份批示").click()
    expect(supervisor.get_by_role("status")).to_contain_text("批示已办结")
    leader.goto(f"{live_server.url}/tasks/{town.task(1).pk}/")
    expect(leader.locator("#timeline")).to_contain_text("批示办结")


def test_a_supervisor_in_the_field_keeps_a_visit_with_a_photo_on_the_phone(town, at_desk, live_server):
    phone = at_desk("supervisor", viewport=PHONE)
    phone.goto(f"{live_server.url}/tasks/{town.task(1).pk}/")
    assert sideways(phone) == 0
    phone.get_by_role("link", name="登记现场核查").click()
    assert sideways(phone) == 0
    phone.get_by_label("核查地点").fill("职教路工地")
    phone.get_by_label("正常").check()
    phone.get_by_label("核查情况").fill("已开工 800 套。")
    phone.get_by_label("拍照").set_input_files(PHOTO)
    phone.get_by_role("button", name="登记核查").click()
    expect(phone.locator("main")).to_contain_text("现场.jpg")
    assert sideways(phone) == 0
    phone.goto(f"{live_server.url}/tasks/{town.task(1).pk}/")
    expect(phone.locator(".readings")).to_contain_text("市政府办公室督查室督查员")
