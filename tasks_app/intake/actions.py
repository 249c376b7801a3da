"""Stage an uploaded file, look at it, apply it: all or nothing."""

import datetime as dt
import hashlib
from collections.abc import Callable
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from tasks_app.accounts.models import User
from tasks_app.audit.actions import record
from tasks_app.catalogue.actions import Changes, apply_items, save_list
from tasks_app.catalogue.items import Item, from_json, to_json
from tasks_app.catalogue.models import Document, TaskList
from tasks_app.catalogue.queries import current_items
from tasks_app.intake.choices import BatchStatus, RowChange
from tasks_app.intake.columns import Context, Layout, column_of, layout_of
from tasks_app.intake.drafts import ASSISTING_KINDS, NewList, first_due_at, slug_of
from tasks_app.intake.matching import Comparison, Understood, digest_of, understand
from tasks_app.intake.models import ImportBatch, StagedRow
from tasks_app.intake.readers import Sheet, Unreadable, csv_text
from tasks_app.intake.wording import explain
from tasks_app.lib.dates import beijing_day
from tasks_app.lib.errors import Refused
from tasks_app.lib.text import normalise
from tasks_app.reporting.actions import refresh_standings
from tasks_app.schedule.actions import derive_obligations, save_rule
from tasks_app.units.models import Jurisdiction, Unit
from tasks_app.units.queries import NameBook


class ListChanged(Refused):
    """The list is no longer what the staged rows were compared with: stage again, look again."""


@transaction.atomic
def stage(
    *,
    content: bytes,
    file_name: str,
    by: User,
    at: dt.datetime,
    task_list: TaskList | None = None,
    new_list: NewList | None = None,
) -> ImportBatch:
    """Read the file and hold it against the list (or against nothing, for a new list); changes no list.

    Raises Refused, and keeps nothing, when the file as a whole cannot be read. What is wrong in
    single rows is kept with them.
    """
    if new_list is not None and Document.objects.filter(number=new_list.number).exists():
        raise Refused(
            _("文号“%(number)s”已经有清单了。请选“导入到已有清单”，或核对文号。") % {"number": new_list.number}
        )
    batch = ImportBatch(
        jurisdiction=_jurisdiction(task_list, new_list),
        task_list=task_list,
        new_list=new_list.as_json() if new_list else None,
        file_name=file_name.replace("\x00", "")[-200:],
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        uploaded_at=at,
        uploaded_by=by,
    )
    counts = _fill(batch)
    after = {"file": batch.file_name, "sha256": batch.sha256, "list": batch.list_title, **counts}
    record(by=by, at=at, verb="intake.stage", target=batch, after=after)
    return batch


@transaction.atomic
def restage(*, batch: ImportBatch, by: User, at: dt.datetime) -> ImportBatch:
    """Compare the same file with the list as it is now."""
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if batch.status == BatchStatus.APPLIED:
        raise Refused(_("这一批已经导入，不能重新比对。"))
    batch.rows.all().delete()
    counts = _fill(batch)
    record(by=by, at=at, verb="intake.restage", target=batch, after=counts)
    return batch


@transaction.atomic
def apply_batch(
    *,
    batch: ImportBatch,
    by: User,
    at: dt.datetime,
    on_new_list: Callable[[TaskList], Any] | None = None,
) -> Changes:
    """Write what the batch would change into its list, all or nothing; a second time writes nothing.

    A new list is made here, with its reporting rule; `on_new_list` then completes it in the same
    transaction (the caller brings the reminder ladder, a room this one does not know). Raises
    Refused while a row has an error or when nothing would change, ListChanged when the list is no
    longer the one that was compared.
    """
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if batch.status == BatchStatus.APPLIED:
        return Changes()
    changes_of = dict(batch.rows.values_list("change").annotate(n=models.Count("pk")).order_by())
    if errors := changes_of.get(RowChange.ERROR):
        raise Refused(_("还有 %(n)d 行有错误，没有导入任何内容。请改正文件后重新上传。") % {"n": errors})
    if not changes_of.keys() & {RowChange.ADDED, RowChange.CHANGED}:
        raise Refused(_("文件与清单完全一致，没有需要导入的内容。"))
    is_new = batch.task_list_id is None
    task_list = _make_list(batch, by, at) if batch.task_list_id is None else _locked(batch, batch.task_list_id)
    rows = batch.rows.filter(change__in=[RowChange.ADDED, RowChange.CHANGED])
    items = [from_json(item) for item in rows.values_list("item", flat=True)]
    changes = apply_items(task_list=task_list, items=items, by=by, at=at)
    if is_new and on_new_list is not None:
        on_new_list(task_list)
    derive_obligations(task_list=task_list, by=by, at=at)
    pks = set(task_list.tasks.counted().values_list("pk", flat=True))
    refresh_standings(today=beijing_day(at), task_ids=pks)
    batch.task_list, batch.status, batch.applied_at = task_list, BatchStatus.APPLIED, at
    batch.save(update_fields=["task_list", "status", "applied_at"])
    after = {"list": task_list.slug, "added": len(changes.added), "changed": len(changes.changed)}
    record(by=by, at=at, verb="intake.apply", target=batch, after=after)
    return changes


def _jurisdiction(task_list: TaskList | None, new_list: NewList | None) -> Jurisdiction:
    """A new list belongs where its coordinating unit does."""
    if task_list is not None:
        return task_list.jurisdiction
    if new_list is None:
        raise ValueError("either task_list or new_list")
    return Unit.objects.select_related("jurisdiction").get(pk=new_list.coordinating_unit_id).jurisdiction


def _fill(batch: ImportBatch) -> dict[str, int]:
    """Read the batch's file, compare, and store batch and rows; how many rows of each change."""
    current = current_items(batch.task_list) if batch.task_list else {}
    taken = set(batch.task_list.tasks.values_list("seq", flat=True)) if batch.task_list else set()
    try:
        sheet = csv_text.read(bytes(batch.content), column_of=column_of)
        layout = layout_of(sheet.headings)
    except Unreadable as error:
        problem = {**error.problem.as_json(), "line": error.problem.line}
        raise Refused("".join(explain(problem))) from error
    comparison = understand(sheet, layout, current, _context(batch, current), taken)
    batch.encoding = sheet.encoding
    batch.base_digest = digest_of(current)
    batch.reading = _reading(sheet, layout, comparison)
    batch.save()
    StagedRow.objects.bulk_create([_staged(batch, row) for row in comparison.rows], batch_size=500)
    return {change: sum(row.change == change for row in comparison.rows) for change in RowChange.values}


def _context(batch: ImportBatch, current: dict[int, Item]) -> Context:
    settings: Any = batch.task_list or NewList.from_json(batch.new_list or {})
    return Context(
        names=NameBook(batch.jurisdiction),
        year=settings.year,
        default_due_on=settings.default_due_on,
        default_due_text=settings.default_due_text,
        headings={normalise(heading): heading for item in current.values() for heading in item.path},
    )


def _reading(sheet: Sheet, layout: Layout, comparison: Comparison) -> dict[str, Any]:
    return {
        "headings": list(sheet.headings),
        "columns": {column.name: heading for _place, heading, column in layout.columns},
        "unknown": list(layout.unknown),
        "header_line": sheet.header_line,
        "delimiter": sheet.delimiter,
        "skipped": dict(sheet.skipped),
        "inherited": comparison.inherited,
        "missing": comparison.missing,
    }


def _staged(batch: ImportBatch, row: Understood) -> StagedRow:
    return StagedRow(
        batch=batch,
        line=row.line,
        raw=row.raw,
        item=to_json(row.item) if row.item else {},
        problems=[problem.as_json() for problem in row.problems],
        change=row.change,
        changed_fields=row.changed,
    )


def _locked(batch: ImportBatch, list_id: int) -> TaskList:
    """The batch's list, held against other writers. Raises ListChanged."""
    task_list = TaskList.objects.select_for_update(of=("self",)).get(pk=list_id)
    if digest_of(current_items(task_list)) != batch.base_digest:
        raise ListChanged(_("上传之后清单有了变化，没有导入任何内容。"))
    return task_list


def _make_list(batch: ImportBatch, by: User, at: dt.datetime) -> TaskList:
    new = NewList.from_json(batch.new_list or {})
    if Document.objects.filter(number=new.number).exists():
        raise Refused(
            _("文号“%(number)s”的清单已经由别的批次建立。请重新上传，选“导入到已有清单”。") % {"number": new.number}
        )
    unit = Unit.objects.select_related("jurisdiction").get(pk=new.coordinating_unit_id)
    task_list = save_list(
        slug=_free_slug(slug_of(code=unit.jurisdiction.code, year=new.year, number=new.number)),
        document={"number": new.number, "title": new.title, "issuer": new.issuer, "issued_on": new.issued_on},
        values={
            "title": new.title,
            "jurisdiction": unit.jurisdiction,
            "coordinating_unit": unit,
            "year": new.year,
            "starts_on": new.starts_on,
            "default_due_on": new.default_due_on,
            "default_due_text": new.default_due_text,
            "order": TaskList.objects.filter(jurisdiction=unit.jurisdiction).count(),
        },
        by=by,
        at=at,
    )
    if new.report_day is not None:
        values = {
            "day": new.report_day,
            "first_due_at": first_due_at(report_day=new.report_day, not_before=new.starts_on, at=at),
            "assisting_kinds": ASSISTING_KINDS,
        }
        save_rule(task_list=task_list, values=values, by=by, at=at)
    return task_list


def _free_slug(slug: str) -> str:
    used = set(TaskList.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    numbered = (f"{slug}-{n}" for n in range(2, len(used) + 3))
    return slug if slug not in used else next(name for name in numbered if name not in used)
