"""批示: a leader writes, the lead units answer, a supervisor closes."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from tasks_app.accounts.models import User
from tasks_app.audit.actions import record
from tasks_app.catalogue.models import Task
from tasks_app.inspection import telling
from tasks_app.inspection.choices import InstructionStatus, ReplyKind
from tasks_app.inspection.models import Instruction, InstructionReply
from tasks_app.inspection.rules import after_reply, may_close
from tasks_app.lib.errors import Refused
from tasks_app.supervision.queries import lead_units_of
from tasks_app.units.models import Unit


@transaction.atomic
def issue_instruction(*, task: Task, text: str, by: User, at: dt.datetime) -> Instruction:
    """Write an instruction on a task; the lead units' liaisons and heads and the supervisors are told."""
    text = text.strip()
    if not text:
        raise Refused(_("请写明批示内容。"))
    task = Task.objects.select_related("task_list").get(pk=task.pk)
    instruction = Instruction(task=task, text=text, issued_at=at, issued_by=by)
    instruction.fold()
    instruction.save()
    record(by=by, at=at, verb="inspection.issue_instruction", target=instruction, after={"text": text})
    telling.instructed(instruction, at=at)
    return instruction


def _locked(instruction: Instruction) -> Instruction:
    return (
        Instruction.objects.select_for_update(of=("self",))
        .select_related("task__task_list", "issued_by")
        .get(pk=instruction.pk)
    )


@transaction.atomic
def reply_to_instruction(
    *, instruction: Instruction, unit: Unit, kind: ReplyKind, text: str, by: User, at: dt.datetime
) -> InstructionReply:
    """A lead unit says that it has read the instruction (once), or what it did; each answer stays.

    An answer is told to who wrote the instruction and to the supervisors. Raises Refused when the unit does not
    lead, the instruction is closed, or there is nothing to say.
    """
    instruction = _locked(instruction)
    if unit.pk not in {lead.pk for lead in lead_units_of(instruction.task)}:
        raise Refused(_("%(unit)s不是本项的牵头单位，不用回复这份批示。") % {"unit": unit})
    before, after = instruction.status, after_reply(instruction.status, kind)
    if after is None:
        raise Refused(_("这份批示%(status)s，不能再这样回复。") % {"status": instruction.get_status_display()})
    if kind == ReplyKind.SEEN and instruction.replies.filter(unit=unit, kind=kind).exists():
        raise Refused(_("%(unit)s已经阅知，请办理后填写落实情况。") % {"unit": unit})
    text = text.strip()
    if kind == ReplyKind.ANSWER and not text:
        raise Refused(_("请写明落实情况。"))
    reply = InstructionReply(instruction=instruction, unit=unit, kind=kind, text=text, at=at, by=by)
    reply.fold()
    reply.save()
    instruction.status = after
    instruction.save(update_fields=["status"])
    record(
        by=by,
        at=at,
        verb="inspection.reply_to_instruction",
        target=instruction,
        before={"status": before},
        after={"status": after, "unit": unit.name, "kind": kind},
        reason=text,
    )
    if kind == ReplyKind.ANSWER:
        telling.answered(reply, instruction, at=at)
    return reply


@transaction.atomic
def close_instruction(*, instruction: Instruction, text: str, by: User, at: dt.datetime) -> Instruction:
    """办结: what was asked for is done, says a supervisor, with a word on how. Who wrote it and the leads are told."""
    instruction = _locked(instruction)
    before = instruction.status
    if not may_close(before):
        raise Refused(_("这份批示%(status)s，不用再办结。") % {"status": instruction.get_status_display()})
    text = text.strip()
    if before == InstructionStatus.ISSUED and not text:
        raise Refused(_("牵头单位还没有回复，办结请写明依据。"))
    instruction.status = InstructionStatus.CLOSED
    instruction.closed_at, instruction.closed_by, instruction.closing_text = at, by, text
    instruction.fold()
    instruction.save()
    record(
        by=by,
        at=at,
        verb="inspection.close_instruction",
        target=instruction,
        before={"status": before},
        after={"status": instruction.status},
        reason=text,
    )
    telling.closed(instruction, at=at)
    return instruction
