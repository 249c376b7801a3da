"""A month in the small city in which something of every kind is written: what a landed schema is recorded with."""

import datetime as dt
from dataclasses import replace

from tasks_app.bulletins.actions import draft_bulletin, save_style
from tasks_app.catalogue.actions import apply_items
from tasks_app.catalogue.items import DoubtNote
from tasks_app.closing.actions import close_period
from tasks_app.confirming.actions import confirm
from tasks_app.confirming.choices import Answer
from tasks_app.evidence.actions import attach
from tasks_app.handover.actions import set_place
from tasks_app.inspection.actions import Seen, attach_to_spot_check, correct_spot_check, make_spot_check
from tasks_app.inspection.choices import ReplyKind
from tasks_app.inspection.instructing import issue_instruction, reply_to_instruction
from tasks_app.intake.actions import stage
from tasks_app.notices.actions import attach_file, issue_notices, reply_notice
from tasks_app.notices.choices import NoticeLevel
from tasks_app.notices.issuing import NoticeDraft
from tasks_app.outbox.actions import beat, deliver_waiting, note_breakdowns, save_preference, save_robot
from tasks_app.outbox.choices import Channel, Pulse
from tasks_app.progress.actions import set_milestones
from tasks_app.progress.rules import version_of
from tasks_app.reminders.actions import (
    issue_calendar_feed,
    make_round,
    pause_list,
    resume_list,
    save_policy,
    save_template,
    set_robots,
)
from tasks_app.reporting.actions import EntryDraft, accept_entries, return_entries, save_entries, submit_report
from tasks_app.saved.actions import open_with, save_filter
from tasks_app.schedule.actions import change_due
from tasks_app.scores.actions import attach_to_objection, file_objection, publish_sheet, save_scheme
from tasks_app.scores.drafts import usual
from tasks_app.supervision.actions import request_closure
from tasks_app.supervision.extending import request_extension
from tasks_app.supervision.hearing import attach_to_closure
from tasks_app.workbook.actions import keep_upload
from tasks_app.workbook.layout import Reading
from tasks_app.workdays.actions import sync_days
from tests.factories import ITEMS, START, World, beijing

PDF = b"%PDF-1.4"


def play_month(world: World) -> None:
    """Everything that a landed schema should hold rows of, within July and August 2024."""
    by, at = world.people, beijing("2024-08-02 10:00")
    task_list, unit, task = world.task_list, world.units["市住房建设局"], world.task(1)
    _set_up(world, at)

    # Two rounds: July stays silent and is closed, August is filled, returned in part, accepted in part.
    report = world.report("liaison")
    first = report.entries.select_related("task").earliest("task__seq")
    target = first.task.indicators.filter(county=None).first()
    draft = EntryDraft(first.pk, first.version, 31, "已完成 412 套。", "资金紧张。", "", False, values={target.pk: 412})
    save_entries(report=report, drafts=[draft], by=by["liaison"], at=at)
    attach(report=report, entry=first, name="照片.pdf", content=PDF, by=by["liaison"], at=at)
    keep_upload(report=report, file_name="月报.xlsx", reading=Reading(), by=by["liaison"], at=at)
    world.fill(report, percent=31, text="已完成 412 套。", by="liaison", at="2024-08-02 10:30")
    report = submit_report(report=report, by=by["liaison"], at=beijing("2024-08-02 11:00"))
    entries = list(report.entries.order_by("task__seq"))
    version = report.submissions.get().versions.get(entry=entries[0])
    county = world.units["乐都区政府"]
    confirm(version=version, unit=county, answer=Answer.DISPUTED, reason="未进场。", by=by["colleague"], at=at)
    accept_entries(report=report, entry_ids=[entries[0].pk], by=by["coordinator"], at=beijing("2024-08-02 14:00"))
    rest = [entry.pk for entry in entries[1:]]
    return_entries(
        report=report, entry_ids=rest, reason="请补充数量。", by=by["coordinator"], at=beijing("2024-08-02 14:10")
    )
    world.submit("colleague", percent=20, at="2024-08-05 17:00")

    # Supervision: a later date, a closure, a visit, an instruction, a notice and its answer.
    request_extension(
        task=task, unit=unit, asked_due_on=dt.date(2025, 3, 31), reason="冬季停工", by=by["liaison"], at=at
    )
    reached = {row.pk: row.value for row in task.indicators.filter(county=None)}
    closure = request_closure(task=task, unit=unit, evidence_text="已验收。", values=reached, by=by["liaison"], at=at)
    attach_to_closure(closure=closure, name="验收单.pdf", content=PDF, by=by["liaison"], at=at)
    check = make_spot_check(
        task=task, unit=unit, seen=Seen("工地", at.date(), "已开工", "green"), by=by["supervisor"], at=at
    )
    attach_to_spot_check(check=check, name="现场.pdf", content=PDF, by=by["supervisor"], at=at)
    seen = Seen("工地", at.date(), "部分开工", "yellow")
    correct_spot_check(check=check, seen=seen, reason="记错", version=check.version, by=by["supervisor"], at=at)
    instruction = issue_instruction(task=task, text="请加快", by=by["leader"], at=at)
    reply_to_instruction(
        instruction=instruction, unit=unit, kind=ReplyKind.ANSWER, text="已部署。", by=by["liaison"], at=at
    )
    wanted = NoticeDraft(unit=unit, level=NoticeLevel.ORDER, tasks=(task,), demands_text="请倒排工期。")
    notice = issue_notices(task_list=task_list, drafts=[wanted], by=by["supervisor"], at=at)[0]
    reply_notice(notice=notice, reply_text="已倒排工期。", version=0, by=by["liaison"], at=at)
    attach_file(round_=notice.rounds.get(), name="计划.pdf", content=PDF, by=by["liaison"], at=at)

    _close_july(world, beijing("2024-08-06 09:00"))
    rows = "序号,工作事项和年度目标成果,牵头单位\n1,改造城镇老旧小区 2000 套。,市住房建设局\n".encode()
    stage(content=rows, file_name="清单.csv", by=by["administrator"], at=at, task_list=task_list)
    for moment in ("2024-08-05 09:00", "2024-08-06 09:30"):
        make_round(at=beijing(moment))
        deliver_waiting(at=beijing(moment))
    # After the rounds: one that goes well forgets it.
    note_breakdowns(broken={"task": "KeyError"}, at=beijing("2024-08-06 09:30"))


def _set_up(world: World, at: dt.datetime) -> None:
    """What is arranged for a list once: people, days, words, filters, doubts, milestones, moved due moments."""
    by, task_list, unit = world.people, world.task_list, world.units["市住房建设局"]
    apply_items(
        task_list=task_list,
        items=[replace(ITEMS[0], doubts=(DoubtNote("NO_YEAR", "due_text", "原文没有写年份。", "low"),)), *ITEMS[1:]],
        by=None,
        at=at,
    )
    sync_days(rows=[{"date": "2024-10-01", "is_workday": "0", "name": "国庆节"}], by=None, at=at)
    set_place(task_list=task_list, unit=unit, liaison=by["liaison"], deputy=None, by=by["coordinator"], at=at)
    set_milestones(
        task=world.task(4),
        milestones=[(dt.date(2024, 9, 30), 50, "完成路基")],
        version=version_of(()),
        reason="施工计划",
        by=by["coordinator"],
        at=at,
    )
    change_due(
        task_list=task_list,
        key=(2024, 9, 1),
        due_at=beijing("2024-09-06 18:00"),
        reason="调休",
        by=by["coordinator"],
        at=at,
    )
    save_policy(quiet_from=dt.time(22), quiet_until=dt.time(7), daily_cap=20, by=by["administrator"], at=at)
    words = {"title": "{单位}：请报送", "text": "请于{截止}前报送。"}
    save_template(task_list=task_list, code="report-before", **words, by=by["coordinator"], at=at)
    save_preference(user=by["liaison"], channel=Channel.EMAIL, enabled=True, by=by["liaison"], at=at)
    robot = save_robot(
        robot=None, name="工作群", kind="wecom", address="https://robots.example.test/send?key=1", secret="", active=True,
        by=by["administrator"], at=at,
    )  # fmt: skip
    set_robots(task_list=task_list, robots=[robot], by=by["administrator"], at=at)
    pause_list(task_list=task_list, reason="防汛", by=by["administrator"], at=at)
    resume_list(task_list=task_list, by=by["administrator"], at=at)
    issue_calendar_feed(user=by["liaison"], by=by["liaison"], at=at)
    saved = save_filter(
        name="最久的",
        query="kind=overdue",
        jurisdiction=task_list.jurisdiction,
        shared=True,
        by=by["supervisor"],
        at=at,
    )
    open_with(saved=saved, by=by["supervisor"], at=at)
    beat(name=Pulse.WORKER, at=at)


def _close_july(world: World, at: dt.datetime) -> None:
    """The silent round is closed, scored, objected to, and put into a bulletin."""
    by, task_list = world.people, world.task_list
    save_scheme(
        task_list=task_list, scheme=usual(starts_on=START.replace(day=1)), reason="考核", version=0,
        by=by["supervisor"], at=at,
    )  # fmt: skip
    july = close_period(period=task_list.periods.earliest("opens_at"), by=by["coordinator"], at=at).period
    sheet = publish_sheet(period=july, by=by["supervisor"], at=at)
    line = sheet.lines.select_related("sheet").get(unit__name="市住房建设局", kind="missing")
    objection = file_objection(line=line, text="平台故障", by=by["liaison"], at=at)
    attach_to_objection(objection=objection, name="证明.pdf", content=PDF, by=by["liaison"], at=at)
    save_style(
        task_list=task_list, values={"number_pattern": "东督通〔{年}〕{号}号"}, version=0, by=by["coordinator"], at=at
    )
    draft_bulletin(period=july, by=by["coordinator"], at=at)
