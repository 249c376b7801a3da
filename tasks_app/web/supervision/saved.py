"""常用筛选: selections of the queue kept under a name, opened by a link, shared with the colleagues."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tasks_app import clock
from tasks_app.accounts.permissions import can_see_overdue, sharing_jurisdiction, works_on_queue
from tasks_app.lib.errors import Refused
from tasks_app.saved.actions import delete_filter, open_with, save_filter, share_filter
from tasks_app.saved.models import DefaultFilter, SavedFilter
from tasks_app.web.shared.http import Request
from tasks_app.web.shared.refusals import refusals_shown
from tasks_app.web.supervision.selection import not_yours, select


@require_http_methods(["GET", "HEAD", "POST"])
def overdue_filters(request: Request) -> HttpResponse:
    """The selections this person may open; POST keeps the one of the address posted as `address`."""
    if not can_see_overdue(request.viewer):
        raise not_yours()
    if request.method == "POST":
        return _save(request)
    chosen = DefaultFilter.objects.filter(user=request.user).first()
    context = {
        "saved": SavedFilter.objects.visible_to(request.viewer).select_related("owner"),
        "default": chosen.saved_id if chosen else None,
        "may_share": works_on_queue(request.viewer),
    }
    return render(request, "supervision/overdue_filters.html", context)


def _save(request: Request) -> HttpResponse:
    shared = "shared" in request.POST
    if shared and not works_on_queue(request.viewer):
        raise PermissionDenied(_("与同事共享筛选由督查、汇总岗位和管理员使用；您可以只保存给自己。"))
    at = clock.now()
    selection = select(request, QueryDict(request.POST.get("address", "")[:2000]), at=at)
    with refusals_shown(request):
        saved = save_filter(
            name=request.POST.get("name", ""),
            query=selection.address,
            jurisdiction=sharing_jurisdiction(request.viewer),
            shared=shared,
            by=request.user,
            at=at,
        )
        if "default" in request.POST:
            open_with(saved=saved, by=request.user, at=at)
        messages.success(request, _("已保存筛选“%(name)s”。") % {"name": saved})
        return redirect("overdue_filter", pk=saved.pk)
    return redirect(f"{reverse('overdue')}?{selection.address or 'saved=all'}")


def _found(request: Request, pk: int) -> SavedFilter:
    """The selection; somebody else's that is not shared answers like one that does not exist."""
    return get_object_or_404(SavedFilter.objects.visible_to(request.viewer), pk=pk)


@require_safe
def overdue_filter(request: Request, pk: int) -> HttpResponse:
    """The short address of a kept selection: leads to the queue as it selects it now."""
    if not can_see_overdue(request.viewer):
        raise not_yours()
    saved = _found(request, pk)
    return redirect(f"{reverse('overdue')}?{f'{saved.query}&' if saved.query else ''}saved={saved.pk}")


@require_POST
def overdue_filter_act(request: Request, pk: int) -> HttpResponse:
    """POST `do`: share, unshare, delete (one's own); default, undefault (any that one may open)."""
    if not can_see_overdue(request.viewer):
        raise not_yours()
    saved, do = _found(request, pk), request.POST.get("do", "")
    if do == "share" and not works_on_queue(request.viewer):
        raise PermissionDenied(_("与同事共享筛选由督查、汇总岗位和管理员使用；您可以只保存给自己。"))
    by, at = request.user, clock.now()
    with refusals_shown(request):
        if do in ("share", "unshare"):
            share_filter(saved=saved, shared=do == "share", by=by, at=at)
            done = _("已共享“%(name)s”。") if do == "share" else _("已取消共享“%(name)s”。")
        elif do == "delete":
            delete_filter(saved=saved, by=by, at=at)
            done = _("已删除筛选“%(name)s”。")
        elif do in ("default", "undefault"):
            open_with(saved=saved if do == "default" else None, by=by, at=at)
            done = _("打开逾期队列时先用“%(name)s”。") if do == "default" else _("打开逾期队列时显示全部。")
        else:
            raise Refused(_("没有这种操作，请刷新页面后再试。"))
        messages.success(request, done % {"name": saved})
    return redirect("overdue_filters")
