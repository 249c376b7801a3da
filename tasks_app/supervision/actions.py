"""Formal acts on a task: asking for its closure, granting or refusing it."""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from tasks_app.accounts.choices import Role
from tasks_app.accounts.models import Membership, User
from tasks_app.audit.actions import record
from tasks_app.catalogue.actions import mark_closed
from tasks_app.catalogue.models import Task
from tasks_app.lib.dates import beijing_day
from tasks_app.lib.errors import Refused
from tasks_app.outbox.actions import enqueue
from tasks_app.reporting.actions import refresh_standings
from tasks_app.supervision.choices import ClosureStatus
from tasks_app.supervision.models import Closure
from tasks_app.units.models import Unit


@transaction.atomic
def request_closure(*, task: Task, unit: Unit, evidence_text: str, by: User, at: dt.datetime) -> Closure:
    """Ask for a task to be closed, with what was achieved and what proves it. Supervisors are told."""
    task = Task.objects.select_for_update(of=("self",)).select_related("task_list").get(pk=task.pk)
    if task.closed_on:
        raise Refused(_("%(task)s已于 %(day)s 销号，不用再申请。") % {"task": task, "day": task.closed_on})
    if task.closures.filter(status=ClosureStatus.REQUESTED).exists():
        raise Refused(_("%(task)s已有一份销号申请在审批，请等待结果。") % {"task": task})
    if not evidence_text.strip():
        raise Refused(_("请写明完成情况与依据，督查员要据此审批。"))
    closure = Closure.objects.create(
        task=task,
        unit=unit,
        evidence_text=evidence_text.strip(),
        requested_at=at,
        requested_by=by,
    )
    record(by=by, at=at, verb="supervision.request_closure", target=closure, after={"unit": unit.name})
    supervisors = Membership.objects.in_force().filter(
        role=Role.SUPERVISOR, unit__jurisdiction_id=task.task_list.jurisdiction_id
    )
    # Messages are in the language of the house, not in the one that the sender happens to read.
    with override(settings.LANGUAGE_CODE):
        subject = _("%(unit)s申请销号：%(task)s") % {"unit": unit, "task": task}
    for membership in supervisors.select_related("user"):
        enqueue(
            recipient=membership.user,
            key=f"closure:{closure.pk}",
            subject=subject,
            body=closure.evidence_text,
            path=f"/closures/{closure.pk}/",
            topic=f"closure:{closure.pk}",
            at=at,
        )
    return closure


@transaction.atomic
def decide_closure(*, closure: Closure, granted: bool, decision_text: str, by: User, at: dt.datetime) -> Closure:
    """Grant a closure, which closes the task from that day on, or refuse it with a reason.

    The person who asked is told.
    """
    closure = Closure.objects.select_for_update(of=("self",)).select_related("task", "requested_by").get(pk=closure.pk)
    if closure.status != ClosureStatus.REQUESTED:
        raise Refused(_("这份申请已经审批过：%(status)s。") % {"status": closure.get_status_display()})
    if not granted and not decision_text.strip():
        raise Refused(_("不同意销号时请写明理由，申请单位要据此补充。"))
    closure.status = ClosureStatus.GRANTED if granted else ClosureStatus.REFUSED
    closure.decided_at, closure.decided_by = at, by
    closure.decision_text = decision_text.strip()
    closure.save()
    today = beijing_day(at)
    if granted:
        mark_closed(task=closure.task, closed_on=today, by=by, at=at, reason=closure.decision_text)
        refresh_standings(today=today, task_ids=[closure.task_id])
    record(
        by=by,
        at=at,
        verb="supervision.decide_closure",
        target=closure,
        before={"status": ClosureStatus.REQUESTED},
        after={"status": closure.status},
        reason=closure.decision_text,
    )
    if closure.requested_by:
        with override(settings.LANGUAGE_CODE):
            subject = _("%(status)s：%(task)s") % {"status": closure.get_status_display(), "task": closure.task}
            body = closure.decision_text or _("已同意销号。")
        enqueue(
            recipient=closure.requested_by,
            key=f"closure-decided:{closure.pk}",
            subject=subject,
            body=body,
            path=f"/closures/{closure.pk}/",
            topic=f"closure:{closure.pk}",
            at=at,
        )
    return closure
