"""Who is told what about extensions, closures and late tasks. Called by the acts that cause the message."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tasks_app.accounts.models import User
from tasks_app.audit.language import in_the_language_of_the_house
from tasks_app.catalogue.models import Task
from tasks_app.outbox.actions import tell
from tasks_app.progress.models import Standing
from tasks_app.supervision.concerned import coordinators_of, liaisons_for, supervisors_of
from tasks_app.supervision.models import Closure, ClosureHearing, Extension
from tasks_app.supervision.queries import lead_units_of
from tasks_app.units.models import Unit

# More tasks than these are not spelled out in one message.
MOST_NAMED = 20


def day_words(day: dt.date) -> str:
    return date_format(day, _("Y年n月j日"))


# --- extensions ----------------------------------------------------------------------------------


def topic_of_extension(extension: Extension) -> str:
    return f"extension:{extension.pk}"


@in_the_language_of_the_house
def extension_asked(extension: Extension, *, at: dt.datetime) -> None:
    """The supervisors decide."""
    subject = _("%(unit)s申请延期至%(day)s：%(task)s") % {
        "unit": extension.unit,
        "day": day_words(extension.asked_due_on),
        "task": extension.task,
    }
    _of_extension(extension, supervisors_of(extension.task.task_list), "extension", subject, extension.reason, at)


@in_the_language_of_the_house
def extension_decided(extension: Extension, *, at: dt.datetime) -> None:
    """Who asked reads the decision; the coordinator knows."""
    subject = _("%(status)s：%(task)s") % {"status": extension.get_status_display(), "task": extension.task}
    body = extension.decision_text
    if extension.new_due_on:
        days = {"old": day_words(extension.old_due_on), "new": day_words(extension.new_due_on)}
        body = "\n".join([_("完成时限由%(old)s改为%(new)s。") % days, body]).strip()
    people = [extension.requested_by, *coordinators_of(extension.task.task_list)]
    _of_extension(extension, people, "extension-decided", subject, body, at)


@in_the_language_of_the_house
def extension_lapsed(extension: Extension, *, at: dt.datetime) -> None:
    subject = _("延期申请已终止：%(task)s") % {"task": extension.task}
    body = extension.decision_text
    _of_extension(extension, [extension.requested_by], "extension-lapsed", subject, body, at)


@in_the_language_of_the_house
def why_lapsed() -> str:
    """Kept with the request, too."""
    return _("任务已同意销号，延期申请随之终止。")


def _of_extension(
    extension: Extension, people: Sequence[User | None], kind: str, subject: str, body: str, at: dt.datetime
) -> None:
    tell(
        people, key=f"{kind}:{extension.pk}", subject=subject, body=body, path=extension.get_absolute_url(),
        topic=topic_of_extension(extension), at=at,
    )  # fmt: skip


# --- closures ------------------------------------------------------------------------------------


@in_the_language_of_the_house
def closure_asked(closure: Closure, other_leads: Collection[Unit], *, at: dt.datetime) -> None:
    """The supervisors decide; the other lead units know."""
    task = closure.task
    subject = _("%(unit)s申请销号：%(task)s") % {"unit": closure.unit, "task": task}
    others = liaisons_for(task.task_list_id, [lead.pk for lead in other_leads])
    people = [*supervisors_of(task.task_list), *others]
    _of_closure(closure, people, "closure", subject, closure.evidence_text, at)


@in_the_language_of_the_house
def closure_to_be_heard(closure: Closure, units: Collection[Unit], *, at: dt.datetime) -> None:
    """The assisting units may say what they think of it."""
    subject = _("请对销号提出意见：%(task)s") % {"task": closure.task}
    body = _("%(unit)s申请销号，贵单位配合本项。请在两个工作日内答复同意或有异议；不答复不影响审批。") % {
        "unit": closure.unit
    }
    people = liaisons_for(closure.task.task_list_id, [unit.pk for unit in units])
    _of_closure(closure, people, "closure-heard", subject, body, at)


@in_the_language_of_the_house
def closure_disputed(hearing: ClosureHearing, closure: Closure, *, event: int, at: dt.datetime) -> None:
    """Who asked and who decides read the objection."""
    subject = _("%(unit)s对销号有异议：%(task)s") % {"unit": hearing.unit, "task": closure.task}
    people = [closure.requested_by, *supervisors_of(closure.task.task_list)]
    _of_closure(closure, people, "closure-disputed", subject, hearing.reason, at, number=event)


@in_the_language_of_the_house
def closure_decided(closure: Closure, *, at: dt.datetime) -> None:
    """Who asked reads the decision; the coordinator knows."""
    subject = _("%(status)s：%(task)s") % {"status": closure.get_status_display(), "task": closure.task}
    body = closure.decision_text or _("已同意销号。")
    people = [closure.requested_by, *coordinators_of(closure.task.task_list)]
    _of_closure(closure, people, "closure-decided", subject, body, at)


@in_the_language_of_the_house
def closure_reopened(closure: Closure, *, at: dt.datetime) -> None:
    """Tells everybody who was told that the task is done that it is open again."""
    task_list = closure.task.task_list
    subject = _("撤销销号：%(task)s") % {"task": closure.task}
    body = _("任务重新列为未完成，继续按期报送。理由：%(reason)s") % {"reason": closure.reopen_text}
    leads = liaisons_for(task_list.pk, [unit.pk for unit in lead_units_of(closure.task)])
    people = [closure.requested_by, *leads, *coordinators_of(task_list)]
    _of_closure(closure, people, "closure-reopened", subject, body, at)


def _of_closure(
    closure: Closure, people: Sequence[User | None], kind: str, subject: str, body: str, at: dt.datetime,
    *, number: int | None = None,
) -> None:  # fmt: skip
    tell(
        people, key=f"{kind}:{number or closure.pk}", subject=subject, body=body, path=closure.get_absolute_url(),
        topic=f"closure:{closure.pk}", at=at,
    )  # fmt: skip


# --- late tasks ----------------------------------------------------------------------------------


@in_the_language_of_the_house
def tasks_chased(
    told: Mapping[User, Sequence[Task]], standings: Mapping[int, Standing], note: str, *, key: str, at: dt.datetime
) -> int:
    """催办: each person reads which tasks of their own units are late; returns how many messages are new."""
    return sum(
        tell(
            [person],
            key=key,
            subject=_("催办：%(n)d 项任务需要抓紧办理") % {"n": len(theirs)},
            body=_letter(theirs, standings, note),
            path=theirs[0].get_absolute_url(),
            topic="",
            at=at,
        )
        for person, theirs in told.items()
    )


def _letter(tasks: Sequence[Task], standings: Mapping[int, Standing], note: str) -> str:
    lines = [_("您单位牵头的以下任务需要抓紧办理，请尽快推进并在月报中说明情况：")]
    for task in tasks[:MOST_NAMED]:
        standing = standings.get(task.pk)
        reason = _("（%(light)s：%(why)s）") % {
            "light": standing.get_light_display(), "why": standing.reason_text
        } if standing else ""  # fmt: skip
        lines.append(f"· {task}{reason}")
    if len(tasks) > MOST_NAMED:
        lines.append(_("等共 %(n)d 项。") % {"n": len(tasks)})
    if note:
        lines.append(_("补充说明：%(note)s") % {"note": note})
    return "\n".join(lines)
