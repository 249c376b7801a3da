"""The page of one task: its words, their doubts, and who may read what was said of it."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tasks_app.catalogue.models import Doubt, Task
from tasks_app.reporting.actions import (
    EntryDraft,
    accept_entries,
    refresh_standings,
    return_entries,
    save_entries,
    submit_report,
)
from tasks_app.supervision.actions import decide_closure, request_closure
from tests.factories import CAST, beijing
from tests.web.catalogue.test_ledger import grow

AT = "2024-08-03 09:00"
IN_THE_CITY = [who for who in CAST if who not in ("stranger", "outsider", "retired")]


def text_of(response):
    """What a reader sees, without tags and with single blanks."""
    assert response.status_code == 200
    body = re.sub(r"<(script|style)\\b.*?</\\1>", "", response.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


@pytest.fixture
def page(signed_in, world):
    """`page(who, no)` is the text of a task's page as a member of the cast sees it."""
    return lambda who, no: text_of(signed_in(who).get(f"/tasks/{world.task(no).pk}/"))


def accept(world, report):
    ids = [entry.pk for entry in report.entries.all()]
    accept_entries(report=report, entry_ids=ids, by=world.people["coordinator"], at=beijing(AT))
    refresh_standings(today=beijing(AT).date())


def test_the_page_gives_words_deadline_units_and_document(page):
    shown = page("leader", 2)
    assert "年内建设和美乡村 15 个" in shown
    assert "东政办〔2024〕69号" in shown
    assert "2024年12月31日" in shown
    assert "原文写明：“年内”" in shown
    assert "即 乐都区政府 、 平安区政府" in shown


def test_a_group_narrowed_to_the_named_counties_says_so(page):
    shown = page("leader", 3)
    assert "即 乐都区政府" in shown
    assert "本项原文只点名乐都区，其余成员不在其列。" in shown


def test_targets_stand_with_their_county_shares_and_the_check(page):
    shown = page("leader", 2)
    assert "乐都区 10 个" in shown
    assert "分解合计 15 个，与总目标一致。" in shown


def test_a_split_that_does_not_add_up_is_said(page, world):
    world.task(2).indicators.filter(county__short_name="平安区").update(value=4)
    assert "分解合计 14 个，与总目标 15 个相差 1 个。" in page("leader", 2)


def test_the_latest_accepted_values_stand_beside_the_targets(page, world):
    report = world.report("colleague")
    world.fill(report, percent=40, text="正在建设。", by="colleague", at=AT)
    entry = report.entries.get(task=world.task(2))
    share = world.task(2).indicators.get(county__short_name="乐都区")
    draft = EntryDraft(
        entry_id=entry.pk,
        version=entry.version,
        percent=40,
        done_text="正在建设。",
        problem_text="",
        next_text="",
        no_progress=False,
        values={share.pk: Decimal(7)},
    )
    by = world.people["colleague"]
    save_entries(report=report, drafts=[draft], by=by, at=beijing(AT))
    report = submit_report(report=report, by=by, at=beijing(AT))
    assert "各县区合计" not in page("leader", 2)
    accept(world, report)
    assert "各县区合计 7" in page("leader", 2)


def test_doubts_about_the_source_are_shown(page, world):
    Doubt.objects.create(task=world.task(1), code="SUSPECT_TEXT", text="原文“2OOO”疑为“2000”。")
    shown = page("school", 1)
    assert "原文疑点" in shown
    assert "原文“2OOO”疑为“2000”。" in shown


def test_every_doubt_of_the_real_list_stands_on_its_task(haidong, world, signed_in):
    browser = signed_in("leader")
    doubtful = Task.objects.filter(task_list__slug="haidong-2024-69", doubts__isnull=False).distinct()
    assert doubtful.count() > 40
    for task in doubtful.order_by("seq")[:12]:
        body = text_of(browser.get(f"/tasks/{task.pk}/"))
        for doubt in task.doubts.all():
            assert re.sub(r"\s+", " ", doubt.text) in body.replace("&quot;", '"').replace("&#x27;", "'")


def test_where_it_is_printed_is_told_with_the_cells_of_the_row(haidong, world, signed_in):
    task = Task.objects.get(task_list__slug="haidong-2024-69", seq=7)
    shown = text_of(signed_in("leader").get(f"/tasks/{task.pk}/"))
    assert "第 48 行" in shown
    assert "附表第 2 页" in shown
    assert "分解合计 129 个，与总目标一致。" in shown


def test_accepted_words_are_for_all_of_the_city(page, world):
    accept(world, world.submit("liaison", percent=30, at=AT, text="已完成招标。"))
    for who in ("school", "colleague", "leader", "liaison"):
        assert "已完成招标。" in page(who, 1)


def test_submitted_words_are_for_the_unit_and_those_who_review_or_oversee(page, world):
    world.submit("liaison", percent=30, at=AT, text="已完成招标。")
    readers = {who for who in IN_THE_CITY if "已完成招标。" in page(who, 1)}
    assert readers == {"liaison", "head", "coordinator", "supervisor", "inspector", "leader", "administrator"}


def test_a_draft_is_for_its_unit_alone_and_says_so(page, world):
    world.fill(world.report("liaison"), percent=55, text="草稿里的话", by="liaison", at=AT)
    readers = {who for who in IN_THE_CITY if "草稿里的话" in page(who, 1)}
    assert readers == {"liaison", "head"}
    assert "仅本单位可见" in page("liaison", 1)


def test_returned_words_are_again_the_units_own(page, world):
    report = world.submit("liaison", percent=30, at=AT, text="被退回的话")
    ids = [entry.pk for entry in report.entries.all()]
    return_entries(report=report, entry_ids=ids, reason="请补充", by=world.people["coordinator"], at=beijing(AT))
    assert "被退回的话" in page("liaison", 1)
    assert "退回理由 请补充" in page("liaison", 1)
    assert "被退回的话" not in page("leader", 1)


def test_light_and_reason_and_both_percentages_are_shown(page, world):
    accept(world, world.submit("liaison", percent=30, at=AT))
    shown = page("leader", 1)
    assert "30%" in shown
    assert "序时 14%" in shown
    assert "预警 上一期未见报送" in shown
    assert "逐期进度" in shown


def test_only_a_liaison_of_a_lead_unit_is_offered_to_ask_for_closure(signed_in, world):
    address = f"/tasks/{world.task(1).pk}/"
    offered = {who for who in world.people if "/closure/" in signed_in(who).get(address).content.decode()}
    assert offered == {"liaison"}


def test_a_pending_closure_is_shown_and_offered_to_the_supervisor_alone(signed_in, page, world):
    closure = request_closure(
        task=world.task(1), unit=world.units["市住房建设局"], evidence_text="验收报告已备案。",
        by=world.people["liaison"], at=beijing(AT),
    )  # fmt: skip
    address = f"/tasks/{world.task(1).pk}/"
    offered = {who for who in world.people if "审批销号申请" in signed_in(who).get(address).content.decode()}
    assert offered == {"supervisor", "inspector"}
    assert "市住房建设局申请销号" in page("school", 1)
    readers = {who for who in IN_THE_CITY if "验收报告已备案。" in page(who, 1)}
    # 乐都区政府 assists on the task and is heard on its closure.
    assert readers == set(IN_THE_CITY) - {"school", "neighbour"}
    assert "/closure/" not in signed_in("liaison").get(address).content.decode()
    decide_closure(
        closure=closure, granted=True, decision_text="同意销号", by=world.people["supervisor"], at=beijing(AT)
    )
    assert "已销号" in page("school", 1)


def test_a_missing_task_and_a_foreign_one_answer_alike(signed_in, world):
    missing = signed_in("leader").get("/tasks/999999/")
    foreign = signed_in("stranger").get(f"/tasks/{world.task(1).pk}/")
    absurd = signed_in("leader").get(f"/tasks/{10**24}/")
    assert [answer.status_code for answer in (missing, foreign, absurd)] == [404, 404, 404]


def test_the_number_of_queries_does_not_grow_with_units_and_periods(signed_in, world):
    browser = signed_in("leader")

    def queries(task):
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(f"/tasks/{task.pk}/").status_code == 200
        return len(captured)

    accept(world, world.submit("liaison", percent=30, at=AT))
    few = queries(world.task(1))
    accept(world, world.submit("colleague", percent=30, at=AT))
    grow(world, 3)
    world.open("2024-08-02 11:00")
    # Beside the task and its reports: the answers of assisting units, the last months, and eight kinds of happenings.
    assert queries(world.task(2)) == queries(world.task(1)) == few <= 40
