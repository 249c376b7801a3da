"""任务时限: open tasks, before their day and after it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from tasks_app.catalogue.models import Task
from tasks_app.lib.dates import at_beijing, beijing_day
from tasks_app.reminders.choices import DayKind
from tasks_app.reminders.occasions.base import (
    Asked,
    Case,
    Occasion,
    Owner,
    PersonalDeadline,
    Words,
    day_of,
    day_text,
    end_of_day,
    leads_of,
    liaison,
    open_leads,
    uid,
)
from tasks_app.schedule.models import Obligation


def cases(asked: Asked) -> Iterator[Case]:
    """Open tasks with a deadline: for each lead unit, and together for those who oversee.

    The day is part of the key, so a task whose deadline moves is announced again.
    """
    tasks = Task.objects.counted().filter(
        task_list_id__in=asked.list_ids, closed_on=None, due_on__lte=beijing_day(asked.until)
    )
    known = {task.pk: task for task in tasks.select_related("task_list")}
    for task_id, units in leads_of(tasks).items():
        task = known[task_id]
        if task.due_on is None:
            continue
        case = Case(
            key=f"task:{task.pk}{day_of(task.due_on)}",
            occasion=TASK.code,
            task_list=task.task_list,
            due_at=end_of_day(task.due_on),
            opens_at=at_beijing(task.task_list.starts_on, dt.time()),
            topic=f"task:{task.pk}",
            path=task.get_absolute_url(),
            words={
                "清单": task.task_list.title,
                "期": "",
                "单位": "、".join(unit.name for unit in units),
                "截止": day_text(task.due_on),
                "数量": "1",
                "事项": str(task),
            },
            template="task",
            group=f"{task.due_on}",
            task_id=task.pk,
        )
        yield case
        for unit in units:
            words = {**case.words, "单位": unit.name}
            yield replace(case, key=f"{case.key}:{unit.pk}", unit=unit, words=words, group=f"{task.due_on}:{unit.pk}")


def is_past(case: Case, at: dt.datetime) -> bool:
    """What is not late yet needs no chase beside its ladder."""
    return case.due_at < at


def deadlines(owner: Owner, at: dt.datetime) -> Iterator[PersonalDeadline]:
    """Open tasks led, late ones too; those of one list and day are one entry, for year ends have dozens."""
    together: dict[tuple[int, int, dt.date], list[Obligation]] = defaultdict(list)
    for lead in open_leads(owner.units):
        if lead.task.due_on is not None:
            together[lead.task.task_list_id, lead.unit_id, lead.task.due_on].append(lead)
    for (list_id, unit_id, due_on), group in together.items():
        count, first = len(group), group[0]
        words = {"n": count, "unit": first.unit, "task": first.task}
        several = ngettext("%(n)d 项任务到期：%(unit)s", "%(n)d 项任务到期：%(unit)s", count)
        ledger = f"{reverse('ledger')}?list={first.task.task_list.slug}"
        yield PersonalDeadline(
            uid=uid("tasks", list_id, unit_id, due_on),
            on=due_on,
            title=(gettext("任务到期：%(task)s") if count == 1 else several) % words,
            text="\n".join([str(first.task.task_list), *(str(lead.task) for lead in group)]),
            path=first.task.get_absolute_url() if count == 1 else ledger,
        )


TASK = Occasion(
    code="task",
    label=_("任务时限"),
    urgency=5,
    cases=cases,
    words={
        "task-before": Words(
            _("任务到期前"),
            "{数量} 项任务将于 {截止} 到期",
            "{清单}中{单位}牵头的任务将于 {截止} 到期：{事项}。已完成的请申请销号。",
        ),
        "task-after": Words(
            _("任务逾期后"),
            "{数量} 项任务已逾期，应于 {截止} 完成",
            "{清单}中{单位}牵头的任务已过完成时限（{截止}）：{事项}。已完成的请申请销号，未完成的请抓紧办理。",
        ),
    },
    placeholders={
        "清单": "海东市2024年重点任务清单",
        "单位": "市住房建设局",
        "截止": "2024年10月31日",
        "数量": "2",
        "事项": "第1项 推动城乡公共资源均衡配置、第2项 建设宜居宜业和美乡村",
    },
    steps=(
        liaison(-30, day_kind=DayKind.CALENDAR),
        liaison(-7, day_kind=DayKind.CALENDAR),
        liaison(-1, day_kind=DayKind.CALENDAR),
        liaison(1, day_kind=DayKind.CALENDAR, repeat_days=7),
    ),
    deadlines=deadlines,
    may_chase=is_past,
)
