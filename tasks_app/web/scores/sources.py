"""出处: which of the things that lines name the viewer may open. The rest is text, for a link would answer 404."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet
from django.urls import Resolver404, resolve, reverse

from tasks_app.accounts.permissions import Viewer
from tasks_app.catalogue.models import Task
from tasks_app.inspection.models import SpotCheck
from tasks_app.notices.models import Notice
from tasks_app.reporting.models import MonthlyReport
from tasks_app.supervision.models import Closure

# Name of the page → the rows that a person may open there, as the page itself asks.
_OPENED: dict[str, Callable[[Viewer], QuerySet[Any]]] = {
    "report": MonthlyReport.objects.readable_by,
    "task": Task.objects.visible_to,
    "closure_decide": Closure.objects.listed_for,
    "notice": Notice.objects.visible_to,
    "spot_check": SpotCheck.objects.readable_by,
}


def openable(viewer: Viewer, paths: Iterable[str]) -> frozenset[str]:
    """Those of the addresses behind which the viewer finds something: a query for each kind of page."""
    asked: dict[str, set[int]] = defaultdict(set)
    for path in paths:
        try:
            found = resolve(path)
        except Resolver404:
            continue
        if found.url_name in _OPENED:
            asked[found.url_name].add(found.kwargs["pk"])
    return frozenset(
        reverse(page, args=[pk])
        for page, keys in asked.items()
        for pk in _OPENED[page](viewer).filter(pk__in=keys).values_list("pk", flat=True)
    )
