"""Which of the pages that a row names the viewer may open. The rest is text, for a link would answer 404."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from django.db.models import QuerySet
from django.urls import Resolver404, resolve

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
    """Those of the addresses behind which the viewer finds something: a query for each kind of page.

    A page about no single thing, such as the ledger, is there for everyone; one about a thing that is not named above
    is not taken for open.
    """
    found: set[str] = set()
    asked: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for path in paths:
        try:
            page = resolve(urlsplit(path).path)
        except Resolver404:
            continue
        if not page.kwargs:
            found.add(path)
        elif page.url_name in _OPENED:
            asked[page.url_name][page.kwargs["pk"]].append(path)
    for name, keys in asked.items():
        for pk in _OPENED[name](viewer).filter(pk__in=keys).values_list("pk", flat=True):
            found.update(keys[pk])
    return frozenset(found)
