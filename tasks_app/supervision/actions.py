"""销号: asking for a task's closure, taking that back, granting or refusing it, opening the task again."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from tasks_app.accounts.models import User
from tasks_app.audit.actions import record
from tasks_app.catalogue.actions import mark_closed
from tasks_app.catalogue.models import Indicator, Task
from tasks_app.confirming.queries import assisting_units
from tasks_app.confirming.rules import due_at
from tasks_app.lib.dates import beijing_day
from tasks_app.lib.errors import Refused
from tasks_app.outbox.actions import suppress
from tasks_app.reporting.actions import refresh_standings
from tasks_app.supervision import telling
from tasks_app.supervision.choices import ClosureStatus
from tasks_app.supervision.ending import end_request
from tasks_app.supervision.extending import lapse_extension
from tasks_app.supervision.models import Closure, ClosureHearing, ClosureValue
from tasks_app.supervision.queries import lead_units_of
from tasks_app.supervision.rules import closure_may, is_reached
from tasks_app.units.models import Unit
from tasks_app.workdays.queries import exceptions


@transaction.atomic
def request_closure(
    *,
    task: Task,
    unit: Unit,
    evidence_text: str,
    by: User,
    at: dt.datetime,
    values: Mapping[int, Decimal] | None = None,
) -> Closure:
    """Ask for a task to be closed, with what was achieved, what proves it, and `values` reached by indicator.

    Supervisors and the other lead units are told; the assisting units are asked for their opinion.
    """
    task = Task.objects.select_for_update(of=("self",)).select_related("task_list").get(pk=task.pk)
    leads = lead_units_of(task)
    if unit.pk not in {lead.pk for lead in leads}:
        raise Refused(_("%(unit)s不是%(task)s的牵头单位，不能申请销号。") % {"unit": unit, "task": task})
    if task.closed_on:
        raise Refused(_("%(task)s已于 %(day)s 销号，不用再申请。") % {"task": task, "day": task.closed_on})
    if waiting := task.closures.filter(status=ClosureStatus.REQUESTED).select_related("unit").first():
        raise Refused(
            _("%(task)s已有一份销号申请在审批（%(unit)s提出），请等待结果。") % {"task": task, "unit": waiting.unit}
        )
    if not evidence_text.strip():
        raise Refused(_("请写明完成情况与依据，督查员要据此审批。"))
    closure = Closure.objects.create(
        task=task, unit=unit, evidence_text=evidence_text.strip(), requested_at=at, requested_by=by
    )
    reached = _keep_values(closure, values or {})
    record(
        by=by,
        at=at,
        verb="supervision.request_closure",
        target=closure,
        after={"unit": unit.name, "values": reached},
        reason=closure.evidence_text,
    )
    telling.closure_asked(closure, [lead for lead in leads if lead.pk != unit.pk], at=at)
    _hear(closure, at)
    return closure


def _keep_values(closure: Closure, values: Mapping[int, Decimal]) -> dict[str, str]:
    """Store the values beside their targets as these read today; what the log says of them."""
    rows = [
        ClosureValue(
            closure=closure,
            indicator=indicator,
            subject=indicator.subject,
            comparator=indicator.comparator,
            target=indicator.value,
            target_max=indicator.value_max,
            measure=indicator.unit,
            value=values[indicator.pk],
            reached=is_reached(
                comparator=indicator.comparator,
                target=indicator.value,
                target_max=indicator.value_max,
                value=values[indicator.pk],
            ),
        )
        for indicator in Indicator.objects.filter(task_id=closure.task_id, pk__in=values)
    ]
    ClosureValue.objects.bulk_create(rows)
    return {row.subject: f"{row.value} / {row.target}" for row in rows}


def _hear(closure: Closure, at: dt.datetime) -> None:
    """Ask each assisting unit, until 18:00 of the second working day."""
    units = assisting_units([closure.task_id]).get(closure.task_id, [])
    due = due_at(at, exceptions())
    ClosureHearing.objects.bulk_create(ClosureHearing(closure=closure, unit=unit, due_at=due) for unit in units)
    telling.closure_to_be_heard(closure, units, at=at)


def _locked(closure: Closure) -> Closure:
    return (
        Closure.objects.select_for_update(of=("self",))
        .select_related("task__task_list", "unit", "requested_by")
        .get(pk=closure.pk)
    )


@transaction.atomic
def decide_closure(*, closure: Closure, granted: bool, decision_text: str, by: User, at: dt.datetime) -> Closure:
    """Grant a closure, which closes the task from that day on, or refuse it with a reason.

    The person who asked and the coordinator are told. A request for a later deadline that still waits has
    nothing left to be about and lapses.
    """
    closure = _locked(closure)
    after = ClosureStatus.GRANTED if granted else ClosureStatus.REFUSED
    if not closure_may(closure.status, after):
        raise Refused(_("这份申请已经审批过：%(status)s。") % {"status": closure.get_status_display()})
    if not granted and not decision_text.strip():
        raise Refused(_("不同意销号时请写明理由，申请单位要据此补充。"))
    end_request(closure, after, decision_text, by=by, at=at)
    suppress(topic=f"closure:{closure.pk}", at=at)
    if granted:
        today = beijing_day(at)
        lapse_extension(task=closure.task, by=by, at=at)
        mark_closed(task=closure.task, closed_on=today, by=by, at=at, reason=closure.decision_text)
        refresh_standings(today=today, task_ids=[closure.task_id])
    telling.closure_decided(closure, at=at)
    return closure


@transaction.atomic
def withdraw_closure(*, closure: Closure, reason: str, by: User, at: dt.datetime) -> Closure:
    """The unit takes its request back while it waits; what nobody has read yet of it is not sent."""
    closure = _locked(closure)
    if not closure_may(closure.status, ClosureStatus.WITHDRAWN):
        raise Refused(_("只有待审批的申请可以撤回，这份申请：%(status)s。") % {"status": closure.get_status_display()})
    end_request(closure, ClosureStatus.WITHDRAWN, reason, by=by, at=at)
    suppress(topic=f"closure:{closure.pk}", at=at)
    return closure


@transaction.atomic
def reopen_closure(*, closure: Closure, reason: str, by: User, at: dt.datetime) -> Closure:
    """撤销销号: the task is open again from now on and its light is computed anew; the closure stays in the history.

    Who asked, the lead units' liaisons and the coordinator are told why. Raises Refused without a reason and for a
    closure that is not in force.
    """
    closure = _locked(closure)
    if not closure_may(closure.status, ClosureStatus.REOPENED):
        raise Refused(_("只有已同意的销号可以撤销，这份申请：%(status)s。") % {"status": closure.get_status_display()})
    if not reason.strip():
        raise Refused(_("撤销销号时请写明理由，牵头单位要据此继续办理。"))
    closure.status = ClosureStatus.REOPENED
    closure.reopened_at, closure.reopened_by, closure.reopen_text = at, by, reason.strip()
    closure.save()
    record(
        by=by,
        at=at,
        verb="supervision.reopen_closure",
        target=closure,
        before={"status": ClosureStatus.GRANTED},
        after={"status": ClosureStatus.REOPENED},
        reason=closure.reopen_text,
    )
    mark_closed(task=closure.task, closed_on=None, by=by, at=at, reason=closure.reopen_text)
    refresh_standings(today=beijing_day(at), task_ids=[closure.task_id])
    telling.closure_reopened(closure, at=at)
    return closure
