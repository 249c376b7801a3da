"""What the reminder pages share: their tabs, what is wrong on top, and the list that an address names."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tasks_app.accounts.permissions import can_chase, can_see_reminders, can_set_reminders
from tasks_app.catalogue.models import TaskList
from tasks_app.lib.dates import beijing_day
from tasks_app.outbox.choices import Channel, Pulse
from tasks_app.outbox.queries import SILENCE, health
from tasks_app.reminders import occasions
from tasks_app.reminders.queries import dead_letters_for, paused_lists
from tasks_app.supervision.queries import supervised_lists
from tasks_app.web.shared.http import Request
from tasks_app.workdays.queries import calendar_warning


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    current: bool
    count: int | None = None


def lists_of(request: Request) -> QuerySet[TaskList]:
    """The lists whose reminders this person looks after or oversees."""
    return supervised_lists(request.viewer).order_by("order", "pk")


def the_list(request: Request, pk: int) -> TaskList:
    """The list of the address; 404 where it is none of this person's."""
    lists = lists_of(request).select_related("coordinating_unit", "document")
    return get_object_or_404(lists, pk=pk)


def may_set(request: Request, task_list: TaskList) -> bool:
    return can_set_reminders(
        request.viewer,
        jurisdiction_id=task_list.jurisdiction_id,
        coordinating_unit_id=task_list.coordinating_unit_id,
    )


def may_chase(request: Request, task_list: TaskList) -> bool:
    return can_chase(
        request.viewer,
        jurisdiction_id=task_list.jurisdiction_id,
        coordinating_unit_id=task_list.coordinating_unit_id,
    )


def not_yours_to_set(task_list: TaskList) -> PermissionDenied:
    rule = _("“%(list)s”的提醒由汇总单位（%(unit)s）的汇总员或管理员设置。")
    return PermissionDenied(rule % {"list": task_list, "unit": task_list.coordinating_unit})


def frame(request: Request, *, at: dt.datetime) -> dict[str, Any]:
    """Context that all pages of the area share; who sees only the own reminders gets no alarms."""
    here = request.resolver_match.url_name if request.resolver_match else ""
    tabs = [
        Tab(_("将要发出"), reverse("reminders"), here == "reminders"),
        Tab(_("发送记录"), reverse("reminders_sent"), here == "reminders_sent"),
    ]
    mine = Tab(_("我的接收方式"), reverse("my_reminders"), here == "my_reminders")
    if not can_see_reminders(request.viewer):
        return {"tabs": [*tabs, mine], "at": at, "sees_all": False}
    dead = dead_letters_for(request.viewer).count()
    tabs += [
        Tab(_("未能送达"), reverse("reminders_failed"), here == "reminders_failed", dead),
        Tab(_("清单设置"), reverse("reminder_lists"), here == "reminder_lists"),
        mine,
    ]
    lists = set(lists_of(request).values_list("pk", flat=True))
    return {
        "tabs": tabs,
        "at": at,
        "sees_all": True,
        "calendar_warning": calendar_warning(today=beijing_day(at)),
        "silent": _silent(at),
        "paused": [one for one in paused_lists() if one.task_list_id in lists],
    }


def _silent(at: dt.datetime) -> str:
    """What is wrong with the machinery, as sentences: parts not heard from, occasions that fail in each round."""
    state = health(at=at)
    said = []
    if state.silent:
        parts = "、".join(str(Pulse(name).label) for name in state.silent)
        words = {"parts": parts, "n": int(SILENCE.total_seconds() // 60)}
        said.append(_("后台程序（%(parts)s）已超过 %(n)d 分钟没有动静，提醒可能没有按时发出。请通知运维人员。") % words)
    if broken := [str(one.label) for one in occasions.ALL if one.code in state.broken]:
        said.append(
            _("“%(names)s”的提醒推算出错，暂不发出，其他提醒不受影响。请通知运维人员。") % {"names": "、".join(broken)}
        )
    return "".join(said)


def channel_names(channels: list[str] | tuple[str, ...]) -> str:
    """The channels of a step or reminder; text messages only where there is a gateway."""
    channels = [name for name in channels if name != Channel.SMS or settings.SMS_URL]
    return "、".join(str(Channel(name).label) for name in channels)


def day_text(day: dt.date) -> str:
    """10月5日 星期六."""
    return date_format(day, _("n月j日 l"))
