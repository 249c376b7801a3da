"""The overdue table: columns, order, and rows put into words."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import django_tables2 as tables
from django.db.models import Count, F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tasks_app.accounts.permissions import Viewer
from tasks_app.catalogue.models import Task
from tasks_app.lib.dates import beijing_day
from tasks_app.notices.choices import NoticeState
from tasks_app.notices.models import Notice, NoticeTask
from tasks_app.progress.choices import Light
from tasks_app.supervision.queue import Record, by_chapter, by_lead_unit, by_times_red, records
from tasks_app.web.shared.export import ExportColumn
from tasks_app.web.shared.marks import day_text
from tasks_app.web.supervision.filters import BY_CHAPTER, BY_UNIT

GROUPS = {BY_UNIT: ["lead_order", "led_by_id"], BY_CHAPTER: ["task_list__order", "task_list_id", "chapter__order"]}


class OverdueTable(tables.Table):
    """Owns columns, order and pages; the rows are drawn from `LateRow`s (templates/supervision/_table.html)."""

    tick = tables.Column(verbose_name="", orderable=False, empty_values=(), attrs={"td": {"class": "tick"}})
    no = tables.Column(verbose_name=gettext_lazy("序号"), orderable=False, attrs={"td": {"class": "no"}})
    what = tables.Column(verbose_name=gettext_lazy("任务"), orderable=False, empty_values=())
    leads = tables.Column(
        verbose_name=gettext_lazy("牵头单位"), orderable=False, empty_values=(), attrs={"td": {"class": "units"}}
    )
    due = tables.Column(verbose_name=gettext_lazy("时限与逾期"), empty_values=(), attrs={"td": {"class": "due"}})
    behind = tables.Column(verbose_name=gettext_lazy("进度与落后"), empty_values=(), attrs={"td": {"class": "gap"}})
    light = tables.Column(verbose_name=gettext_lazy("状态与原因"), empty_values=())
    times = tables.Column(verbose_name=gettext_lazy("转红与督办"), empty_values=(), attrs={"td": {"class": "times"}})
    last = tables.Column(
        verbose_name=gettext_lazy("最近报送"), orderable=False, empty_values=(), attrs={"td": {"class": "when"}}
    )
    act = tables.Column(
        verbose_name=gettext_lazy("办理"), orderable=False, empty_values=(), attrs={"td": {"class": "act"}}
    )

    class Meta:
        template_name = "supervision/_table.html"
        order_by_field = "sort"

    def __init__(self, tasks: QuerySet[Task], *, group: str, without: Sequence[str], **kwargs: Any) -> None:
        self.group = group
        grouped = {BY_UNIT: by_lead_unit, BY_CHAPTER: by_chapter}.get(group, lambda same: same)(tasks)
        super().__init__(grouped, exclude=without, **kwargs)

    def order_due(self, tasks: QuerySet[Task], descending: bool) -> tuple[QuerySet[Task], bool]:
        return self._by(tasks, "due_on", descending)

    def order_behind(self, tasks: QuerySet[Task], descending: bool) -> tuple[QuerySet[Task], bool]:
        return self._by(tasks, "behind", descending)

    def order_light(self, tasks: QuerySet[Task], descending: bool) -> tuple[QuerySet[Task], bool]:
        return self._by(tasks, "rank", descending)

    def order_times(self, tasks: QuerySet[Task], descending: bool) -> tuple[QuerySet[Task], bool]:
        return self._by(by_times_red(tasks), "times_red", descending)

    def _by(self, tasks: QuerySet[Task], name: str, descending: bool) -> tuple[QuerySet[Task], bool]:
        """By one column, what has no value last; groups stay together."""
        key = F(name).desc(nulls_last=True) if descending else F(name).asc(nulls_last=True)
        return tasks.order_by(*GROUPS.get(self.group, []), key, "task_list__order", "seq"), True


@dataclass(frozen=True)
class LateRow:
    """One task of the queue as the page shows it. `heading` is set on the first row of a group."""

    task: Task
    url: str
    headline: str
    leads: str
    due: str
    due_note: str
    days_late: int
    percent: int
    expected: int | None
    mark: str
    behind: int
    light: Light
    reason: str
    readings: list[tuple[str, Light]]
    times_red: int
    notices: int
    last: str
    last_note: str
    silent: int
    made_up: int
    heading: str = ""


def late_rows(tasks: Sequence[Task], *, viewer: Viewer, at: dt.datetime, group: str) -> list[LateRow]:
    """Rows of some tasks of `supervision.queue.late_tasks`, in their order: four queries."""
    ids = {task.pk for task in tasks}
    known = records(ids, at=at)
    notices = _notices(ids, viewer)
    rows, before = [], None
    today = beijing_day(at)
    for task in tasks:
        key, heading = _group_of(task, group)
        rows.append(_row(task, known[task.pk], notices.get(task.pk, 0), today, heading if key != before else ""))
        before = key
    return rows


def _notices(task_ids: Collection[int], viewer: Viewer) -> dict[int, int]:
    """Task → how many notices were issued over it, those taken back not counted."""
    issued = Notice.objects.visible_to(viewer).exclude(state=NoticeState.WITHDRAWN)
    parts = NoticeTask.objects.filter(task_id__in=task_ids, notice__in=issued).order_by()
    return dict(parts.values("task_id").annotate(n=Count("pk")).values_list("task_id", "n"))


def _group_of(task: Task, group: str) -> tuple[object, str]:
    """What tells one group from the next, and its heading."""
    if group == BY_UNIT:
        return task.led_by_id, task.lead_unit  # type: ignore[attr-defined]
    if group == BY_CHAPTER:
        chapter = task.chapter.heading if task.chapter else _("未分章")
        return (task.task_list_id, task.chapter_id), f"{task.task_list.document.number} · {chapter}"
    return None, ""


def _row(task: Task, known: Record, notices: int, today: dt.date, heading: str) -> LateRow:
    standing = task.standing
    readings = []
    if standing.disagreement:
        said = ((_("自评"), standing.own), (_("核查"), standing.verified))
        readings = [(name, Light(light)) for name, light in said if light and light != standing.light]
    return LateRow(
        task=task,
        url=reverse("task", args=[task.pk]),
        headline=task.sub_task or task.key_task or task.title,
        leads="、".join(known.leads),
        due=day_text(task.due_on, today),
        due_note=_distance(task.due_on, today),
        days_late=(today - task.due_on).days if task.due_on and task.due_on < today else 0,
        percent=standing.progress,
        expected=standing.expected,
        mark=str(min(standing.expected or 0, 98)),
        behind=task.behind or 0,  # type: ignore[attr-defined]
        light=Light(standing.light),
        reason=standing.reason_text,
        readings=readings,
        times_red=known.times_red,
        notices=notices,
        last=known.last_period or _("从未报送"),
        last_note=day_text(beijing_day(known.last_submitted_at), today) if known.last_submitted_at else "",
        silent=known.silent,
        made_up=known.made_up,
        heading=heading,
    )


def _distance(day: dt.date | None, today: dt.date) -> str:
    if day is None:
        return ""
    days = abs((day - today).days)
    if day < today:
        return ngettext("已逾期 %(n)d 天", "已逾期 %(n)d 天", days) % {"n": days}
    return ngettext("还有 %(n)d 天", "还有 %(n)d 天", days) % {"n": days} if days else _("今天到期")


def export_columns() -> list[ExportColumn[LateRow]]:
    """The queue as a file; a figure stays a figure, a day is written 2024-12-31."""
    return [
        ExportColumn(_("清单"), lambda row: row.task.task_list.document.number),
        ExportColumn(_("序号"), lambda row: row.task.no),
        ExportColumn(_("重点任务"), lambda row: row.headline),
        ExportColumn(_("工作事项和年度目标成果"), lambda row: row.task.content),
        ExportColumn(_("牵头单位"), lambda row: row.leads),
        ExportColumn(_("完成时限"), lambda row: row.task.due_on.isoformat() if row.task.due_on else ""),
        ExportColumn(_("逾期天数"), lambda row: row.days_late or ""),
        ExportColumn(_("进度（%）"), lambda row: row.percent),
        ExportColumn(_("序时进度（%）"), lambda row: "" if row.expected is None else row.expected),
        ExportColumn(_("落后（百分点）"), lambda row: row.behind),
        ExportColumn(_("状态"), lambda row: str(row.light.label)),
        ExportColumn(_("原因"), lambda row: row.reason),
        ExportColumn(_("单位自评"), lambda row: _light(row.task.standing.own)),
        ExportColumn(_("实地核查"), lambda row: _light(row.task.standing.verified)),
        ExportColumn(_("转红次数"), lambda row: row.times_red),
        ExportColumn(_("督办次数"), lambda row: row.notices),
        ExportColumn(_("最近报送"), lambda row: row.last),
        ExportColumn(_("连续未报（期）"), lambda row: row.silent),
        ExportColumn(_("缺报已补（期）"), lambda row: row.made_up),
    ]


def _light(value: str) -> str:
    return str(Light(value).label) if value else ""
