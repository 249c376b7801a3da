"""Tables as files that Excel and WPS on Chinese Windows open as they are meant."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from tasks_app.lib.text import harmless

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


Row = TypeVar("Row")


@dataclass(frozen=True)
class ExportColumn(Generic[Row]):
    """A heading, what stands below it of a row, and the column's width in a workbook in characters."""

    heading: str
    cell: Callable[[Row], Any]
    width: int = 14


def csv_response(*, filename: str, columns: Sequence[ExportColumn[Row]], rows: Iterable[Row]) -> StreamingHttpResponse:
    """UTF-8 with BOM, without which Excel reads Chinese as garbage; rows are sent as they come."""

    def lines() -> Iterable[str]:
        buffer = io.StringIO()
        writer = csv.writer(buffer)
        yield "\ufeff"
        writer.writerow([_harmless(column.heading) for column in columns])
        for row in rows:
            writer.writerow([_harmless(column.cell(row)) for column in columns])
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
        # An empty table still has its headings to send.
        yield buffer.getvalue()

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, filename)
    return response


def xlsx_response(
    *, filename: str, sheet: str, columns: Sequence[ExportColumn[Row]], rows: Iterable[Row]
) -> HttpResponse:
    """A workbook with one sheet: frozen head, filter arrows, wrapped text; every text stays a text."""
    book = Workbook(write_only=True)
    page = book.create_sheet(sheet[:31])
    page.freeze_panes = "A2"
    for number, column in enumerate(columns, start=1):
        page.column_dimensions[get_column_letter(number)].width = column.width
    bold, wrap = Font(bold=True), Alignment(wrap_text=True, vertical="top")

    def cell(value: Any, font: Font | None = None) -> Cell:
        if isinstance(value, str):
            value = ILLEGAL_CHARACTERS_RE.sub("", value)
        made = WriteOnlyCell(page, value=value)
        if isinstance(value, str):
            made.data_type = "s"
        made.alignment = wrap
        if font:
            made.font = font
        return made

    page.append([cell(column.heading, bold) for column in columns])
    count = 1
    for row in rows:
        page.append([cell(column.cell(row)) for column in columns])
        count += 1
    page.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{count}"
    file = io.BytesIO()
    book.save(file)
    response = HttpResponse(file.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, filename)
    return response


def _harmless(value: Any) -> Any:
    return harmless(value) if isinstance(value, str) else value
