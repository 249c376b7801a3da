"""An uploaded workbook, read back into the fields of the month's form. Formulas are refused, never evaluated."""

import io
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tasks_app.lib import apart
from tasks_app.lib.errors import Refused
from tasks_app.workbook import layout
from tasks_app.workbook.layout import Frame, Reading


@dataclass(frozen=True)
class Cell:
    """What stands in a cell: its type as openpyxl names it (d a date, e an error, f a formula), value, format."""

    data_type: str
    value: Any
    number_format: str


_EMPTY = Cell("n", None, "General")


@dataclass(frozen=True)
class Sheet:
    """A sheet of cells as `opening.cells_of` tells of it; sheets of charts are none."""

    title: str
    max_row: int
    cells: Mapping[str, Cell]

    def __getitem__(self, place: str) -> Cell:
        return self.cells.get(place, _EMPTY)


Book = Mapping[str, Sheet]


def read(content: bytes, *, expected: Frame) -> Reading:
    """The fields of a workbook that `writing.build` made for the report in `expected`.

    Raises Refused for what is no such workbook, for another unit's or month's, and for one too large.
    """
    book = _open(content)
    _check_frame(book, expected)
    reading = Reading()
    _read_month(_sheet(book, layout.MONTH), reading)
    if layout.TARGETS in book:
        _read_targets(_sheet(book, layout.TARGETS), reading)
    return reading


def _open(content: bytes) -> Book:
    if len(content) > layout.MAX_BYTES:
        raise Refused(_("文件超过 %(limit)d MB，没有读取。") % {"limit": layout.MAX_BYTES // 1024 // 1024})
    strange = Refused(_("这不是可以读取的 XLSX 工作簿。请用 Excel 或 WPS 另存为“.xlsx”再上传。"))
    if not content.startswith(b"PK\x03\x04"):
        raise strange
    try:
        _check_zip(content)
        names = [layout.META, layout.MONTH, layout.TARGETS]
        answer = apart.run("tasks_app.workbook.opening:cells_of", content, names=names)
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, OSError, EOFError, NotImplementedError) as error:
        raise strange from error
    except apart.Died as died:
        raise _too_large() from died
    if "fault" in answer:
        raise _too_large() if answer["fault"] == "too_large" else strange
    return {
        name: Sheet(name, sheet["rows"] or 0, {place: Cell(*cell) for place, cell in sheet["cells"].items()})
        for name, sheet in answer["sheets"].items()
        if sheet["rows"] is not None
    }


def _too_large() -> Refused:
    return Refused(_("工作簿的内容太多，没有读取。请用本页下载的工作簿填写。"))


def _check_zip(content: bytes) -> None:
    """Every part really unpacks to less than the limit, and none brings definitions of its own."""
    # Reading the directory already takes memory, so its parts are counted first: each begins with these four bytes.
    if content.count(b"PK\x01\x02") > layout.MAX_ENTRIES:
        raise _too_large()
    archive = zipfile.ZipFile(io.BytesIO(content))
    parts = archive.infolist()
    left = layout.MAX_UNPACKED
    for part in parts:
        with archive.open(part) as stream:
            data = stream.read(left + 1)
        left -= len(data)
        if left < 0:
            raise _too_large()
        if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
            raise Refused(_("工作簿里有不该有的定义，没有读取。请用本页下载的工作簿填写。"))


def _check_frame(book: Book, expected: Frame) -> None:
    if not {layout.META, layout.MONTH} <= book.keys():
        raise Refused(_("这不是本系统下载的月报工作簿。请在本页下载，填好后再上传。"))
    form, report_id, unit, period, task_list, seal = (
        _plain(_sheet(book, layout.META)[f"A{row}"].value) for row in range(1, 7)
    )
    if report_id != str(expected.report_id):
        raise Refused(
            _(
                "这是“%(unit)s %(period)s（%(list)s）”的工作簿，"
                "不是“%(own_unit)s %(own_period)s（%(own_list)s）”的，没有读取。"
            )
            % {
                "unit": unit[:60],
                "period": period[:20],
                "list": task_list[:60],
                "own_unit": expected.unit,
                "own_period": expected.period,
                "own_list": expected.task_list,
            }
        )
    if form != layout.FORMAT or seal != expected.seal:
        raise Refused(_("工作簿的校验码不对，可能被改动过或版本太旧。请重新下载，把内容抄过去再上传。"))


def _sheet(book: Book, name: str) -> Sheet:
    sheet = book[name]
    if sheet.max_row > layout.MAX_ROWS:
        raise Refused(_("工作表“%(name)s”的行数超过 %(limit)d，没有读取。") % {"name": name, "limit": layout.MAX_ROWS})
    return sheet


def _read_month(sheet: Sheet, reading: Reading) -> None:
    seen: set[int] = set()
    for row in range(layout.HEAD_ROWS + 1, sheet.max_row + 1):
        entry_id = _identity(sheet, layout.ENTRY_ID, row)
        if entry_id is None:
            if any(sheet[f"{column}{row}"].value not in (None, "") for column in layout.COLUMNS.values()):
                reading.problems.append((_place(sheet, "A", row), _("这一行不是下载时就有的，填的内容没有读取。")))
            continue
        if entry_id in seen:
            reading.problems.append((_place(sheet, "A", row), _("这一行与前面的一行是同一项，没有读取。")))
            continue
        seen.add(entry_id)
        version = _identity(sheet, layout.VERSION, row)
        reading.data[f"e{entry_id}-version"] = str(version if version is not None else -1)
        reading.cells[f"e{entry_id}-version"] = _place(sheet, "A", row)
        for word, column in layout.COLUMNS.items():
            _take(sheet, f"{column}{row}", f"e{entry_id}-{word}", word, reading)


def _read_targets(sheet: Sheet, reading: Reading) -> None:
    for row in range(layout.HEAD_ROWS + 1, sheet.max_row + 1):
        indicator_id, entry_id = _identity(sheet, layout.INDICATOR_ID, row), _identity(sheet, layout.OF_ENTRY, row)
        if indicator_id is not None and entry_id is not None:
            _take(sheet, f"{layout.VALUE}{row}", f"e{entry_id}-i{indicator_id}", "value", reading)


def _take(sheet: Sheet, place: str, name: str, word: str, reading: Reading) -> None:
    cell = sheet[place]
    where = f"{sheet.title}!{place}"
    reading.cells[name] = where
    reading.data[name] = ""
    try:
        reading.data[name] = _text(cell, word)
    except Refused as refused:
        reading.problems.append((where, str(refused)))


def _text(cell: Cell, word: str) -> str:
    """A cell as the form would send it. Raises Refused for what no form could send."""
    value = cell.value
    if cell.data_type == "d":
        raise Refused(_("这一格是日期，请改为文字或数字。"))
    if cell.data_type == "f":
        raise Refused(_("这一格是公式，不会计算。请复制后“粘贴为数值”。"))
    if value is None:
        return ""
    if cell.data_type == "e":
        raise Refused(_("这一格是出错的公式（%(value)s），请改为数值。") % {"value": str(value)[:20]})
    if word == "no_progress":
        return _yes(value)
    if word == "own_light":
        return _own_light(str(value).strip())
    if isinstance(value, bool):
        raise Refused(_("这一格是“真/假”，请改为文字或数字。"))
    if isinstance(value, int | float):
        # 30% typed into a cell that Excel then shows in percent is stored as 0.3.
        number = value * 100 if word == "percent" and "%" in (cell.number_format or "") else value
        return f"{round(number, 6):f}".rstrip("0").rstrip(".") if isinstance(number, float) else str(number)
    return value.replace("_x000D_", "")


def _yes(value: object) -> str:
    text = str(value).strip()
    if value is True or text in {layout.YES, "√", "1"}:
        return "1"
    if value is False or text in {"", layout.NO, "0"}:
        return ""
    raise Refused(_("“%(typed)s”不认识，请选“是”，或者留空。") % {"typed": text[:20]})


def _own_light(text: str) -> str:
    if text and text not in layout.OWN:
        raise Refused(_("“%(typed)s”不认识，请选正常、预警或滞后，或者留空。") % {"typed": text[:20]})
    return layout.OWN.get(text, "")


def _identity(sheet: Sheet, column: str, row: int) -> int | None:
    value = sheet[f"{column}{row}"].value
    text = _plain(value)
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _plain(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()


def _place(sheet: Sheet, column: str, row: int) -> str:
    return f"{sheet.title}!{column}{row}"
