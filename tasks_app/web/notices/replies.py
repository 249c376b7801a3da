"""The unit's side: sign for a notice, answer it, keep files with the answer."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tasks_app import clock
from tasks_app.accounts.permissions import can_answer_notice, can_receive_notice
from tasks_app.lib.errors import Conflict, Refused
from tasks_app.notices.actions import attach_file, receive_notice, remove_file, reply_notice
from tasks_app.notices.models import NoticeFile
from tasks_app.web.notices.common import found
from tasks_app.web.notices.forms import ReplyForm
from tasks_app.web.notices.views import page
from tasks_app.web.shared.files import download, keep_each
from tasks_app.web.shared.http import Request
from tasks_app.web.shared.refusals import refusals_shown


def _not_yours() -> PermissionDenied:
    return PermissionDenied(_("督办通知由受文单位的联络员回复。您可以在这里查看办理情况。"))


@require_POST
def notice_receive(request: Request, pk: int) -> HttpResponse:
    """签收."""
    shown = found(request, pk)
    if not can_receive_notice(request.viewer, unit_id=shown.unit_id):
        raise PermissionDenied(_("督办通知由受文单位的联络员或负责人签收。"))
    try:
        receive_notice(notice=shown, by=request.user, at=clock.now())
    except Refused as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("已签收。请按期回复办理情况。"))
    return redirect("notice", pk)


@require_POST
def notice_reply(request: Request, pk: int) -> HttpResponse:
    """The answer and its files; what was typed survives a mistake, a refusal and a colleague's correction."""
    shown = found(request, pk)
    if not can_answer_notice(request.viewer, unit_id=shown.unit_id):
        raise _not_yours()
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return page(request, shown, status=422, reply_form=form, form=form)
    at = clock.now()
    try:
        answered = reply_notice(
            notice=shown,
            reply_text=form.cleaned_data["reply_text"],
            version=form.cleaned_data["version"],
            by=request.user,
            at=at,
        )
    except Conflict as conflict:
        # The next attempt is made knowing what the colleague wrote, which stands above.
        (theirs,) = conflict.theirs.values()
        typed = request.POST.copy()
        typed["version"] = str(theirs.version)
        form = ReplyForm(typed)
        return page(request, found(request, pk), status=409, reply_form=form, refusal=str(conflict), theirs=theirs)
    except Refused as error:
        return page(request, found(request, pk), status=409, reply_form=form, refusal=str(error))
    late = _("已超过回复期限，记为逾期回复。") if answered.is_late else ""
    messages.success(request, _("回复已提交，等待督查员评定；评定前可以更正。") + late)
    if uploads := request.FILES.getlist("file"):
        keeping = partial(attach_file, round_=answered, by=request.user, at=at)
        for text in keep_each(uploads, keeping)[0]:
            messages.error(request, text)
    return redirect("notice", pk)


@never_cache
@require_safe
def notice_file(request: Request, pk: int) -> FileResponse:
    return download(get_object_or_404(NoticeFile.objects.readable_by(request.viewer), pk=pk))


@require_POST
def notice_file_remove(request: Request, pk: int) -> HttpResponse:
    """Take a file back while the reply is not judged."""
    files = NoticeFile.objects.readable_by(request.viewer).select_related("round__notice")
    stored = get_object_or_404(files, pk=pk)
    notice = stored.round.notice
    if not can_answer_notice(request.viewer, unit_id=notice.unit_id):
        raise _not_yours()
    name = stored.name
    with refusals_shown(request):
        remove_file(stored=stored, by=request.user, at=clock.now())
        messages.success(request, _("已删去“%(name)s”。") % {"name": name})
    return redirect("notice", notice.pk)
