"""The overdue table: columns, order, and rows put into words."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import django_tables2 as tables
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tasks_app.catalogue.models import Task
from tasks_app.lib.dates import beijing_day
from tasks_app.progress.choices import Light
from tasks_app.supervision.queries import Whose, by_lead_unit, whose
from tasks_app.web.shared.export import ExportColumn
from tasks_app.web.shared.marks import day_text


class OverdueTable(tables.Table):
    """Owns columns, order and pages; the rows are drawn from `LateRow`s (templates/supervision/_table.html)."""

    no = tables.Column(verbose_name=gettext_lazy("序号"), orderable=False, attrs={"td": {"class": "no"}})
    what = tables.Column(verbose_name=gettext_lazy("任务"), orderable=False, empty_values=())
    leads = tables.Column(
        verbose_name=gettext_lazy("牵头单位"), orderable=False, empty_values=(), attrs={"td": {"class": "units"}}
    )
    due = tables.Column(verbose_name=gettext_lazy("完成时限"), empty_values=(), attrs={"td": {"class": "due"}})
    progress = tables.Column(verbose_name=gettext_lazy("进度与序时"), empty_values=())
    behind = tables.Column(verbose_name=gettext_lazy("落后点数"), empty_values=(), attrs={"td": {"class": "num"}})
    light = tables.Column(verbose_name=gettext_lazy("状态与原因"), empty_values=())
    last = tables.Column(
        verbose_name=gettext_lazy("最近报送"), orderable=False, empty_values=(), attrs={"td": {"class": "when"}}
    )

    class Meta:
        template_name = "supervision/_table.html"
        order_by_field = "sort"

    def __init__(self, tasks: QuerySet[Task], *, grouped: bool, **kwargs: Any) -> None:
        self.grouped = grouped
        super().__init__(by_lead_unit(tasks) if grouped else tasks, **kwargs)

    def order_due(self, tasks: QuerySet[Task], descending: bool) -> tuple[QuerySet[Task], bool]:
        return self._by(tasks, "due_on", descending)

    def order_progress(self, tasks: QuerySet[Task], descending: bool) -> tuple[QuerySet[Task], bool]:
        return self._by(tasks, "standing__progress", descending)

    def order_behind(self, tasks: QuerySet[Task], descending: bool) -> tuple[QuerySet[Task], bool]:
        return self._by(tasks, "behind", descending)

    def order_light(self, tasks: QuerySet[Task], descending: bool) -> tuple[QuerySet[Task], bool]:
        return self._by(tasks, "rank", descending)

    def _by(self, tasks: QuerySet[Task], name: str, descending: bool) -> tuple[QuerySet[Task], bool]:
        """By one column, what has no value last; groups stay together."""
        key = F(name).desc(nulls_last=True) if descending else F(name).asc(nulls_last=True)
        groups = ["lead_order", "led_by_id"] if self.grouped else []
        return tasks.order_by(*groups, key, "task_list__order", "seq"), True


@dataclass(frozen=True)
class LateRow:
    """One late task as the page shows it. `heading` is set on the first row of a group."""

    task: Task
    url: str
    headline: str
    leads: str
    due: str
    due_note: str
    percent: int
    expected: int | None
    mark: str
    behind: int
    light: Light
    reason: str
    last: str
    last_note: str
    heading: str = ""


def late_rows(tasks: Sequence[Task], *, today: dt.date, grouped: bool) -> list[LateRow]:
    """Rows of some tasks of `supervision.queries.late_tasks`, in their order: two queries."""
    known = whose({task.pk for task in tasks})
    rows, before = [], None
    for task in tasks:
        heading = ""
        if grouped and task.led_by_id != before:  # type: ignore[attr-defined]
            before, heading = task.led_by_id, task.lead_unit  # type: ignore[attr-defined]
        rows.append(_row(task, known[task.pk], today, heading))
    return rows


def _row(task: Task, known: Whose, today: dt.date, heading: str) -> LateRow:
    standing = task.standing
    return LateRow(
        task=task,
        url=reverse("task", args=[task.pk]),
        headline=task.sub_task or task.key_task or task.title,
        leads="、".join(known.leads),
        due=day_text(task.due_on, today),
        due_note=_distance(task.due_on, today),
        percent=standing.progress,
        expected=standing.expected,
        mark=str(min(standing.expected or 0, 98)),
        behind=task.behind or 0,  # type: ignore[attr-defined]
        light=Light(standing.light),
        reason=standing.reason_text,
        last=known.last_period or _("从未报送"),
        last_note=day_text(beijing_day(known.last_submitted_at), today) if known.last_submitted_at else "",
        heading=heading,
    )


def _distance(day: dt.date | None, today: dt.date) -> str:
    if day is None:
        return ""
    days = abs((day - today).days)
    if day < today:
        return ngettext("已逾期 %(n)d 天", "已逾期 %(n)d 天", days) % {"n": days}
    return ngettext("还有 %(n)d 天", "还有 %(n)d 天", days) % {"n": days} if days else _("今天到期")


def export_columns() -> list[ExportColumn]:
    return [
        ExportColumn(heading)
        for heading in (
            _("清单"),
            _("序号"),
            _("重点任务"),
            _("工作事项和年度目标成果"),
            _("牵头单位"),
            _("完成时限"),
            _("逾期天数"),
            _("进度（%）"),
            _("序时进度（%）"),
            _("落后（百分点）"),
            _("状态"),
            _("原因"),
            _("最近报送"),
        )
    ]


def export_cells(row: LateRow, *, today: dt.date) -> list[Any]:
    """One row's cells in the order of `export_columns()`."""
    due_on = row.task.due_on
    return [
        row.task.task_list.document.number,
        row.task.no,
        row.headline,
        row.task.content,
        row.leads,
        due_on.isoformat() if due_on else "",
        (today - due_on).days if due_on and due_on < today else "",
        row.percent,
        "" if row.expected is None else row.expected,
        row.behind,
        str(row.light.label),
        row.reason,
        row.last,
    ]
