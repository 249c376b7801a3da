"""The uploaded file once more, with what is wrong written beside each row."""

import csv
import io
import re
from collections.abc import Iterable, Iterator

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.cell import MergedCell, WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils.exceptions import IllegalCharacterError
from openpyxl.worksheet.worksheet import Worksheet

from tasks_app.intake.columns import ROW_COLUMNS
from tasks_app.intake.editing import item_of
from tasks_app.intake.models import ImportBatch, StagedRow
from tasks_app.intake.queries import Trouble, troubles

# A spreadsheet computes cells that begin so; an apostrophe makes it show them (the reader takes it off again).
_COMPUTED = re.compile(r"[=+@]|-\S")
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_RED = PatternFill("solid", fgColor="FAEAE7")


def said_of(row: StagedRow) -> str:
    """Every problem and open doubt of a row, in one cell."""
    problems = [
        _("%(column)s：%(reason)s%(remedy)s")
        % {"column": _cell(trouble), "reason": trouble.reason, "remedy": trouble.remedy}
        for trouble in troubles(row)
    ]
    doubts = [_("疑点：%(text)s") % doubt for doubt in row.doubts if not doubt["accepted"]]
    return "；".join([*problems, *doubts])


def _cell(trouble: Trouble) -> str:
    """The column, and the value that stands there unless the reason names it."""
    column = trouble.column or _("整行")
    if not trouble.value or trouble.value in trouble.reason:
        return column
    return _("%(column)s“%(value)s”") % {"column": column, "value": trouble.value}


def as_csv(batch: ImportBatch) -> bytes:
    """A CSV with a BOM, so that Excel and WPS on Chinese Windows read it as UTF-8."""
    out = io.StringIO()
    csv.writer(out).writerows([f"'{c}" if _COMPUTED.match(c) else c for c in row] for row in _rows(batch))
    return out.getvalue().encode("utf-8-sig")


def as_workbook(batch: ImportBatch) -> bytes:
    """The uploaded workbook with a column 问题 at the right of each sheet; a plain table where it can't be opened.

    Formulas and links stay text: nothing is computed and nothing followed.
    """
    try:
        book = openpyxl.load_workbook(io.BytesIO(bytes(batch.content)), keep_links=False)
    except Exception:  # openpyxl raises all sorts of things on a workbook that other readers still open
        return _plain_workbook(batch)
    columns: dict[str, int] = {}
    for row in _troubled(batch):
        name, number = row.place.get("sheet") or book.sheetnames[0], row.place.get("row")
        if name not in book.sheetnames or not number or not isinstance(sheet := book[name], Worksheet):
            continue
        if name not in columns:
            columns[name] = sheet.max_column + 1
            _write(sheet, max(1, number - 1), columns[name], _("问题"))
        _write(sheet, number, columns[name], said_of(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write(sheet: Worksheet, row: int, column: int, text: str) -> None:
    cell = sheet.cell(row, column)
    if isinstance(cell, MergedCell):
        return
    cell.value = _UNFIT.sub("", text)[:32_000]
    cell.data_type = "s"
    cell.fill, cell.font, cell.alignment = _RED, Font(color="B0281C"), Alignment(wrap_text=True, vertical="top")


def _plain_workbook(batch: ImportBatch) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(_("问题"))
    for row in _rows(batch):
        cells = []
        for text in row:
            try:
                cell = WriteOnlyCell(sheet, _UNFIT.sub("", text)[:32_000])
            except IllegalCharacterError:
                cell = WriteOnlyCell(sheet, "")
            cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _troubled(batch: ImportBatch) -> Iterable[StagedRow]:
    return (row for row in batch.rows.order_by("line").iterator() if row.problems or row.open_doubts)


def _rows(batch: ImportBatch) -> Iterator[list[str]]:
    """A table's own cells, or what was understood of a document; the problems last."""
    headings = batch.reading.get("headings") or []
    written = batch.rows.exclude(change__in=["kept", "removed"]).order_by("line").iterator()
    if headings and not batch.facts:
        yield [*headings, _("问题")]
        for row in written:
            yield [*(row.raw.get(heading, "") for heading in headings), said_of(row)]
        return
    yield [_("位置"), *(column.title for column in ROW_COLUMNS), _("问题")]
    for row in written:
        item = item_of(row)
        yield [place_of(row), *(column.shown(item) for column in ROW_COLUMNS), said_of(row)]


def place_of(row: StagedRow) -> str:
    """Where a row stands in its file, in words."""
    place = row.place
    words = []
    if place.get("sheet"):
        words.append(_("“%(sheet)s”") % place)
    if place.get("page"):
        words.append(_("第%(page)s页") % place)
    lines = place.get("lines") or ([place["line"]] * 2 if place.get("line") else None)
    if lines:
        first, last = lines[0], lines[-1]
        words.append(
            _("第%(first)s行") % {"first": first}
            if first == last
            else _("第%(first)s–%(last)s行") % {"first": first, "last": last}
        )
    elif place.get("row"):
        if place.get("table") and not place.get("sheet"):
            words.append(_("表%(table)s") % place)
        words.append(_("第%(row)s行") % place)
    elif place.get("paragraph"):
        words.append(_("第%(paragraph)s段") % place)
    elif not place:
        words.append(_("第%(line)s行") % {"line": row.line})
    return "".join(words)
