"""An uploaded workbook's cells as plain data. Runs in a process of its own (lib/apart.py), so without Django."""

import io
import zipfile
import zlib
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from tasks_app.lib.extents import NotAsItShould, TooLarge, extent_of, sheet_paths

MAX_CELLS = 200_000


def cells_of(content: bytes, *, names: list[str]) -> dict[str, Any]:
    """{"sheets": {name: {"rows", "cells": {place: [type, value, format]}}}} of those of `names` that are there.

    A value that JSON does not know, such as a date, is empty: its type says what it is. {"fault": "too_large" |
    "strange"} where the file is none that may be opened.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        for path in sheet_paths(archive).values():
            extent_of(archive, path, most=MAX_CELLS, empty_count=True)
        book = load_workbook(io.BytesIO(content), data_only=False, keep_links=False)
    except TooLarge:
        return {"fault": "too_large"}
    except (NotAsItShould, zipfile.BadZipFile, zlib.error, InvalidFileException, KeyError, ValueError, TypeError,
            OSError, EOFError, NotImplementedError, AttributeError, IndexError, SyntaxError):  # fmt: skip
        return {"fault": "strange"}
    return {"sheets": {name: _sheet(book[name]) for name in names if name in book.sheetnames}}


def _sheet(sheet: Any) -> dict[str, Any]:
    if not isinstance(sheet, Worksheet):
        return {"rows": None, "cells": {}}
    cells = {
        cell.coordinate: [cell.data_type, _plain(cell.value), cell.number_format]
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }
    return {"rows": sheet.max_row, "cells": cells}


def _plain(value: Any) -> str | int | float | bool | None:
    return value if isinstance(value, str | int | float | bool) else None
