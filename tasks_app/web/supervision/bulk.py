"""Acts on many tasks of the queue at once, each shown in full before it is done."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tasks_app import clock
from tasks_app.accounts.permissions import can_see_overdue, works_on_queue
from tasks_app.catalogue.models import Task
from tasks_app.supervision.chases import chase_tasks, chaseable_tasks, plan_chase
from tasks_app.web.shared.http import Request
from tasks_app.web.shared.refusals import refusals_shown
from tasks_app.web.supervision.selection import not_yours, select

# So many task numbers fit an address, and so many tasks one sitting.
MOST_NOTICED = 200


@dataclass(frozen=True)
class Chosen:
    """The tasks that a form names, and how many of those ticked are not this person's to act on."""

    tasks: list[Task]
    left_out: int

    @property
    def ids(self) -> str:
        return ",".join(str(task.pk) for task in self.tasks)


def _numbers(text: str) -> set[int]:
    """Primary keys out of a comma-separated field; what is none is passed over."""
    return {int(part) for part in text.split(",") if part.isascii() and part.isdigit() and len(part) < 10}


def _chosen(request: Request) -> Chosen:
    """POST `scope`: the tasks ticked (`task`s), those of the page (`on_page`), or all of the address's selection."""
    scope = request.POST.get("scope", "")
    if scope == "all":
        found = select(request, request.GET, at=clock.now()).filter.qs
        ids = set(found.order_by().values_list("pk", flat=True))
    elif scope == "page":
        ids = _numbers(request.POST.get("on_page", ""))
    else:
        ids = _numbers(",".join(request.POST.getlist("task")))
    tasks = chaseable_tasks(request.viewer, ids)
    return Chosen(tasks, len(ids) - len(tasks))


def _back(request: Request) -> str:
    """The queue as it was when the rows were ticked."""
    return f"{reverse('overdue')}?{request.GET.urlencode() or 'saved=all'}"


@require_POST
def overdue_act(request: Request) -> HttpResponse:
    """POST `do`: chase (asks first whom it will reach), or notice (leads to the page that issues one)."""
    if not can_see_overdue(request.viewer):
        raise not_yours()
    if not works_on_queue(request.viewer):
        raise PermissionDenied(_("催办和督办由督查员、汇总员和管理员办理，您可以在这里查看。"))
    chosen = _chosen(request)
    if not chosen.tasks:
        messages.error(request, _("没有选中可以办理的任务。请先勾选，或选择“本页全部”“筛选出的全部”。"))
        return redirect(_back(request))
    if request.POST.get("do") == "notice":
        return _to_notice(request, chosen)
    context = {
        "chase": plan_chase(chosen.tasks),
        "chosen": chosen,
        "back": _back(request),
        "address": request.GET.urlencode(),
        "once": f"{request.user.pk}:{clock.now():%Y%m%d%H%M%S%f}",
    }
    return render(request, "supervision/overdue_chase.html", context)


def _to_notice(request: Request, chosen: Chosen) -> HttpResponse:
    """The page that drafts notices over these tasks; nothing is issued on the way there."""
    if len(chosen.tasks) > MOST_NOTICED:
        messages.error(
            request,
            _("选中了 %(n)d 项任务，一次最多为 %(most)d 项发督办通知。请用筛选缩小范围。")
            % {"n": len(chosen.tasks), "most": MOST_NOTICED},
        )
        return redirect(_back(request))
    return redirect(f"{reverse('notice_new')}?{urlencode([('task', task.pk) for task in chosen.tasks])}")


@require_POST
def overdue_chase(request: Request) -> HttpResponse:
    """POST `tasks` as the confirming page showed them, its `once`, and perhaps a `note`: sends the messages."""
    if not can_see_overdue(request.viewer):
        raise not_yours()
    if not works_on_queue(request.viewer):
        raise PermissionDenied(_("催办和督办由督查员、汇总员和管理员办理，您可以在这里查看。"))
    tasks = chaseable_tasks(request.viewer, _numbers(request.POST.get("tasks", "")))
    with refusals_shown(request):
        chase = chase_tasks(
            tasks=tasks,
            note=request.POST.get("note", "")[:500],
            once=request.POST.get("once", "")[:60],
            by=request.user,
            at=clock.now(),
        )
        messages.success(
            request,
            _("已催办 %(tasks)d 项任务，涉及 %(units)d 家单位，向 %(people)d 人各发出一条消息。")
            % {"tasks": chase.tasks, "units": len(chase.units), "people": len(chase.told)},
        )
    return redirect(_back(request))
