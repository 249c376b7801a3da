"""The uploaded file again, with the problems of each row written beside it."""

import csv
import io
from collections.abc import Iterable, Iterator

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils.exceptions import IllegalCharacterError

from tasks_app.intake.annotating import UNFIT
from tasks_app.intake.columns import ROW_COLUMNS
from tasks_app.intake.editing import item_of
from tasks_app.intake.models import ImportBatch, StagedRow
from tasks_app.intake.queries import Trouble, troubles
from tasks_app.lib import apart
from tasks_app.lib.text import harmless


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
    # A dash alone means "none"; no spreadsheet takes it for a formula.
    csv.writer(out).writerows([c if c == "-" else harmless(c) for c in row] for row in _rows(batch))
    return out.getvalue().encode("utf-8-sig")


def as_workbook(batch: ImportBatch) -> bytes:
    """The uploaded workbook with a column 问题 at the right of each sheet; a plain table where it can't be opened."""
    remarks = [(row.place.get("sheet") or "", row.place.get("row") or 0, said_of(row)) for row in _troubled(batch)]
    function = "tasks_app.intake.annotating:annotated"
    try:
        marked: bytes = apart.run(function, bytes(batch.content), remarks=remarks, heading=_("问题"))
    except apart.Died:  # openpyxl raises all sorts of things on a workbook that other readers still open
        return _plain_workbook(batch)
    return marked


def _plain_workbook(batch: ImportBatch) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(_("问题"))
    for row in _rows(batch):
        cells = []
        for text in row:
            try:
                cell = WriteOnlyCell(sheet, UNFIT.sub("", text)[:32_000])
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
