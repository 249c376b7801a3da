"""Storing where tasks stand and what changed when; setting what the lights are drawn from."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.db.models import Field, QuerySet
from django.utils.translation import gettext as _

from tasks_app.accounts.models import User
from tasks_app.audit.actions import record
from tasks_app.catalogue.choices import TaskKind
from tasks_app.catalogue.models import Milestone, Task, TaskList
from tasks_app.lib.errors import Conflict, Refused
from tasks_app.progress.models import LightChange, Standing
from tasks_app.progress.queries import thresholds_of
from tasks_app.progress.rules import (
    LIMITS,
    TaskFacts,
    Thresholds,
    disagreement,
    milestone_faults,
    threshold_faults,
    verdict,
    version_of,
)

FIELDS = ["as_of", "progress", "expected", "has_report", "light", "reason", "inputs", "own", "disagreement"]
# Above this many tasks, read the whole table: that is one plain query.
MANY = 5000


@transaction.atomic
def store_standings(*, facts: Mapping[int, tuple[TaskFacts, Thresholds]], today: dt.date) -> int:
    """Write the standing of each task (by primary key) as of `today`, and which lights changed; returns how many.

    Derived, not decided: it follows from facts whose own acts are in the audit log, so it
    records no event of its own.
    """
    known = {
        task_id: (light, verified)
        for task_id, light, verified in _of(Standing.objects.all(), facts).values_list("task_id", "light", "verified")
    }
    rows = []
    for task_id, (fact, thresholds) in facts.items():
        answer = verdict(fact, thresholds, today)
        rows.append(
            Standing(
                task_id=task_id,
                as_of=today,
                progress=fact.progress,
                expected=answer.expected,
                has_report=fact.has_report,
                light=answer.light,
                reason=answer.reason,
                inputs=answer.inputs,
                own=fact.own,
                disagreement=disagreement(fact.own, answer.light, known[task_id][1] if task_id in known else ""),
            )
        )
    Standing.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["task"], update_fields=FIELDS, batch_size=500
    )
    _store_changes({row.task_id: row for row in rows}, {pk: light for pk, (light, _v) in known.items()}, today)
    return len(rows)


def _of(rows: QuerySet[Any], tasks: Mapping[int, object]) -> QuerySet[Any]:
    return rows if len(tasks) > MANY else rows.filter(task_id__in=list(tasks))


def _store_changes(new: Mapping[int, Standing], old: Mapping[int, str], today: dt.date) -> None:
    """Store each light that differs from before: one row per task and day, holding the day's last light."""
    changed = {pk: row for pk, row in new.items() if old.get(pk, "") != row.light}
    if not changed:
        return
    morning = dict(_of(LightChange.objects.filter(on=today), changed).values_list("task_id", "before"))
    back = [pk for pk, row in changed.items() if morning.get(pk) == row.light]
    if back:
        LightChange.objects.filter(on=today, task_id__in=back).delete()
    LightChange.objects.bulk_create(
        [
            LightChange(
                task_id=pk,
                on=today,
                before=morning.get(pk, old.get(pk, "")),
                after=row.light,
                reason=row.reason,
                inputs=row.inputs,
            )
            for pk, row in changed.items()
            if morning.get(pk) != row.light
        ],
        update_conflicts=True,
        unique_fields=["task", "on"],
        update_fields=["after", "reason", "inputs"],
        batch_size=500,
    )


@transaction.atomic
def set_verified(*, task: Task, light: str, on: dt.date, by: User, anew: bool = False) -> Standing:
    """Set the third reading of a task: the light that a supervisor verified on the spot on a day.

    Called by the action that keeps the spot check, whose own event says who, when, what and why; so this one
    records none. An earlier check does not take the place of a later one, unless it is read `anew`: a correction has
    moved the later one. Raises Refused for a line that has no light.
    """
    standing = Standing.objects.select_for_update(of=("self",)).filter(task=task).first()
    if standing is None:
        raise Refused(_("%(task)s不计入进度，没有可以核查的状态。") % {"task": task})
    if anew or standing.verified_on is None or standing.verified_on <= on:
        standing.verified, standing.verified_on, standing.verified_by = light, on, by
        standing.disagreement = disagreement(standing.own, standing.light, light)
        standing.save(update_fields=["verified", "verified_on", "verified_by", "disagreement"])
    return standing


@transaction.atomic
def set_thresholds(
    *, task_list: TaskList, thresholds: Thresholds, version: str, reason: str, by: User, at: dt.datetime
) -> bool:
    """Set the numbers at which a list's lights change; False when nothing changes.

    The caller refreshes the standings (`reporting.actions.refresh_standings`): this room must not import that one.
    Raises Conflict when somebody set others since the form was drawn (`version`: `rules.version_of` of the numbers on
    it), Refused without a reason or for numbers that cannot be.
    """
    task_list = TaskList.objects.select_for_update(of=("self",)).get(pk=task_list.pk)
    before, after = asdict(thresholds_of(task_list)), asdict(thresholds)
    if before == after:
        return False
    if version != version_of(before):
        raise Conflict(
            _("您打开页面以后，别人修改过这个清单的亮灯标准。下面列出现行的标准，您填的还在，请对照后再保存。"),
            theirs={task_list.pk: task_list},
        )
    for name, fault in threshold_faults(thresholds):
        low, high = LIMITS[name]
        field = TaskList._meta.get_field(name)
        assert isinstance(field, Field)
        words = fault.label % {"name": field.verbose_name, "low": low, "high": high}
        raise Refused(_("没有保存：%(fault)s。") % {"fault": words})
    if not reason.strip():
        raise Refused(_("请写明调整理由，各单位会看到。"))
    for name, number in after.items():
        setattr(task_list, name, number)
    task_list.save(update_fields=list(after))
    record(
        by=by,
        at=at,
        verb="progress.set_thresholds",
        target=task_list,
        before=before,
        after=after,
        reason=reason.strip(),
    )
    return True


@transaction.atomic
def set_milestones(
    *,
    task: Task,
    milestones: Sequence[tuple[dt.date, int, str]],
    version: str,
    reason: str,
    by: User,
    at: dt.datetime,
) -> bool:
    """Replace a task's milestones (day, percent, words) by others, or by none; False when they are so already.

    The caller refreshes the standings. Raises Conflict when somebody set others since the form was drawn (`version`:
    `rules.version_of` of the rows on it), Refused without a reason, for rows that make no rising line between the
    list's first day and the deadline, and for a task that has no such line.
    """
    task = Task.objects.select_for_update(of=("self",)).select_related("task_list").get(pk=task.pk)
    before = list(task.milestones.values_list("due_on", "percent", "text"))
    if before == list(milestones):
        return False
    if version != version_of(before):
        raise Conflict(
            _("您打开页面以后，别人修改过本项的阶段目标。下面列出现行的，您填的还在，请对照后再保存。"),
            theirs={task.pk: task},
        )
    if task.due_on is None or task.kind != TaskKind.TASK or task.retired_at or task.closed_on:
        raise Refused(_("只有规定了完成时限、尚未销号的任务可以设阶段目标。"))
    starts_on = task.task_list.starts_on
    points = [(day, percent) for day, percent, _text in milestones]
    for place, fault in milestone_faults(points, starts_on=starts_on, due_on=task.due_on):
        words = fault.label % {"start": starts_on, "due": task.due_on}
        raise Refused(_("第 %(n)d 个阶段目标没有保存：%(fault)s。") % {"n": place + 1, "fault": words})
    if not reason.strip():
        raise Refused(_("请写明设定理由，牵头单位会看到。"))
    task.milestones.all().delete()
    Milestone.objects.bulk_create(
        [Milestone(task=task, due_on=day, percent=percent, text=text.strip()) for day, percent, text in milestones]
    )
    record(
        by=by,
        at=at,
        verb="progress.set_milestones",
        target=task,
        before={"milestones": before},
        after={"milestones": list(milestones)},
        reason=reason.strip(),
    )
    return True
