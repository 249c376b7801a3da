"""Who is told what about spot checks and instructions. Called by the acts that cause the message."""

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _

from tasks_app.accounts.models import User
from tasks_app.audit.language import in_the_language_of_the_house
from tasks_app.inspection.models import Instruction, InstructionReply, SpotCheck
from tasks_app.outbox.actions import tell
from tasks_app.supervision.concerned import coordinators_of, heads_of, liaisons_for, supervisors_of
from tasks_app.supervision.queries import lead_units_of


@in_the_language_of_the_house
def checked(check: SpotCheck, *, at: dt.datetime) -> None:
    _of_check(check, _("现场核查：%(task)s") % {"task": check.task}, check.finding, at)


@in_the_language_of_the_house
def corrected(check: SpotCheck, reason: str, *, at: dt.datetime) -> None:
    words = _("更正理由：%(reason)s") % {"reason": reason}
    _of_check(check, _("更正现场核查：%(task)s") % {"task": check.task}, f"{check.finding}\n{words}", at)


def _of_check(check: SpotCheck, subject: str, words: str, at: dt.datetime) -> None:
    """The lead units' liaisons and heads and the coordinator: what the visit says now, and `words`."""
    task = check.task
    leads = [lead.pk for lead in lead_units_of(task)]
    body = _("%(day)s在%(place)s核查，核实状态：%(light)s。") % {
        "day": check.day, "place": check.place, "light": check.mark.label,
    }  # fmt: skip
    if check.is_finding:
        body += _("与系统测算或单位自评不一致。")
    tell(
        [*liaisons_for(task.task_list_id, leads), *heads_of(leads), *coordinators_of(task.task_list)],
        key=f"spot-check:{check.pk}.{check.version}",
        subject=subject,
        body=f"{body}\n{words}",
        path=check.get_absolute_url(),
        topic=f"spot-check:{check.pk}",
        at=at,
    )


@in_the_language_of_the_house
def instructed(instruction: Instruction, *, at: dt.datetime) -> None:
    """Liaisons and heads of the lead units, and the supervisors."""
    task = instruction.task
    leads = [unit.pk for unit in lead_units_of(task)]
    people = [*liaisons_for(task.task_list_id, leads), *heads_of(leads), *supervisors_of(task.task_list)]
    subject = _("领导批示：%(task)s") % {"task": task}
    _of_instruction(instruction, people, "instruction", subject, instruction.text, at)


@in_the_language_of_the_house
def answered(reply: InstructionReply, instruction: Instruction, *, at: dt.datetime) -> None:
    """Who wrote it and the supervisors."""
    subject = _("%(unit)s回复批示：%(task)s") % {"unit": reply.unit, "task": instruction.task}
    people = [instruction.issued_by, *supervisors_of(instruction.task.task_list)]
    _of_instruction(instruction, people, f"instruction-reply-{reply.pk}", subject, reply.text, at)


@in_the_language_of_the_house
def closed(instruction: Instruction, *, at: dt.datetime) -> None:
    """Who wrote it and the leads."""
    leads = [unit.pk for unit in lead_units_of(instruction.task)]
    subject = _("批示已办结：%(task)s") % {"task": instruction.task}
    body = instruction.closing_text or _("督查员已办结。")
    people = [instruction.issued_by, *liaisons_for(instruction.task.task_list_id, leads)]
    _of_instruction(instruction, people, "instruction-closed", subject, body, at)


def _of_instruction(
    instruction: Instruction, people: Sequence[User | None], key: str, subject: str, body: str, at: dt.datetime
) -> None:
    path, topic = instruction.get_absolute_url(), f"instruction:{instruction.pk}"
    tell(people, key=f"{key}:{instruction.pk}", subject=subject, body=body, path=path, topic=topic, at=at)
