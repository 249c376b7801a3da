"""Upload or paste, look at every row beside its source, apply all or nothing, take it back."""

import csv
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tasks_app import clock
from tasks_app.intake import actions, annotated, obstacles, queries
from tasks_app.intake.choices import BatchStatus, RowChange
from tasks_app.intake.columns import FILE_COLUMNS
from tasks_app.intake.layout import SAYABLE
from tasks_app.intake.models import ImportBatch
from tasks_app.intake.waiting import AT_ONCE, ROWS_AT_ONCE
from tasks_app.lib.errors import Refused
from tasks_app.reminders.actions import start_reminding
from tasks_app.units.choices import UnitKind
from tasks_app.units.models import Unit
from tasks_app.units.queries import NameBook
from tasks_app.web.intake.common import may_make_list, require_importer, visible
from tasks_app.web.intake.forms import FactsForm, RowForm, UploadForm, choosable_lists, column_choices
from tasks_app.web.intake.show import MARKS, row_view, source_of
from tasks_app.web.shared.http import Request

EXAMPLE = settings.FIXTURES_ROOT / "lists" / "haidong-2024-69.csv"
PAGE_SIZES = (50, 100, 200)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: Request) -> HttpResponse:
    """The upload form, the columns of a table, and what was uploaded lately."""
    require_importer(request)
    form = UploadForm(*((request.POST, request.FILES) if request.method == "POST" else ()), viewer=request.viewer)
    if request.method == "POST" and form.is_valid() and (batch := _receive(request, form)):
        return redirect("import_batch", batch.pk)
    context = {
        "form": form,
        "columns": SAYABLE.values(),
        "batches": queries.recent_batches(request.viewer),
    }
    return render(request, "intake/imports.html", context)


@never_cache
@require_safe
def batch(request: Request, pk: int) -> HttpResponse:
    """The workbench: the source on one side, the rows on the other; while a file is read, how far it is."""
    batch = visible(request, pk)
    if batch.status in {BatchStatus.READING, BatchStatus.APPLYING, BatchStatus.FAILED}:
        return render(request, "intake/reading.html", {"batch": batch})
    return render(request, "intake/batch.html", workbench(request, batch))


def workbench(request: Request, batch: ImportBatch, facts: FactsForm | None = None) -> dict[str, Any]:
    """What templates/intake/batch.html shows; a constant number of queries, whatever the number of rows."""
    counts = queries.filter_counts(batch)
    wanted = request.GET.get("show", "")
    wanted = wanted if wanted in queries.FILTERS else ""
    size = request.GET.get("per_page", "")
    found = Paginator(queries.rows_of(batch, wanted), int(size) if size in map(str, PAGE_SIZES) else 200)
    page = found.get_page(request.GET.get("page"))
    rows = list(page)
    for row in rows:
        row.batch = batch
    editing = next((row for row in rows if str(row.pk) == request.GET.get("edit")), None)
    names = NameBook(batch.jurisdiction)
    is_new = batch.task_list_id is None
    return {
        "batch": batch,
        "page": page,
        "rows": [row_view(row) for row in rows],
        "editing": RowForm(row=editing) if editing and batch.is_open else None,
        "editing_pk": editing.pk if editing else None,
        "source": source_of(batch, rows),
        "strip": strip(counts, wanted),
        "counts": counts,
        "wanted": wanted,
        "obstacle": obstacles.obstacle(batch) if batch.is_open else "",
        "other_number": obstacles.other_number(batch) if batch.is_open else "",
        "unknown": queries.unknown_units(batch, names) if batch.is_open and counts["error"] else [],
        "units": list(Unit.objects.filter(jurisdiction=batch.jurisdiction, active=True)) if counts["error"] else [],
        "kinds": UnitKind.choices,
        "may_make": may_make_list(request, batch),
        "facts": facts or (FactsForm(viewer=request.viewer, batch=batch) if is_new else None),
        "lists": choosable_lists(request.viewer, batch) if batch.is_open else [],
        "siblings": queries.siblings(batch, request.viewer),
        "columns": _columns(batch),
        "choices": column_choices(),
        "writes": counts["added"] + counts["changed"] + counts["removed"],
        "against": obstacles.why_not_undone(batch) if batch.status == BatchStatus.APPLIED else [],
    }


def strip(counts: dict[str, int], wanted: str) -> list[dict[str, Any]]:
    """The filters with shape, word, colour and count; those that find nothing are left out."""
    words: list[tuple[str, str, str, str]] = [
        ("todo", _("需要处理"), "!", "late"),
        ("error", _("有错误"), *MARKS[RowChange.ERROR]),
        ("doubt", _("有疑点"), "?", "warn"),
        *((name, str(RowChange(name).label), *MARKS[RowChange(name)])
          for name in ("added", "changed", "unchanged", "removed", "kept")),
    ]  # fmt: skip
    return [
        {"name": name, "label": label, "shape": shape, "css": css, "n": counts[name], "current": name == wanted}
        for name, label, shape, css in words
        if counts[name] or name in {"todo", wanted}
    ]


@require_POST
def apply(request: Request, pk: int) -> HttpResponse:
    """Import the batch; when the list changed meanwhile, compare anew and say so."""
    batch = visible(request, pk)
    now = clock.now()
    try:
        if batch.rows.filter(change__in=obstacles.WRITES)[ROWS_AT_ONCE:].exists() and batch.is_open:
            actions.queue_apply(batch=batch, by=request.user, at=now)
            return redirect("import_batch", pk)
        changes = actions.apply_batch(
            batch=batch,
            by=request.user,
            at=now,
            on_new_list=lambda new: start_reminding(task_list=new, by=request.user, at=now),
        )
    except actions.ListChanged as refusal:
        actions.restage(batch=batch, by=request.user, at=now)
        messages.warning(request, _("%(why)s已按现在的清单重新比对，请核对后再确认。") % {"why": refusal})
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        removed = batch.rows.filter(change=RowChange.REMOVED).count()
        _say_done(request, len(changes.added), len(changes.changed), removed)
    return redirect("import_batch", pk)


@require_POST
def undo(request: Request, pk: int) -> HttpResponse:
    """Put the list back, or say why that can't be done any more."""
    batch = visible(request, pk)
    try:
        actions.undo_batch(batch=batch, by=request.user, at=clock.now())
    except Refused as refusal:
        messages.error(request, _("没有撤销：%(why)s") % {"why": refusal})
    else:
        messages.success(request, _("已撤销这次导入，清单恢复到导入之前。"))
    return redirect("import_batch", pk)


@never_cache
@require_safe
def annotated_file(request: Request, pk: int) -> HttpResponse:
    """The file with a last column that says what is wrong in each row: a workbook for a workbook, else a CSV."""
    batch = visible(request, pk, whole=True)
    if batch.kind == "workbook":
        return _download(annotated.as_workbook(batch), _("导入问题-%(pk)d.xlsx") % {"pk": pk}, XLSX)
    return _download(annotated.as_csv(batch), _("导入问题-%(pk)d.csv") % {"pk": pk})


@never_cache
@require_safe
def original(request: Request, pk: int) -> HttpResponse:
    """The file as it was uploaded."""
    batch = visible(request, pk, whole=True)
    return _download(bytes(batch.content), batch.file_name, "application/octet-stream")


@require_safe
def template(request: Request) -> HttpResponse:
    """A file with the headings only."""
    require_importer(request)
    return _csv([[column.title for column in FILE_COLUMNS]], name=_("任务清单模板.csv"))


@require_safe
def example(request: Request) -> HttpResponse:
    """A whole list as it would be uploaded."""
    require_importer(request)
    return _download(EXAMPLE.read_bytes(), EXAMPLE.name)


def _receive(request: Request, form: UploadForm) -> ImportBatch | None:
    """Keep the upload; read it at once when it is small, else leave it to the worker."""
    now = clock.now()
    upload = form.upload
    try:
        if len(upload["content"]) <= AT_ONCE:
            return actions.stage(by=request.user, at=now, **upload)
        return actions.receive(by=request.user, at=now, **upload)
    except Refused as refusal:
        form.add_error("text" if not request.FILES else "file", str(refusal))
        return None


def _columns(batch: ImportBatch) -> list[tuple[str, str, list[str]]]:
    """Each heading of a table, the column it stands for, and a few of its cells."""
    named = {heading: name for name, heading in (batch.reading.get("columns") or {}).items()}
    named |= batch.reading.get("taken") or {}
    samples = {cells[0]: cells[1:] for cells in batch.reading.get("sample") or ()}
    return [
        (heading, batch.mapping.get(heading) or named.get(heading, ""), samples.get(heading, []))
        for heading in batch.reading.get("headings") or ()
    ]


def _say_done(request: Request, added: int, changed: int, removed: int) -> None:
    if added or changed or removed:
        words = _("已导入：新增 %(added)d 项，变更 %(changed)d 项，停用 %(removed)d 项。")
        messages.success(request, words % {"added": added, "changed": changed, "removed": removed})
    else:
        messages.info(request, _("这一批此前已经导入，没有重复写入。"))


def _csv(rows: Any, *, name: str) -> HttpResponse:
    """Rows as CSV with a BOM, so that Excel and WPS on Chinese Windows read it as UTF-8."""
    response = _download("\ufeff".encode(), name)
    csv.writer(response).writerows(rows)
    return response


def _download(content: bytes, name: str, kind: str = "text/csv; charset=utf-8") -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response
