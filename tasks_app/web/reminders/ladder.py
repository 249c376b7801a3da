"""One step of a list's ladder: when, to whom, by which channels, in which words."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from tasks_app import clock
from tasks_app.catalogue.models import TaskList
from tasks_app.lib.errors import Conflict, Refused
from tasks_app.outbox.choices import Channel
from tasks_app.reminders import occasions
from tasks_app.reminders.actions import save_step
from tasks_app.reminders.choices import Audience, DayKind
from tasks_app.reminders.models import ReminderStep
from tasks_app.reminders.occasions.base import Rung
from tasks_app.reminders.queries import templates_of
from tasks_app.web.reminders.common import may_set, not_yours_to_set, the_list
from tasks_app.web.reminders.lists import step_rows
from tasks_app.web.shared.http import Request

# The channels that a step may have beside the site.
LOUD = [(c.value, c.label) for c in (Channel.EMAIL, Channel.SMS, Channel.ROBOT)]
BEFORE, ON, AFTER = "before", "on", "after"


class StepForm(forms.Form):
    """A step as a person says it: so many days before or after, not a signed number."""

    occasion = forms.ChoiceField(label=gettext_lazy("提醒什么"), choices=occasions.occasion_choices)
    side = forms.ChoiceField(
        label=gettext_lazy("何时"),
        choices=[
            (BEFORE, gettext_lazy("截止之前")),
            (ON, gettext_lazy("当天")),
            (AFTER, gettext_lazy("截止（退回）之后")),
        ],
    )
    days = forms.IntegerField(
        label=gettext_lazy("相隔几天"),
        min_value=0,
        max_value=180,
        required=False,
        help_text=gettext_lazy("选“当天”时不用填。"),
    )
    day_kind = forms.ChoiceField(
        label=gettext_lazy("怎样数天"),
        choices=DayKind.choices,
        help_text=gettext_lazy("工作日按节假日与调休安排推算。"),
    )
    time = forms.TimeField(label=gettext_lazy("时刻"), widget=forms.TimeInput({"type": "time"}, "%H:%M"))
    audience = forms.ChoiceField(label=gettext_lazy("发给谁"), choices=Audience.choices)
    repeat_days = forms.IntegerField(
        label=gettext_lazy("每隔几天重复"),
        min_value=0,
        max_value=60,
        required=False,
        help_text=gettext_lazy("0 或不填为不重复；7 为每周一次，直到事项了结。只用于截止之后。"),
    )
    channels = forms.MultipleChoiceField(
        label=gettext_lazy("除站内外，还通过"),
        required=False,
        choices=LOUD,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("站内消息总是发送；个人可以关闭邮件和短信；群机器人发给本清单的群。"),
    )
    template = forms.ChoiceField(label=gettext_lazy("用哪个模板"), required=False)
    active = forms.BooleanField(label=gettext_lazy("启用"), required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, task_list: TaskList, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not settings.SMS_URL:
            none = _("%(channel)s（本系统没有接入网关，暂不发送）") % {"channel": Channel.SMS.label}
            choices = [(key, none if key == Channel.SMS else label) for key, label in LOUD]
            self.fields["channels"].choices = choices  # type: ignore[attr-defined]
        words = [(row.code, row.label) for row in templates_of(task_list)]
        self.fields["template"].choices = [("", _("该事项的默认模板")), *words]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        side = given.get("side")
        if side in (BEFORE, AFTER) and "days" in given and not given["days"]:
            self.add_error("days", _("请填写相隔几天；当天发送请在“何时”选“当天”。"))
        if side != AFTER and given.get("repeat_days"):
            self.add_error("repeat_days", _("重复只用于截止之后的提醒；截止之前请分别设置各步。"))
        occasion = occasions.BY_CODE.get(given.get("occasion", ""))
        if occasion and not occasion.from_deadline and side == BEFORE:
            self.add_error("side", _("退回待改从退回那天算起，没有“之前”。"))
        return given

    @property
    def rung(self) -> Rung:
        given = self.cleaned_data
        sign = {BEFORE: -1, ON: 0, AFTER: 1}[given["side"]]
        return Rung(
            offset=sign * (given["days"] or 0),
            time=given["time"],
            audience=given["audience"],
            occasion=given["occasion"],
            day_kind=given["day_kind"],
            repeat_days=given["repeat_days"] or 0,
        )


def said_of(step: ReminderStep) -> dict[str, Any]:
    """A step as the form's values."""
    return {
        "occasion": step.occasion,
        "side": BEFORE if step.offset < 0 else AFTER if step.offset else ON,
        "days": abs(step.offset) or None,
        "day_kind": step.day_kind,
        "time": step.time,
        "audience": step.audience,
        "repeat_days": step.repeat_days or None,
        "channels": [name for name in step.channels if name != Channel.SITE],
        "template": step.template,
        "active": step.active,
        "seen": step.mark,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def reminder_step_add(request: Request, pk: int) -> HttpResponse:
    task_list = the_list(request, pk)
    return _step_page(request, task_list, None)


@require_http_methods(["GET", "HEAD", "POST"])
def reminder_step(request: Request, pk: int, step_pk: int) -> HttpResponse:
    task_list = the_list(request, pk)
    return _step_page(request, task_list, get_object_or_404(ReminderStep, pk=step_pk, task_list=task_list))


def _step_page(request: Request, task_list: TaskList, step: ReminderStep | None) -> HttpResponse:
    """The form; what was typed survives a refusal, and what somebody else saved meanwhile is shown beside it."""
    if not may_set(request, task_list):
        raise not_yours_to_set(task_list)
    initial = said_of(step or ReminderStep(task_list=task_list, offset=-3))
    form = StepForm(request.POST or None, initial=initial, task_list=task_list)
    theirs, status = None, 200
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            save_step(
                task_list=task_list,
                rung=form.rung,
                step=step,
                seen=given["seen"] if step else "",
                channels=given["channels"],
                template=given["template"],
                active=given["active"],
                by=request.user,
                at=clock.now(),
            )
        except Conflict as conflict:
            status, theirs = 409, next(iter(conflict.theirs.values()))
            # The person has now seen the other's step, so saving again is a decision.
            data = request.POST.copy()
            data["seen"] = theirs.mark
            form.data = data
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已保存，从下一分钟起按新的步骤提醒。已经发过的不会重发。"))
            return redirect("reminder_list", pk=task_list.pk)
    labels = dict(form.fields["template"].choices)  # type: ignore[attr-defined]
    context = {
        "task_list": task_list,
        "step": step,
        "form": form,
        "theirs": step_rows([theirs], labels, None)[0] if theirs else None,
    }
    return render(request, "reminders/step.html", context, status=status)
