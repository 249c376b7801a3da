"""延期: asking for a later deadline, taking that back, granting or refusing it."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from tasks_app.accounts.models import User
from tasks_app.audit.actions import record
from tasks_app.catalogue.actions import move_deadline
from tasks_app.catalogue.models import Task
from tasks_app.lib.dates import beijing_day
from tasks_app.lib.errors import Refused
from tasks_app.outbox.actions import suppress
from tasks_app.reporting.actions import refresh_standings
from tasks_app.supervision import telling
from tasks_app.supervision.choices import ExtensionStatus
from tasks_app.supervision.ending import end_request
from tasks_app.supervision.models import Extension
from tasks_app.supervision.queries import lead_units_of
from tasks_app.supervision.rules import Bar, bar_to_extension, day_may_be_granted, extension_may
from tasks_app.supervision.telling import day_words, topic_of_extension
from tasks_app.units.models import Unit


def refusal_to_extend(task: Task, *, today: dt.date, asked: dt.date | None = None) -> str:
    """Why a later deadline cannot be asked for, with the rule; empty when it can."""
    bar = bar_to_extension(due_on=task.due_on, closed=task.closed_on is not None, today=today, asked=asked)
    if bar is None:
        return ""
    if bar == Bar.CLOSED:
        return _("%(task)s已经销号，不用延期。") % {"task": task}
    if bar == Bar.NO_DATE or task.due_on is None:
        return _("%(task)s没有规定完成时限，不用延期。") % {"task": task}
    if bar == Bar.TOO_LATE:
        return _(
            "延期须在完成时限之前申请。%(task)s的完成时限是%(due)s，今天是%(today)s，已经过期，不能再申请延期；"
            "请抓紧办理，并在月报中说明原因。"
        ) % {"task": task, "due": day_words(task.due_on), "today": day_words(today)}
    return _("新的时限要晚于现在的时限（%(due)s）。") % {"due": day_words(task.due_on)}


@transaction.atomic
def request_extension(
    *, task: Task, unit: Unit, asked_due_on: dt.date, reason: str, by: User, at: dt.datetime
) -> Extension:
    """Ask for a later deadline, before the one in force has passed (domain §4). Supervisors are told.

    One request at a time. Raises Refused quoting the rule and the date.
    """
    task = Task.objects.select_for_update(of=("self",)).select_related("task_list").get(pk=task.pk)
    if unit.pk not in {lead.pk for lead in lead_units_of(task)}:
        raise Refused(_("%(unit)s不是%(task)s的牵头单位，不能申请延期。") % {"unit": unit, "task": task})
    refusal = refusal_to_extend(task, today=beijing_day(at), asked=asked_due_on)
    if refusal or task.due_on is None:
        raise Refused(refusal)
    if waiting := task.extensions.filter(status=ExtensionStatus.REQUESTED).select_related("unit").first():
        raise Refused(
            _("%(task)s已有一份延期申请在审批（%(unit)s提出），请等待结果。") % {"task": task, "unit": waiting.unit}
        )
    if not reason.strip():
        raise Refused(_("请写明延期理由，督查员要据此审批。"))
    extension = Extension.objects.create(
        task=task,
        unit=unit,
        old_due_on=task.due_on,
        asked_due_on=asked_due_on,
        reason=reason.strip(),
        requested_at=at,
        requested_by=by,
    )
    record(
        by=by,
        at=at,
        verb="supervision.request_extension",
        target=extension,
        before={"due_on": task.due_on},
        after={"unit": unit.name, "asked_due_on": asked_due_on},
        reason=extension.reason,
    )
    telling.extension_asked(extension, at=at)
    return extension


def _locked(extension: Extension, after: ExtensionStatus) -> Extension:
    """The extension, its row and its task's locked; raises Refused when it may not become `after`."""
    found = (
        Extension.objects.select_for_update(of=("self", "task"))
        .select_related("task__task_list", "unit", "requested_by")
        .get(pk=extension.pk)
    )
    if not extension_may(found.status, after):
        raise Refused(_("这份延期申请已经办过：%(status)s。") % {"status": found.get_status_display()})
    return found


@transaction.atomic
def decide_extension(
    *,
    extension: Extension,
    granted: bool,
    decision_text: str,
    by: User,
    at: dt.datetime,
    new_due_on: dt.date | None = None,
) -> Extension:
    """Grant a later deadline, to the day asked for or an earlier one, or refuse it with a reason.

    Granting moves the task's deadline, keeps the old one, and computes the light anew. The person who asked and
    the coordinator are told.
    """
    after = ExtensionStatus.GRANTED if granted else ExtensionStatus.REFUSED
    extension = _locked(extension, after)
    task = extension.task
    if not granted and not decision_text.strip():
        raise Refused(_("不同意延期时请写明理由，申请单位要据此安排。"))
    if granted:
        day = new_due_on or extension.asked_due_on
        if task.due_on is None or not day_may_be_granted(due_on=task.due_on, asked=extension.asked_due_on, granted=day):
            raise Refused(
                _("批准的时限要晚于现在的时限，不晚于申请的%(asked)s。") % {"asked": day_words(extension.asked_due_on)}
            )
        extension.old_due_on, extension.new_due_on = task.due_on, day
    _end(extension, after, decision_text, by, at)
    suppress(topic=topic_of_extension(extension), at=at)
    if extension.new_due_on:
        reason = extension.decision_text or extension.reason
        move_deadline(task=task, due_on=extension.new_due_on, by=by, at=at, reason=reason)
        refresh_standings(today=beijing_day(at), task_ids=[task.pk])
    telling.extension_decided(extension, at=at)
    return extension


def _end(extension: Extension, status: ExtensionStatus, text: str, by: User, at: dt.datetime) -> None:
    was, becomes = extension.old_due_on, extension.new_due_on or extension.old_due_on
    end_request(extension, status, text, by=by, at=at, was={"due_on": was}, becomes={"due_on": becomes})


@transaction.atomic
def lapse_extension(*, task: Task, by: User, at: dt.datetime) -> Extension | None:
    """End the request that still waits when its task is closed, because there is no deadline left to move; the person
    who asked is told.

    None where none waits.
    """
    waiting = task.extensions.filter(status=ExtensionStatus.REQUESTED).first()
    if waiting is None:
        return None
    extension = _locked(waiting, ExtensionStatus.LAPSED)
    _end(extension, ExtensionStatus.LAPSED, telling.why_lapsed(), by, at)
    suppress(topic=topic_of_extension(extension), at=at)
    telling.extension_lapsed(extension, at=at)
    return extension


@transaction.atomic
def withdraw_extension(*, extension: Extension, reason: str, by: User, at: dt.datetime) -> Extension:
    """The unit takes its request back while it waits; what nobody has read yet of it is not sent."""
    extension = _locked(extension, ExtensionStatus.WITHDRAWN)
    _end(extension, ExtensionStatus.WITHDRAWN, reason, by, at)
    suppress(topic=topic_of_extension(extension), at=at)
    return extension
