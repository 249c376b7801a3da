"""What an address is about: an object of 市住房建设局 on the world's list, in a state that the address speaks of, made
through the actions.

Shared by the tests that visit every address: who may (test_access.py), what it costs (web/test_query_counts.py).
"""

import datetime as dt
from collections.abc import Callable, Iterator

from django.urls import URLPattern, get_resolver, reverse
from django.urls.resolvers import URLResolver

from tasks_app.accounts.actions import add_person
from tasks_app.accounts.choices import Role
from tasks_app.bulletins.actions import decide_bulletin, draft_bulletin, publish_bulletin, submit_bulletin
from tasks_app.bulletins.models import Bulletin
from tasks_app.closing.actions import close_period, exempt_unit
from tasks_app.evidence.actions import attach
from tasks_app.handover.actions import set_place
from tasks_app.inspection.actions import Seen, attach_to_spot_check, make_spot_check
from tasks_app.inspection.instructing import issue_instruction
from tasks_app.inspection.models import SpotCheck
from tasks_app.intake.actions import apply_batch, stage
from tasks_app.intake.decisions import accept_all_doubts
from tasks_app.intake.models import ImportBatch, StagedRow
from tasks_app.notices.actions import attach_file, issue_notices, reply_notice
from tasks_app.notices.choices import NoticeLevel
from tasks_app.notices.issuing import NoticeDraft
from tasks_app.notices.models import Notice, NoticeRound
from tasks_app.outbox.actions import deliver_waiting, enqueue, save_robot
from tasks_app.outbox.choices import Channel
from tasks_app.outbox.models import Message
from tasks_app.reminders.actions import issue_calendar_feed, set_robots
from tasks_app.reporting.models import MonthlyReport
from tasks_app.saved.actions import save_filter
from tasks_app.schedule.models import ReportingRule
from tasks_app.scores.actions import attach_to_objection, file_objection, publish_sheet, save_scheme
from tasks_app.scores.drafts import usual
from tasks_app.scores.models import Objection, ScoreLine
from tasks_app.signing.actions import ask_signature
from tasks_app.supervision.actions import decide_closure, request_closure
from tasks_app.supervision.extending import request_extension
from tasks_app.supervision.hearing import attach_to_closure
from tasks_app.supervision.models import Closure
from tasks_app.workbook.actions import keep_upload
from tasks_app.workbook.layout import Reading
from tests.factories import START, World, beijing

HOOK = "https://robots.example.test/send?key=1"
AT = beijing("2024-08-02 10:00")
LIST = "序号,工作事项和年度目标成果,牵头单位\n1,改造城镇老旧小区 2600 套。,市住房建设局\n".encode()


def addresses(patterns: list | None = None) -> Iterator[str]:
    """The names of all addresses; of Django's admin the front page alone (tests/test_admin.py has the rest)."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace == "admin":
                yield "admin:index"
            else:
                yield from addresses(pattern.url_patterns)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield pattern.name


def address_of(name: str, world: World) -> str:
    """The address with the object that it needs, made on the spot."""
    make = WHICH.get(name)
    return reverse(name, args=make(world) if make else [])


def _report(world) -> list[int]:
    return [world.report("liaison").pk]


def _submitted(world) -> list[int]:
    return [world.submit("liaison", percent=30, at="2024-08-02 10:00").pk]


def _filled(world) -> list[int]:
    report = world.report("liaison")
    world.fill(report, percent=30, text="已完成招标。", by="liaison", at="2024-08-02 09:00")
    return [report.pk]


def _signed_for(world) -> list[int]:
    """The list's rule asks for the head's signature, and the liaison has asked for it."""
    ReportingRule.objects.filter(task_list=world.task_list).update(head_signs=True)
    found = MonthlyReport.objects.get(pk=_filled(world)[0])
    return [ask_signature(report=found, by=world.people["liaison"], at=AT).pk]


def _excused(world) -> list[object]:
    report, by = world.report("liaison"), world.people["coordinator"]
    return [exempt_unit(report=report, reason="机构改革", by=by, at=AT).period_id]


def _named_place(world) -> list[object]:
    """The roster names the liaison of 市住房建设局, who has a successor in the unit."""
    unit, person = world.units["市住房建设局"], world.people["liaison"]
    set_place(task_list=world.task_list, unit=unit, liaison=person, deputy=None, by=world.people["coordinator"], at=AT)
    world.people["successor"] = add_person(
        username="successor", name="接任", email="successor@example.test", password_hash="!", unit=unit,
        role=Role.LIAISON, by=None, at=AT,
    )  # fmt: skip
    return [world.task_list.slug]


def _granted(world) -> list[int]:
    closure = Closure.objects.get(pk=_closure(world)[0])
    by = world.people["supervisor"]
    return [decide_closure(closure=closure, granted=True, decision_text="", by=by, at=AT).pk]


def _entry(world) -> list[int]:
    report = world.report("liaison")
    return [report.pk, report.entries.first().pk]


def _message(world) -> list[int]:
    person = world.people["liaison"]
    enqueue(recipient=person, key="k", subject="请报送", body="请报送。", path="/", topic="t", at=AT)
    deliver_waiting(at=AT)
    return [Message.objects.get(channel=Channel.SITE, dedupe_key__startswith="k:").pk]


def _closure(world) -> list[int]:
    closure = request_closure(
        task=world.task(1),
        unit=world.units["市住房建设局"],
        evidence_text="已验收。",
        by=world.people["liaison"],
        at=AT,
    )
    return [closure.pk]


def _batch(world) -> list[int]:
    by = world.people["administrator"]
    return [stage(content=LIST, file_name="list.csv", by=by, at=AT, task_list=world.task_list).pk]


def _agreed(world) -> list[int]:
    """An import without a doubt left."""
    batch, by = ImportBatch.objects.get(pk=_batch(world)[0]), world.people["administrator"]
    accept_all_doubts(batch=batch, by=by, at=AT)
    return [batch.pk]


def _applied(world) -> list[int]:
    batch, by = ImportBatch.objects.get(pk=_agreed(world)[0]), world.people["administrator"]
    apply_batch(batch=batch, by=by, at=AT)
    return [batch.pk]


def _list(world) -> list[int]:
    return [world.task_list.pk]


def _slug(world) -> list[object]:
    return [world.task_list.slug]


def _robot(world) -> list[int]:
    by = world.people["administrator"]
    robot = save_robot(robot=None, name="群", kind="wecom", address=HOOK, secret="", active=True, by=by, at=AT)
    set_robots(task_list=world.task_list, robots=[robot], by=by, at=AT)
    return [world.task_list.pk, robot.pk]


def _feed(world) -> list[str]:
    person = world.people["liaison"]
    return [issue_calendar_feed(user=person, by=person, at=AT).token]


def _staged_row(world) -> list[int]:
    batch = _batch(world)[0]
    return [batch, StagedRow.objects.filter(batch=batch).first().pk]


# Addresses of one import.
IMPORTS = (
    "import_batch", "import_apply", "import_undo", "import_annotated", "import_original", "import_accept_all",
    "import_unit", "import_columns", "import_list", "import_left_out", "import_restage", "import_facts",
)  # fmt: skip


def _file(world) -> list[object]:
    entry = world.report("liaison").entries.first()
    by = world.people["liaison"]
    return [attach(report=entry.report, entry=entry, name="a.pdf", content=b"%PDF-1.4", by=by, at=AT).pk]


def _workbook(world) -> list[object]:
    report, by = world.report("liaison"), world.people["liaison"]
    return [keep_upload(report=report, file_name="a.xlsx", reading=Reading(), by=by, at=AT).pk]


def _question(world) -> list[object]:
    report = world.submit("liaison", percent=30, at="2024-08-02 10:00")
    return [report.submissions.get().versions.get(entry__task__seq=1).pk]


def _period(world) -> list[object]:
    return [world.report("liaison").period_id]


def _past(world) -> list[object]:
    """July, whose deadline has passed."""
    return [world.task_list.periods.earliest("opens_at").pk]


def _closed(world) -> list[object]:
    period = world.task_list.periods.earliest("opens_at")
    close_period(period=period, by=world.people["coordinator"], at=AT)
    return [period.pk]


def _saved_filter(world) -> list[object]:
    by = world.people["supervisor"]
    jurisdiction = world.task_list.jurisdiction
    saved = save_filter(name="最久的", query="kind=overdue", jurisdiction=jurisdiction, shared=True, by=by, at=AT)
    return [saved.pk]


def _score_rules(world) -> list[object]:
    by, draft = world.people["supervisor"], usual(starts_on=START.replace(day=1))
    save_scheme(task_list=world.task_list, scheme=draft, reason="年度考核", version=0, by=by, at=AT)
    return [world.task_list.slug]


def _to_score(world) -> list[object]:
    _score_rules(world)
    return _closed(world)


def _scored(world) -> list[object]:
    found = _to_score(world)
    period = world.task_list.periods.get(pk=found[0])
    publish_sheet(period=period, by=world.people["supervisor"], at=AT)
    return found


def _score_line(world) -> list[object]:
    _scored(world)
    lines = ScoreLine.objects.filter(sheet__period__task_list=world.task_list)
    return [lines.get(unit__name="市住房建设局", kind="missing").pk]


def _objection(world) -> list[object]:
    line = ScoreLine.objects.select_related("sheet").get(pk=_score_line(world)[0])
    return [file_objection(line=line, text="平台故障", by=world.people["liaison"], at=AT).pk]


def _objection_file(world) -> list[object]:
    objection, by = Objection.objects.get(pk=_objection(world)[0]), world.people["liaison"]
    return [attach_to_objection(objection=objection, name="a.pdf", content=b"%PDF-1.4", by=by, at=AT).pk]


def _score_unit(world) -> list[object]:
    _scored(world)
    return [world.task_list.slug, world.units["市住房建设局"].pk]


def _drafted(world) -> list[object]:
    period = world.task_list.periods.get(pk=_closed(world)[0])
    return [draft_bulletin(period=period, by=world.people["coordinator"], at=AT).pk]


def _bulletin(world) -> Bulletin:
    return Bulletin.objects.get(period__task_list=world.task_list)


def _to_approve(world) -> list[object]:
    found = _drafted(world)
    submit_bulletin(bulletin=_bulletin(world), version=0, by=world.people["coordinator"], at=AT)
    return found


def _approved(world) -> list[object]:
    found, by = _to_approve(world), world.people["supervisor"]
    decide_bulletin(bulletin=_bulletin(world), granted=True, opinion="", version=1, by=by, at=AT)
    return found


def _published(world) -> list[object]:
    found = _approved(world)
    publish_bulletin(bulletin=_bulletin(world), version=2, by=world.people["coordinator"], at=AT)
    return found


def _extension(world) -> list[object]:
    extension = request_extension(
        task=world.task(1), unit=world.units["市住房建设局"], asked_due_on=dt.date(2025, 3, 31), reason="冬季停工",
        by=world.people["liaison"], at=AT,
    )  # fmt: skip
    return [extension.pk]


def _closure_file(world) -> list[object]:
    closure = Closure.objects.get(pk=_closure(world)[0])
    by = world.people["liaison"]
    return [attach_to_closure(closure=closure, name="a.pdf", content=b"%PDF-1.4", by=by, at=AT).pk]


def _spot_check(world) -> list[object]:
    seen = Seen("工地", dt.date(2024, 8, 2), "已开工", "green")
    return [make_spot_check(task=world.task(1), unit=None, seen=seen, by=world.people["supervisor"], at=AT).pk]


def _spot_check_file(world) -> list[object]:
    check = SpotCheck.objects.get(pk=_spot_check(world)[0])
    by = world.people["supervisor"]
    return [attach_to_spot_check(check=check, name="a.pdf", content=b"%PDF-1.4", by=by, at=AT).pk]


def _instruction(world) -> list[object]:
    return [issue_instruction(task=world.task(1), text="请加快", by=world.people["leader"], at=AT).pk]


def _notice(world) -> list[object]:
    unit, tasks = world.units["市住房建设局"], (world.task(1),)
    draft = NoticeDraft(unit=unit, level=NoticeLevel.ORDER, tasks=tasks, demands_text="请倒排工期。")
    return [issue_notices(task_list=world.task_list, drafts=[draft], by=world.people["supervisor"], at=AT)[0].pk]


def _answered(world) -> list[object]:
    found, by = Notice.objects.get(pk=_notice(world)[0]), world.people["liaison"]
    reply_notice(notice=found, reply_text="已倒排工期。", version=0, by=by, at=AT)
    return [found.pk]


def _notice_file(world) -> list[object]:
    round_, by = NoticeRound.objects.get(notice=_answered(world)[0]), world.people["liaison"]
    return [attach_file(round_=round_, name="a.pdf", content=b"%PDF-1.4", by=by, at=AT).pk]


# Address → the arguments it needs, made in the world. Addresses that need none are left out.
WHICH: dict[str, Callable[..., list[object]]] = {
    "task": lambda world: [world.task(1).pk],
    **dict.fromkeys(["overdue_filter", "overdue_filter_act"], _saved_filter),
    "thresholds": _list,
    "task_milestones": lambda world: [world.task(1).pk],
    "closure_request": lambda world: [world.task(1).pk],
    **dict.fromkeys(["closure_decide", "closure_withdraw", "closure_opinion", "closure_files"], _closure),
    "closure_reopen": _granted,
    **dict.fromkeys(["closure_file", "closure_file_remove"], _closure_file),
    **dict.fromkeys(["extension_request", "spot_check_make", "instruction_issue"], lambda world: [world.task(1).pk]),
    **dict.fromkeys(["extension", "extension_withdraw"], _extension),
    **dict.fromkeys(["spot_check", "spot_check_correct", "spot_check_files"], _spot_check),
    "spot_check_file": _spot_check_file,
    **dict.fromkeys(["instruction", "instruction_reply", "instruction_close"], _instruction),
    "report": _report,
    "report_submit": _filled,
    **dict.fromkeys(["report_check", "report_ask", "report_show", "report_same", "report_none"], _report),
    **dict.fromkeys(["entry_same", "entry_open", "entry_fold", "entry_to_files"], _entry),
    "entry_save": _entry,
    "entry_form": _entry,
    "report_receipt": _submitted,
    "report_review": _submitted,
    **dict.fromkeys(IMPORTS, _batch),
    "import_apply": _agreed,
    "import_undo": _applied,
    "import_row": _staged_row,
    "import_accept": _staged_row,
    "message": _message,
    "messages_read": lambda world: _message(world)[1:],
    "progress_csv": lambda world: ["trend"],
    "leader_csv": lambda world: ["trend"],
    "leader_county": lambda world: [world.units["乐都区政府"].pk],
    "reminder_list": _list,
    "reminder_pause": _list,
    "reminder_chase": _list,
    "reminder_step_add": _list,
    "reminder_step": lambda world: [world.task_list.pk, world.task_list.reminder_steps.first().pk],
    "reminder_words": lambda world: [world.task_list.pk, "report-before"],
    "reminder_words_all": lambda world: ["report-before"],
    "reminder_robot_add": _list,
    "reminder_robot": _robot,
    "calendar_feed": _feed,
    "entry_files": _entry,
    "report_scan": _submitted,
    "file": _file,
    "file_remove": _file,
    "report_sign": _signed_for,
    "report_form": _submitted,
    "report_workbook": _report,
    "workbook_upload": _report,
    "workbook": _workbook,
    "confirmation": _question,
    **dict.fromkeys(["period", "period_chase", "period_exempt"], _period),
    "period_withdraw": _excused,
    "period_close": _past,
    "period_reopen": _closed,
    **dict.fromkeys(["period_figures", "period_figures_csv", "period_changes", "period_changes_csv"], _closed),
    **dict.fromkeys(["notice", "notice_docx", "notice_receive", "notice_reply", "notice_withdraw"], _notice),
    "notice_judge": _answered,
    "notice_file": _notice_file,
    "notice_file_remove": _notice_file,
    "notice_setting": _slug,
    **dict.fromkeys(["reporting_rule", "rule_due", "duties", "roster", "roster_import", "roster_csv"], _slug),
    "roster_set": _slug,
    "roster_hand_over": _named_place,
    "bulletin_draft": _closed,
    "bulletin_style": _slug,
    **dict.fromkeys(["bulletin_edit", "bulletin_rebind", "bulletin_submit", "bulletin_discard"], _drafted),
    **dict.fromkeys(["bulletin_decide", "bulletin_withdraw"], _to_approve),
    "bulletin_publish": _approved,
    **dict.fromkeys(["bulletin", "bulletin_docx", "bulletin_recall"], _published),
    **dict.fromkeys(["score_period", "score_lines", "score_lines_csv"], _scored),
    "score_publish": _to_score,
    "score_object": _score_line,
    "objection": _objection,
    "objection_file": _objection_file,
    "score_rules": _score_rules,
    "score_unit": _score_unit,
}
