"""Excel workbooks, .xlsx and .xls, Excel's own or saved by WPS: stored values, never formulas."""

import datetime as dt
import io
import zipfile
from collections.abc import Mapping
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from tasks_app.intake.readers import Unreadable
from tasks_app.intake.readers.document import ABOVE, LEFT, Cell, Document, Paragraph, Place, Row, Table
from tasks_app.intake.readers.limits import MAX_CELLS
from tasks_app.lib.extents import NotAsItShould, TooLarge, extent_of, sheet_paths

_BOOK = "xl/workbook.xml"  # not there in .xlsb
Span = tuple[tuple[int, int], tuple[int, int]]


def read(name: str, content: bytes, archive: zipfile.ZipFile | None) -> Document:
    """Every visible sheet as a table; `archive` is the checked zip of an .xlsx, None for .xls.

    A merged cell gives its text to the cells below it (marked ABOVE); those to its right are empty
    (marked LEFT). Raises Unreadable.
    """
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = workbook.sheets_metadata
    # calamine's errors are not all its own: a broken part surfaces as one of these.
    except (CalamineError, ValueError, OSError, KeyError, IndexError, zipfile.BadZipFile) as error:
        raise Unreadable("encrypted" if "assword" in str(error) else "damaged") from error
    paths = _paths(archive) if archive and _BOOK in archive.namelist() else None
    blocks: list[Paragraph | Table] = []
    notes = []
    for sheet in sheets:
        if sheet.typ != SheetTypeEnum.WorkSheet:
            continue
        if sheet.visible != SheetVisibleEnum.Visible:
            notes.append(f"工作表“{sheet.name}”是隐藏的，没有读取。")
            continue
        skipped = _hidden_rows(archive, paths, sheet.name) if archive and paths is not None else set()
        rows = _rows(workbook, sheet.name)
        shown = [row for row in rows if row.place.row not in skipped]
        if len(shown) < len(rows):
            notes.append(f"工作表“{sheet.name}”有 {len(rows) - len(shown)} 行是隐藏的，没有读取。")
        if shown:
            blocks.append(Table(tuple(shown), Place(sheet=sheet.name, row=shown[0].place.row)))
    if not blocks:
        raise Unreadable("file_empty")
    return Document(name, "workbook", tuple(blocks), notes=tuple(notes))


def _paths(archive: zipfile.ZipFile) -> dict[str, str]:
    try:
        return sheet_paths(archive)
    except NotAsItShould as error:
        raise Unreadable("damaged") from error


def _hidden_rows(archive: zipfile.ZipFile, paths: Mapping[str, str], sheet: str) -> set[int]:
    """Hidden rows. Also checks how far the sheet reaches, because calamine tells that only after allocating memory."""
    try:
        return extent_of(archive, paths[sheet], most=MAX_CELLS, empty_count=False).hidden
    except TooLarge as error:
        raise Unreadable("sheet_too_large", limit=str(MAX_CELLS), sheet=sheet) from error
    except (KeyError, NotAsItShould) as error:
        raise Unreadable("damaged") from error


def _rows(workbook: CalamineWorkbook, name: str) -> list[Row]:
    try:
        sheet = workbook.get_sheet_by_name(name)
        # calamine's total_height and total_width are the numbers of the last row and column from 0: one too few each.
        last_row, last_column = sheet.end or (-1, -1)
        if (last_row + 1) * (last_column + 1) > MAX_CELLS:
            raise Unreadable("sheet_too_large", limit=str(MAX_CELLS), sheet=name)
        values = sheet.to_python(skip_empty_area=False)
        merged = sheet.merged_cell_ranges or []
    except (CalamineError, ValueError, OSError, KeyError, IndexError) as error:
        raise Unreadable("damaged") from error
    grid = [[Cell(_text(value)) for value in line] for line in values]
    for span in merged:
        _spread(grid, span)
    return [
        Row(tuple(line), Place(sheet=name, row=number))
        for number, line in enumerate(grid, 1)
        if any(cell.text for cell in line)
    ]


def _spread(grid: list[list[Cell]], span: Span) -> None:
    """Give a merged region's text to its first column; a title merged over many rows keeps one."""
    (top, left), (bottom, right) = span
    if top >= len(grid) or left >= len(grid[top]):
        return
    text = grid[top][left].text
    for row in range(top, min(bottom, len(grid) - 1) + 1):
        for column in range(left, min(right, len(grid[row]) - 1) + 1):
            if column > left:
                grid[row][column] = Cell("", LEFT)
            elif row > top:
                grid[row][column] = Cell(text, ABOVE)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        return value.date().isoformat() if midnight else value.isoformat(" ", "minutes")
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        return str(value)
    return str(value).replace("\r\n", "\n").replace("_x000D_", "").replace("\r", "\n").strip()
