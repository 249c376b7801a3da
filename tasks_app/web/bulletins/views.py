"""The bulletins of the lists a person may read; one of them to read, download, send on its way."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tasks_app import clock
from tasks_app.accounts.permissions import can_write_bulletin, looks_after_lists
from tasks_app.accounts.scopes import in_sight
from tasks_app.bulletins import actions
from tasks_app.bulletins.choices import BulletinState
from tasks_app.bulletins.layout import Frame, build
from tasks_app.bulletins.models import Bulletin
from tasks_app.bulletins.queries import (
    closed_without_bulletin,
    is_reopened,
    newest_freeze,
    number_line,
    read,
    recall_line,
)
from tasks_app.bulletins.rules import OPEN_STATES
from tasks_app.catalogue.models import TaskList
from tasks_app.lib.dates import beijing_day
from tasks_app.schedule.models import Period
from tasks_app.web.bulletins.common import Rights, found_bulletin, not_approved, not_written
from tasks_app.web.bulletins.forms import DecisionForm, RecallForm, refuse_faults
from tasks_app.web.shared.http import Request
from tasks_app.web.shared.refusals import refusals_shown

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PAGE_SIZE = 25
PAGE_SIZES = ("25", "50", "100", "200")


@require_safe
def bulletins(request: Request) -> HttpResponse:
    """All bulletins a person may read, newest round first; `?list=` and `?state=` narrow."""
    lists = list(TaskList.objects.visible_to(request.viewer))
    found = Bulletin.objects.visible_to(request.viewer).select_related("task_list", "period", "snapshot")
    slug, state = request.GET.get("list", ""), request.GET.get("state", "")
    chosen = next((each for each in lists if each.slug == slug), None)
    if chosen is not None:
        found = found.filter(task_list=chosen)
    if state in BulletinState.values:
        found = found.filter(state=state)
    size = request.GET.get("per_page", "")
    page = Paginator(found, int(size) if size in PAGE_SIZES else PAGE_SIZE).get_page(request.GET.get("page"))
    waiting = list(closed_without_bulletin(request.viewer))
    context = {
        "page": page,
        "lists": lists,
        "chosen": chosen,
        "state": state if state in BulletinState.values else "",
        # Everybody except the coordinator and those who oversee sees only these.
        "states": BulletinState if looks_after_lists(request.viewer) else OPEN_STATES,
        "waiting": waiting,
        "own": [
            each for each in lists if can_write_bulletin(request.viewer, coordinating_unit_id=each.coordinating_unit_id)
        ],
    }
    return render(request, "bulletins/bulletins.html", context)


@require_safe
def bulletin(request: Request, pk: int) -> HttpResponse:
    """The bulletin as it stands on paper, with what may be done to it."""
    return bulletin_page(request, found_bulletin(request, pk))


def bulletin_page(request: Request, found: Bulletin, *, status: int = 200, **typed: Any) -> HttpResponse:
    """The page of a bulletin; `typed` is what survives a refusal."""
    context = {
        "bulletin": found,
        "elements": read(found).elements,
        "frame": _frame(found),
        "rights": Rights.of(request, found),
        "newer": newest_freeze(found),
        "reopened": found.state not in OPEN_STATES and is_reopened(found.period),
        "replaced_by": found.replaced_by.visible_to(request.viewer).first(),
        "open": found.state in OPEN_STATES,
        **typed,
    }
    return render(request, "bulletins/bulletin.html", context, status=status)


def _frame(found: Bulletin) -> Frame:
    """What stands around the body. 成文日期 is the day of publishing; until then that of the last change."""
    return Frame(
        issuer_mark=found.issuer_mark,
        number=number_line(found),
        title=found.title,
        addressee=found.addressee,
        issuer=found.issuer,
        copies_to=found.copies_to,
        dated_on=beijing_day(found.published_at or found.saved_at),
        note=recall_line(found),
    )


@require_safe
def bulletin_docx(request: Request, pk: int) -> HttpResponse:
    """The official document, named after its number, or after its title while it has none."""
    found = found_bulletin(request, pk)
    response = HttpResponse(build(_frame(found), read(found).elements), content_type=DOCX)
    name = f"{found.number or found.get_state_display()} {found.title_line}"
    response["Content-Disposition"] = content_disposition_header(True, _file_name(name) + ".docx")
    return response


def _file_name(text: str) -> str:
    """A name that Windows takes: without its forbidden signs and line breaks, and not too long."""
    return "".join(sign for sign in text if sign.isprintable() and sign not in '\\/:*?"<>|')[:100].strip(" .")


@require_POST
def bulletin_draft(request: Request, pk: int) -> HttpResponse:
    """POST: draft the bulletin of a closed round, and go on to edit it."""
    periods = Period.objects.filter(in_sight(request.viewer, "task_list__"))
    period = get_object_or_404(periods.select_related("task_list"), pk=pk)
    if not can_write_bulletin(request.viewer, coordinating_unit_id=period.task_list.coordinating_unit_id):
        raise not_written()
    with refusals_shown(request):
        made = actions.draft_bulletin(period=period, by=request.user, at=clock.now())
        messages.success(request, _("已按公布数字起草，请修改文字后送审。"))
        return redirect("bulletin_edit", pk=made.pk)
    return redirect("bulletins")


def version_of(request: Request) -> int:
    """The version that the form was shown with; a form without one was not made by our page."""
    text = request.POST.get("version", "")
    if not (text.isdecimal() and len(text) < 10):
        raise Http404
    return int(text)


def _write(request: Request, pk: int, act: Callable[[Bulletin, int], str], **typed: str) -> HttpResponse:
    """Carry out one act of a writer, and come back with what was done, or why not."""
    found = found_bulletin(request, pk)
    if not Rights.of(request, found).writes:
        raise not_written()
    with refusals_shown(request):
        messages.success(request, act(found, version_of(request)))
        return redirect("bulletin", pk=pk)
    return bulletin_page(request, found_bulletin(request, pk), status=409, **typed)


@require_POST
def bulletin_submit(request: Request, pk: int) -> HttpResponse:
    """POST `version`."""

    def act(found: Bulletin, version: int) -> str:
        actions.submit_bulletin(bulletin=found, version=version, by=request.user, at=clock.now())
        return _("已送审，督查员和领导收到了消息。")

    return _write(request, pk, act)


@require_POST
def bulletin_withdraw(request: Request, pk: int) -> HttpResponse:
    """POST `version`: a draft again."""

    def act(found: Bulletin, version: int) -> str:
        actions.withdraw_bulletin(bulletin=found, version=version, by=request.user, at=clock.now())
        return _("已撤回送审，可以继续修改。")

    return _write(request, pk, act)


@require_POST
def bulletin_publish(request: Request, pk: int) -> HttpResponse:
    """POST `version`: numbered, and everybody is told."""

    def act(found: Bulletin, version: int) -> str:
        done = actions.publish_bulletin(bulletin=found, version=version, by=request.user, at=clock.now())
        return _("已发布：%(number)s。各单位联络员和负责人收到了消息。") % {"number": done.number}

    return _write(request, pk, act)


@require_POST
def bulletin_recall(request: Request, pk: int) -> HttpResponse:
    """POST `version` and `note`."""
    form = RecallForm(request.POST)

    def act(found: Bulletin, version: int) -> str:
        refuse_faults(form)
        note = form.cleaned_data["note"]
        actions.recall_bulletin(bulletin=found, note=note, version=version, by=request.user, at=clock.now())
        return _("已撤回，各单位收到了消息。可以在通报列表重新起草。")

    return _write(request, pk, act, note=request.POST.get("note", ""))


@require_POST
def bulletin_discard(request: Request, pk: int) -> HttpResponse:
    """POST `version`: the draft is deleted."""
    found = found_bulletin(request, pk)
    if not Rights.of(request, found).writes:
        raise not_written()
    with refusals_shown(request):
        actions.discard_bulletin(bulletin=found, version=version_of(request), by=request.user, at=clock.now())
        messages.success(request, _("草稿已删除，需要时可以重新起草。"))
        return redirect("bulletins")
    return redirect("bulletin", pk=pk)


@require_POST
def bulletin_decide(request: Request, pk: int) -> HttpResponse:
    """POST `version`, `decision` (approve, send_back) and `opinion`."""
    found = found_bulletin(request, pk)
    if not Rights.of(request, found).approves:
        raise not_approved()
    form = DecisionForm(request.POST)
    with refusals_shown(request):
        refuse_faults(form)
        actions.decide_bulletin(
            bulletin=found,
            granted=form.granted,
            opinion=form.cleaned_data["opinion"],
            version=version_of(request),
            by=request.user,
            at=clock.now(),
        )
        messages.success(
            request, _("已批准，汇总单位可以发布。") if form.granted else _("已退回，汇总单位收到了消息。")
        )
        return redirect("bulletin", pk=pk)
    typed = request.POST.get("opinion", "")
    return bulletin_page(request, found_bulletin(request, pk), status=409, opinion=typed)
