"""催办: what units have not settled, and one message now to one, some or all of them."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from tasks_app import clock
from tasks_app.catalogue.models import TaskList
from tasks_app.reminders import occasions
from tasks_app.reminders.chasing import send_now
from tasks_app.reminders.queries import open_cases
from tasks_app.web.reminders.common import may_chase, the_list
from tasks_app.web.shared.http import Request
from tasks_app.web.shared.refusals import refusals_shown


@require_http_methods(["GET", "HEAD", "POST"])
def reminder_chase(request: Request, pk: int) -> HttpResponse:
    """Open cases of a list; several cases of one person become one message."""
    task_list = the_list(request, pk)
    if not may_chase(request, task_list):
        raise PermissionDenied(_("催办由汇总员、督查员或管理员办理。"))
    at = clock.now()
    if request.method == "POST":
        return _chase(request, task_list)
    cases = open_cases(task_list, at=at)
    groups = [
        (occasion, [case for case in cases if case.occasion == occasion.code])
        for occasion in occasions.ALL
        if any(case.occasion == occasion.code for case in cases)
    ]
    context = {"task_list": task_list, "groups": groups, "total": len(cases), "at": at}
    return render(request, "reminders/chase.html", context)


def _chase(request: Request, task_list: TaskList) -> HttpResponse:
    at = clock.now()
    if request.POST.get("only"):
        keys = [request.POST["only"]]
    elif request.POST.get("do") == "all":
        keys = [case.key for case in open_cases(task_list, at=at)]
    else:
        keys = request.POST.getlist("case")
    if not keys:
        messages.error(request, _("请先勾选要催办的单位。"))
        return redirect("reminder_chase", pk=task_list.pk)
    with refusals_shown(request):
        people = send_now(task_list=task_list, case_keys=keys, by=request.user, at=at)
        said = ngettext(
            "已向 %(n)d 人各发出一条催办，一分钟内送达。", "已向 %(n)d 人各发出一条催办，一分钟内送达。", people
        )
        messages.success(request, said % {"n": people})
    return redirect("reminder_chase", pk=task_list.pk)
