"""Receive an upload, read it, apply it all or nothing, take it back. Decisions in between are in decisions.py."""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from tasks_app.accounts.models import User
from tasks_app.audit.actions import record
from tasks_app.audit.language import in_the_language_of_the_house
from tasks_app.catalogue.actions import (
    Changes,
    apply_items,
    drop_list,
    drop_tasks,
    restore_tasks,
    retire_tasks,
    save_list,
)
from tasks_app.catalogue.items import Item, from_json, to_json
from tasks_app.catalogue.models import TaskList
from tasks_app.catalogue.queries import current_items
from tasks_app.intake import staging
from tasks_app.intake.choices import BatchStatus, RowChange
from tasks_app.intake.decisions import decide_again, decided
from tasks_app.intake.drafts import ASSISTING_KINDS, NewList, first_due_at, slug_of
from tasks_app.intake.matching import digest_of
from tasks_app.intake.models import ImportBatch
from tasks_app.intake.obstacles import WRITES, added_tasks, obstacle, why_not_undone
from tasks_app.intake.readers import Unreadable
from tasks_app.lib.dates import beijing_day
from tasks_app.lib.errors import Refused
from tasks_app.reporting.actions import refresh_standings
from tasks_app.reporting.withdrawal import clear_empty_entries
from tasks_app.schedule.actions import derive_obligations, save_rule
from tasks_app.units.models import Jurisdiction, Unit

# An upload taken by a worker that died is free again after this long.
LEASE = dt.timedelta(minutes=15)
# A worker starts on an upload at most this often: one that kills its worker would otherwise kill every worker.
MAX_ATTEMPTS = 3
OnNewList = Callable[[TaskList], Any]


class ListChanged(Refused):
    """The list has changed since the staged rows were compared with it: stage and review them again."""


@transaction.atomic
def receive(
    *,
    content: bytes,
    file_name: str,
    by: User | None,
    at: dt.datetime,
    jurisdiction: Jurisdiction | None = None,
    task_list: TaskList | None = None,
    new_list: NewList | None = None,
) -> ImportBatch:
    """Keep an upload to be read, by `read` at once or by `work_off` later. The original stays with its digest.

    Without a list the file brings a new one, in `jurisdiction`; `new_list` says of it what is known already.
    """
    if new_list is not None and (refusal := staging.number_is_taken(new_list.number)):
        raise Refused(refusal)
    batch = ImportBatch.objects.create(
        jurisdiction=jurisdiction or _jurisdiction(task_list, new_list),
        task_list=task_list,
        new_list=new_list.as_json() if new_list and not task_list else None,
        file_name=file_name.replace("\x00", "")[-200:],
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        status=BatchStatus.READING,
        uploaded_at=at,
        uploaded_by=by,
    )
    after = {"file": batch.file_name, "sha256": batch.sha256, "list": batch.list_title}
    record(by=by, at=at, verb="intake.receive", target=batch, after=after)
    return batch


@transaction.atomic
def read(*, batch: ImportBatch, by: User | None, at: dt.datetime) -> list[ImportBatch]:
    """Read a received file into rows: one batch per list found in it. Changes no list.

    Raises Refused, and keeps nothing of the reading, when the file as a whole cannot be read. What is
    wrong in single rows is kept with them.
    """
    try:
        batches = staging.fill(batch, at=at)
    except Unreadable as error:
        raise Refused(staging.reason_of(error)) from error
    finish(batches=batches, by=by, at=at)
    return batches


@transaction.atomic
def finish(*, batches: list[ImportBatch], by: User | None, at: dt.datetime) -> None:
    """What was read may now be looked at and decided on."""
    for one in batches:
        one.status, one.claimed_at, one.attempts = BatchStatus.STAGED, None, 0
        one.save(update_fields=["status", "claimed_at", "attempts"])
        after = {"file": one.file_name, "sha256": one.sha256, "list": one.list_title, **staging.counts_of(one)}
        record(by=by, at=at, verb="intake.stage", target=one, after=after)


@transaction.atomic
def stage(
    *,
    content: bytes,
    file_name: str,
    by: User | None,
    at: dt.datetime,
    jurisdiction: Jurisdiction | None = None,
    task_list: TaskList | None = None,
    new_list: NewList | None = None,
) -> ImportBatch:
    """Receive and read in one: the batch of the file's first list. Where to: as in `receive`. Raises Refused."""
    target = {"jurisdiction": jurisdiction, "task_list": task_list, "new_list": new_list}
    batch = receive(content=content, file_name=file_name, by=by, at=at, **target)  # type: ignore[arg-type]
    return read(batch=batch, by=by, at=at)[0]  # records its own event after that of receiving: record()


@transaction.atomic
def restage(*, batch: ImportBatch, by: User | None, at: dt.datetime) -> ImportBatch:
    """Compare the same file with the list as it is now; what people decided on rows stays decided."""
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if not batch.is_open:
        raise Refused(_("这一批已经不在核对中，不能重新比对。"))
    made = decided(batch)
    try:
        staging.refill(batch, at=at)
    except Unreadable as error:
        raise Refused(staging.reason_of(error)) from error
    decide_again(batch, made)
    record(by=by, at=at, verb="intake.restage", target=batch, after=staging.counts_of(batch))
    return batch


@transaction.atomic
def apply_batch(
    *, batch: ImportBatch, by: User | None, at: dt.datetime, on_new_list: OnNewList | None = None
) -> Changes:
    """Write what the batch would change into its list, all or nothing; a second time writes nothing.

    A new list is made here, with its reporting rule; `on_new_list` then completes it in the same
    transaction (the caller brings the reminder ladder, a room this one does not know). Raises
    Refused while a row has an error or an open doubt or when nothing would change, ListChanged when
    the list is no longer the one that was compared.
    """
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if batch.status == BatchStatus.APPLIED:
        return Changes()
    if refusal := obstacle(batch):
        raise Refused(refusal)
    is_new = batch.task_list_id is None
    task_list = _make_list(batch, by, at) if batch.task_list_id is None else _locked(batch, batch.task_list_id)
    removed = _seqs(batch, RowChange.REMOVED)
    batch.undo = {"new_list": batch.new_list} if is_new else _before(batch, task_list, removed)
    reason = _reason(batch)
    # First, so that unique values are released for other tasks; undoing runs in the opposite order.
    retire_tasks(task_list=task_list, seqs=removed, by=by, at=at, reason=reason)
    changes = apply_items(task_list=task_list, items=_items(batch), by=by, at=at)
    if is_new and on_new_list is not None:
        on_new_list(task_list)
    _follow_up(task_list, by, at)
    batch.undo["digest"] = "" if is_new else digest_of(current_items(task_list))
    batch.task_list, batch.status, batch.applied_at, batch.applied_by = task_list, BatchStatus.APPLIED, at, by
    batch.save(update_fields=["task_list", "status", "applied_at", "applied_by", "undo"])
    after = {
        "list": task_list.slug,
        "added": len(changes.added),
        "changed": len(changes.changed),
        "retired": len(removed),
    }
    record(by=by, at=at, verb="intake.apply", target=batch, after=after)
    return changes


@transaction.atomic
def queue_apply(*, batch: ImportBatch, by: User | None, at: dt.datetime) -> None:
    """Leave a long import to the worker; from now on nothing more is decided. Raises Refused like `apply_batch`."""
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if batch.status == BatchStatus.APPLYING:
        return
    if refusal := obstacle(batch):
        raise Refused(refusal)
    batch.status, batch.claimed_at, batch.attempts, batch.applied_by = BatchStatus.APPLYING, None, 0, by
    batch.save(update_fields=["status", "claimed_at", "attempts", "applied_by"])
    record(by=by, at=at, verb="intake.queue_apply", target=batch)


@transaction.atomic
def give_back(*, batch: ImportBatch, reason: str, by: User | None, at: dt.datetime) -> None:
    """A long import was refused after all: the batch is open for review again, with the reason."""
    batch.status, batch.reading = BatchStatus.STAGED, {**batch.reading, "refusal": reason}
    batch.save(update_fields=["status", "reading"])
    record(by=by, at=at, verb="intake.give_back", target=batch, after={"reason": reason})


@transaction.atomic
def undo_batch(*, batch: ImportBatch, by: User | None, at: dt.datetime) -> None:
    """Put the list back to what it was before the batch was applied; a list that it made is gone.

    Raises Refused with exactly what stands against it. Aliases and units that were confirmed stay: they
    are true without the list.
    """
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    reasons = why_not_undone(batch)
    if reasons or batch.task_list is None:
        raise Refused("".join(reasons))
    task_list = TaskList.objects.select_for_update(of=("self",)).get(pk=batch.task_list.pk)
    reason = _reason(batch, undone=True)
    added = list(added_tasks(batch, task_list).values_list("pk", "seq"))
    clear_empty_entries([pk for pk, _seq in added])
    if "new_list" in batch.undo:
        waiting = ImportBatch.objects.filter(task_list=task_list, status=BatchStatus.STAGED)
        orphans = list(waiting.values_list("pk", flat=True))
        drop_list(task_list=task_list, by=by, at=at, reason=reason)
        batch.task_list, batch.new_list = None, batch.undo["new_list"]
        for orphan in ImportBatch.objects.filter(pk__in=orphans):
            _without_list(orphan, by, at)
    else:
        drop_tasks(task_list=task_list, seqs=[seq for _pk, seq in added], by=by, at=at, reason=reason)
        apply_items(task_list=task_list, items=map(from_json, batch.undo["before"]), by=by, at=at)
        restore_tasks(task_list=task_list, seqs=batch.undo["retired"], by=by, at=at, reason=reason)
        _follow_up(task_list, by, at)
    batch.status, batch.undone_at = BatchStatus.UNDONE, at
    batch.save(update_fields=["task_list", "new_list", "status", "undone_at"])
    record(by=by, at=at, verb="intake.undo", target=batch, after={"taken_back": len(added)})


@transaction.atomic
def claim(*, at: dt.datetime, by: User | None = None) -> ImportBatch | None:
    """Take the oldest batch that waits for a worker; None when there is none, or another worker took it first.

    Batches taken MAX_ATTEMPTS times without finishing are given up first, with a reason.
    """
    free = Q(claimed_at=None) | Q(claimed_at__lt=at - LEASE)
    waiting = ImportBatch.objects.filter(free, status__in=[BatchStatus.READING, BatchStatus.APPLYING]).order_by("pk")
    for batch in waiting.filter(attempts__gte=MAX_ATTEMPTS).defer("content").select_for_update(of=("self",)):
        _give_up(batch, by, at)
    taken = waiting.filter(attempts__lt=MAX_ATTEMPTS).defer("content").first()
    if taken is None:
        return None
    again = ImportBatch.objects.filter(free, pk=taken.pk)
    if not again.update(claimed_at=at, attempts=F("attempts") + 1):
        return None
    record(by=by, at=at, verb="intake.claim", target=taken)
    return taken


@in_the_language_of_the_house  # kept with the batch
def _give_up(batch: ImportBatch, by: User | None, at: dt.datetime) -> None:
    """An upload counts as unreadable, an import is open again as before; either way the reason is shown."""
    if batch.status == BatchStatus.APPLYING:
        reason = _("导入了 %(n)d 次都中途停止，没有写入任何内容。请分成几个文件再导入，或联系管理员。")
        give_back(batch=batch, reason=reason % {"n": MAX_ATTEMPTS}, by=by, at=at)
        return
    batch.rows.all().delete()
    reason = _("读取了 %(n)d 次都中途停止，不再读取。请只保留任务表，另存一份再上传；仍不行请联系管理员。")
    fail(batch=batch, reason=reason % {"n": MAX_ATTEMPTS}, by=by, at=at)


@transaction.atomic
def fail(*, batch: ImportBatch, reason: str, by: User | None, at: dt.datetime) -> None:
    """An upload that waited could not be read: the page says why."""
    batch.status, batch.reading = BatchStatus.FAILED, {"problem": reason}
    batch.save(update_fields=["status", "reading"])
    record(by=by, at=at, verb="intake.fail", target=batch, after={"reason": reason})


def _without_list(batch: ImportBatch, by: User | None, at: dt.datetime) -> None:
    """The list that a batch was to amend is gone: the batch brings a list of its own, as its document proposes it."""
    batch.new_list = staging.proposed(batch, at)
    batch.save(update_fields=["new_list"])
    restage(batch=batch, by=by, at=at)


def _items(batch: ImportBatch) -> Iterator[Item]:
    rows = batch.rows.filter(change__in=WRITES).order_by("line")
    return map(from_json, rows.values_list("item", flat=True).iterator(chunk_size=1000))


def _seqs(batch: ImportBatch, change: RowChange) -> list[int]:
    return [seq for seq in batch.rows.filter(change=change).values_list("seq", flat=True) if seq is not None]


def _before(batch: ImportBatch, task_list: TaskList, removed: list[int]) -> dict[str, Any]:
    items = current_items(task_list, seqs=_seqs(batch, RowChange.CHANGED))
    return {"before": [to_json(item) for item in items.values()], "retired": removed}


@in_the_language_of_the_house
def _reason(batch: ImportBatch, *, undone: bool = False) -> str:
    """Why tasks change, as it is kept in the log."""
    return (_("撤销导入“%(file)s”") if undone else _("导入“%(file)s”")) % {"file": batch.file_name}


def _follow_up(task_list: TaskList, by: User | None, at: dt.datetime) -> None:
    """Who owes what, and where each task stands now."""
    derive_obligations(task_list=task_list, by=by, at=at)
    pks = list(task_list.tasks.counted().values_list("pk", flat=True))
    for start in range(0, len(pks), 1000):
        refresh_standings(today=beijing_day(at), task_ids=set(pks[start : start + 1000]))


def _jurisdiction(task_list: TaskList | None, new_list: NewList | None) -> Jurisdiction:
    """A new list belongs where its coordinating unit does."""
    if task_list is not None:
        return task_list.jurisdiction
    if new_list is None:
        raise ValueError("one of jurisdiction, task_list, new_list")
    return Unit.objects.select_related("jurisdiction").get(pk=new_list.coordinating_unit_id).jurisdiction


def _locked(batch: ImportBatch, list_id: int) -> TaskList:
    """The batch's list, locked against other writers. Raises ListChanged."""
    task_list = TaskList.objects.select_for_update(of=("self",)).get(pk=list_id)
    if digest_of(current_items(task_list)) != batch.base_digest:
        raise ListChanged(_("上传之后清单有了变化，没有导入任何内容。"))
    return task_list


def _make_list(batch: ImportBatch, by: User | None, at: dt.datetime) -> TaskList:
    new = NewList.from_json(batch.new_list or {})
    if refusal := staging.number_is_taken(new.number):
        raise Refused(refusal)
    unit = Unit.objects.select_related("jurisdiction").get(pk=new.coordinating_unit_id)
    task_list = save_list(
        slug=new.slug or _free_slug(slug_of(code=unit.jurisdiction.code, year=new.year, number=new.number)),
        document={
            "number": new.number,
            "title": (batch.facts.get("document") or {}).get("title") or new.title,
            "issuer": new.issuer,
            "issued_on": new.issued_on,
            "source_file": batch.file_name[-120:],
        },
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
        due_at = new.first_due_at or first_due_at(
            frequency=new.report_frequency, report_day=new.report_day, not_before=new.starts_on, at=at
        )
        values = {
            "frequency": new.report_frequency,
            "day": new.report_day,
            "time": new.report_time,
            "free_day_policy": new.free_day_policy,
            "first_due_at": due_at,
            "assisting_kinds": ASSISTING_KINDS,
            "text": new.rule_text,
        }
        save_rule(task_list=task_list, values=values, by=by, at=at)
    return task_list


def _free_slug(slug: str) -> str:
    used = set(TaskList.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    numbered = (f"{slug}-{n}" for n in range(2, len(used) + 3))
    return slug if slug not in used else next(name for name in numbered if name not in used)
