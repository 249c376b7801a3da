"""Word documents (.docx): paragraphs and tables in printed order, with automatic numbers written out."""

import io
import re
from collections.abc import Iterator
from typing import Any
from zipfile import BadZipFile

from docx import Document as open_docx
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from lxml.etree import LxmlError

from tasks_app.intake.readers import Unreadable
from tasks_app.intake.readers.document import ABOVE, LEFT, Cell, Document, Paragraph, Place, Row, Table
from tasks_app.intake.readers.limits import MAX_BLOCKS, MAX_CELLS
from tasks_app.intake.readers.numbering import Numbering

_MAX_SPAN = 64
_WRAPPERS = (qn("w:sdt"), qn("w:sdtContent"), qn("w:ins"), qn("w:smartTag"), qn("w:customXml"), qn("w:hyperlink"))
_SKIPPED = (qn("w:del"), qn("w:moveFrom"), "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback")
_TEXT, _TAB, _BREAK, _RETURN = qn("w:t"), qn("w:tab"), qn("w:br"), qn("w:cr")
_NO_BREAK_HYPHEN = qn("w:noBreakHyphen")
_PROPERTIES = (qn("w:pPr"), qn("w:rPr"))


def read(name: str, content: bytes) -> Document:
    """The document's body. Deleted text of tracked changes is left out, inserted text is read. Raises Unreadable."""
    try:
        opened = open_docx(io.BytesIO(content))
        body = opened.element.body
        numbering = Numbering(opened)
        blocks = list(_blocks(body, numbering))
    except (
        OpcError,
        LxmlError,
        BadZipFile,
        KeyError,
        ValueError,
        AttributeError,
        IndexError,
        TypeError,
        OSError,
    ) as error:
        raise Unreadable("damaged") from error
    if not any(isinstance(block, Table) or block.text.strip() for block in blocks):
        raise Unreadable("file_empty")
    return Document(name, "word", tuple(blocks))


def _blocks(body: Any, numbering: Numbering) -> Iterator[Paragraph | Table]:
    paragraphs = tables = 0
    for element in _children(body):
        if paragraphs + tables > MAX_BLOCKS:
            raise Unreadable("too_many_blocks", limit=str(MAX_BLOCKS))
        if element.tag == qn("w:p"):
            paragraphs += 1
            for line in _paragraph(element, numbering).split("\n"):
                yield Paragraph(line, Place(paragraph=paragraphs))
        elif element.tag == qn("w:tbl"):
            tables += 1
            rows = _rows(element, tables, numbering)
            if rows:
                yield Table(tuple(rows), Place(table=tables))


def _children(parent: Any) -> Iterator[Any]:
    """Children in order, looking through content controls and tracked insertions."""
    for child in parent:
        if child.tag in _WRAPPERS:
            yield from _children(child)
        elif child.tag not in _SKIPPED:
            yield child


def _paragraph(element: Any, numbering: Numbering) -> str:
    return numbering.label(element) + _text(element).strip(" \u3000")


def _text(element: Any) -> str:
    parts = []
    for child in _children(element):
        if child.tag == _TEXT:
            parts.append(child.text or "")
        elif child.tag == _TAB:
            parts.append("\t")
        elif child.tag in (_BREAK, _RETURN):
            parts.append("" if child.get(qn("w:type")) == "page" else "\n")
        elif child.tag == _NO_BREAK_HYPHEN:
            parts.append("-")
        elif child.tag not in _PROPERTIES:
            parts.append(_text(child))
    return "".join(parts)


def _rows(table: Any, number: int, numbering: Numbering) -> list[Row]:
    """The table on its grid: a cell over several columns is followed by LEFT cells, over several rows by ABOVE ones."""
    above: dict[int, str] = {}
    rows = []
    cells_seen = 0
    for index, line in enumerate((row for row in _children(table) if row.tag == qn("w:tr")), 1):
        cells: list[Cell] = []
        for _ in range(_span(line, "w:trPr/w:gridBefore")):
            cells.append(Cell(""))
        for element in (cell for cell in _children(line) if cell.tag == qn("w:tc")):
            column = len(cells)
            cells.append(_cell(element, above, column, numbering))
            cells += [Cell("", LEFT)] * (_span(element, "w:tcPr/w:gridSpan", 1) - 1)
        cells_seen += len(cells)
        if cells_seen > MAX_CELLS:
            raise Unreadable("sheet_too_large", limit=str(MAX_CELLS), sheet=f"第{number}个表格")
        if any(cell.text.strip() for cell in cells):
            rows.append(Row(tuple(cells), Place(table=number, row=index)))
    return rows


def _cell(element: Any, above: dict[int, str], column: int, numbering: Numbering) -> Cell:
    merge = element.find("./" + qn("w:tcPr") + "/" + qn("w:vMerge"))
    if merge is not None and merge.get(qn("w:val"), "continue") != "restart":
        return Cell(above.get(column, ""), ABOVE)
    text = "\n".join(_cell_lines(element, numbering)).strip()
    above[column] = text
    return Cell(text)


def _cell_lines(element: Any, numbering: Numbering) -> Iterator[str]:
    """The lines of a cell; a table inside a cell is read as text."""
    for child in _children(element):
        if child.tag == qn("w:p"):
            yield _paragraph(child, numbering)
        elif child.tag in (qn("w:tbl"), qn("w:tr"), qn("w:tc")):
            yield from _cell_lines(child, numbering)


def _span(element: Any, path: str, nothing: int = 0) -> int:
    found = element.find("./" + "/".join(qn(part) for part in path.split("/")))
    value = found.get(qn("w:val"), "") if found is not None else ""
    return min(int(value), _MAX_SPAN) if re.fullmatch(r"\d{1,4}", value) else nothing
