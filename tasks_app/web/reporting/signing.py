"""The unit head's signature: asked for by the liaison, given or refused by the head."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tasks_app import clock
from tasks_app.accounts.permissions import can_sign_report
from tasks_app.reporting.models import MonthlyReport
from tasks_app.signing.actions import ask_signature, refuse_signature, sign
from tasks_app.web.reporting.common import may_fill, not_yours, readable_report
from tasks_app.web.shared.http import Request
from tasks_app.web.shared.refusals import refusals_shown


@require_POST
def report_sign(request: Request, pk: int) -> HttpResponse:
    """POST `do`: ask (the liaison), sign or refuse with `note` (the unit's head)."""
    found = readable_report(request, pk)
    do, at = request.POST.get("do", ""), clock.now()
    if do == "ask" and not may_fill(request, found):
        raise not_yours()
    if do in {"sign", "refuse"} and not can_sign_report(request.viewer, unit_id=found.unit_id):
        raise PermissionDenied(_("月报由本单位负责人签批，其他岗位只能查看。"))
    if do == "ask":
        return ask(request, found)
    with refusals_shown(request):
        if do == "sign":
            sign(report=found, by=request.user, at=at)
            words = _("已签批，联络员可以提交了。")
        elif do == "refuse":
            refuse_signature(report=found, note=request.POST.get("note", ""), by=request.user, at=at)
            words = _("已退回联络员修改。")
        else:
            raise Http404
        messages.success(request, words)
    return redirect("report", pk=pk)


def ask(request: Request, found: MonthlyReport) -> HttpResponse:
    """Put the month before the unit's head: by itself, or as what the month's form was saved for."""
    with refusals_shown(request):
        ask_signature(report=found, by=request.user, at=clock.now())
        messages.success(request, _("已送单位负责人签批。签批前如有改动，要重新送签。"))
    return redirect("report", pk=found.pk)
