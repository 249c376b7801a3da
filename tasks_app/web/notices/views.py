"""One notice: what it says, how it was answered, what is to be done; judged and withdrawn by supervisors."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tasks_app import clock
from tasks_app.accounts.permissions import can_answer_notice, can_receive_notice
from tasks_app.files.choices import CONTENT_TYPES, FileKind
from tasks_app.files.rules import MAX_BYTES, MAX_FILES
from tasks_app.lib.errors import Refused
from tasks_app.notices import paper, rules
from tasks_app.notices.actions import judge_notice, withdraw_notice
from tasks_app.notices.choices import OWED, NoticeAct
from tasks_app.notices.models import Notice
from tasks_app.progress.choices import Light
from tasks_app.web.notices.common import found, may_judge, supervisors_only
from tasks_app.web.notices.forms import JudgeForm, ReplyForm
from tasks_app.web.notices.history import history
from tasks_app.web.shared.http import Request
from tasks_app.web.shared.marks import time_left


@require_safe
def notice(request: Request, pk: int) -> HttpResponse:
    return page(request, found(request, pk))


def page(request: Request, shown: Notice, *, status: int = 200, **changed: Any) -> HttpResponse:
    """The notice with the forms that this person may use now; `changed` are forms that came back."""
    at = clock.now()
    rounds = list(shown.rounds.select_related("replied_by", "judged_by").prefetch_related("files"))
    newest = rounds[-1]
    answers = can_answer_notice(request.viewer, unit_id=shown.unit_id)
    receives = can_receive_notice(request.viewer, unit_id=shown.unit_id)
    judges = may_judge(request, shown)

    def may(act: NoticeAct) -> bool:
        return rules.after(shown.state, act) is not None

    context = {
        "notice": shown,
        "parts": [(part, Light(part.facts["light"])) for part in shown.parts.select_related("task")],
        "house": settings.LANGUAGE_CODE,
        "opening": paper.opening(shown),
        "closing": paper.closing(shown),
        "rounds": rounds,
        "newest": newest,
        "steps": history(shown, rounds),
        "escalated_from": list(shown.escalated_from.all()),
        "owed": shown.state in OWED,
        "is_late": shown.state in OWED and shown.due_at < at,
        "left": time_left(shown.due_at, at),
        "may_receive": receives and may(NoticeAct.RECEIVE),
        "may_reply": answers and may(NoticeAct.REPLY),
        "may_judge": judges and may(NoticeAct.CLOSE),
        "may_withdraw": judges and may(NoticeAct.WITHDRAW),
        "reply_form": ReplyForm(initial={"version": newest.version, "reply_text": newest.reply_text}),
        "judge_form": JudgeForm(initial={"workdays": newest.workdays}),
        "room": MAX_FILES - len(newest.files.all()),
        "most": MAX_FILES,
        "limit": MAX_BYTES // 1024 // 1024,
        **changed,
    }
    return render(request, "notices/notice.html", context, status=status)


@require_POST
def notice_judge(request: Request, pk: int) -> HttpResponse:
    """办结 or 退办; a form with mistakes comes back as it was typed."""
    shown = found(request, pk)
    if not may_judge(request, shown):
        raise supervisors_only()
    form = JudgeForm(request.POST)
    if not form.is_valid():
        return page(request, shown, status=422, judge_form=form, form=form)
    try:
        judged = judge_notice(
            notice=shown,
            closed=form.closed,
            judge_text=form.cleaned_data["judge_text"],
            workdays=form.cleaned_data["workdays"] or 0,
            by=request.user,
            at=clock.now(),
        )
    except Refused as error:
        return page(request, found(request, pk), status=409, judge_form=form, refusal=str(error))
    messages.success(request, _("已评定：%(state)s。单位会收到消息。") % {"state": judged.get_state_display()})
    return redirect("notice", pk)


@require_POST
def notice_withdraw(request: Request, pk: int) -> HttpResponse:
    """撤销 with a reason."""
    shown = found(request, pk)
    if not may_judge(request, shown):
        raise supervisors_only()
    reason = request.POST.get("reason", "")[:500]
    try:
        withdraw_notice(notice=shown, reason=reason, by=request.user, at=clock.now())
    except Refused as error:
        return page(request, found(request, pk), status=409, refusal=str(error), reason=reason)
    messages.success(request, _("%(number)s已撤销，文号保留不再使用。") % {"number": shown.number})
    return redirect("notice", pk)


@never_cache
@require_safe
def notice_docx(request: Request, pk: int) -> HttpResponse:
    """The notice as an official document."""
    shown = found(request, pk)
    response = HttpResponse(paper.docx_of(shown), content_type=CONTENT_TYPES[FileKind.DOCX])
    response["Content-Disposition"] = content_disposition_header(True, f"{shown.number} {shown.unit_name}.docx")
    return response
