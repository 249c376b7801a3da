"""搜索: one field for tasks, accepted reports, notices, instructions and bulletins."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tasks_app import clock
from tasks_app.catalogue.models import TaskList
from tasks_app.search.choices import Kind
from tasks_app.search.queries import selections
from tasks_app.search.rules import LONGEST, SHORTEST, question
from tasks_app.web.search.hits import Hit, hits
from tasks_app.web.shared.http import Request

FIRST = 5
PAGE_SIZES = (25, 50, 100, 200)


@dataclass(frozen=True)
class Group:
    """One kind of thing: how many there are, and the first of them, or a page of them."""

    kind: Kind
    total: int
    hits: Sequence[Hit] = ()
    page: Page[Any] | None = None

    @property
    def more(self) -> int:
        return self.total - len(self.hits) if self.page is None else 0


@require_safe
def search(request: Request) -> HttpResponse:
    """`q`: the words; `in`: one kind alone, paged; `list`: within one list. What makes no sense is passed over."""
    asked = question(request.GET.get("q", ""))
    today = clock.now().date()
    lists = list(TaskList.objects.visible_to(request.viewer).order_by("order", "pk"))
    within = next((each for each in lists if each.slug == request.GET.get("list")), None)
    only = Kind(request.GET["in"]) if request.GET.get("in") in Kind.values else None
    groups: list[Group] = []
    if asked.words:
        found = selections(request.viewer, asked.words, task_list=within)
        counted = [(rows, Group(kind, rows.order_by().count())) for kind, rows in found.items()]
        groups = [_group(request, rows, group, words=asked.words, only=only, today=today) for rows, group in counted]
    context = {
        "typed": request.GET.get("q", "")[:LONGEST],
        "asked": asked,
        "shortest": SHORTEST,
        "lists": lists,
        "within": within,
        "only": only,
        "groups": groups,
        "total": sum(group.total for group in groups),
        "shown": [group for group in groups if group.hits],
    }
    return render(request, "search/search.html", context)


def _group(
    request: Request, rows: QuerySet[Any], group: Group, *, words: Sequence[str], only: Kind | None, today: dt.date
) -> Group:
    """The group with its first hits; with a page of them where it is asked for alone; with none beside another."""
    if not group.total or (only and only != group.kind):
        return group
    if not only:
        return replace(group, hits=hits(group.kind, list(rows[:FIRST]), words, today=today))
    size = request.GET.get("per_page", "")
    paginator = _Counted(rows, int(size) if size in map(str, PAGE_SIZES) else PAGE_SIZES[0], group.total)
    page = paginator.get_page(request.GET.get("page"))
    return replace(group, hits=hits(group.kind, list(page), words, today=today), page=page)


class _Counted(Paginator):
    """A paginator that was told how many rows there are."""

    def __init__(self, rows: QuerySet[Any], size: int, total: int) -> None:
        super().__init__(rows, size)
        self.count = total
