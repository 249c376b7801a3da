"""核对并签发: facts are filled in, several units get a notice each, what was typed survives a refusal."""

import dataclasses
import re

import pytest
from django.urls import reverse

from tasks_app.catalogue.actions import apply_items, save_list
from tasks_app.notices.actions import save_setting
from tasks_app.notices.choices import NoticeLevel
from tasks_app.notices.models import Notice
from tasks_app.reporting.actions import refresh_standings
from tasks_app.schedule.actions import derive_obligations, save_rule
from tests.factories import ITEMS, START, beijing

AT = beijing("2024-08-02 10:00")


def address(*tasks) -> str:
    return reverse("notice_new") + "?" + "&".join(f"task={task.pk}" for task in tasks)


def words(world, unit="市住房建设局", **changes) -> dict[str, object]:
    prefix = f"u{world.units[unit].pk}-"
    given = {"send": "on", "level": "order", "demands_text": "请倒排工期。", "override_text": "", **changes}
    return {prefix + name: value for name, value in given.items()}


def test_the_draft_is_filled_in_from_where_the_task_stands(world, calendar, issue, signed_in):
    world.submit("liaison", percent=30, at="2024-08-02 09:00")
    html = signed_in("supervisor").get(address(world.task(1))).text
    assert "下一个文号 东督〔2024〕1号" in html
    assert "完成时限2024年12月31日，截至2024年8月2日进度 0%" in html
    assert "最近一次报送为2024年8月期" in html
    assert "督办单：5 个工作日，2024年8月9日 18:00 前回复" in html
    assert "红单（挂牌督办）：3 个工作日，2024年8月7日 18:00 前回复" in html
    assert "请对照年度目标倒排工期" in html


def test_one_press_issues_it(world, issue, signed_in):
    answer = signed_in("supervisor").post(address(world.task(1)), words(world), follow=True)
    assert "已签发 1 份督办通知：东督〔2024〕1号" in answer.text
    assert answer.request["PATH_INFO"] == reverse("notice", args=[Notice.objects.get().pk])


def test_tasks_of_two_units_become_two_notices(world, issue, signed_in):
    client, here = signed_in("supervisor"), address(world.task(1), world.task(2), world.task(3))
    assert client.get(here).text.count("写入通知的事实") == 2
    answer = client.post(here, words(world) | words(world, "市教育局", level="reminder"), follow=True)
    assert "已签发 2 份督办通知：东督〔2024〕1号、东督〔2024〕2号" in answer.text
    first, second = Notice.objects.order_by("serial")
    assert [part.task.no for part in first.parts.all()] == ["1", "2"]
    assert (second.unit_name, second.level) == ("市教育局", NoticeLevel.REMINDER)


def test_a_unit_without_a_tick_gets_none(world, issue, signed_in):
    form = words(world) | words(world, "市教育局", send="")
    signed_in("supervisor").post(address(world.task(1), world.task(3)), form)
    assert [notice.unit_name for notice in Notice.objects.all()] == ["市住房建设局"]


def test_what_was_typed_survives_a_mistake_and_a_refusal(world, issue, signed_in):
    client = signed_in("supervisor")
    answer = client.post(address(world.task(1)), words(world, demands_text="", override_text="省里交办"))
    assert answer.status_code == 422
    assert "请写明督办要求" in answer.text
    issue(1)
    answer = client.post(address(world.task(1)), words(world, demands_text="请立即办理。"))
    assert answer.status_code == 409
    assert "已有督办单 东督〔2024〕1号" in answer.text
    assert "请立即办理。" in answer.text


def test_beyond_the_cap_the_rule_is_quoted_and_a_reason_asked_for(world, issue, signed_in):
    save_setting(task_list=world.task_list, values={"monthly_cap": 1}, by=None, at=AT)
    issue(1)
    client, here = signed_in("supervisor"), address(world.task(2))
    assert "按督办设置，每个单位每月不超过 1 份" in client.get(here).text
    assert client.post(here, words(world)).status_code == 409
    assert client.post(here, words(world, override_text="省督查组交办")).status_code == 302
    assert Notice.objects.get(serial=2).override_text == "省督查组交办"


def test_a_task_with_an_open_notice_is_left_out_so_that_the_others_go_out_in_one_press(world, issue, signed_in):
    issue(1)
    client, here = signed_in("supervisor"), address(world.task(1), world.task(2), world.task(3))
    html = client.get(here).text
    assert "督办单 东督〔2024〕1号（待签收）还没有了结" in html
    assert html.count("这次不列入") == 2
    box = re.search(r'<input[^>]*name="u\d+-skip"[^>]*checked[^>]*>', html)
    assert box
    assert f'value="{world.task(1).pk}"' in box[0]
    assert client.post(here, words(world) | words(world, "市教育局")).status_code == 409
    ours = words(world, skip=[world.task(1).pk], level="reminder")
    answer = client.post(here, ours | words(world, "市教育局"), follow=True)
    assert "已签发 2 份督办通知" in answer.text
    assert [part.task.no for part in Notice.objects.get(serial=2).parts.all()] == ["2"]


def test_among_several_units_those_that_would_be_refused_begin_without_a_tick(world, issue, signed_in):
    values = {"monthly_cap": 1, "cap_counts_reminders": True}
    save_setting(task_list=world.task_list, values=values, by=None, at=AT)
    issue(1)
    html = signed_in("supervisor").get(address(world.task(2), world.task(3))).text
    assert "有 1 个单位没有勾选" in html
    sends = re.findall(r'<input type="checkbox" name="u(\d+)-send"[^>]*checked', html)
    assert sends == [str(world.units["市教育局"].pk)]


def test_a_notice_without_any_task_is_told_to_leave_the_unit_out(world, issue, signed_in):
    here = address(world.task(1), world.task(2))
    answer = signed_in("supervisor").post(here, words(world, skip=[world.task(1).pk, world.task(2).pk]))
    assert answer.status_code == 422
    assert "至少留一项任务" in answer.text
    assert not Notice.objects.exists()


def test_tasks_of_another_list_wait_for_their_turn(world, issue, signed_in):
    document = {"number": "东政办〔2024〕45号", "title": "又一份", "issuer": "海东市", "issued_on": START}
    lists = world.task_list
    values = {"title": "又一份清单", "jurisdiction": lists.jurisdiction, "year": 2024, "starts_on": START}
    values["coordinating_unit"] = lists.coordinating_unit
    other = save_list(slug="other", document=document, values=values, by=None, at=AT)
    apply_items(task_list=other, items=[dataclasses.replace(ITEMS[0], assist_units=())], by=None, at=AT)
    rule = {"day": 5, "first_due_at": beijing("2024-08-05 18:00"), "assisting_kinds": []}
    save_rule(task_list=other, values=rule, by=None, at=AT)
    derive_obligations(task_list=other, by=None, at=AT)
    refresh_standings(today=AT.date())
    theirs = other.tasks.get()
    client, here = signed_in("supervisor"), address(world.task(1), theirs)
    assert "还有 1 项属于“又一份清单”" in client.get(here).text
    assert client.post(here, words(world)).url == address(theirs)


def test_an_address_without_tasks_leads_to_what_is_proposed(world, signed_in):
    for here in ("/notices/new/", "/notices/new/?task=x&task=999999999", f"/notices/new/?task={'9' * 20}"):
        assert signed_in("supervisor").get(here).url == reverse("notice_proposals")
    world.task_list.tasks.filter(seq=1).update(closed_on="2024-08-01")
    assert signed_in("supervisor").get(address(world.task(1))).url == reverse("notice_proposals")


@pytest.mark.parametrize("who", ["liaison", "head", "coordinator", "leader", "administrator"])
def test_nobody_but_a_supervisor_issues(world, issue, signed_in, who):
    assert signed_in(who).get(address(world.task(1))).status_code == 403
    assert signed_in(who).post(address(world.task(1)), words(world)).status_code == 403
    assert not Notice.objects.exists()
