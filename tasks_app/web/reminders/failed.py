"""未能送达: what the system has given up on, why, and putting it back in line."""

import re
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from tasks_app import clock
from tasks_app.accounts.permissions import can_see_reminders, works_with_reminders
from tasks_app.lib.errors import Refused
from tasks_app.outbox.actions import resend
from tasks_app.outbox.models import Message
from tasks_app.reminders.queries import dead_letters_for
from tasks_app.web.reminders.common import frame
from tasks_app.web.shared.http import Request

PAGE_SIZES = {"25": 25, "50": 50, "100": 100, "200": 200}


@dataclass(frozen=True)
class DeadLetter:
    message: Message
    why: str
    may_resend: bool


def why_failed(error: str) -> str:
    """The other side's answer in words that say what to do; the technical text stands beside it."""
    if "no address" in error:
        return _("收件人没有邮箱地址。请在后台补填后重发。")
    if "no gateway or no number" in error:
        return _("没有接入短信网关，或收件人没有手机号码。")
    if "robot is switched off" in error:
        return _("群机器人已停用。请启用后重发。")
    if match := re.search(r"SMTP \[?(\d{3})", error):
        return _("邮件服务器拒收（%(code)s）。请核对邮箱地址后重发。") % {"code": match[1]}
    if match := re.search(r"robot answered (\S+)", error):
        return _("群机器人拒收（%(code)s）。请核对地址、密钥和群的安全设置。") % {"code": match[1]}
    if match := re.search(r"HTTP (\d{3})", error):
        return _("对方服务答复出错（%(code)s）。") % {"code": match[1]}
    return _("多次连接失败。请运维人员检查网络和服务器设置后重发。")


@require_http_methods(["GET", "HEAD", "POST"])
def reminders_failed(request: Request) -> HttpResponse:
    """Dead letters of the viewer's own lists and jurisdictions; the chosen ones or all are sent again."""
    viewer = request.viewer
    if not can_see_reminders(viewer):
        raise PermissionDenied(_("未能送达的提醒由汇总、督查、管理岗位处理。"))
    ours = dead_letters_for(viewer, to_resend=True)
    if request.method == "POST":
        if not works_with_reminders(viewer):
            raise PermissionDenied(_("重发由汇总员、督查员或管理员办理。"))
        return _resend(request, list(ours))
    size = PAGE_SIZES.get(request.GET.get("per_page", ""), 25)
    page = Paginator(dead_letters_for(viewer), size).get_page(request.GET.get("page"))
    own = set(ours.filter(pk__in=[message.pk for message in page]).values_list("pk", flat=True))
    rows = [DeadLetter(message, why_failed(message.last_error), message.pk in own) for message in page]
    context = frame(request, at=clock.now()) | {"page": page, "rows": rows, "may_resend": bool(own)}
    return render(request, "reminders/failed.html", context)


def _resend(request: Request, ours: list[Message]) -> HttpResponse:
    chosen = set(request.POST.getlist("message"))
    wanted = ours if request.POST.get("do") == "all" else [m for m in ours if str(m.pk) in chosen]
    if not wanted:
        messages.error(request, _("请先勾选要重发的消息。"))
        return redirect("reminders_failed")
    count, refusals = 0, []
    for message in wanted:
        try:
            resend(message=message, by=request.user, at=clock.now())
            count += 1
        except Refused as error:
            refusals.append(str(error))
    if count:
        said = ngettext("%(n)d 条消息已重新排队，一分钟内再发。", "%(n)d 条消息已重新排队，一分钟内再发。", count)
        messages.success(request, said % {"n": count})
    for refusal in sorted(set(refusals)):
        messages.error(request, refusal)
    return redirect("reminders_failed")
