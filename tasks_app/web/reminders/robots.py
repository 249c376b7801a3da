"""群机器人: the groups that hear of a list. Address and key are never shown again once saved."""

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
from tasks_app.lib.errors import Refused
from tasks_app.outbox.actions import save_robot, send_test
from tasks_app.outbox.choices import Channel, RobotKind
from tasks_app.outbox.models import GroupRobot
from tasks_app.reminders.actions import set_robots
from tasks_app.web.reminders.common import may_set, not_yours_to_set, the_list
from tasks_app.web.shared.http import Request


class RobotForm(forms.Form):
    """A robot's own settings; on a change, address and key left empty stay as they are."""

    name = forms.CharField(label=gettext_lazy("群名称"), max_length=60)
    kind = forms.ChoiceField(label=gettext_lazy("类型"), choices=RobotKind.choices)
    address = forms.CharField(
        label=gettext_lazy("机器人地址"),
        max_length=500,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    secret = forms.CharField(
        label=gettext_lazy("加签密钥"),
        max_length=200,
        required=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=gettext_lazy("钉钉、飞书的机器人开启“加签”时填写。"),
    )
    active = forms.BooleanField(label=gettext_lazy("启用"), required=False, initial=True)

    def __init__(self, *args: Any, robot: GroupRobot | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hosts = "、".join(settings.ROBOT_HOSTS)
        helps = (
            _("本系统获准访问：%(hosts)s。") % {"hosts": hosts} if hosts else _("本系统还没有获准访问任何机器人地址。")
        )
        self.fields["address"].help_text = helps
        if robot is not None:
            self.fields["address"].required = False
            self.fields["address"].help_text = _("为安全起见不显示已存的地址。留空则不变。") + helps


@require_http_methods(["GET", "HEAD", "POST"])
def reminder_robot_add(request: Request, pk: int) -> HttpResponse:
    return _robot_page(request, the_list(request, pk), None)


@require_http_methods(["GET", "HEAD", "POST"])
def reminder_robot(request: Request, pk: int, robot_pk: int) -> HttpResponse:
    """Change a robot of this list, try it (do=test), or let it go (do=remove)."""
    task_list = the_list(request, pk)
    robot = get_object_or_404(GroupRobot.objects.filter(lists__task_list=task_list), pk=robot_pk)
    return _robot_page(request, task_list, robot)


def _robot_page(request: Request, task_list: TaskList, robot: GroupRobot | None) -> HttpResponse:
    if not may_set(request, task_list):
        raise not_yours_to_set(task_list)
    do = request.POST.get("do", "")
    if robot is not None and do == "test":
        send_test(robot=robot, channel=Channel.ROBOT, by=request.user, at=clock.now())
        messages.success(request, _("已向“%(robot)s”发出测试消息，一分钟内送出。请到群里查看。") % {"robot": robot})
        return redirect("reminder_list", pk=task_list.pk)
    if robot is not None and do == "remove":
        rest = GroupRobot.objects.filter(lists__task_list=task_list).exclude(pk=robot.pk)
        set_robots(task_list=task_list, robots=rest, by=request.user, at=clock.now())
        messages.success(request, _("不再向“%(robot)s”发送这个清单的提醒。") % {"robot": robot})
        return redirect("reminder_list", pk=task_list.pk)
    initial = {"name": robot.name, "kind": robot.kind, "active": robot.active} if robot else {"active": True}
    form = RobotForm(request.POST or None, initial=initial, robot=robot)
    if request.method == "POST" and form.is_valid() and _save(request, task_list, robot, form):
        messages.success(request, _("已保存。可以发一条测试消息，看群里是否收到。"))
        return redirect("reminder_list", pk=task_list.pk)
    return render(request, "reminders/robot.html", {"task_list": task_list, "robot": robot, "form": form})


def _save(request: Request, task_list: TaskList, robot: GroupRobot | None, form: RobotForm) -> bool:
    given = form.cleaned_data
    at = clock.now()
    try:
        saved = save_robot(
            robot=robot,
            name=given["name"],
            kind=given["kind"],
            address=given["address"] or (robot.address if robot else ""),
            secret=given["secret"] or (robot.secret if robot else ""),
            active=given["active"],
            by=request.user,
            at=at,
        )
    except Refused as error:
        form.add_error("address", str(error))
        return False
    if robot is None:
        there = GroupRobot.objects.filter(lists__task_list=task_list)
        set_robots(task_list=task_list, robots=[*there, saved], by=request.user, at=at)
    return True
