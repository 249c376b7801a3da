"""CSV and TSV as a document of one table. The records are csv_text's; only what it skips is added."""

from collections.abc import Callable

from tasks_app.intake.readers import csv_text
from tasks_app.intake.readers.document import Cell, Document, Paragraph, Place, Row, Table
from tasks_app.intake.readers.encodings import decode

# What csv_text finds wrong with a row, as a doubt about what stands in it.
_REMARKS = {
    "quote_open": "这一行的英文双引号没有成对，分格可能不对",
    "too_many_cells": "这一行的格数比表头多，多出的内容没有读入",
    "garbled": "这一行有乱码或控制字符",
    "too_long": "这一行有内容过长，只读了前一部分",
}


def read(name: str, content: bytes, *, column_of: Callable[[str], str | None]) -> Document:
    """A list saved as CSV: the lines above its headings are paragraphs. Raises Unreadable."""
    sheet = csv_text.read(content, column_of=column_of)
    text, _encoding = decode(content)
    above = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[: sheet.header_line - 1]
    titles = [
        Paragraph(" ".join(line.replace('"', "").replace(sheet.delimiter, " ").split()), Place(line=number))
        for number, line in enumerate(above, 1)
        if line.strip(sheet.delimiter + ' "')
    ]
    heading = Row(tuple(Cell(text) for text in sheet.headings), Place(line=sheet.header_line, table=1, row=1))
    rows = [
        Row(
            tuple(Cell(text) for text in row.cells),
            Place(line=row.line, table=1, row=number),
            remarks=tuple(dict.fromkeys(_REMARKS[one.code] for one in row.problems if one.code in _REMARKS)),
        )
        for number, row in enumerate(sheet.rows, 2)
    ]
    table = Table((heading, *rows), heading.place, ragged=True)
    return Document(name, "csv", (*titles, table))
