"""From the bytes of an upload to rows: which reader, held against which list. Called by actions only."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from tasks_app.audit.language import in_the_language_of_the_house
from tasks_app.catalogue.items import Item, to_json
from tasks_app.catalogue.models import Document, TaskList
from tasks_app.catalogue.queries import current_items
from tasks_app.intake import drafts, once
from tasks_app.intake.choices import RowChange
from tasks_app.intake.context import Context
from tasks_app.intake.documents import blocks_of, rows_of
from tasks_app.intake.layout import column_of, labels_of, layout_of, taken_for
from tasks_app.intake.matching import Match, Understood, digest_of, leftovers, understand_rows
from tasks_app.intake.models import ImportBatch, StagedRow
from tasks_app.intake.readers import Unreadable, csv_text, guarded
from tasks_app.intake.readers.document import Document as ReadDocument
from tasks_app.intake.readers.reasons import explain as explain_file
from tasks_app.intake.understanding.columns import column_of as any_column_of
from tasks_app.intake.understanding.lists import understand
from tasks_app.intake.understanding.relabelling import Headed, headings_of, relabelled
from tasks_app.intake.wording import WORDS, explain
from tasks_app.lib.errors import Refused
from tasks_app.lib.text import normalise
from tasks_app.units.models import Jurisdiction
from tasks_app.units.queries import NameBook

CHUNK = 1000
_TABLES = (".csv", ".tsv", ".tab")
# A table that lacks a column which a person can point out.
MAPPABLE = frozenset({"column_missing", "column_twice"})


def reason_of(error: Unreadable) -> str:
    """Why a file cannot be read, and what to do, in one text."""
    problem = error.problem
    if problem.code in WORDS:
        return "".join(explain({**problem.as_json(), "line": problem.line}))
    words = explain_file(problem)
    return f"{words['reason']}{words['remedy']}"


# Doubts and reasons are kept with the rows: in Chinese, whatever language the uploader reads.
@in_the_language_of_the_house
def fill(batch: ImportBatch, *, at: dt.datetime, progress: Callable[[int], None] | None = None) -> list[ImportBatch]:
    """Read the batch's file and store its rows; the batch and, for further lists in the file, its siblings.

    Raises Unreadable when the file as a whole cannot be read.
    """
    if _is_table(batch):
        try:
            _fill_from_table(batch, progress)
        except Unreadable as error:
            if batch.mapping or error.problem.code not in MAPPABLE | {"header_missing"}:
                raise
            try:
                return _fill_from_document(batch, at, doubt=reason_of(error))
            except Unreadable:
                if error.problem.code not in MAPPABLE:
                    raise error from None
            _wait_for_columns(batch, error)
        return [batch]
    return _fill_from_document(batch, at)


def _is_named_table(batch: ImportBatch) -> bool:
    return batch.file_name.lower().endswith(_TABLES) and bytes(batch.content[:4]) != b"PK\x03\x04"


def _is_table(batch: ImportBatch) -> bool:
    """A CSV or TSV: by its name, or a text file with such content."""
    if not batch.file_name.lower().endswith(".txt"):
        return _is_named_table(batch)
    try:
        stream = csv_text.Stream(bytes(batch.content), column_of)
        layout_of(stream.headings)
    except Unreadable:
        return False
    return stream.delimiter == ","


def context_of(batch: ImportBatch, current: Mapping[int, Item], names: NameBook | None = None) -> Context:
    """What the batch's cells are understood against."""
    place = batch.jurisdiction
    said: Mapping[str, Any] = batch.new_list or {}
    due_on = said.get("default_due_on")
    if batch.task_list:
        settings = batch.task_list
        year, due, due_text = settings.year, settings.default_due_on, settings.default_due_text
    else:
        year = said.get("year") or batch.uploaded_at.year
        due, due_text = dt.date.fromisoformat(due_on) if due_on else None, said.get("default_due_text") or ""
    return Context(
        names=names or NameBook(place),
        year=year,
        default_due_on=due,
        default_due_text=due_text,
        headings={normalise(heading): heading for item in current.values() for heading in item.path},
        counties=frozenset(Jurisdiction.objects.filter(parent=place).values_list("short_name", flat=True)),
    )


def _fill_from_table(batch: ImportBatch, progress: Callable[[int], None] | None) -> None:
    stream = csv_text.Stream(bytes(batch.content), partial(_named, batch.mapping))
    layout = layout_of(stream.headings, batch.mapping)
    _draft(batch)
    current, match = _list_of(batch)
    batch.kind, batch.encoding = "csv", stream.encoding
    batch.base_digest = digest_of(current)
    batch.save()
    last = _store(
        batch, understand_rows(stream.headings, stream.rows(), layout, context_of(batch, current), match), progress
    )
    _store(batch, leftovers(match, last))
    once.recheck(batch)
    batch.reading = {
        "headings": list(stream.headings),
        "columns": {column.name: heading for _place, heading, column in layout.columns},
        "unknown": list(layout.unknown),
        "header_line": stream.header_line,
        "delimiter": stream.delimiter,
        "skipped": dict(stream.skipped),
        "inherited": match.inherited,
    }
    batch.save()


def _draft(batch: ImportBatch) -> None:
    """A table does not describe its list: every field has to be filled in."""
    if batch.task_list is None and batch.new_list is None:
        batch.new_list = drafts.propose({}, names=None, at=batch.uploaded_at)


def _named(mapping: Mapping[str, str], heading: str) -> str | None:
    return mapping.get(heading) or column_of(heading)


def _wait_for_columns(batch: ImportBatch, error: Unreadable) -> None:
    """A table whose columns a person must name: no rows yet, only its headings and first lines."""
    stream = csv_text.Stream(bytes(batch.content), partial(_named, batch.mapping))
    sample = [list(row.cells) for row in islice(stream.rows(), 3)]
    _draft(batch)
    batch.kind, batch.encoding = "csv", stream.encoding
    batch.reading = {
        "headings": list(stream.headings),
        "columns": {},
        "unknown": [],
        "sample": [list(cells) for cells in zip(stream.headings, *sample, strict=True)],
        "problem": reason_of(error),
        "header_line": stream.header_line,
        "delimiter": stream.delimiter,
        "skipped": dict(stream.skipped),
    }
    batch.save()


def _fill_from_document(batch: ImportBatch, at: dt.datetime, doubt: str = "") -> list[ImportBatch]:
    document = _document_of(batch)
    found, lists = _lists_in(document, batch.mapping)
    if not lists:
        _wait_for_labels(batch, document)
        return [batch]
    blocks = blocks_of(document)
    names = NameBook(batch.jurisdiction)
    filled = []
    given = batch.task_list
    for part, understood in enumerate(lists, start=1):
        one = batch if part == 1 else _sibling(batch, part, given)
        one.kind, one.source = document.kind, blocks
        one.facts = {
            "document": understood.get("document") or {},
            "reporting_rule": understood.get("reporting_rule"),
            "doubts": [*filter(None, [doubt]), *(understood.get("doubts") or ())],
            "notes": list(found.get("notes") or ()),
            "parts": len(lists),
        }
        _choose_list(one, understood, names, at)
        _fill_part(one, understood["items"], names, document)
        filled.append(one)
    return filled


def _document_of(batch: ImportBatch) -> ReadDocument:
    return guarded.read(batch.file_name, bytes(batch.content), column_of=any_column_of)


def _lists_in(document: ReadDocument, mapping: Mapping[str, str]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What is understood of a document whose columns hold what a person said; its lists that have items."""
    found = understand(relabelled(document, labels_of(mapping))).as_json()
    return found, [one for one in found.get("lists", [found]) if one.get("items")]


def _wait_for_labels(batch: ImportBatch, document: ReadDocument) -> None:
    """Tables in which no task was found: a person may say what their columns hold. Raises Unreadable without any."""
    headed = [] if _is_table(batch) else headings_of(document)
    if not any(one.sample for one in headed):
        raise Unreadable("nothing_found")
    _draft(batch)
    batch.kind, batch.source = document.kind, blocks_of(document)
    batch.reading = {**_columns_of(headed), "problem": reason_of(Unreadable("nothing_found"))}
    batch.save()


def _columns_of(headed: Sequence[Headed]) -> dict[str, Any]:
    """The columns of a document's tables, as `reading` keeps them."""
    return {
        "headings": [one.name for one in headed],
        "columns": {},
        "taken": {one.name: taken for one in headed if (taken := taken_for(one.kind, one.name))},
        "unknown": [],
        "sample": [[one.name, *one.sample] for one in headed],
    }


def _fill_part(batch: ImportBatch, items: list[dict[str, Any]], names: NameBook, document: ReadDocument) -> None:
    current, match = _list_of(batch)
    batch.base_digest = digest_of(current)
    batch.reading = {"headings": _headings(batch), "columns": {}, "unknown": []}
    if not batch.reading["headings"]:
        batch.reading = _columns_of(headings_of(document))
    batch.save()
    last = _store(batch, rows_of(items, batch.source, context_of(batch, current, names), match))
    _store(batch, leftovers(match, last))
    once.recheck(batch)
    batch.save()


def _headings(batch: ImportBatch) -> list[str]:
    """The headings of a table that was read as a document: a person may still say what they hold."""
    if not _is_named_table(batch):
        return []
    try:
        return list(csv_text.Stream(bytes(batch.content), column_of).headings)
    except Unreadable:
        return []


def refill(batch: ImportBatch, *, at: dt.datetime) -> None:
    """Read the same part of the same file again, against the list as it is now (or another one)."""
    batch.rows.all().delete()
    if _is_table(batch) and (batch.mapping or not batch.facts):
        batch.facts, batch.source = {}, []
        fill(batch, at=at)
        return
    if not batch.facts:  # a document in which nothing had been found
        _fill_from_document(batch, at)
        return
    document = _document_of(batch)
    _found, lists = _lists_in(document, batch.mapping)
    if len(lists) < batch.part:
        raise Refused(_("按这样的列，文件里读不出这一份清单的任务，没有改动。请换一种指法。"))
    _fill_part(batch, lists[batch.part - 1]["items"], NameBook(batch.jurisdiction), document)


def _sibling(batch: ImportBatch, part: int, task_list: TaskList | None) -> ImportBatch:
    """Another list of the same file: a batch of its own, for the list that the person named, if any."""
    return ImportBatch(
        jurisdiction=batch.jurisdiction,
        task_list=task_list,
        file_name=batch.file_name,
        content=batch.content,
        sha256=batch.sha256,
        encoding=batch.encoding,
        part=part,
        status=batch.status,
        uploaded_at=batch.uploaded_at,
        uploaded_by=batch.uploaded_by,
    )


def _choose_list(batch: ImportBatch, understood: Mapping[str, Any], names: NameBook, at: dt.datetime) -> None:
    """A new list as the document proposes it; the list of that document number, where there is one already."""
    if batch.task_list_id is not None:
        return
    proposed = drafts.propose(understood, names=names, at=at)
    given = {name: value for name, value in (batch.new_list or {}).items() if value not in (None, "")}
    batch.new_list = proposed | given
    number = normalise(batch.new_list["number"])
    same = TaskList.objects.filter(jurisdiction=batch.jurisdiction).select_related("document")
    if number and (known := next((one for one in same if normalise(one.document.number) == number), None)):
        batch.task_list, batch.new_list = known, None


def _list_of(batch: ImportBatch) -> tuple[dict[int, Item], Match]:
    if batch.task_list is None:
        return {}, Match({}, set())
    current = current_items(batch.task_list)
    return current, Match(current, set(batch.task_list.tasks.values_list("seq", flat=True)))


def _store(batch: ImportBatch, rows: Iterator[Understood], progress: Callable[[int], None] | None = None) -> int:
    """Store rows a thousand at a time; the last line."""
    last = batch.rows.aggregate(last=Max("line"))["last"] or 0
    done = 0
    while chunk := list(islice(rows, CHUNK)):
        StagedRow.objects.bulk_create([staged(batch, row) for row in chunk], batch_size=500)
        last, done = chunk[-1].line, done + len(chunk)
        if progress is not None:
            progress(done)
    return last


def staged(batch: ImportBatch, row: Understood) -> StagedRow:
    """A row as it is stored."""
    return StagedRow(
        batch=batch,
        line=row.line,
        no=row.item.no[:20] if row.item else "",
        seq=(row.item.seq or None) if row.item else None,
        raw=row.raw,
        place=row.place,
        blocks=row.blocks,
        item=to_json(row.item) if row.item else {},
        problems=[problem.as_json() for problem in row.problems],
        doubts=row.doubts,
        open_doubts=len(row.doubts),
        change=row.change,
        changed_fields=row.changed,
    )


def number_is_taken(number: str) -> str:
    """The refusal for a document number that has a list already; empty when it is free."""
    if Document.objects.filter(number=number).exists():
        return _("文号“%(number)s”已经有清单了。请选“导入到已有清单”，或核对文号。") % {"number": number}
    return ""


def counts_of(batch: ImportBatch) -> dict[str, int]:
    """How many rows of each change, for the log."""
    found: dict[str, int] = dict.fromkeys(RowChange.values, 0)
    for change in batch.rows.values_list("change", flat=True).iterator():
        found[change] += 1
    return found


def proposed(batch: ImportBatch, at: dt.datetime) -> dict[str, Any]:
    """What the document says of a list of its own."""
    return drafts.propose(batch.facts, names=NameBook(batch.jurisdiction), at=at)
