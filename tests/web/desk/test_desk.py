"""The desk answers first what waits for the person."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tasks_app.accounts.choices import Role
from tasks_app.accounts.models import Membership
from tasks_app.closing.actions import close_period, exempt_task, exempt_unit, reopen_unit
from tasks_app.outbox.choices import Delivery
from tasks_app.outbox.models import Message
from tasks_app.reporting.actions import return_entries
from tasks_app.supervision.actions import decide_closure, request_closure
from tasks_app.units.models import GroupMember
from tasks_app.workdays.models import DayException
from tests.factories import beijing

NOW = "2024-08-02 10:00"


def desk(signed_in, who: str) -> str:
    answer = signed_in(who).get("/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_liaison_sees_how_much_is_left_and_until_when(signed_in):
    page = desk(signed_in, "liaison")
    assert "2024年8月期月报还有 2 项没填" in page
    assert "0 / 2" in page
    assert "8月5日（星期一）18:00" in page
    assert "还有 3 天 8 小时" in page
    assert "缺报，可补" in page  # July


def test_a_filled_report_still_waits_to_be_submitted(world, signed_in):
    world.fill(world.report("liaison"), percent=30, text="完成招标。", by="liaison", at=NOW)
    assert "已填完，还没有提交" in desk(signed_in, "liaison")


def test_after_submitting_there_is_the_receipt_and_nothing_to_do(world, signed_in):
    report = world.submit("liaison", percent=30, at=NOW)
    page = desk(signed_in, "liaison")
    assert "本期月报都已报送" in page
    assert report.receipt_no in page


def test_after_the_deadline_the_desk_says_that_it_will_be_late(world, signed_in, now):
    now.move_to(beijing("2024-08-07 10:00"))
    assert "现在报送会记为迟报" in desk(signed_in, "liaison")


def test_what_may_not_be_made_up_any_more_is_not_asked_for(world, signed_in, now):
    by, at = world.people["coordinator"], beijing("2024-08-07 10:00")
    now.move_to(at)
    close_period(period=world.task_list.periods.earliest("opens_at"), by=by, at=at)
    page = desk(signed_in, "liaison")
    assert "2024年8月期月报还有 2 项没填" in page
    assert "缺报，可补" not in page
    close_period(period=world.task_list.periods.latest("opens_at"), by=by, at=at)
    page = desk(signed_in, "liaison")
    assert "已关账，没有报送；确需补报，请联系汇总单位重开" in page
    assert "去填报" not in page
    reopen_unit(report=world.report("liaison"), reason="系统故障", by=by, at=at)
    assert "2024年8月期月报还有 2 项没填" in desk(signed_in, "liaison")


def test_an_excused_unit_is_not_asked_for_its_month(world, signed_in):
    exempt_unit(report=world.report("liaison"), reason="机构改革", by=world.people["coordinator"], at=beijing(NOW))
    page = desk(signed_in, "liaison")
    assert "免报：机构改革" in page
    assert "去填报" not in page


def test_returned_entries_stand_with_their_reasons(world, signed_in):
    report = world.submit("liaison", percent=30, at=NOW)
    by = world.people["coordinator"]
    return_entries(report=report, entry_ids=[report.entries.first().pk], reason="请补充数量", by=by, at=beijing(NOW))
    page = desk(signed_in, "liaison")
    assert "有 1 项被退回" in page
    assert "请补充数量" in page
    assert "请补充数量" not in desk(signed_in, "colleague")


def test_a_liaison_sees_the_own_tasks_that_are_in_trouble(world, signed_in, now):
    now.move_to(beijing("2024-11-02 10:00"))
    world.open("2024-11-02 10:00")
    page = desk(signed_in, "school")
    assert "深化教育合作" in page
    assert "已逾期 2 天" in page
    assert "推动城市道路优化" not in page


def test_the_answer_to_a_closure_request_stands_on_the_desk(world, signed_in):
    closure = request_closure(
        task=world.task(1),
        unit=world.units["市住房建设局"],
        evidence_text="已验收。",
        by=world.people["liaison"],
        at=beijing(NOW),
    )
    assert "待审批" in desk(signed_in, "liaison")
    assert "1 份销号申请等您审批" in desk(signed_in, "supervisor")
    decide_closure(
        closure=closure, granted=False, decision_text="缺验收单", by=world.people["supervisor"], at=beijing(NOW)
    )
    assert "缺验收单" in desk(signed_in, "liaison")
    assert "没有待审批的销号申请" in desk(signed_in, "supervisor")


def test_a_unit_without_duties_is_told_what_will_be_here(signed_in):
    assert "现在没有要填的月报" in desk(signed_in, "stranger")


def test_a_coordinator_sees_who_is_in_and_what_waits_oldest_first(world, signed_in, now):
    world.submit("colleague", percent=30, at="2024-08-02 09:30")
    world.submit("liaison", percent=30, at=NOW)
    page = desk(signed_in, "coordinator")
    assert "2 份月报等您审核" in page
    assert page.index(">乐都区政府</a>") < page.index(">市住房建设局</a>")
    assert "按时 2" in page
    assert "未到期 3" in page
    assert "分母：5 个单位" in page


def test_after_the_deadline_a_coordinator_sees_who_is_missing(world, signed_in, now):
    now.move_to(beijing("2024-08-06 10:00"))
    page = desk(signed_in, "coordinator")
    assert "缺报 5" in page
    assert "未报单位：乐都区政府、平安区政府" in page
    period = world.task_list.periods.get(month=8)
    assert f"/reports/?list={world.task_list.pk}&amp;period={period.pk}&amp;state=missing" in page


def test_a_coordinator_of_nothing_is_told_so(world, signed_in):
    Membership.objects.filter(user=world.people["coordinator"]).update(unit=world.units["市教育局"])
    page = desk(signed_in, "coordinator")
    assert "还没有开始的报送期" in page
    assert "没有待审核的月报" in page


def test_a_supervisor_sees_the_longest_overdue_first(world, signed_in, now):
    now.move_to(beijing("2024-11-02 10:00"))
    world.open("2024-11-02 10:00")
    page = desk(signed_in, "supervisor")
    assert '<span class="big">1</span>项已逾期' in page
    assert page.index("深化教育合作") < page.index("建设宜居宜业和美乡村")


def test_who_is_a_leader_and_nothing_else_begins_on_the_overview(world, signed_in):
    answer = signed_in("leader").get("/")
    assert (answer.status_code, answer.url) == (302, "/leader/")
    Membership.objects.create(user=world.people["leader"], unit=world.units["市住房建设局"], role=Role.LIAISON)
    page = desk(signed_in, "leader")
    assert "项没填" in page
    assert 'href="/leader/"' in page


def test_an_administrator_sees_what_is_missing_in_the_data(world, signed_in, now):
    now.move_to(beijing("2024-11-02 10:00"))
    GroupMember.objects.all().delete()
    DayException.objects.create(day="2024-10-01", is_workday=False, name="国庆节")
    Message.objects.create(
        dedupe_key="x", recipient=world.people["leader"], channel="email", subject="x", body="x",
        created_at=beijing(NOW), not_before=beijing(NOW), status=Delivery.FAILED,
    )  # fmt: skip
    page = desk(signed_in, "administrator")
    for words in ("海东工业园区管委会", "各县区政府", "缺 2025 年", "1 条未能送达", "还没有导入过文件"):
        assert words in page
    assert "缺 2024 年" not in page


def test_the_next_years_calendar_is_not_missed_before_november(world, signed_in):
    DayException.objects.create(day="2024-10-01", is_workday=False, name="国庆节")
    assert "缺 2025 年" not in desk(signed_in, "administrator")


def test_who_holds_several_roles_sees_the_parts_in_turn(world, signed_in):
    person = world.people["coordinator"]
    Membership.objects.create(user=person, unit=world.units["市住房建设局"], role=Role.LIAISON)
    page = desk(signed_in, "coordinator")
    assert page.index("项没填") < page.index("谁还没报")


def test_who_holds_no_role_is_told_whom_to_ask(world, signed_in):
    Membership.objects.filter(user=world.people["leader"]).delete()
    assert "您的账号还没有岗位" in desk(signed_in, "leader")


@pytest.mark.parametrize("who", ["liaison", "coordinator", "supervisor", "administrator"])
def test_the_desk_asks_the_database_as_often_however_much_there_is(who, world, signed_in):
    browser = signed_in(who)
    browser.get("/")
    with CaptureQueriesContext(connection) as few:
        browser.get("/")
    for name in ("liaison", "colleague", "school"):
        world.submit(name, percent=1, at=NOW)
    world.open("2024-08-02 10:00")
    with CaptureQueriesContext(connection) as many:
        browser.get("/")
    assert len(many) <= len(few) + 1  # a prefetch for the first row
    assert len(few) <= 24


def test_healthz_is_for_everybody_and_says_nothing_else(client, db):
    assert client.get("/healthz").json() == {"status": "ok", "database": "reachable"}


def test_what_is_excused_is_not_counted_as_unfilled(world, signed_in):
    exempt_task(
        period=world.report("liaison").period,
        task=world.task(1),
        reason="试",
        by=world.people["coordinator"],
        at=beijing("2024-08-02 10:00"),
    )
    assert "月报还有 1 项没填" in signed_in("liaison").get("/").text
