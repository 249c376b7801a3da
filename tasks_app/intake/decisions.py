"""What people decide while they look at a batch: rows, doubts, units, columns, the list's own facts."""

import datetime as dt
from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from tasks_app.accounts.models import User
from tasks_app.audit.actions import record
from tasks_app.catalogue.items import Item, to_json
from tasks_app.catalogue.models import TaskList
from tasks_app.catalogue.queries import current_items
from tasks_app.intake import editing, once, staging
from tasks_app.intake.choices import BatchStatus, RowChange
from tasks_app.intake.columns import BY_NAME
from tasks_app.intake.context import Context
from tasks_app.intake.models import ImportBatch, StagedRow
from tasks_app.lib.errors import Conflict, Refused
from tasks_app.units.actions import add_alias, add_unit
from tasks_app.units.models import Unit
from tasks_app.units.queries import NameBook

LEFT_OUT = (RowChange.KEPT, RowChange.REMOVED)


@transaction.atomic
def edit_row(*, row: StagedRow, version: int, texts: Mapping[str, str], by: User | None, at: dt.datetime) -> StagedRow:
    """Put what a person typed into a row: column name → text; columns not named stay.

    What can't be understood is kept as typed, with its problem. Raises Conflict when somebody else
    has decided on the row since version `version`, Refused when the batch is closed.
    """
    row = _locked_row(row, version)
    batch = row.batch
    before = editing.item_of(row)
    texts = {name: text for name, text in texts.items() if _key(text) != _key(BY_NAME[name].of(before))}
    stale = {p["name"] for p in row.problems} & texts.keys()
    if not texts and not stale and row.item:
        return row
    known = _known(row, texts)
    editing.revise(row, texts, _context(batch, known), known, lambda: editing.free_place(batch))
    _number_once(row)
    row.edits = {**row.edits, **texts}
    _save(row, by, at)
    _mind_left_out(batch, before, row)
    after = {name: BY_NAME[name].of(editing.item_of(row)) for name in texts}
    record(
        by=by,
        at=at,
        verb="intake.edit_row",
        target=row,
        before={name: BY_NAME[name].of(before) for name in texts},
        after=after,
    )
    _recheck_numbers(batch)
    once.recheck(batch)
    row.refresh_from_db(fields=["item", "problems", "change", "changed_fields", "seq"])
    return row


@transaction.atomic
def accept_doubts(*, row: StagedRow, version: int, by: User | None, at: dt.datetime) -> StagedRow:
    """A person confirms the row as it was understood: its open doubts count as answered, under the person's name."""
    row = _locked_row(row, version)
    taken = _accept(row, by)
    if taken:
        _save(row, by, at)
        record(by=by, at=at, verb="intake.accept_doubts", target=row, after={"doubts": taken})
    return row


@transaction.atomic
def accept_all_doubts(*, batch: ImportBatch, by: User | None, at: dt.datetime) -> int:
    """Answer the open doubts of all rows that have no error; how many rows."""
    batch = _open(batch)
    rows = list(batch.rows.filter(open_doubts__gt=0).exclude(change=RowChange.ERROR))
    for row in rows:
        _accept(row, by)
        _save(row, by, at)
    record(by=by, at=at, verb="intake.accept_all_doubts", target=batch, after={"lines": [row.line for row in rows]})
    return len(rows)


@transaction.atomic
def leave_out(
    *, batch: ImportBatch, seqs: Collection[int] | None, retire: bool, by: User | None, at: dt.datetime
) -> int:
    """Say of items that the file does not mention whether they are retired or kept; None: of all of them."""
    batch = _open(batch)
    rows = batch.rows.filter(change__in=LEFT_OUT)
    if seqs is not None:
        rows = rows.filter(seq__in=seqs)
    numbers = list(rows.values_list("no", flat=True))
    changed = rows.update(change=RowChange.REMOVED if retire else RowChange.KEPT, edited_at=at, edited_by=by)
    once.recheck(batch)
    verb = "intake.retire_left_out" if retire else "intake.keep_left_out"
    record(by=by, at=at, verb=verb, target=batch, after={"numbers": numbers})
    return changed


@transaction.atomic
def confirm_unit(*, batch: ImportBatch, name: str, unit: Unit, by: User | None, at: dt.datetime) -> int:
    """`name` means `unit`, from now on and everywhere in the jurisdiction; how many rows it settled.

    Every open batch of the jurisdiction is looked at again. Raises Refused when the name has a meaning.
    """
    batch = _open(batch)
    add_alias(unit=unit, name=name, by=by, at=at)
    record(by=by, at=at, verb="intake.confirm_unit", target=batch, after={"name": name, "unit": unit.name})
    _propose_coordinator(batch, at)
    return _look_again(batch)


@transaction.atomic
def create_unit(*, batch: ImportBatch, name: str, kind: str, by: User | None, at: dt.datetime) -> int:
    """`name` is a unit that the jurisdiction did not know yet; how many rows it settled."""
    batch = _open(batch)
    add_unit(jurisdiction=batch.jurisdiction, name=name, kind=kind, by=by, at=at)
    record(by=by, at=at, verb="intake.create_unit", target=batch, after={"name": name, "kind": kind})
    return _look_again(batch)


@transaction.atomic
def map_columns(*, batch: ImportBatch, mapping: Mapping[str, str], by: User | None, at: dt.datetime) -> ImportBatch:
    """Say what columns of a table hold: heading → column name or layout.IGNORE; the file is read again."""
    batch = _open(batch)
    before = dict(batch.mapping)
    made = decided(batch)
    batch.mapping = {**batch.mapping, **mapping}
    batch.save(update_fields=["mapping"])
    staging.refill(batch, at=at)
    decide_again(batch, made)
    record(by=by, at=at, verb="intake.map_columns", target=batch, before=before, after=dict(batch.mapping))
    return batch


@transaction.atomic
def save_facts(
    *, batch: ImportBatch, version: int, values: Mapping[str, Any], by: User | None, at: dt.datetime
) -> ImportBatch:
    """What the new list is to be (see `drafts.NewList`, as JSON). Deadlines by default follow. Raises Conflict."""
    batch = _open(batch)
    if batch.version != version:
        raise Conflict(_("别人刚刚改过清单的基本信息，请看过再改。"), theirs={batch.pk: batch.new_list})
    before = dict(batch.new_list or {})
    batch.new_list = {**before, **values}
    batch.version += 1
    batch.save(update_fields=["new_list", "version"])
    names = [name for name, value in batch.new_list.items() if before.get(name) != value]
    if {"year", "default_due_on", "default_due_text"} & set(names):
        _follow_default(batch)
    record(
        by=by,
        at=at,
        verb="intake.save_facts",
        target=batch,
        before={name: before.get(name) for name in names},
        after={name: batch.new_list[name] for name in names},
    )
    return batch


@transaction.atomic
def choose_list(*, batch: ImportBatch, task_list: TaskList | None, by: User | None, at: dt.datetime) -> ImportBatch:
    """The rows become another version of `task_list`, or (None) a list of their own; compared anew.

    Said of a file with another document number, it confirms that the file amends this list.
    """
    batch = _open(batch)
    made = decided(batch)
    before = {"list": batch.list_title}
    if task_list is None and batch.new_list is None:
        batch.new_list = staging.proposed(batch, at)
    batch.task_list = task_list
    if batch.facts:
        batch.facts = {**batch.facts, "confirmed_list": task_list.pk if task_list else None}
    batch.save(update_fields=["task_list", "new_list", "facts"])
    staging.refill(batch, at=at)
    decide_again(batch, made)
    record(by=by, at=at, verb="intake.choose_list", target=batch, before=before, after={"list": batch.list_title})
    return batch


# ---- what was decided, carried over to a new reading


def decided(batch: ImportBatch) -> dict[int, StagedRow]:
    """The rows on which people have decided something, by line."""
    return {row.line: row for row in batch.rows.exclude(version=0)}


def decide_again(batch: ImportBatch, made: Mapping[int, StagedRow]) -> None:
    """Repeat decisions on the rows of the same lines."""
    rows = batch.rows.filter(line__in=made.keys()).exclude(change__in=LEFT_OUT)
    for row in rows:
        old = made[row.line]
        if old.edits:
            known = _known(row, old.edits)
            editing.revise(row, old.edits, _context(batch, known), known, lambda: editing.free_place(batch))
        accepted = {doubt["text"]: doubt["accepted"] for doubt in old.doubts}
        row.doubts = [{**doubt, "accepted": accepted.get(doubt["text"], "")} for doubt in row.doubts]
        row.open_doubts = sum(not doubt["accepted"] for doubt in row.doubts)
        row.edits, row.version, row.edited_at, row.edited_by = old.edits, old.version + 1, old.edited_at, old.edited_by
        row.save()
    _recheck_numbers(batch)
    once.recheck(batch)


# ---- inside


def _open(batch: ImportBatch) -> ImportBatch:
    """The batch, locked against other writers. Raises Refused when nothing can be decided in it any more."""
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if not batch.is_open:
        raise Refused(_("这一批%(status)s，不能再改。") % {"status": BatchStatus(batch.status).label})
    return batch


def _locked_row(row: StagedRow, version: int) -> StagedRow:
    batch = _open(row.batch)
    row = StagedRow.objects.select_for_update(of=("self",)).select_related("edited_by").get(pk=row.pk, batch=batch)
    row.batch = batch
    if row.version != version:
        who = str(row.edited_by or _("别人"))
        words = _("%(who)s刚刚改过这一行，您的修改没有保存。请对照现在的内容再改。") % {"who": who}
        raise Conflict(words, theirs={row.pk: row.item})
    return row


def _save(row: StagedRow, by: User | None, at: dt.datetime) -> None:
    row.version += 1
    row.edited_by, row.edited_at = by, at
    row.save()


def _accept(row: StagedRow, by: User | None) -> list[str]:
    taken = [doubt["text"] for doubt in row.doubts if not doubt["accepted"]]
    row.doubts = [{**doubt, "accepted": doubt["accepted"] or str(by or _("系统"))} for doubt in row.doubts]
    row.open_doubts = 0
    return taken


def _key(text: str) -> str:
    return "\n".join(line.strip() for line in text.replace("\r\n", "\n").strip().split("\n"))


def _context(batch: ImportBatch, known: Item | None, names: NameBook | None = None) -> Context:
    return staging.context_of(batch, {known.seq: known} if known else {}, names)


def _known(row: StagedRow, texts: Mapping[str, str]) -> Item | None:
    """The list's item that the row stands for, with the number that it will have."""
    task_list = row.batch.task_list
    if task_list is None:
        return None
    if "number" not in texts:
        return current_items(task_list, seqs=[row.seq]).get(row.seq) if row.seq else None
    others = row.batch.rows.exclude(pk=row.pk).exclude(change__in=LEFT_OUT).values("seq")
    same = task_list.tasks.filter(no=texts["number"].strip(), retired_at=None).exclude(seq__in=others)
    seqs = list(same.values_list("seq", flat=True)[:2])
    return current_items(task_list, seqs=seqs)[seqs[0]] if len(seqs) == 1 else None


def _number_once(row: StagedRow) -> None:
    """In a table every number is unique; documents may restart their numbers."""
    if row.batch.facts or not row.no:
        return
    twin = row.batch.rows.filter(no=row.no).exclude(pk=row.pk).exclude(change__in=LEFT_OUT).first()
    if twin is not None:
        heading = (row.batch.reading.get("columns") or {}).get("number") or _("序号")
        details = {"line": str(twin.line)}
        problem = {"code": "number_twice", "name": "number", "column": heading, "value": row.no, "details": details}
        row.problems = [*row.problems, problem]
        row.change = RowChange.ERROR


def _recheck_numbers(batch: ImportBatch) -> None:
    """Clear the problem from rows whose number is no longer a duplicate."""
    for row in batch.rows.filter(change=RowChange.ERROR):
        rest = [p for p in row.problems if p["code"] != "number_twice"]
        if len(rest) == len(row.problems):
            continue
        twins = batch.rows.filter(no=row.no).exclude(pk=row.pk).exclude(change__in=LEFT_OUT)
        if not twins.exists():
            known = _known(row, {"number": row.no})
            editing.judge(row, editing.item_of(row), rest, known, lambda: editing.free_place(batch))
            row.save()


def _mind_left_out(batch: ImportBatch, before: Item, row: StagedRow) -> None:
    """When a row is matched to another item, the former item counts as not mentioned and the new one as mentioned."""
    if batch.task_list is None or before.seq == (row.seq or 0):
        return
    batch.rows.filter(change__in=LEFT_OUT, seq=row.seq).delete()
    for seq, item in current_items(batch.task_list, seqs=[before.seq]).items():
        line = (batch.rows.aggregate(last=Max("line"))["last"] or 0) + 1
        StagedRow.objects.create(batch=batch, line=line, no=item.no, seq=seq, item=to_json(item), change=RowChange.KEPT)


def _look_again(batch: ImportBatch) -> int:
    """Rows with unknown units, in every open batch of the jurisdiction, against the names as they are now."""
    names = NameBook(batch.jurisdiction)
    settled = 0
    for one in ImportBatch.objects.filter(jurisdiction=batch.jurisdiction, status=BatchStatus.STAGED).defer("content"):
        rows = [
            row
            for row in one.rows.filter(change=RowChange.ERROR)
            if any(problem["code"] == "unit_unknown" for problem in row.problems)
        ]
        seqs = [row.seq for row in rows if row.seq]
        current = current_items(one.task_list, seqs=seqs) if one.task_list else {}
        context = staging.context_of(one, current, names)
        for row in rows:
            row.batch = one
            before = row.problems
            given = dict.fromkeys(p["name"] for p in before if p["code"] == "unit_unknown")
            kept = [p for p in before if p["name"] == ""]
            editing.revise(row, given, context, current.get(row.seq or 0), partial(editing.free_place, one))
            row.problems += kept
            if row.problems != before:
                row.change = RowChange.ERROR if row.problems else row.change
                row.version += 1
                row.save()
                settled += one.pk == batch.pk and not row.problems
    return settled


def _propose_coordinator(batch: ImportBatch, at: dt.datetime) -> None:
    """The receiver that the document names coordinates the new list, once its name is known; a unit already chosen by a
    person stays.
    """
    if batch.task_list is None and batch.new_list and not batch.new_list.get("coordinating_unit_id"):
        found = staging.proposed(batch, at)["coordinating_unit_id"]
        batch.new_list = {**batch.new_list, "coordinating_unit_id": found}
        batch.save(update_fields=["new_list"])


def _follow_default(batch: ImportBatch) -> None:
    """Items without words of their own take the list's deadline."""
    context = _context(batch, None)
    for row in batch.rows.exclude(item={}):
        if row.item["deadline"]["basis"] in {"default", "none"} and "deadline" not in row.edits:
            day = context.default_due_on
            row.item["deadline"] = {
                "date": day.isoformat() if day else None,
                "text": context.default_due_text if day else "",
                "basis": "default" if day else "none",
            }
            row.save(update_fields=["item"])
