"""Reads of files, always as far as a person may see them."""

from collections import defaultdict

from tasks_app.accounts.permissions import Viewer
from tasks_app.evidence.models import Evidence
from tasks_app.reporting.models import MonthlyReport


def files_of(report: MonthlyReport, viewer: Viewer) -> dict[int | None, list[Evidence]]:
    """Entry id → its files, None → scans of the whole form: one query.

    With those that were taken back: they belong to what was handed in earlier (`Evidence.was_there`).
    """
    found: dict[int | None, list[Evidence]] = defaultdict(list)
    for evidence in Evidence.objects.readable_by(viewer).filter(report=report):
        found[evidence.entry_id].append(evidence)
    return found
