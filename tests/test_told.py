"""Who is told of what: every act that sends a message or calls one off, on both lists of the city, against
told_table.csv.

A name after "not" is somebody for whom words that still waited to be sent are no longer needed. On the way, every light
has to be the one that the rule gives after the act.
市住房建设局 has a second liaison here; the first list's roster names the first one, the neighbour's no one.
`DUBAN_UPDATE_TOLD=1 pytest tests/test_told.py` writes the table anew: look at its diff, a name more is somebody who
is disturbed, one less somebody who does not hear of it.
"""

import csv
import os
from pathlib import Path

from django.db import transaction
from django.db.models import Max

from tasks_app.accounts.actions import add_person
from tasks_app.accounts.choices import Role
from tasks_app.bulletins.actions import (
    decide_bulletin,
    publish_bulletin,
    recall_bulletin,
    submit_bulletin,
    withdraw_bulletin,
)
from tasks_app.bulletins.models import Bulletin
from tasks_app.catalogue.models import Task, TaskList
from tasks_app.closing.actions import exempt_task, exempt_unit, reopen_unit, withdraw_exemption
from tasks_app.confirming.actions import confirm
from tasks_app.confirming.choices import Answer
from tasks_app.handover.actions import hand_over, set_place
from tasks_app.inspection.actions import Seen, correct_spot_check
from tasks_app.inspection.choices import ReplyKind
from tasks_app.inspection.instructing import close_instruction, reply_to_instruction
from tasks_app.inspection.models import Instruction, SpotCheck
from tasks_app.notices.actions import judge_notice, reply_notice, withdraw_notice
from tasks_app.notices.models import Notice
from tasks_app.outbox.choices import Channel, Delivery
from tasks_app.outbox.models import DigestLine, Message
from tasks_app.progress.models import Standing
from tasks_app.progress.twin import differences
from tasks_app.reminders.actions import make_round
from tasks_app.reminders.chasing import chase_period
from tasks_app.reporting.actions import accept_entries, refresh_standings, return_entries, submit_report
from tasks_app.reporting.models import EntryVersion, MonthlyReport
from tasks_app.schedule.models import Period
from tasks_app.scores.actions import decide_objection, file_objection, publish_sheet
from tasks_app.scores.models import Objection, ScoreLine
from tasks_app.signing.actions import refuse_signature, sign
from tasks_app.supervision.actions import decide_closure, reopen_closure, withdraw_closure
from tasks_app.supervision.chases import chase_tasks
from tasks_app.supervision.extending import decide_extension, withdraw_extension
from tasks_app.supervision.hearing import give_opinion
from tasks_app.supervision.models import Closure, Extension
from tests.factories import World, beijing
from tests.support.neighbours import with_neighbours
from tests.support.objects import AT, WHICH
from tests.support.offenders import every

TABLE = Path(__file__).with_name("told_table.csv")


def made(model, address):
    """The object that an address is about, made by its maker."""
    return lambda world: model.objects.get(pk=WHICH[address](world)[0])


closure, extension = made(Closure, "closure_decide"), made(Extension, "extension")
notice, instruction = made(Notice, "notice"), made(Instruction, "instruction")
check, objection = made(SpotCheck, "spot_check"), made(Objection, "objection")
bulletin, to_approve = made(Bulletin, "bulletin_submit"), made(Bulletin, "bulletin_decide")
approved, published = made(Bulletin, "bulletin_publish"), made(Bulletin, "bulletin_recall")
submitted, unsigned = made(MonthlyReport, "report_review"), made(MonthlyReport, "report_sign")
draft = made(MonthlyReport, "report")
question, closed = made(EntryVersion, "confirmation"), made(Period, "period_figures")
answered, granted = made(Notice, "notice_judge"), made(Closure, "closure_reopen")
to_score, line = made(Period, "score_publish"), made(ScoreLine, "score_object")


def as_(who):
    return lambda world: {"by": world.people[who], "at": AT}


supervisor, coordinator, liaison, head = as_("supervisor"), as_("coordinator"), as_("liaison"), as_("head")


def given_back(world, report):
    ids = list(report.entries.values_list("pk", flat=True))
    return_entries(report=report, entry_ids=ids, reason="请补充", **coordinator(world))


def taken(world, report):
    accept_entries(report=report, entry_ids=list(report.entries.values_list("pk", flat=True)), **coordinator(world))


def missed(world):
    """The report of a round whose deadline has passed: excusing from it changes lights."""
    return world.report("liaison", world.task_list.periods.earliest("opens_at"))


def excused(world):
    return exempt_unit(report=missed(world), reason="机构改革", **coordinator(world))


def task_excused(world, report):
    exempt_task(period=report.period, task=world.task(1), reason="暂缓", **coordinator(world))


def handed_in(world, report):
    world.fill(report, percent=30, text="已完成招标。", by="liaison", at="2024-08-02 10:00")
    submit_report(report=report, **liaison(world))


def reopened(world, period):
    report = period.reports.get(unit=world.units["市住房建设局"])
    reopen_unit(report=report, reason="系统故障", **coordinator(world))


def corrected(world, found):
    seen = Seen("工地", AT.date(), "已停工", "red")
    correct_spot_check(check=found, seen=seen, reason="写错了", version=found.version, **supervisor(world))


def handed_over(world, _nothing):
    unit = world.units["市住房建设局"]
    place = _place(world, unit)
    hand_over(place=place, to=world.people["second"], reason="调整", **coordinator(world))


def _place(world, unit):
    person = world.people["liaison"]
    return set_place(task_list=world.task_list, unit=unit, liaison=person, deputy=None, **coordinator(world))


def heard(world, found):
    hearing = found.hearings.get(unit=world.units["乐都区政府"])
    give_opinion(hearing=hearing, opinion="disputed", reason="不实", by=world.people["colleague"], at=AT)


def disputed(world, version):
    confirm(
        version=version, unit=world.units["乐都区政府"], answer=Answer.DISPUTED, reason="不实",
        by=world.people["colleague"], at=AT,
    )  # fmt: skip


def replied(world, found):
    reply_notice(notice=found, reply_text="已办", version=0, **liaison(world))


def chased(world, period):
    chase_period(period=period, unit_ids=list(period.reports.values_list("unit_id", flat=True)), **coordinator(world))


def nothing(world):
    return None


def tick(moment):
    return lambda world, _nothing: make_round(at=beijing(moment))


# What is done → what it is done to (whose own messages are not counted), and the act.
ACTS = {
    "closure asked for": (nothing, lambda w, _: closure(w)),
    "closure granted": (
        closure, lambda w, o: decide_closure(closure=o, granted=True, decision_text="", **supervisor(w)),
    ),
    "closure refused": (
        closure, lambda w, o: decide_closure(closure=o, granted=False, decision_text="否", **supervisor(w)),
    ),
    "closure taken back": (closure, lambda w, o: withdraw_closure(closure=o, reason="", **liaison(w))),
    "closure undone": (granted, lambda w, o: reopen_closure(closure=o, reason="有误", **supervisor(w))),
    "closure disputed": (closure, heard),
    "extension asked for": (nothing, lambda w, _: extension(w)),
    "extension granted": (
        extension,
        lambda w, o: decide_extension(
            extension=o, granted=True, decision_text="", new_due_on=o.asked_due_on, **supervisor(w)
        ),
    ),
    "extension refused": (
        extension, lambda w, o: decide_extension(extension=o, granted=False, decision_text="否", **supervisor(w)),
    ),
    "extension taken back": (extension, lambda w, o: withdraw_extension(extension=o, reason="", **liaison(w))),
    "spot check made": (nothing, lambda w, _: check(w)),
    "spot check corrected": (check, corrected),
    "instruction written": (nothing, lambda w, _: instruction(w)),
    "instruction answered": (
        instruction,
        lambda w, o: reply_to_instruction(
            instruction=o, unit=w.units["市住房建设局"], kind=ReplyKind.ANSWER, text="已办", **liaison(w)
        ),
    ),
    "instruction closed": (
        instruction, lambda w, o: close_instruction(instruction=o, text="已办", **supervisor(w)),
    ),
    "notice issued": (nothing, lambda w, _: notice(w)),
    "notice answered": (notice, replied),
    "notice closed": (
        answered, lambda w, o: judge_notice(notice=o, closed=True, judge_text="", workdays=0, **supervisor(w)),
    ),
    "notice given back": (
        answered, lambda w, o: judge_notice(notice=o, closed=False, judge_text="再办", workdays=3, **supervisor(w)),
    ),
    "notice withdrawn": (notice, lambda w, o: withdraw_notice(notice=o, reason="有误", **supervisor(w))),
    "month handed in": (draft, handed_in),
    "unit excused": (draft, lambda w, o: exempt_unit(report=o, reason="机构改革", **coordinator(w))),
    "unit excused when it was due": (missed, lambda w, _: excused(w)),
    "task excused when it was due": (missed, task_excused),
    "unit excused no longer": (excused, lambda w, o: withdraw_exemption(report=o, reason="有误", **coordinator(w))),
    "entries accepted": (submitted, taken),
    "entries returned": (submitted, given_back),
    "unit reopened": (closed, reopened),
    "signature asked for": (nothing, lambda w, _: unsigned(w)),
    "signed": (unsigned, lambda w, o: sign(report=o, **head(w))),
    "signature refused": (unsigned, lambda w, o: refuse_signature(report=o, note="再核", **head(w))),
    "report disputed": (question, disputed),
    "bulletin submitted": (bulletin, lambda w, o: submit_bulletin(bulletin=o, version=0, **coordinator(w))),
    "bulletin approved": (
        to_approve, lambda w, o: decide_bulletin(bulletin=o, granted=True, opinion="", version=1, **supervisor(w)),
    ),
    "bulletin taken back": (to_approve, lambda w, o: withdraw_bulletin(bulletin=o, version=1, **coordinator(w))),
    "bulletin sent back": (
        to_approve, lambda w, o: decide_bulletin(bulletin=o, granted=False, opinion="改", version=1, **supervisor(w)),
    ),
    "bulletin published": (approved, lambda w, o: publish_bulletin(bulletin=o, version=2, **coordinator(w))),
    "bulletin recalled": (
        published, lambda w, o: recall_bulletin(bulletin=o, note="有误", version=3, **coordinator(w)),
    ),
    "scores published": (to_score, lambda w, o: publish_sheet(period=o, **supervisor(w))),
    "objection filed": (line, lambda w, o: file_objection(line=o, text="不实", **liaison(w))),
    "objection upheld": (
        objection, lambda w, o: decide_objection(objection=o, upheld=True, reason="属实", **supervisor(w)),
    ),
    "objection dismissed": (
        objection, lambda w, o: decide_objection(objection=o, upheld=False, reason="否", **supervisor(w)),
    ),
    "round chased": (lambda w: w.task_list.periods.latest("opens_at"), chased),
    "tasks chased": (
        nothing,
        lambda w, _: chase_tasks(
            tasks=Task.objects.filter(task_list=w.task_list), note="", once="1", **supervisor(w)
        ),
    ),
    "post handed over": (nothing, handed_over),
    "the 5th": (nothing, tick("2024-08-05 09:00")),
    "a day after the 5th": (nothing, tick("2024-08-06 09:00")),
    "three days after the 5th": (nothing, tick("2024-08-08 09:00")),
    "three days after, reported": (submitted, tick("2024-08-08 09:00")),
    "a returned month's day": (
        submitted, lambda w, o: (given_back(w, o), make_round(at=beijing("2024-08-06 09:00"))),
    ),
    "a notice's day": (notice, tick("2024-08-12 09:00")),
    "a task's day": (nothing, tick("2024-11-01 09:00")),
}  # fmt: skip


def told(world: World, make, act) -> str:
    """Who got a message by the act, by name, and for whom one was called off; undone again."""
    with transaction.atomic():
        found = make(world)
        before = set(Message.objects.values_list("pk", flat=True))
        waiting = list(Message.objects.filter(status=Delivery.WAITING).values_list("pk", flat=True))
        said = list(DigestLine.objects.filter(settled_at=None).values_list("pk", flat=True))
        act(world, found)
        new = Message.objects.filter(channel=Channel.SITE).exclude(pk__in=before)
        names = sorted(set(new.values_list("recipient__username", flat=True)))
        dropped = Message.objects.filter(pk__in=waiting, status=Delivery.SUPPRESSED)
        silenced = DigestLine.objects.filter(pk__in=said, settled_at__isnull=False)
        off = {
            *dropped.values_list("recipient__username", flat=True),
            *silenced.values_list("digest__recipient__username", flat=True),
        }
        assert not differences(Standing.objects.aggregate(day=Max("as_of"))["day"]), (
            "lights that the rule does not give"
        )
        transaction.set_rollback(True)
    return " ".join([*names, *(["not", *sorted(off)] if off else [])]) or "-"


def test_each_act_is_told_to_whom_the_table_says(world):
    other = with_neighbours(world)
    unit = world.units["市住房建设局"]
    second = add_person(
        username="second", name="第二联络员", email="", password_hash="!", unit=unit, role=Role.LIAISON, by=None, at=AT
    )
    world.people["second"] = other.people["second"] = second
    _place(world, unit)
    # Only silence makes a light yellow here, so that a round more or less is seen in it.
    TaskList.objects.update(yellow_behind=98, red_behind=99)
    refresh_standings(today=AT.date())
    make_round(at=AT)
    found = {}
    with every("refresh the standings in the act") as at:
        for act, how in ACTS.items():
            with at(act):
                found[act] = (told(world, *how), told(other, *how))
    if os.environ.get("DUBAN_UPDATE_TOLD"):
        with TABLE.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["act", "on the first list", "on the neighbour's"])
            writer.writerows([act, *names] for act, names in found.items())
    with TABLE.open(encoding="utf-8", newline="") as file:
        expected = {act: (first, second) for act, first, second in list(csv.reader(file))[1:]}
    assert set(found) == set(expected)
    wrong = [
        f"{act}: {' | '.join(names)}, the table says {' | '.join(expected[act])}"
        for act, names in found.items()
        if names != expected[act]
    ]
    assert not wrong, "\n".join(wrong)
