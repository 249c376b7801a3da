"""Upload a list, look at every row, import it: all or nothing."""

import csv
from functools import partial
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tasks_app import clock
from tasks_app.accounts.permissions import can_import
from tasks_app.catalogue.models import TaskList
from tasks_app.intake import actions, queries
from tasks_app.intake.choices import BatchStatus, RowChange
from tasks_app.intake.columns import COLUMNS, RESPONSIBLE
from tasks_app.intake.models import ImportBatch
from tasks_app.lib.errors import Refused
from tasks_app.reminders.actions import DEFAULT_LADDER, save_ladder
from tasks_app.web.intake.forms import NewListForm, UploadForm
from tasks_app.web.shared.http import Request

EXAMPLE = settings.FIXTURES_ROOT / "lists" / "haidong-2024-69.csv"
PAGE_SIZES = (25, 50, 100, 200)
# A row's change as shape, word (its label) and colour.
MARKS = {
    RowChange.ERROR: ("×", "late"),
    RowChange.CHANGED: ("△", "warn"),
    RowChange.ADDED: ("＋", "ok"),
    RowChange.UNCHANGED: ("＝", "none"),
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: Request) -> HttpResponse:
    """The upload form (`?new=1`: for a new list), the columns, and what was uploaded lately."""
    _require_importer(request)
    may_make = bool(queries.administered(request.viewer))
    is_new = may_make and "new" in request.GET
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    initial = _initial() if is_new else None
    form = (NewListForm if is_new else UploadForm)(*data, viewer=request.viewer, initial=initial)
    if request.method == "POST" and form.is_valid() and (batch := _stage(request, form)):
        return redirect("import_batch", batch.pk)
    context = {
        "form": form,
        "is_new": is_new,
        "may_make": may_make,
        "columns": (*COLUMNS, RESPONSIBLE),
        "batches": queries.recent_batches(request.viewer),
    }
    return render(request, "intake/imports.html", context)


@never_cache
@require_safe
def batch(request: Request, pk: int) -> HttpResponse:
    """What a file holds and what it would change, row by row."""
    batch = _visible(request, pk)
    counts = queries.row_counts(batch)
    change = request.GET.get("change", "")
    change = change if change in RowChange.values else ""
    rows = queries.rows_in_order(batch, change)
    size = request.GET.get("per_page", "")
    page = Paginator(rows, int(size) if size in map(str, PAGE_SIZES) else 50).get_page(request.GET.get("page"))
    columns = batch.reading["columns"]
    context = {
        "batch": batch,
        "page": page,
        "rows": [(queries.row_view(row, columns), *MARKS[RowChange(row.change)]) for row in page],
        "strip": [(name, RowChange(name).label, *MARKS[RowChange(name)], n) for name, n in counts.items()],
        "total": sum(counts.values()),
        "change": change,
        "applied": batch.status == BatchStatus.APPLIED,
        "obstacle": _obstacle(batch, counts),
        "writes": counts[RowChange.ADDED] + counts[RowChange.CHANGED],
        "counts": counts,
        "read_columns": [(c.title, columns[c.name]) for c in COLUMNS if c.name in columns],
        "delimiter": {",": _("逗号"), ";": _("分号"), "\t": _("制表符")}.get(batch.reading["delimiter"], ""),
    }
    return render(request, "intake/batch.html", context)


@require_POST
def apply(request: Request, pk: int) -> HttpResponse:
    """Import the batch; when the list changed meanwhile, compare anew and say so."""
    batch = _visible(request, pk)
    now = clock.now()
    complete = partial(_give_ladder, by=request.user, at=now)
    try:
        changes = actions.apply_batch(batch=batch, by=request.user, at=now, on_new_list=complete)
    except actions.ListChanged as refusal:
        actions.restage(batch=batch, by=request.user, at=now)
        messages.warning(request, _("%(why)s已按现在的清单重新比对，请核对后再确认。") % {"why": refusal})
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        _say_done(request, len(changes.added), len(changes.changed))
    return redirect("import_batch", pk)


@never_cache
@require_safe
def annotated(request: Request, pk: int) -> HttpResponse:
    """The file with a last column that says what is wrong in each row."""
    batch = _visible(request, pk)
    rows = queries.annotated_rows(batch, batch.rows.order_by("line"))
    return _csv(rows, name=_("导入问题-%(pk)d.csv") % {"pk": pk})


@require_safe
def template(request: Request) -> HttpResponse:
    """A file with the headings only."""
    _require_importer(request)
    return _csv([[column.title for column in COLUMNS]], name=_("任务清单模板.csv"))


@require_safe
def example(request: Request) -> HttpResponse:
    """A whole list as it would be uploaded."""
    _require_importer(request)
    return _download(EXAMPLE.read_bytes(), EXAMPLE.name)


def _require_importer(request: Request) -> None:
    if not can_import(request.viewer):
        raise PermissionDenied


def _visible(request: Request, pk: int) -> ImportBatch:
    """The batch, or 404 for one this person may not import into: it answers like one that is not there."""
    _require_importer(request)
    batches = ImportBatch.objects.visible_to(request.viewer).defer("content")
    return get_object_or_404(batches.select_related("task_list__document", "uploaded_by"), pk=pk)


def _initial() -> dict[str, Any]:
    today = clock.now().date()
    return {
        "year": today.year,
        "issued_on": today,
        "starts_on": today,
        "default_due_on": today.replace(month=12, day=31),
    }


def _stage(request: Request, form: UploadForm | NewListForm) -> ImportBatch | None:
    file = form.cleaned_data["file"]
    try:
        return actions.stage(
            content=file.read(), file_name=file.name or "", by=request.user, at=clock.now(), **form.target
        )
    except Refused as refusal:
        form.add_error("file", str(refusal))
        return None


def _give_ladder(task_list: TaskList, **stamp: Any) -> None:
    """A new list that is reported monthly gets the usual reminders."""
    if hasattr(task_list, "reporting_rule"):
        save_ladder(task_list=task_list, steps=DEFAULT_LADDER, **stamp)


def _obstacle(batch: ImportBatch, counts: dict[str, int]) -> str:
    """Why the batch cannot be imported now; empty when it can."""
    if errors := counts[RowChange.ERROR]:
        return _("还有 %(n)d 行有错误。请在表格软件里改正后，重新上传整个文件。") % {"n": errors}
    if not counts[RowChange.ADDED] + counts[RowChange.CHANGED]:
        return _("文件与清单完全一致，没有需要导入的内容。")
    return ""


def _say_done(request: Request, added: int, changed: int) -> None:
    if added or changed:
        words = _("已导入：新增 %(added)d 项，变更 %(changed)d 项。") % {"added": added, "changed": changed}
        messages.success(request, words)
    else:
        messages.info(request, _("这一批此前已经导入，没有重复写入。"))


def _csv(rows: Any, *, name: str) -> HttpResponse:
    """Rows as CSV with a BOM, so that Excel and WPS on Chinese Windows read it as UTF-8."""
    response = _download("\ufeff".encode(), name)
    csv.writer(response).writerows(rows)
    return response


def _download(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response
