"""Storing where tasks stand."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from tasks_app.progress.models import Standing
from tasks_app.progress.rules import Facts, Thresholds, verdict

FIELDS = ["as_of", "progress", "expected", "has_report", "light", "reason", "inputs"]


@transaction.atomic
def store_standings(*, facts: Mapping[int, tuple[Facts, Thresholds]], today: dt.date) -> int:
    """Write the standing of each task (by primary key) as of `today`; returns how many.

    Derived, not decided: it follows from facts whose own acts are in the audit log, so it
    records no event of its own.
    """
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
            )
        )
    Standing.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["task"], update_fields=FIELDS, batch_size=500
    )
    return len(rows)
