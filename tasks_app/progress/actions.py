"""Storing where tasks stand, and what changed when."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tasks_app.accounts.models import User
from tasks_app.catalogue.models import Task
from tasks_app.lib.errors import Refused
from tasks_app.progress.models import LightChange, Standing
from tasks_app.progress.rules import Facts, Thresholds, disagreement, verdict

FIELDS = ["as_of", "progress", "expected", "has_report", "light", "reason", "inputs", "own", "disagreement"]
# More tasks than this are all tasks: then reading the whole table is one plain query.
MANY = 500


@transaction.atomic
def store_standings(*, facts: Mapping[int, tuple[Facts, Thresholds]], today: dt.date) -> int:
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
    """Keep each light that is otherwise than before: one row per task and day, the last word of it."""
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
def set_verified(*, task: Task, light: str, on: dt.date, by: User) -> Standing:
    """Set the third reading of a task: the light that a supervisor verified on the spot on a day.

    Called by the action that keeps the spot check, whose own event says who, when, what and why; so this one
    records none. An earlier check does not take the place of a later one. Raises Refused for a line that has no light.
    """
    standing = Standing.objects.select_for_update(of=("self",)).filter(task=task).first()
    if standing is None:
        raise Refused(_("%(task)s不计入进度，没有可以核查的状态。") % {"task": task})
    if standing.verified_on is None or standing.verified_on <= on:
        standing.verified, standing.verified_on, standing.verified_by = light, on, by
        standing.disagreement = disagreement(standing.own, standing.light, light)
        standing.save(update_fields=["verified", "verified_on", "verified_by", "disagreement"])
    return standing
