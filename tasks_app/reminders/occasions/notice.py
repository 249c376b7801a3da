"""督办通知: notices that wait for the unit's answer."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from django.db.models import Max
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tasks_app.notices.choices import OWED, NoticeLevel
from tasks_app.notices.models import Notice
from tasks_app.reminders.choices import Audience
from tasks_app.reminders.occasions.base import (
    NINE,
    Asked,
    Case,
    Occasion,
    Owner,
    PersonalDeadline,
    Rung,
    Words,
    liaison,
    moment_text,
    uid,
)


def cases(asked: Asked) -> Iterator[Case]:
    """Notices to be answered; each round of a notice is a case of its own."""
    owed = (
        Notice.objects.filter(state__in=OWED)
        .annotate(round_number=Max("rounds__number"), round_opened_at=Max("rounds__opened_at"))
        .select_related("unit", "task_list")
        .order_by("due_at", "pk")
    )
    for notice in owed:
        case = Case(
            key=f"notice:{notice.pk}.{notice.round_number}",
            occasion=NOTICE.code,
            task_list=notice.task_list,
            due_at=notice.due_at,
            opens_at=notice.round_opened_at,
            topic=f"notice:{notice.pk}",
            path=notice.get_absolute_url(),
            words={
                "清单": notice.task_list.title,
                "期": "",
                "单位": notice.unit_name,
                "截止": moment_text(notice.due_at),
                "数量": "1",
                "事项": f"{NoticeLevel(notice.level).label} {notice.number}",
            },
            template="notice",
            unit=notice.unit,
            notice_id=notice.pk,
        )
        yield case
        yield replace(case, key=f"{case.key}:all", unit=None)


def deadlines(owner: Owner, at: dt.datetime) -> Iterator[PersonalDeadline]:
    """The days of answers; a new round of the same notice moves its day."""
    for notice in Notice.objects.filter(unit__in=owner.units, state__in=OWED).select_related("task_list"):
        yield PersonalDeadline(
            uid=uid("notice", notice.pk),
            on=notice.due_at,
            title=gettext("督办回复：%(number)s %(unit)s") % {"number": notice.number, "unit": notice.unit_name},
            text=f"{notice.title}\n{notice.task_list}",
            path=notice.get_absolute_url(),
        )


NOTICE = Occasion(
    code="notice",
    label=_("督办通知"),
    urgency=1,
    cases=cases,
    words={
        "notice-before": Words(
            _("督办通知回复期限前"),
            "请于 {截止} 前回复：{事项}",
            "{清单}{事项}请{单位}于 {截止} 前回复办理情况，附佐证材料。",
        ),
        "notice-after": Words(
            _("督办通知逾期未回复"),
            "{单位}逾期未回复：{事项}",
            "{清单}{事项}应于 {截止} 前回复，{单位}尚未回复。逾期会留有记录，并可能升级督办。",
        ),
    },
    placeholders={
        "清单": "海东市2024年重点任务清单",
        "单位": "市住房建设局",
        "截止": "8月9日18:00",
        "数量": "1",
        "事项": "督办单 东督办〔2024〕3号",
    },
    steps=(liaison(-1), liaison(0), liaison(1), Rung(1, NINE, Audience.SUPERVISOR)),
    deadlines=deadlines,
    # Chat groups are not told of matters between a unit and those who oversee it.
    for_groups=False,
)
