"""A column of remarks in somebody's workbook. Runs in a process of its own (lib/apart.py), so without Django."""

import io
import re
from collections.abc import Sequence

import openpyxl
from openpyxl.cell import MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

# Characters that a cell of a workbook cannot hold.
UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_RED = PatternFill("solid", fgColor="FAEAE7")


def annotated(content: bytes, *, remarks: Sequence[tuple[str, int, str]], heading: str) -> bytes:
    """The workbook with `remarks` (sheet, row, text) in a column of their own at the right of each sheet.

    Formulas and links stay text: nothing is computed and nothing followed. Sheet "" is the first one.
    """
    book = openpyxl.load_workbook(io.BytesIO(content), keep_links=False)
    columns: dict[str, int] = {}
    for name, number, text in remarks:
        name = name or book.sheetnames[0]
        if name not in book.sheetnames or not number or not isinstance(sheet := book[name], Worksheet):
            continue
        if name not in columns:
            columns[name] = sheet.max_column + 1
            _write(sheet, max(1, number - 1), columns[name], heading)
        _write(sheet, number, columns[name], text)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write(sheet: Worksheet, row: int, column: int, text: str) -> None:
    cell = sheet.cell(row, column)
    if isinstance(cell, MergedCell):
        return
    cell.value = UNFIT.sub("", text)[:32_000]
    cell.data_type = "s"
    cell.fill, cell.font, cell.alignment = _RED, Font(color="B0281C"), Alignment(wrap_text=True, vertical="top")
