"""CSV as Chinese offices make it: UTF-8 with or without BOM, GB18030, comma, semicolon or tab.

Files come out of Excel and WPS on Chinese Windows, with a title above the headings, blank rows,
headings repeated at page breaks, and quotation marks typed by hand.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from tasks_app.intake.problem import Problem
from tasks_app.intake.readers import RawRow, Sheet, Unreadable
from tasks_app.intake.readers.encodings import decode

MAX_BYTES = 60 * 1024 * 1024
MAX_ROWS = 200_000
MAX_CELL = 10_000
MAX_COLUMNS = 200
HEADER_WITHIN = 30  # records
DELIMITERS = ",;\t"
ENOUGH_HEADINGS = 2

_QUOTED = re.compile(r'"([^"]*(?:""[^"]*)*)"')
_GARBLED = re.compile("[\ufffd\x01-\x08\x0b\x0c\x0e-\x1f]|锟斤拷|烫烫烫")
# Written by us (`lib.text.harmless`) so that a spreadsheet shows the cell instead of computing it.
_GUARD = re.compile(r"^'(?=[=+@\t\r＝＋－＠-])")

ColumnOf = Callable[[str], str | None]


@dataclass(frozen=True)
class _Record:
    line: int
    cells: list[str]
    open_quote: bool


class Stream:
    """A file whose rows are read one after the other, so that a long one is never held in memory twice.

    `skipped` and the rows are complete once `rows()` is used up.
    """

    def __init__(self, content: bytes, column_of: ColumnOf) -> None:
        if len(content) > MAX_BYTES:
            raise Unreadable("file_too_big", limit=str(MAX_BYTES // 1024 // 1024))
        text, self.encoding = decode(content)
        self._text = text.replace("\r\n", "\n").replace("\r", "\n")
        if not self._text.strip(" \n\t,;\ufeff"):
            raise Unreadable("file_empty")
        self.delimiter, self._index, header = _find_header(self._text, column_of)
        self.header_line = header.line
        self.headings = tuple(_distinct(_trimmed([cell.strip() for cell in header.cells])))
        if len(self.headings) > MAX_COLUMNS:
            raise Unreadable("too_many_columns", limit=str(MAX_COLUMNS))
        self._header_key = [column_of(cell) for cell in self.headings]
        self._column_of = column_of
        self.skipped = {"title": self._index, "repeated": 0, "blank": 0}

    def rows(self) -> Iterator[RawRow]:
        """The rows below the headings. Raises Unreadable when there are none, or too many."""
        n = 0
        records = _records(self._text, self.delimiter, len(self.headings))
        for record in islice(records, self._index + 1, None):
            cells = [_GUARD.sub("", cell.strip()) for cell in record.cells]
            if not any(cells):
                self.skipped["blank"] += 1
            elif self._repeats_the_header(cells):
                self.skipped["repeated"] += 1
            else:
                n += 1
                if n > MAX_ROWS:
                    raise Unreadable("too_many_rows", limit=str(MAX_ROWS))
                yield _row(record, cells, self.headings)
        if not n:
            raise Unreadable("no_rows", line=self.header_line)

    def _repeats_the_header(self, cells: list[str]) -> bool:
        # The first cell tells most data rows from headings; the whole row is checked only where that cell is a heading.
        if self._column_of(cells[0]) != self._header_key[0]:
            return False
        return [self._column_of(cell) for cell in _trimmed(cells)] == self._header_key


def read(content: bytes, *, column_of: ColumnOf) -> Sheet:
    """The rows below the headings. `column_of` names the column a heading stands for, or None.

    Raises Unreadable when the file is something else, of unknown encoding, without headings, empty,
    or too big.
    """
    stream = Stream(content, column_of)
    rows = tuple(stream.rows())
    return Sheet(
        headings=stream.headings,
        rows=rows,
        encoding=stream.encoding,
        header_line=stream.header_line,
        delimiter=stream.delimiter,
        skipped=stream.skipped,
    )


def _find_header(text: str, column_of: ColumnOf) -> tuple[str, int, _Record]:
    """The delimiter, the place and the record of the row that holds most known headings."""
    best: tuple[int, str, int, _Record] | None = None
    for delimiter in DELIMITERS:
        for index, record in enumerate(islice(_records(text, delimiter, 0), HEADER_WITHIN)):
            known = len({column for cell in record.cells if (column := column_of(cell))})
            if known >= ENOUGH_HEADINGS and (best is None or known > best[0]):
                best = (known, delimiter, index, record)
    if best is None:
        first = next((line for line in text.split("\n") if line.strip()), "")
        raise Unreadable("header_missing", line=1, value=first[:60])
    return best[1:]


def _records(text: str, delimiter: str, width: int) -> Iterator[_Record]:
    """Records of the text; one whose quote never closes properly ends with its own line.

    Nothing after such a quote is swallowed: reading goes on with the next line. `width` is the
    number of columns, 0 while it is unknown.
    """
    plain = re.compile(f"[^{re.escape(delimiter)}\n]*")
    at, line = 0, 1
    while at < len(text):
        cells, end = _record(text, at, delimiter, plain)
        broken = cells is None or any(_swallowed_rows(cell, delimiter, width) for cell in cells)
        if broken:
            stop = text.find("\n", at)
            end = len(text) if stop < 0 else stop
            cells = [cell.strip('" ') for cell in text[at:end].split(delimiter)]
        yield _Record(line, cells or [], broken)
        line += text.count("\n", at, end) + 1
        at = end + 1


def _record(text: str, at: int, delimiter: str, plain: re.Pattern[str]) -> tuple[list[str] | None, int]:
    """The cells of the record beginning at `at`, and where it ends; None for an unbalanced quote."""
    cells: list[str] = []
    while True:
        hit = _QUOTED.match(text, at)
        if hit:
            cells.append(hit[1].replace('""', '"'))
            end = hit.end()
            while end < len(text) and text[end] == " ":
                end += 1
        elif text.startswith('"', at):
            return None, at
        else:
            found = plain.match(text, at)
            cells.append(found[0] if found else "")
            end = found.end() if found else at
            if cells[-1].count('"') % 2:
                return None, at
        if end >= len(text) or text[end] == "\n":
            return cells, end
        if text[end] != delimiter:
            return None, at
        at = end + 1


def _swallowed_rows(cell: str, delimiter: str, width: int) -> bool:
    """Whether a quoted cell runs over what must be whole rows of the file."""
    return width > 1 and any(line.count(delimiter) >= width - 1 for line in cell.split("\n")[1:])


def _row(record: _Record, cells: list[str], headings: Sequence[str]) -> RawRow:
    width = len(headings)
    problems = []
    if record.open_quote:
        value = next((cell for cell in cells if cell), "")
        problems.append(Problem("quote_open", record.line, value=value[:60]))
    elif extra := [cell for cell in cells[width:] if cell]:
        problems.append(
            Problem(
                "too_many_cells", record.line, value=extra[0][:60], details={"n": str(len(cells)), "of": str(width)}
            )
        )
    cells = (cells + [""] * width)[:width]
    for heading, cell in zip(headings, cells, strict=True):
        if _GARBLED.search(cell):
            problems.append(Problem("garbled", record.line, heading, cell[:60]))
        if len(cell) > MAX_CELL:
            details = {"limit": str(MAX_CELL), "length": str(len(cell))}
            problems.append(Problem("too_long", record.line, heading, cell[:60], details))
    return RawRow(record.line, tuple(cell[:MAX_CELL] for cell in cells), tuple(problems))


def _distinct(headings: list[str]) -> list[str]:
    """Headings by which cells can be told apart: blank ones by their place, repeated ones numbered.

    The number stands in brackets, which matching leaves aside: 备注（2） is still 备注.
    """
    named: list[str] = []
    for place, heading in enumerate(headings, start=1):
        name = heading or f"第{place}列"
        named.append(f"{name}（{place}）" if name in named else name)
    return named


def _trimmed(cells: list[str]) -> list[str]:
    """Without the empty cells at the end that spreadsheets add."""
    end = len(cells)
    while end and not cells[end - 1]:
        end -= 1
    return cells[:end]
