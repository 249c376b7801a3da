"""Text files and pasted text: lines, with tables where lines have tabs."""

import re

from tasks_app.intake.readers import Unreadable
from tasks_app.intake.readers.document import Cell, Document, Paragraph, Place, Row, Table
from tasks_app.intake.readers.encodings import decode
from tasks_app.intake.readers.limits import MAX_BLOCKS

_ENOUGH_TABS = 2
_LOOSE_LINES = 6  # lines without a tab that may stand between two rows of one table
_QUOTED_LINES = 60
_OPEN_QUOTE = re.compile(r'(?:^|\t)"(?:[^"]|"")*$')
_PIPES = re.compile(r"^\s*\|.*\|\s*$")
_RULE = re.compile(r"^[\s|:\-+=]+$")


def read(name: str, content: bytes) -> Document:
    """A text file as blocks. Raises Unreadable for other kinds of files and unknown encodings."""
    text, _encoding = decode(content)
    return from_text(name, text)


def from_text(name: str, text: str) -> Document:
    """Pasted text as blocks; a line is a paragraph, `Document.wrapped` says that it may be only part of one."""
    lines = _numbered(text)
    if len(lines) > MAX_BLOCKS:
        raise Unreadable("too_many_blocks", limit=str(MAX_BLOCKS))
    blocks: list[Paragraph | Table] = []
    at = tables = 0
    while at < len(lines):
        if _is_row(lines[at][0]):
            tables += 1
            rows, at = _table(lines, at, tables)
            blocks.append(Table(tuple(rows), rows[0].place, ragged=True))
        else:
            line, place = lines[at]
            blocks.append(Paragraph(line, place))
            at += 1
    return Document(name, "text", tuple(blocks), wrapped=True)


def _numbered(text: str) -> list[tuple[str, Place]]:
    """Lines with page and number. A form feed ends a page; pieces of a quoted cell are one line."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    raw = text.replace("\f", "\n\f").split("\n") if "\f" in text else text.split("\n")
    lines: list[tuple[str, Place]] = []
    page = number = at = 0
    while at < len(raw):
        line = raw[at]
        number += 1
        if line.startswith("\f"):
            page += 1
            number -= 1
            line = line[1:]
        place = Place(page=page + 1 if "\f" in text else 0, line=number)
        joined, used = _whole_quote(raw, at)
        if used:
            line, number = joined, number + used
        lines.append((_piped(line), place))
        at += 1 + used
    return lines


def _whole_quote(raw: list[str], at: int) -> tuple[str, int]:
    """The line with those after it that belong to a quoted cell (as spreadsheets paste them)."""
    if "\t" not in raw[at] or not _OPEN_QUOTE.search(raw[at]):
        return raw[at], 0
    joined = raw[at]
    for used in range(1, min(_QUOTED_LINES, len(raw) - at)):
        joined += "\n" + raw[at + used]
        if '"' in raw[at + used] and not _OPEN_QUOTE.search(joined):
            return joined, used
    return raw[at], 0


def _piped(line: str) -> str:
    """A row drawn with bars (| a | b |) as one with tabs; the rule under a heading becomes blank."""
    if not _PIPES.match(line) or line.count("|") <= _ENOUGH_TABS:
        return line
    return "" if _RULE.match(line) else "\t".join(cell.strip() for cell in line.strip().strip("|").split("|"))


def _is_row(line: str) -> bool:
    return line.count("\t") >= _ENOUGH_TABS and bool(line.strip())


def _table(lines: list[tuple[str, Place]], at: int, number: int) -> tuple[list[Row], int]:
    """The rows of the table beginning at `at`, and the line after it."""
    rows: list[Row] = []
    loose: list[Row] = []
    start = at
    for index in range(at, len(lines)):
        line, place = lines[index]
        if not line.strip():
            continue
        where = Place(page=place.page, line=place.line, table=number, row=len(rows) + len(loose) + 1)
        if _is_row(line):
            rows += [*loose, Row(tuple(Cell(_unquoted(cell)) for cell in line.split("\t")), where)]
            loose = []
            start = index + 1
        elif len(loose) >= _LOOSE_LINES:
            break
        else:
            loose.append(Row((Cell(line.strip()),), where, loose=True))
    return rows, start


def _unquoted(cell: str) -> str:
    cell = cell.strip()
    if len(cell) > 1 and cell[0] == cell[-1] == '"' and ("\n" in cell or '""' in cell):
        return cell[1:-1].replace('""', '"').strip()
    return cell
