"""阶段目标: milestones of open tasks, before their day, until the task has come so far."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tasks_app.catalogue.choices import TaskKind
from tasks_app.catalogue.models import Milestone, Task
from tasks_app.lib.dates import at_beijing, beijing_day
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

# A milestone can be chased by hand from this long before its day.
NEAR = dt.timedelta(days=7)


def unreached() -> QuerySet[Milestone]:
    """Milestones of open tasks that lie within the line of the task and above its accepted progress.

    One that lies on or after the deadline, because that was moved, is ignored; see `progress.rules.expected_progress`.
    """
    within = Q(due_on__gt=F("task__task_list__starts_on"), due_on__lt=F("task__due_on"))
    # A task without a standing has nothing accepted yet.
    short = Q(task__standing=None) | Q(task__standing__progress__lt=F("percent"))
    return (
        Milestone.objects.filter(within, short, task__kind=TaskKind.TASK, task__closed_on=None, task__retired_at=None)
        .select_related("task__task_list", "task__standing")
        .order_by("due_on", "task__seq", "pk")
    )


def cases(asked: Asked) -> Iterator[Case]:
    """For each lead unit, and together for those who oversee.

    Milestones are always replaced as a whole, so their row ids identify nothing. The key is made of task, percent and
    day, so one that is moved is announced again.
    """
    coming = unreached().filter(task__task_list_id__in=asked.list_ids, due_on__lte=beijing_day(asked.until))
    led = leads_of(Task.objects.filter(milestones__in=coming.values("pk")))
    for milestone in coming:
        task, units = milestone.task, led.get(milestone.task_id, [])
        if not units:
            continue
        case = Case(
            key=f"milestone:{task.pk}.{milestone.percent}{day_of(milestone.due_on)}",
            occasion=MILESTONE.code,
            task_list=task.task_list,
            due_at=end_of_day(milestone.due_on),
            opens_at=at_beijing(task.task_list.starts_on, dt.time()),
            topic=f"task:{task.pk}",
            path=task.get_absolute_url(),
            words={
                "清单": task.task_list.title,
                "单位": "、".join(unit.name for unit in units),
                "截止": day_text(milestone.due_on),
                "数量": "1",
                "事项": str(task),
                "阶段目标": milestone.text,
                "应完成": f"{milestone.percent}%",
                "现进度": f"{_progress(task)}%",
            },
            template="milestone",
            task_id=task.pk,
        )
        yield case
        for unit in units:
            yield replace(case, key=f"{case.key}:{unit.pk}", unit=unit, words={**case.words, "单位": unit.name})


def _progress(task: Task) -> int:
    standing = getattr(task, "standing", None)
    return standing.progress if standing else 0


def is_near(case: Case, at: dt.datetime) -> bool:
    """What lies months ahead needs no chase."""
    return case.due_at < at + NEAR


def deadlines(owner: Owner, at: dt.datetime) -> Iterator[PersonalDeadline]:
    """Milestones of the tasks led that are not reached, late ones too."""
    led = {lead.task_id: lead.unit for lead in open_leads(owner.units)}
    for milestone in unreached().filter(task__in=led):
        words = {"percent": milestone.percent, "task": milestone.task}
        yield PersonalDeadline(
            uid=uid("milestone", milestone.task_id, milestone.percent),
            on=milestone.due_on,
            title=gettext("阶段目标 %(percent)d%%：%(task)s") % words,
            text=f"{milestone.text}\n{milestone.task.task_list}",
            path=milestone.task.get_absolute_url(),
        )


MILESTONE = Occasion(
    code="milestone",
    label=_("阶段目标"),
    urgency=4,
    cases=cases,
    words={
        "milestone-before": Words(
            _("阶段目标到期前"),
            "阶段目标将于 {截止} 到期：{阶段目标}",
            "{清单}中{单位}牵头的{事项}，到 {截止} 应完成 {应完成}（{阶段目标}），目前进度 {现进度}。请抓紧办理。",
        ),
        "milestone-after": Words(
            _("阶段目标逾期后"),
            "阶段目标已过期限（{截止}）：{阶段目标}",
            "{清单}中{单位}牵头的{事项}，应于 {截止} 完成 {应完成}（{阶段目标}），目前进度 {现进度}。请说明情况。",
        ),
    },
    placeholders={
        "清单": "海东市2024年重点任务清单",
        "单位": "市住房建设局",
        "截止": "2024年9月30日",
        "数量": "1",
        "事项": "第1项 推动城乡公共资源均衡配置",
        "阶段目标": "完成招标",
        "应完成": "40%",
        "现进度": "25%",
    },
    steps=(liaison(-5), liaison(-1)),
    deadlines=deadlines,
    may_chase=is_near,
)
