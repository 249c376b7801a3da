"""One of everything that people write, on a list, each with a word of its own, so that it can be looked for.

`fill(world, mark)` writes it all on the world's list; `word(kind, mark)` is the word of one kind. What a page shows to
whom is then a set of kinds.
"""

import datetime as dt
import html
import re

from tasks_app.bulletins.actions import draft_bulletin
from tasks_app.catalogue.models import Task
from tasks_app.closing.actions import close_period, exempt_unit
from tasks_app.confirming.actions import confirm
from tasks_app.confirming.choices import Answer
from tasks_app.evidence.actions import attach
from tasks_app.inspection.actions import Seen, attach_to_spot_check, make_spot_check
from tasks_app.inspection.choices import ReplyKind
from tasks_app.inspection.instructing import issue_instruction, reply_to_instruction
from tasks_app.intake.actions import stage
from tasks_app.notices.actions import attach_file, issue_notices, reply_notice
from tasks_app.notices.choices import NoticeLevel
from tasks_app.notices.issuing import NoticeDraft
from tasks_app.notices.models import NoticeSetting
from tasks_app.outbox.actions import deliver_waiting, save_robot
from tasks_app.reminders.actions import make_round, save_template, set_robots
from tasks_app.reporting.actions import accept_entries, return_entries, submit_report
from tasks_app.reporting.choices import ReportStatus
from tasks_app.scores.actions import attach_to_objection, file_objection, publish_sheet, save_scheme
from tasks_app.scores.drafts import usual
from tasks_app.scores.models import ScoreLine
from tasks_app.supervision.actions import request_closure
from tasks_app.supervision.extending import request_extension
from tasks_app.supervision.hearing import attach_to_closure
from tasks_app.units.models import Unit
from tests.factories import START, World, beijing
from tests.support.objects import HOOK

AT = beijing("2024-08-02 10:00")
# Letter in the table → the word that stands in what was written.
KINDS = {
    "T": "任务", "A": "通过", "S": "待审", "D": "草稿", "R": "退件", "W": "退因", "X": "免因", "F": "附件", "C": "异议",
    "N": "督办", "Y": "回复", "E": "延期", "G": "销号", "V": "核查", "I": "批示", "P": "落实", "B": "通报", "O": "申诉",
    "M": "模板", "Q": "群名", "U": "导入",
}  # fmt: skip
COMMON = "暗号"
LINKS = {
    "T": "/tasks/{task}/", "S": "/reports/{report}/", "D": "/reports/{draft}/", "R": "/reports/{back}/",
    "N": "/notices/{notice}/", "E": "/extensions/{extension}/", "G": "/closures/{closure}/",
    "V": "/spot-checks/{check}/", "I": "/instructions/{instruction}/", "B": "/bulletins/{bulletin}/",
    "O": "/scores/objections/{objection}/", "U": "/imports/{batch}/", "X": "/periods/{august}/",
    "A": "/periods/{july}/", "M": "/reminders/lists/{list}/", "C": "/confirmations/{version}/",
}  # fmt: skip


def word(kind: str, mark: str) -> str:
    return f"{COMMON}{KINDS[kind]}{mark}"


def seen_in(text: str, lists: list[tuple[str, World, dict[str, int]]]) -> str:
    """What stands in a text of each list (its mark, its world, what was made): capitals of the first, small letters of
    the second. A letter is the kind's own word; with an apostrophe only the link to it; L is the list's title.
    """
    plain = html.unescape(re.sub(r"<[^>]*>", "", text))
    found = []
    for (mark, world, made), case in zip(lists, (str.upper, str.lower), strict=True):
        for kind in KINDS:
            if word(kind, mark) in plain:
                found.append(case(kind))
            elif kind in LINKS and LINKS[kind].format(**made) in text:
                found.append(case(kind) + "'")
        if world.task_list.title in plain:
            found.append(case("L"))
    return "".join(found)


def fill(world: World, mark: str) -> dict[str, int]:
    """Write everything on the world's list; the primary keys by what they are of."""

    def said(kind: str) -> str:
        return word(kind, mark)

    ours, people, at = world.units["市住房建设局"], world.people, AT
    task_list, one = world.task_list, world.task(1)
    Task.objects.filter(pk=one.pk).update(content=said("T"), search_text=said("T"))
    july, august = task_list.periods.order_by("opens_at")
    found: dict[str, int] = {"task": one.pk, "july": july.pk, "august": august.pk, "list": task_list.pk}
    # July: 乐都区政府 accepted, the others silent; closed, scored, objected to, put into words.
    county = _report(july, world.units["乐都区政府"])
    _hand_in(world, county, said("A"))
    ids = county.entries.values_list("pk", flat=True)
    accept_entries(report=county, entry_ids=list(ids), by=people["coordinator"], at=at)
    save_scheme(
        task_list=task_list, scheme=usual(starts_on=START.replace(day=1)), reason="考核", version=0,
        by=people["supervisor"], at=at,
    )  # fmt: skip
    close_period(period=july, by=people["coordinator"], at=at)
    publish_sheet(period=july, by=people["supervisor"], at=at)
    line = ScoreLine.objects.select_related("sheet").get(sheet__period=july, unit=ours, kind="missing")
    objection = file_objection(line=line, text=said("O"), by=people["liaison"], at=at)
    attach_to_objection(objection=objection, name=f"{said('F')}.pdf", content=b"%PDF-1.4", by=people["liaison"], at=at)
    bulletin = draft_bulletin(period=july, by=people["coordinator"], at=at)
    type(bulletin).objects.filter(pk=bulletin.pk).update(overall=said("B"), title=said("B"))
    found |= {"line": line.pk, "objection": objection.pk, "bulletin": bulletin.pk}
    # August: ours waits for review, 乐都区政府 has a draft, 平安区政府 has its report back, the park is excused.
    report = _report(august, ours)
    by = people["liaison"]
    file = attach(
        report=report, entry=report.entries.get(task=one), name=f"{said('F')}.pdf", content=b"%PDF-1.4", by=by, at=at
    )
    _hand_in(world, report, said("S"))
    version = report.submissions.get().versions.get(entry__task=one)
    confirm(
        version=version, unit=world.units["乐都区政府"], answer=Answer.DISPUTED, reason=said("C"),
        by=people["colleague"], at=at,
    )  # fmt: skip
    _write(world, _report(august, world.units["乐都区政府"]), said("D"))
    back = _report(august, world.units["平安区政府"])
    _hand_in(world, back, said("R"))
    ids = back.entries.values_list("pk", flat=True)
    return_entries(report=back, entry_ids=list(ids), reason=said("W"), by=people["coordinator"], at=at)
    excused = _report(august, world.units["海东工业园区管委会"])
    exempt_unit(report=excused, reason=said("X"), by=people["coordinator"], at=at)
    found |= {"report": report.pk, "file": file.pk, "back": back.pk}
    found |= {"draft": _report(august, world.units["乐都区政府"]).pk, "version": version.pk}
    return found | _formal_acts(world, one, said) | _settings(world, said)


def _formal_acts(world, task, said) -> dict[str, int]:
    ours, people, at = world.units["市住房建设局"], world.people, AT
    by, supervisor = people["liaison"], people["supervisor"]
    extension = request_extension(
        task=task, unit=ours, asked_due_on=dt.date(2025, 3, 31), reason=said("E"), by=by, at=at
    )
    closure = request_closure(task=task, unit=ours, evidence_text=said("G"), by=by, at=at)
    closure_file = attach_to_closure(closure=closure, name=f"{said('F')}.pdf", content=b"%PDF-1.4", by=by, at=at)
    seen = Seen("工地", at.date(), said("V"), "green")
    check = make_spot_check(task=task, unit=None, seen=seen, by=supervisor, at=at)
    check_file = attach_to_spot_check(check=check, name=f"{said('F')}.pdf", content=b"%PDF-1.4", by=supervisor, at=at)
    instruction = issue_instruction(task=task, text=said("I"), by=people["leader"], at=at)
    reply_to_instruction(instruction=instruction, unit=ours, kind=ReplyKind.ANSWER, text=said("P"), by=by, at=at)
    NoticeSetting.objects.update_or_create(
        task_list=world.task_list, defaults={"pattern": said("N") + "〔{年}〕{号}号"}
    )
    draft = NoticeDraft(unit=ours, level=NoticeLevel.ORDER, tasks=(task,), demands_text=said("N"))
    (notice,) = issue_notices(task_list=world.task_list, drafts=[draft], by=supervisor, at=at)
    reply_notice(notice=notice, reply_text=said("Y"), version=0, by=by, at=at)
    notice_file = attach_file(round_=notice.rounds.get(), name=f"{said('F')}.pdf", content=b"%PDF-1.4", by=by, at=at)
    return {
        "extension": extension.pk, "closure": closure.pk, "closure_file": closure_file.pk, "check": check.pk,
        "check_file": check_file.pk, "instruction": instruction.pk, "notice": notice.pk, "notice_file": notice_file.pk,
    }  # fmt: skip


def _settings(world, said) -> dict[str, int]:
    task_list, at = world.task_list, AT
    by = world.people["coordinator"]
    save_template(task_list=task_list, code="report-before", title=said("M"), text=said("M"), by=by, at=at)
    robot = save_robot(robot=None, name=said("Q"), kind="wecom", address=HOOK, secret="", active=True, by=by, at=at)
    set_robots(task_list=task_list, robots=[robot], by=by, at=at)
    content = f"序号,工作事项和年度目标成果,牵头单位\n1,{said('U')},市住房建设局\n".encode()
    batch = stage(content=content, file_name=f"{said('U')}.csv", by=by, at=at, task_list=task_list)
    return {"robot": robot.pk, "batch": batch.pk, "step": task_list.reminder_steps.first().pk}


def tick() -> None:
    """The day's reminders about it, delivered."""
    for moment in ("2024-08-02 10:01", "2024-08-06 09:00"):
        make_round(at=beijing(moment))
        deliver_waiting(at=beijing(moment))


def _report(period, unit: Unit):
    return period.reports.get(unit=unit)


def _write(world: World, report, text: str) -> None:
    world.fill(report, percent=30, text=text, by="liaison", at="2024-08-02 09:00")


def _hand_in(world: World, report, text: str) -> None:
    _write(world, report, text)
    submit_report(report=report, by=world.people["liaison"], at=beijing("2024-08-02 09:00"))
    assert set(report.entries.values_list("status", flat=True)) == {ReportStatus.SUBMITTED}
