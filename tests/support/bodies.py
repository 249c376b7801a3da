"""Request bodies for addresses that would refuse an empty form only because it is empty."""

from collections.abc import Callable

from django.core.files.uploadedfile import SimpleUploadedFile

from tasks_app.intake.models import StagedRow
from tasks_app.outbox.models import Message
from tests.support.objects import HOOK


def _pdf() -> SimpleUploadedFile:
    return SimpleUploadedFile("a.pdf", b"%PDF-1.4", "application/pdf")


def _typed(world) -> dict[str, object]:
    entry = world.report("liaison").entries.first()
    return {f"e{entry.pk}-version": entry.version, f"e{entry.pk}-percent": 10, f"e{entry.pk}-done_text": "完成招标。"}


def _place(world) -> dict[str, object]:
    return {"unit": world.units["市住房建设局"].pk, "liaison": world.people["liaison"].pk}


def _succession(world) -> dict[str, object]:
    return {"unit": world.units["市住房建设局"].pk, "to": world.people["successor"].pk, "reason": "工作调整"}


def _visit(world) -> dict[str, object]:
    return {"place": "工地", "day": "2024-08-02", "light": "green", "finding": "已开工"}


def _named(world) -> dict[str, object]:
    rows = "单位,联络员账号,替补账号\n市住房建设局,liaison,\n"
    return {"file": SimpleUploadedFile("roster.csv", rows.encode(), "text/csv")}


RUNG = {
    "occasion": "report", "side": "before", "days": 4, "day_kind": "workday", "time": "09:00", "audience": "liaison",
    "active": "on",
}  # fmt: skip
ROBOT = {"name": "新群", "kind": "wecom", "address": HOOK, "active": "on"}
# What is sent along where an empty form would only be turned away for being empty.
FORMS: dict[str, Callable[..., dict[str, object]]] = {
    "notice_reply": lambda world: {"version": 0, "reply_text": "已倒排工期。"},
    "notice_judge": lambda world: {"verdict": "close"},
    "notice_withdraw": lambda world: {"reason": "任务已调整"},
    **dict.fromkeys(["report", "report_check", "report_ask", "report_show", "report_same", "report_none"], _typed),
    **dict.fromkeys(["entry_save", "entry_same", "entry_open", "entry_fold", "entry_to_files"], _typed),
    **dict.fromkeys(
        ["entry_files", "report_scan", "closure_files", "spot_check_files"], lambda world: {"file": _pdf()}
    ),
    "closure_request": lambda world: {"evidence_text": "已验收。", "unit": world.units["市住房建设局"].pk},
    "closure_decide": lambda world: {"decision": "grant"},
    "closure_reopen": lambda world: {"reason": "验收有误"},
    "closure_opinion": lambda world: {"unit": world.units["乐都区政府"].pk, "opinion": "agreed"},
    "extension_request": lambda world: {
        "unit": world.units["市住房建设局"].pk, "asked_due_on": "2025-03-31", "reason": "冬季停工",
    },
    "extension": lambda world: {"decision": "grant", "new_due_on": "2025-03-31"},
    "spot_check_make": _visit,
    "spot_check_correct": lambda world: {**_visit(world), "finding": "已停工", "version": 0, "reason": "写错了"},
    "instruction_issue": lambda world: {"text": "请加快"},
    "instruction_reply": lambda world: {"unit": world.units["市住房建设局"].pk, "kind": "seen"},
    "instruction_close": lambda world: {"text": "已落实"},
    "reminder_chase": lambda world: {"do": "all"},
    "reminder_pause": lambda world: {"reason": "统一部署"},
    "reminder_step_add": lambda world: RUNG,
    "reminder_step": lambda world: RUNG,
    "reminder_robot_add": lambda world: ROBOT,
    "reminder_robot": lambda world: ROBOT,
    "reminder_words": lambda world: {"title": "标题", "text": "正文"},
    "reminder_words_all": lambda world: {"title": "标题", "text": "正文"},
    "reminder_policy": lambda world: {"quiet_from": "21:00", "quiet_until": "07:00", "daily_cap": 3},
    "report_sign": lambda world: {"do": "sign"},
    "period_chase": lambda world: {"all": "1"},
    "period_exempt": lambda world: {"report": world.report("liaison").pk, "reason": "机构改革"},
    "period_withdraw": lambda world: {"report": world.report("liaison").pk, "reason": "已恢复"},
    "period_reopen": lambda world: {
        "report": world.report("liaison", world.task_list.periods.earliest("opens_at")).pk, "reason": "系统故障",
    },
    "rule_due": lambda world: {"round": "2024-9-1", "due_at": "2024-09-06T18:00", "reason": "逢会"},
    "roster_set": _place,
    "roster_hand_over": _succession,
    "roster_import": _named,
    "confirmation": lambda world: {"answer": "true", "unit": world.units["乐都区政府"].pk},
    "imports": lambda world: {
        "text": "一、改造老旧小区。（牵头单位：市住房建设局）",
        "target": f"list-{world.task_list.pk}",
    },
    **dict.fromkeys(["bulletin_submit", "bulletin_rebind", "bulletin_discard"], lambda world: {"version": 0}),
    **dict.fromkeys(["bulletin_decide", "bulletin_withdraw"], lambda world: {"version": 1, "decision": "approve"}),
    "bulletin_publish": lambda world: {"version": 2},
    "bulletin_recall": lambda world: {"version": 3, "note": "数字有误"},
    "score_object": lambda world: {"text": "平台故障"},
    "objection": lambda world: {"decision": "dismiss", "reason": "记录无误"},
    "overdue_act": lambda world: {"do": "chase", "scope": "chosen", "task": world.task(1).pk},
    "overdue_chase": lambda world: {"tasks": world.task(1).pk, "once": "1"},
    "overdue_filters": lambda world: {"name": "最久的", "address": "kind=overdue"},
    "overdue_filter_act": lambda world: {"do": "default"},
    "report_review": lambda world: {"accept": world.report("liaison").entries.first().pk},
    "import_accept": lambda world: {"version": StagedRow.objects.latest("pk").version},
    "messages_read": lambda world: {"last": Message.objects.latest("pk").pk},
}  # fmt: skip
