"""清单设置: how each list reminds; pausing and resuming; quiet hours and caps."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from tasks_app import clock
from tasks_app.accounts.permissions import can_see_reminders, can_word_for_all
from tasks_app.catalogue.models import TaskList
from tasks_app.lib.dates import beijing_day
from tasks_app.lib.errors import Refused
from tasks_app.reminders import occasions
from tasks_app.reminders.actions import pause_list, resume_list, save_policy
from tasks_app.reminders.choices import DayKind
from tasks_app.reminders.models import ListReminding, ReminderStep, SendingPolicy
from tasks_app.reminders.queries import templates_of
from tasks_app.reminders.rules import step_moment
from tasks_app.schedule.models import Period
from tasks_app.web.reminders.common import (
    channel_names,
    day_text,
    frame,
    lists_of,
    may_chase,
    may_set,
    not_yours_to_set,
    the_list,
)
from tasks_app.web.shared.http import Request
from tasks_app.web.shared.refusals import refusals_shown
from tasks_app.workdays.queries import exceptions


class PolicyForm(forms.Form):
    """When nobody is disturbed, and how often a person may be in a day."""

    quiet_from = forms.TimeField(label=gettext_lazy("免打扰自"), widget=forms.TimeInput({"type": "time"}, "%H:%M"))
    quiet_until = forms.TimeField(
        label=gettext_lazy("免打扰至"),
        widget=forms.TimeInput({"type": "time"}, "%H:%M"),
        help_text=gettext_lazy(
            "这段时间不发邮件、短信和群消息，到点再发；站内消息不受影响。两个时刻相同即不设免打扰。"
        ),
    )
    daily_cap = forms.IntegerField(
        label=gettext_lazy("每人每天最多几条"),
        min_value=1,
        max_value=50,
        help_text=gettext_lazy("同一天的多项提醒本来就并成一条；超出的第二天再发。人工催办不计。"),
    )


class PauseForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("暂停理由"),
        max_length=200,
        widget=forms.TextInput(),
        help_text=gettext_lazy("例如“国庆假期前已统一部署”。其他人会看到；暂停期间到点的提醒记为跳过，恢复后不补发。"),
        error_messages={"required": gettext_lazy("请写明暂停理由，例如“国庆假期前已统一部署”，其他人会看到。")},
    )


@dataclass(frozen=True)
class StepRow:
    """A step in words; `next_at` is when it would speak for the newest period."""

    step: ReminderStep
    when: str
    channels: str
    template: str
    next_text: str


def when_text(step: ReminderStep) -> str:
    """截止前 3 个工作日 09:00."""
    count = abs(step.offset)
    words = {"n": count, "time": f"{step.time:%H:%M}"}
    returned = not occasions.BY_CODE[step.occasion].from_deadline
    if not step.offset:
        said = _("退回当天 %(time)s") if returned else _("截止当天 %(time)s")
    elif step.day_kind == DayKind.WORKDAY:
        before = ngettext("截止前 %(n)d 个工作日 %(time)s", "截止前 %(n)d 个工作日 %(time)s", count)
        after = ngettext("截止后 %(n)d 个工作日 %(time)s", "截止后 %(n)d 个工作日 %(time)s", count)
        since = ngettext("退回后 %(n)d 个工作日 %(time)s", "退回后 %(n)d 个工作日 %(time)s", count)
        said = before if step.offset < 0 else since if returned else after
    else:
        before = ngettext("截止前 %(n)d 天 %(time)s", "截止前 %(n)d 天 %(time)s", count)
        after = ngettext("截止后 %(n)d 天 %(time)s", "截止后 %(n)d 天 %(time)s", count)
        since = ngettext("退回后 %(n)d 天 %(time)s", "退回后 %(n)d 天 %(time)s", count)
        said = before if step.offset < 0 else since if returned else after
    said %= words
    if step.repeat_days:
        said += _("，此后每 %(n)d 天一次") % {"n": step.repeat_days}
    return said


def step_rows(steps: Sequence[ReminderStep], labels: dict[str, str], due_at: dt.datetime | None) -> list[StepRow]:
    """The ladder in words, with the day that the calendar gives it for a period due at `due_at`."""
    days = exceptions() if due_at else {}
    rows = []
    for step in steps:
        text = ""
        if due_at and occasions.BY_CODE[step.occasion].by_round:
            moment = step_moment(
                due_at=due_at, offset=step.offset, time=step.time, exceptions=days, day_kind=step.day_kind
            )
            text = day_text(beijing_day(moment))
        rows.append(
            StepRow(
                step=step,
                when=when_text(step),
                channels=channel_names(step.channels),
                template=labels.get(step.template, step.template) or _("默认"),
                next_text=text,
            )
        )
    return rows


@require_safe
def reminder_lists(request: Request) -> HttpResponse:
    """Every list looked after, with its state; for administrators what holds for all."""
    if not can_see_reminders(request.viewer):
        raise PermissionDenied(_("清单的提醒由汇总、督查、领导、管理岗位查看。"))
    return _lists_page(request, None)


def _lists_page(request: Request, form: PolicyForm | None) -> HttpResponse:
    lists = lists_of(request).select_related("coordinating_unit", "reminding__paused_by", "reporting_rule")
    lists = lists.annotate(steps=Count("reminder_steps", filter=Q(reminder_steps__active=True)))
    policy = SendingPolicy.objects.first() or SendingPolicy()
    values = {"quiet_from": policy.quiet_from, "quiet_until": policy.quiet_until, "daily_cap": policy.daily_cap}
    for_all = can_word_for_all(request.viewer)
    context = frame(request, at=clock.now()) | {
        "lists": list(lists),
        "policy": policy,
        "form": (form or PolicyForm(initial=values)) if for_all else None,
        "words": templates_of(None) if for_all else [],
    }
    return render(request, "reminders/lists.html", context)


@require_POST
def reminder_policy(request: Request) -> HttpResponse:
    """Save quiet hours and the cap."""
    if not can_word_for_all(request.viewer):
        raise PermissionDenied(_("免打扰时间和每日上限由管理员设置。"))
    form = PolicyForm(request.POST)
    if not form.is_valid():
        return _lists_page(request, form)
    try:
        save_policy(**form.cleaned_data, by=request.user, at=clock.now())
    except Refused as error:
        form.add_error("daily_cap", str(error))
        return _lists_page(request, form)
    messages.success(request, _("已保存，从下一分钟起生效。"))
    return redirect("reminder_lists")


@require_safe
def reminder_list(request: Request, pk: int) -> HttpResponse:
    """One list: is it reminding, by which steps, with which words, in which groups."""
    return list_page(request, the_list(request, pk), PauseForm())


def list_page(request: Request, task_list: TaskList, form: PauseForm, status: int = 200) -> HttpResponse:
    at = clock.now()
    reminding = ListReminding.objects.filter(task_list=task_list).select_related("paused_by").first()
    words = templates_of(task_list)
    period = Period.objects.filter(task_list=task_list, due_at__gt=at).order_by("due_at").first()
    period = period or Period.objects.filter(task_list=task_list).order_by("-due_at").first()
    rows = step_rows(
        list(task_list.reminder_steps.all()),
        {"": "", **{row.code: row.label for row in words}},
        period.due_at if period else None,
    )
    context: dict[str, Any] = {
        "task_list": task_list,
        "reminding": reminding,
        "form": form,
        "period": period,
        "ladders": [
            (occasion, [row for row in rows if row.step.occasion == occasion.code])
            for occasion in occasions.ALL
            if any(row.step.occasion == occasion.code for row in rows)
        ],
        "words": words,
        "robots": list(reminding.robots.all()) if reminding else [],
        "may_set": may_set(request, task_list),
        "may_chase": may_chase(request, task_list),
        "at": at,
    }
    return render(request, "reminders/list.html", context, status=status)


@require_POST
def reminder_pause(request: Request, pk: int) -> HttpResponse:
    """Pause a list with a reason, or resume it (do=resume)."""
    task_list = the_list(request, pk)
    if not may_set(request, task_list):
        raise not_yours_to_set(task_list)
    form = PauseForm(request.POST)
    with refusals_shown(request):
        if request.POST.get("do") == "resume":
            resume_list(task_list=task_list, by=request.user, at=clock.now())
            messages.success(request, _("已恢复提醒。暂停期间到点的不补发。"))
        elif form.is_valid():
            pause_list(task_list=task_list, reason=form.cleaned_data["reason"], by=request.user, at=clock.now())
            messages.success(request, _("已暂停这个清单的提醒。"))
        else:
            return list_page(request, task_list, form)
    return redirect("reminder_list", pk=pk)
