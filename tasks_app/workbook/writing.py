"""A unit's month as an XLSX: the frame locked, the fields open, drop-downs where there is a choice."""

import io
from collections.abc import Sequence

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from tasks_app.workbook import layout
from tasks_app.workbook.layout import Frame, WorkbookLine

_OPEN = PatternFill("solid", fgColor="FFF8E6")
_HEAD = PatternFill("solid", fgColor="E6EEF1")
_THIN = Side(style="thin", color="BBBBBB")
_BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_WRAP = Alignment(wrap_text=True, vertical="top")
_WIDTHS = {"A": 7, "B": 38, "C": 13, "D": 9, "E": 32, "F": 11, "G": 10, "H": 44, "I": 24, "J": 24, "K": 24, "L": 10}
_OWN_WORDS = {light: word for word, light in layout.OWN.items()}
_TARGET_WIDTHS = {"A": 7, "B": 36, "C": 18, "D": 9, "E": 13, "F": 13}


def build(frame: Frame, lines: Sequence[WorkbookLine]) -> bytes:
    """The file's bytes. What stands in it is text and numbers; there is no formula anywhere."""
    book = Workbook()
    month = book.active
    assert isinstance(month, Worksheet)
    month.title = layout.MONTH
    _month(month, frame, lines)
    if any(line.targets for line in lines):
        _targets(book.create_sheet(layout.TARGETS), frame, lines)
    _meta(book.create_sheet(layout.META), frame)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _month(sheet: Worksheet, frame: Frame, lines: Sequence[WorkbookLine]) -> None:
    heads = [
        _("序号"), _("任务"), _("完成时限"), _("上期%"), _("上期内容"), _("完成百分比"), _("本月无进展"),
        _("本月做了什么"), _("存在问题"), _("需协调事项"), _("下步安排"), _("单位自评"),
    ]  # fmt: skip
    _frame_rows(sheet, frame, heads, _WIDTHS)
    for row, line in enumerate(lines, start=layout.HEAD_ROWS + 1):
        task = f"{line.headline}\n{line.content}" if line.content != line.headline else line.headline
        if not line.editable:
            task = f"〔{line.state}〕{task}"
        for column, text in zip("ABCDE", (line.no, task, line.due, line.last_percent, line.last_text), strict=True):
            _put(sheet, f"{column}{row}", text)
        for word, column in layout.COLUMNS.items():
            text = line.words[word]
            if word == "percent":
                _put(sheet, f"{column}{row}", int(text) if text.isdecimal() else "", open_=line.editable)
            else:
                shown = _OWN_WORDS.get(text, "") if word == "own_light" else text
                if word == "no_progress":
                    shown = layout.YES if text else ""
                _put(sheet, f"{column}{row}", shown, open_=line.editable and (line.leads or word != "own_light"))
        _put(sheet, f"{layout.ENTRY_ID}{row}", line.entry_id)
        _put(sheet, f"{layout.VERSION}{row}", line.version)
    for column in (layout.ENTRY_ID, layout.VERSION):
        sheet.column_dimensions[column].hidden = True
    last = max(layout.HEAD_ROWS + len(lines), layout.HEAD_ROWS + 1)
    first = layout.HEAD_ROWS + 1
    _rule(sheet, "F", first, last, DataValidation(type="whole", operator="between", formula1="0", formula2="100"),
          _("请填 0 到 100 的整数，不写百分号。"))  # fmt: skip
    _rule(sheet, "G", first, last, DataValidation(type="list", formula1=f'"{layout.YES}"'),
          _("本月没有进展的选“是”，并在“本月做了什么”里写明原因。"))  # fmt: skip
    _rule(sheet, "L", first, last, DataValidation(type="list", formula1=f'"{",".join(layout.OWN)}"'),
          _("请选正常、预警或滞后，也可以不选。"))  # fmt: skip
    limit = DataValidation(type="textLength", operator="lessThanOrEqual", formula1="2000")
    _rule(sheet, "H", first, last, limit, _("最多 2000 字。"))
    limit.add(f"I{first}:K{last}")
    sheet.print_title_rows = f"1:{layout.HEAD_ROWS}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]


def _targets(sheet: Worksheet, frame: Frame, lines: Sequence[WorkbookLine]) -> None:
    heads = [_("序号"), _("指标"), _("目标"), _("计量单位"), _("上期完成值"), _("本期完成值")]
    _frame_rows(sheet, frame, heads, _TARGET_WIDTHS)
    row = layout.HEAD_ROWS
    for line in lines:
        for target in line.targets:
            row += 1
            for column, text in zip(
                "ABCDE", (line.no, target.label, target.target, target.unit, target.last), strict=True
            ):
                _put(sheet, f"{column}{row}", text)
            _put(sheet, f"{layout.VALUE}{row}", _number(target.value), open_=line.editable)
            _put(sheet, f"{layout.INDICATOR_ID}{row}", target.indicator_id)
            _put(sheet, f"{layout.OF_ENTRY}{row}", line.entry_id)
    for column in (layout.INDICATOR_ID, layout.OF_ENTRY):
        sheet.column_dimensions[column].hidden = True
    number = DataValidation(type="decimal", operator="greaterThanOrEqual", formula1="0")
    _rule(sheet, layout.VALUE, layout.HEAD_ROWS + 1, row, number, _("只填数字，计量单位不用填。"))


def _frame_rows(sheet: Worksheet, frame: Frame, heads: Sequence[str], widths: dict[str, int]) -> None:
    """The title with its hint, the headings, widths, the frozen head, and the lock."""
    _put(sheet, "A1", f"{frame.title}　{frame.hint}")
    sheet.merge_cells(f"A1:{list(widths)[-1]}1")
    sheet["A1"].font = Font(bold=True, size=13)
    sheet.row_dimensions[1].height = 40
    for (letter, width), head in zip(widths.items(), heads, strict=True):
        _put(sheet, f"{letter}{layout.HEAD_ROWS}", head)
        sheet[f"{letter}{layout.HEAD_ROWS}"].font = Font(bold=True)
        sheet[f"{letter}{layout.HEAD_ROWS}"].fill = _HEAD
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = f"C{layout.HEAD_ROWS + 1}"
    # No password: the lock keeps hands from slipping, the upload checks everything anyway.
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = False


def _meta(sheet: Worksheet, frame: Frame) -> None:
    facts = (layout.FORMAT, str(frame.report_id), frame.unit, frame.period, frame.task_list, frame.seal)
    for row, text in enumerate(facts, start=1):
        _put(sheet, f"A{row}", text)
    sheet.sheet_state = "veryHidden"
    sheet.protection.sheet = True


def _put(sheet: Worksheet, place: str, value: str | int | float, *, open_: bool = False) -> None:
    """Write a value; a text stays a text, whatever sign it begins with."""
    cell = sheet[place]
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type = "s"
    else:
        cell.value = value
    cell.alignment, cell.border = _WRAP, _BORDER
    if open_:
        cell.protection = Protection(locked=False)
        cell.fill = _OPEN


def _rule(sheet: Worksheet, column: str, first: int, last: int, rule: DataValidation, words: str) -> None:
    rule.allow_blank = True
    rule.showErrorMessage = True
    rule.error, rule.errorTitle = words, _("请更正")
    rule.add(f"{column}{first}:{column}{last}")
    sheet.add_data_validation(rule)


def _number(text: str) -> str | int | float:
    if not text:
        return ""
    return int(text) if text.isdecimal() else float(text)
