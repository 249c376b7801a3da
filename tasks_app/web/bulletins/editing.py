"""Editing a draft, binding it to newer figures, and the form that a list's bulletins have."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tasks_app import clock
from tasks_app.accounts.permissions import can_write_bulletin
from tasks_app.bulletins import actions
from tasks_app.bulletins.choices import BulletinPart
from tasks_app.bulletins.models import Bulletin
from tasks_app.bulletins.queries import differences, newest_freeze, read, style_of
from tasks_app.bulletins.rules import typed_numbers
from tasks_app.catalogue.models import TaskList
from tasks_app.lib.errors import Conflict, Refused
from tasks_app.web.bulletins.common import Rights, found_bulletin, not_written
from tasks_app.web.bulletins.forms import BulletinForm, StyleForm
from tasks_app.web.bulletins.views import version_of
from tasks_app.web.shared.http import Request
from tasks_app.web.shared.refusals import refusals_shown


@require_http_methods(["GET", "HEAD", "POST"])
def bulletin_edit(request: Request, pk: int) -> HttpResponse:
    """GET: the words with the figures' names. POST: keep them; `add` puts a standing phrase in and keeps nothing."""
    found = found_bulletin(request, pk)
    rights = Rights.of(request, found)
    if not rights.writes:
        raise not_written()
    # A form sent despite that is refused below, with the words still in it.
    if not rights.edit and request.method != "POST":
        messages.error(request, _("通报已送审，不能修改。要修改请先撤回送审。"))
        return redirect("bulletin", pk=pk)
    phrases = [line.strip() for line in style_of(found.task_list).phrases.splitlines() if line.strip()]
    theirs: Mapping[str, str] = {}
    status = 200
    form = BulletinForm(instance=found)
    if request.method == "POST" and "add" in request.POST:
        form = BulletinForm(_with_phrase(request.POST, phrases), instance=found)
        messages.info(request, _("已加入“下步要求”，还没有保存。"))
    elif request.method == "POST":
        form = BulletinForm(request.POST, instance=found)
        status, theirs = _keep(request, form, found)
        if status == 200:
            messages.success(request, _("已保存。"))
            return redirect("bulletin_edit" if "stay" in request.POST else "bulletin", pk=pk)
    # The instance has taken the form's words; what the page says of the stored draft is read anew.
    stored = found_bulletin(request, pk)
    if theirs:
        form = BulletinForm(_with_version(request.POST, stored.version), instance=found)
    reading = read(stored)
    context = {
        "bulletin": stored,
        "form": form,
        "theirs": _both(form, theirs),
        "inline": list(reading.inline.items()),
        "blocks": [(name, block.caption) for name, block in reading.blocks.items()],
        "phrases": phrases,
        "newer": newest_freeze(stored),
        "typed": [(part, typed_numbers(text)) for part, text in stored.texts.items() if typed_numbers(text)],
    }
    return render(request, "bulletins/edit.html", context, status=status)


def _keep(request: Request, form: BulletinForm, found: Bulletin) -> tuple[int, Mapping[str, str]]:
    """Save what is valid: the status of the answer, and in a conflict what somebody else stored."""
    if not form.is_valid():
        return 422, {}
    version = form.cleaned_data["version"]
    try:
        actions.save_bulletin(bulletin=found, values=form.values, version=version, by=request.user, at=clock.now())
    except actions.Unfillable as unfillable:
        form.add_faults(unfillable.faults)
        return 422, {}
    except Conflict as conflict:
        messages.error(request, str(conflict))
        return 409, conflict.theirs[found.pk]
    except Refused as refusal:
        messages.error(request, str(refusal))
        return 409, {}
    return 200, {}


def _with_phrase(data: QueryDict, phrases: list[str]) -> QueryDict:
    """The form's words with one standing phrase put at the end of 下步要求."""
    words = data.copy()
    phrase = {str(place): text for place, text in enumerate(phrases)}.get(words.get("add", ""))
    if phrase is not None:
        demands = str(words.get(BulletinPart.DEMANDS.value, "")).rstrip()
        words[BulletinPart.DEMANDS.value] = f"{demands}\n{phrase}".strip()
    return words


def _with_version(data: QueryDict, version: int) -> QueryDict:
    """The person has now seen both texts, so the next save is a decision."""
    words = data.copy()
    words["version"] = str(version)
    return words


def _both(form: BulletinForm, theirs: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """(label, what somebody else stored, what was typed here) where the two differ."""
    typed = {name: str(form[name].value() or "").replace("\r\n", "\n") for name in theirs}
    return [(str(form[name].label), text, typed[name]) for name, text in theirs.items() if typed[name] != text]


@require_http_methods(["GET", "HEAD", "POST"])
def bulletin_rebind(request: Request, pk: int) -> HttpResponse:
    """GET: what the newer figures change. POST `version`: bind the draft to them."""
    found = found_bulletin(request, pk)
    rights = Rights.of(request, found)
    if not rights.writes:
        raise not_written()
    if request.method == "POST":
        with refusals_shown(request):
            actions.rebind_bulletin(bulletin=found, version=version_of(request), by=request.user, at=clock.now())
            messages.success(request, _("已换用新的公布数字，文字没有改动，请通读一遍再送审。"))
        return redirect("bulletin", pk=pk)
    newer = newest_freeze(found)
    context = {
        "bulletin": found,
        "rights": rights,
        "newer": newer,
        "differences": differences(found, newer) if newer else [],
    }
    return render(request, "bulletins/rebind.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def bulletin_style(request: Request, slug: str) -> HttpResponse:
    """How a list's bulletins are headed, numbered and addressed."""
    lists = TaskList.objects.visible_to(request.viewer).select_related("coordinating_unit", "jurisdiction")
    task_list = get_object_or_404(lists, slug=slug)
    if not can_write_bulletin(request.viewer, coordinating_unit_id=task_list.coordinating_unit_id):
        raise not_written()
    status = 200
    form = StyleForm(instance=style_of(task_list))
    if request.method == "POST":
        form = StyleForm(request.POST, instance=style_of(task_list))
        status = 422
        if form.is_valid():
            version = form.cleaned_data["version"]
            with refusals_shown(request):
                actions.save_style(
                    task_list=task_list, values=form.values, version=version, by=request.user, at=clock.now()
                )
                messages.success(request, _("已保存，从下一份通报起使用。"))
                return redirect("bulletins")
            status = 409
    context: dict[str, Any] = {"form": form, "task_list": task_list}
    if status == 409:
        stored = style_of(task_list)
        context["theirs"] = StyleForm(instance=stored)
        context["form"] = StyleForm(_with_version(request.POST, stored.version), instance=style_of(task_list))
    return render(request, "bulletins/style.html", context, status=status)
