"""The ledger's columns: their headings and how each is sorted."""

from typing import Any

import django_tables2 as tables
from django.core.paginator import Paginator
from django.db.models import Case, F, OuterRef, QuerySet, Subquery, Value, When
from django.utils.translation import gettext_lazy as _

from tasks_app.catalogue.choices import AssignmentRole
from tasks_app.catalogue.models import Assignment, Task
from tasks_app.progress.choices import Light
from tasks_app.web.catalogue.filters import after_that, in_list_order
from tasks_app.web.catalogue.scope import Scope

# What needs a look comes first.
URGENCY = [Light.RED, Light.YELLOW, Light.GREY, Light.GREEN, Light.BLUE]


class LedgerTable(tables.Table):
    """Owns columns, order and pages; the rows are drawn from `LedgerRow`s (templates/catalogue/_table.html)."""

    seq = tables.Column(verbose_name=_("序号"), attrs={"td": {"class": "no"}})
    what = tables.Column(verbose_name=_("重点任务与工作事项"), orderable=False, empty_values=())
    lead = tables.Column(verbose_name=_("牵头单位 / 配合单位"), empty_values=(), attrs={"td": {"class": "units"}})
    due = tables.Column(verbose_name=_("完成时限"), empty_values=(), attrs={"td": {"class": "due"}})
    progress = tables.Column(verbose_name=_("进度与序时"), empty_values=())
    light = tables.Column(verbose_name=_("状态与原因"), empty_values=())
    report = tables.Column(
        verbose_name=_("本期月报"), orderable=False, empty_values=(), attrs={"td": {"class": "when"}}
    )

    class Meta:
        order_by_field = "sort"

    def __init__(self, tasks: QuerySet[Task], scope: Scope, **kwargs: Any) -> None:
        self.scope = scope
        super().__init__(tasks, **kwargs)

    def order_seq(self, tasks: QuerySet[Task], descending: bool) -> tuple[QuerySet[Task], bool]:
        ordered = in_list_order(tasks, self.scope)
        return ordered.reverse() if descending else ordered, True

    def order_lead(self, tasks: QuerySet[Task], descending: bool) -> tuple[QuerySet[Task], bool]:
        first = Assignment.objects.filter(task=OuterRef("pk"), role=AssignmentRole.LEAD).order_by("order", "pk")
        tasks = tasks.annotate(lead_order=Subquery(first.values("unit__order")[:1]))
        return self._by(tasks, "lead_order", descending)

    def order_due(self, tasks: QuerySet[Task], descending: bool) -> tuple[QuerySet[Task], bool]:
        return self._by(tasks, "due_on", descending)

    def order_progress(self, tasks: QuerySet[Task], descending: bool) -> tuple[QuerySet[Task], bool]:
        return self._by(tasks, "standing__progress", descending)

    def order_light(self, tasks: QuerySet[Task], descending: bool) -> tuple[QuerySet[Task], bool]:
        ranks = [When(standing__light=light, then=Value(rank)) for rank, light in enumerate(URGENCY)]
        return self._by(tasks.annotate(urgency=Case(*ranks, default=None)), "urgency", descending)

    def _by(self, tasks: QuerySet[Task], name: str, descending: bool) -> tuple[QuerySet[Task], bool]:
        """By one column, what has no value last, then in list order."""
        field = F(name)
        key = field.desc(nulls_last=True) if descending else field.asc(nulls_last=True)
        return tasks.order_by(key, *after_that(self.scope)), True


class CountedPaginator(Paginator):
    """A paginator that is told how many rows there are, because the strip of totals has counted them."""

    def __init__(self, rows: Any, per_page: int, *, total: int, **kwargs: Any) -> None:
        super().__init__(rows, per_page, **kwargs)
        self.count = total
