"""What happened to a task, on its page: narrowed, folded, for whom; the last months; assisting units' answers."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from tasks_app.catalogue.actions import mark_closed
from tasks_app.closing.actions import close_period, reopen_unit
from tasks_app.confirming.actions import confirm
from tasks_app.confirming.choices import Answer
from tasks_app.inspection.instructing import issue_instruction
from tasks_app.reporting.actions import accept_entries, submit_report
from tests.factories import beijing

AT = "2024-08-02 10:00"


@pytest.fixture
def page(world, signed_in):
    def text(who, more=""):
        content = signed_in(who).get(f"/tasks/{world.task(1).pk}/{more}").content.decode()
        return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", content))

    return text


def accepted(world, *, who="liaison", percent=30, at=AT):
    report = world.submit(who, percent=percent, at=at)
    by = world.people["coordinator"]
    accept_entries(report=report, entry_ids=[e.pk for e in report.entries.all()], by=by, at=beijing(at))
    return report


def instruct(world, count):
    for number in range(count):
        text = f"第{number}份批示"
        issue_instruction(task=world.task(1), text=text, by=world.people["leader"], at=beijing(AT))


def test_the_address_narrows_what_happened_to_one_kind_and_counts_each(world, page):
    accepted(world)
    instruct(world, 1)
    assert "第0份批示" in page("leader")
    assert "月报 2" in page("leader")
    narrowed = page("leader", "?kind=instruction")
    assert "第0份批示" in narrowed
    assert "月报审核通过" not in narrowed
    assert "月报审核通过" in page("leader", "?kind=nonsense")


def test_more_than_twenty_are_folded_until_asked_for(world, page):
    instruct(world, 25)
    folded = page("leader", "?kind=instruction")
    assert "再看较早的 5 条" in folded
    assert "第0份批示" not in folded
    assert "第24份批示" in folded
    unfolded = page("leader", "?kind=instruction&all=1")
    assert "第0份批示" in unfolded
    assert "再看较早的" not in unfolded


def test_who_may_read_no_instruction_is_not_told_that_there_is_one(world, page):
    instruct(world, 1)
    shown = page("school")
    assert "领导批示" not in shown
    assert "批示 1" not in shown


def test_the_last_months_stand_on_top_with_percent_light_and_words(world, page):
    accepted(world)
    for who in ("leader", "school"):
        shown = page(who)
        months = shown[shown.index("近三期") : shown.index("原文")]
        assert "2024年8月期 未关账 30%" in months
        assert "已完成招标。" in months
        assert months.index("2024年8月期") < months.index("2024年7月期")


def test_a_closed_month_stands_as_it_was_published(world, page):
    accepted(world)
    august = world.task_list.periods.latest("opens_at")
    close_period(period=august, by=world.people["coordinator"], at=beijing("2024-08-06 10:00"))
    shown = page("leader")
    assert "2024年8月期 30%" in shown[shown.index("近三期") : shown.index("原文")]


def test_a_word_that_is_not_accepted_is_for_those_who_may_read_it(world, page):
    world.submit("liaison", percent=30, at=AT, text="还没有审核的话")
    assert "还没有审核的话 待审核" in page("leader")
    assert "还没有审核的话" not in page("school")


def test_others_read_how_assisting_units_answered_but_not_why(world, page):
    report = accepted(world)
    version = report.submissions.get().versions.get(entry__task=world.task(1))
    confirm(
        version=version, unit=world.units["乐都区政府"], answer=Answer.DISPUTED, reason="数字偏高",
        by=world.people["colleague"], at=beijing("2024-08-02 11:00"),
    )  # fmt: skip
    shown = page("school")
    assert re.search(r"乐都区政府 \S+ 有异议", shown)
    assert "平安区政府 待确认" in shown
    assert "数字偏高" not in shown


def test_milestones_stand_among_the_facts(world, page):
    world.task(1).milestones.create(due_on="2024-09-30", percent=50, text="完成招标")
    assert "2024年9月30日 50% 完成招标" in page("school")


def test_a_supervisor_goes_from_the_task_to_its_notice_until_the_task_is_closed(world, page, signed_in):
    assert "发督办通知" in page("supervisor")
    for who in ("liaison", "coordinator", "leader"):
        assert "发督办通知" not in page(who)
    draft = signed_in("supervisor").get(reverse("notice_new"), {"task": world.task(1).pk})
    assert "确认签发" in draft.text
    mark_closed(task=world.task(1), closed_on=dt.date(2024, 8, 2), by=None, at=beijing(AT), reason="")
    assert "发督办通知" not in page("supervisor")


def test_a_month_that_was_closed_anew_shows_its_newest_figure(world, signed_in):
    by = world.people["coordinator"]

    def accept(report, at):
        ids = [e.pk for e in report.entries.filter(status="submitted")]
        accept_entries(report=report, entry_ids=ids, by=by, at=beijing(at))

    report = world.submit("liaison", percent=30, at="2024-08-02 10:00")
    accept(report, "2024-08-02 10:00")
    close_period(period=report.period, by=by, at=beijing("2024-08-06 10:00"))
    reopen_unit(report=report, reason="数字有误", by=by, at=beijing("2024-08-07 10:00"), correct=True)
    world.fill(report, percent=40, text="已更正。", by="liaison", at="2024-08-07 11:00")
    submit_report(report=report, by=world.people["liaison"], at=beijing("2024-08-07 11:00"))
    accept(report, "2024-08-07 12:00")
    close_period(period=report.period, by=by, at=beijing("2024-08-08 10:00"))
    content = signed_in("leader").get(f"/tasks/{world.task(1).pk}/").text
    shown = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", content))
    assert "2024年8月期 40%" in shown[shown.index("近三期") : shown.index("原文")]
