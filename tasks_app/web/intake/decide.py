"""What people decide on the workbench: each address takes one decision and shows the result.

With htmx only the row and the totals come back; without it the page comes back at the row.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tasks_app import clock
from tasks_app.intake import actions, decisions, obstacles, queries
from tasks_app.intake.layout import IGNORE, SAYABLE
from tasks_app.intake.models import ImportBatch, StagedRow
from tasks_app.lib.errors import Conflict, Refused
from tasks_app.web.intake.common import may_make_list, visible, visible_row
from tasks_app.web.intake.forms import FactsForm, RowForm, UnitForm, choosable_lists
from tasks_app.web.intake.show import row_view
from tasks_app.web.intake.views import strip, workbench
from tasks_app.web.shared.http import Request
from tasks_app.web.shared.refusals import refusals_shown

MEANINGS = {*SAYABLE, IGNORE}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def row(request: Request, pk: int, row: int) -> HttpResponse:
    """A row to be edited (GET), and what was typed (POST)."""
    staged = visible_row(request, pk, row)
    if request.method != "POST":
        if not _is_partial(request):
            return redirect(_page(staged, edit=True))
        return _row(request, staged, form=None if "view" in request.GET else RowForm(row=staged))
    form = RowForm(request.POST, row=staged)
    if not form.is_valid():
        return _row(request, staged, form=form, status=422)
    try:
        version = form.cleaned_data["version"]
        done = decisions.edit_row(row=staged, version=version, texts=form.texts, by=request.user, at=clock.now())
    except Conflict as refusal:
        staged.refresh_from_db()
        return _row(request, staged, form=_again(form, staged), refusal=str(refusal), status=409)
    except Refused as refusal:
        return _row(request, staged, form=form, refusal=str(refusal), status=409)
    return _decided(request, done)


@require_POST
def accept(request: Request, pk: int, row: int) -> HttpResponse:
    """The row's doubts are answered: it is right as it stands."""
    staged = visible_row(request, pk, row)
    version = request.POST.get("version", "")
    try:
        at = int(version) if version.isdecimal() and len(version) < 9 else -1
        done = decisions.accept_doubts(row=staged, version=at, by=request.user, at=clock.now())
    except Refused as refusal:
        staged.refresh_from_db()
        return _row(request, staged, refusal=str(refusal), status=409)
    return _decided(request, done)


@require_POST
def accept_all(request: Request, pk: int) -> HttpResponse:
    """All open doubts of rows without errors are answered at once."""

    def decide(batch: ImportBatch, **stamp: Any) -> str:
        n = decisions.accept_all_doubts(batch=batch, **stamp)
        return _("已认可 %(n)d 行的疑点。") % {"n": n}

    return _decide(request, pk, decide)


@require_POST
def unit(request: Request, pk: int) -> HttpResponse:
    """What an unknown name means, for all rows and from now on."""

    def decide(batch: ImportBatch, **stamp: Any) -> str:
        form = UnitForm(request.POST, batch=batch)
        if not form.is_valid() or bool(form.cleaned_data["unit"]) == bool(form.cleaned_data["kind"]):
            raise Refused(_("请选这个名称指的是哪个单位，或作为新单位的类别。"))
        name, found, kind = (form.cleaned_data[key] for key in ("name", "unit", "kind"))
        if found:
            n = decisions.confirm_unit(batch=batch, name=name, unit=found, **stamp)
            words = _("已记住“%(name)s”就是“%(unit)s”，%(n)d 行不再有错误。")
            return words % {"name": name, "unit": found, "n": n}
        if not may_make_list(request, batch):
            raise PermissionDenied
        n = decisions.create_unit(batch=batch, name=name, kind=kind, **stamp)
        return _("已新建单位“%(name)s”，%(n)d 行不再有错误。") % {"name": name, "n": n}

    return _decide(request, pk, decide)


@require_POST
def columns(request: Request, pk: int) -> HttpResponse:
    """What the columns of a table hold; the file is read again."""

    def decide(batch: ImportBatch, **stamp: Any) -> str:
        headings = batch.reading.get("headings") or []
        said = {heading: request.POST.get(f"column-{place}", "") for place, heading in enumerate(headings)}
        # A choice equal to what the reader found by itself does not count as a person's decision.
        taken = {**(batch.reading.get("taken") or {}), **batch.mapping}
        mapping = {heading: name for heading, name in said.items() if name in MEANINGS and name != taken.get(heading)}
        decisions.map_columns(batch=batch, mapping=mapping, **stamp)
        return _("已按指定的列重新读取。")

    return _decide(request, pk, decide)


@require_POST
def target(request: Request, pk: int) -> HttpResponse:
    """Which list the rows are for: another version of one that is there, or a new one."""

    def decide(batch: ImportBatch, **stamp: Any) -> str:
        chosen = request.POST.get("task_list", "")
        lists = {str(one.pk): one for one in choosable_lists(request.viewer, batch)}
        if chosen not in lists and not may_make_list(request, batch):
            raise PermissionDenied
        decisions.choose_list(batch=batch, task_list=lists.get(chosen), **stamp)
        return _("已改为“%(list)s”，并重新比对。") % {"list": lists.get(chosen) or _("新建清单")}

    return _decide(request, pk, decide)


@require_POST
def left_out(request: Request, pk: int) -> HttpResponse:
    """Whether items that the file does not mention are retired or kept: one (`seq`) or all."""

    def decide(batch: ImportBatch, **stamp: Any) -> str:
        seq = request.POST.get("seq", "")
        retire = request.POST.get("retire") == "1"
        seqs = None if not seq else [int(seq)] if seq.isdecimal() and len(seq) < 9 else []
        n = decisions.leave_out(batch=batch, seqs=seqs, retire=retire, **stamp)
        return (_("%(n)d 项将在导入时停用。") if retire else _("%(n)d 项保留。")) % {"n": n}

    return _decide(request, pk, decide)


@require_POST
def restage(request: Request, pk: int) -> HttpResponse:
    """Compare with the list as it is now."""

    def decide(batch: ImportBatch, **stamp: Any) -> str:
        actions.restage(batch=batch, **stamp)
        return _("已按现在的清单重新比对。")

    return _decide(request, pk, decide)


@require_POST
def facts(request: Request, pk: int) -> HttpResponse:
    """What the new list is to be; what was typed stays when it can't be taken."""
    batch = visible(request, pk)
    form = FactsForm(request.POST, viewer=request.viewer, batch=batch)
    version = request.POST.get("version", "")
    if not form.is_valid():
        return render(request, "intake/batch.html", workbench(request, batch, form), status=422)
    try:
        at = int(version) if version.isdecimal() and len(version) < 9 else -1
        decisions.save_facts(batch=batch, version=at, values=form.values, by=request.user, at=clock.now())
    except Refused as refusal:
        form.add_error(None, str(refusal))
        batch.refresh_from_db(fields=["version", "status"])
        return render(request, "intake/batch.html", workbench(request, batch, form), status=409)
    messages.success(request, _("清单的基本信息已保存。"))
    return redirect("import_batch", pk)


def _decide(request: Request, pk: int, decide: Callable[..., str]) -> HttpResponse:
    """Take a decision on the whole batch, say what it did, and show the page again."""
    batch = visible(request, pk)
    with refusals_shown(request):
        messages.success(request, decide(batch, by=request.user, at=clock.now()))
    kept = request.POST.get("back", "")
    return redirect(reverse("import_batch", args=[pk]) + (f"?show={kept}" if kept in queries.FILTERS else ""))


def _again(form: RowForm, staged: StagedRow) -> RowForm:
    """The form again with the same words, now based on the stored version."""
    data = dict(form.data.items())
    data[form.add_prefix("version")] = str(staged.version)
    return RowForm(data, row=staged)


def _is_partial(request: Request) -> bool:
    return request.headers.get("HX-Request") == "true"


def _page(staged: StagedRow, *, edit: bool = False) -> str:
    page = reverse("import_batch", args=[staged.batch_id])
    return f"{page}?edit={staged.pk}#r-{staged.pk}" if edit else f"{page}#r-{staged.pk}"


def _decided(request: Request, staged: StagedRow) -> HttpResponse:
    """The row as it is now, with the totals; a whole page for browsers without scripts."""
    return _row(request, staged) if _is_partial(request) else redirect(_page(staged))


def _row(
    request: Request, staged: StagedRow, *, form: RowForm | None = None, refusal: str = "", status: int = 200
) -> HttpResponse:
    batch = staged.batch
    shown: dict[str, Any] = {"form": form, "refusal": refusal, "r": row_view(staged)}
    if not _is_partial(request):
        page = workbench(request, batch)
        page |= {"editing": form, "editing_pk": staged.pk, "refusal": refusal}
        return render(request, "intake/batch.html", page, status=status)
    counts = queries.filter_counts(batch)
    shown |= {
        "batch": batch,
        "partial": True,
        "counts": counts,
        "strip": strip(counts, ""),
        "obstacle": obstacles.obstacle(batch) if batch.is_open else "",
        "writes": counts["added"] + counts["changed"] + counts["removed"],
    }
    return render(request, "intake/_row_answer.html", shown, status=status)
