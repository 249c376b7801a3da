"""Tables whose lines between the cells were lost in copying: cells parted by blanks, or each on its own line.

The headings give such a table away: one line of at least three headings parted by blanks, or at
least three lines with one heading each, the first of them 序号. A row begins with the next number.
Its pieces (parted by blanks or line ends) are put together again so that every column gets what
suits it best, in order; a column may stay empty. Rows put together in this way carry a remark
unless there are exactly as many pieces as columns.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tasks_app.intake.readers.document import Cell, Document, Paragraph, Row, Table
from tasks_app.intake.understanding.alignment import fits, is_units
from tasks_app.intake.understanding.cleaning import flow, glue, mend
from tasks_app.intake.understanding.columns import CONTENT, HEADING, NUMBER, UNITS, Columns, find_columns, kind_of
from tasks_app.intake.understanding.labels import LEAD, RESPONSIBLE
from tasks_app.intake.understanding.marks import read_mark

_BLANKS = re.compile(r"[ \t\u3000]+")
_ROW = re.compile(r"^\s*(\d{1,4})(?:[.．、]?\s+(?=\S)|[.．、]?\s*$)")
_OVER = re.compile(r"^(?:抄\s*送|主\s*送|附件|附\s*[：:]|注[：:])")
_ENOUGH = 3
_MOST_PIECES = 60
_REMARK = "原文的表格没有分隔线，各格是按内容拼合的，请核对"


@dataclass(frozen=True)
class _Line:
    text: str
    block: Paragraph


def recover_tables(document: Document) -> Document:
    """The document with such stretches of lines as tables. Only texts are looked at."""
    if not document.wrapped:
        return document
    blocks: list[Paragraph | Table] = []
    at = 0
    while at < len(document.blocks):
        found = _table_at(document.blocks, at)
        if found is None:
            blocks.append(document.blocks[at])
            at += 1
        else:
            table, at = found
            blocks.append(table)
    return replace(document, blocks=tuple(blocks))


def _table_at(blocks: Sequence[Paragraph | Table], at: int) -> tuple[Table, int] | None:
    """The table that begins at a block, and the index after it."""
    headings, after = _headings_at(blocks, at)
    if not headings:
        return None
    first = blocks[at]
    head = Row(tuple(Cell(text) for text in headings), first.place)
    columns = find_columns([head])
    if columns is None or NUMBER not in columns.kinds or not columns.of(*UNITS):
        return None
    rows, stop = _rows(blocks, after, columns, headings)
    if not any(not row.loose for row in rows):
        return None
    return Table((head, *rows), first.place, ragged=True), stop


def _headings_at(blocks: Sequence[Paragraph | Table], at: int) -> tuple[list[str], int]:
    """Headings in one line, or one in each of several lines; none gives an empty list."""
    block = blocks[at]
    if not isinstance(block, Paragraph):
        return [], at
    words = [word for word in _BLANKS.split(mend(block.text).strip()) if word]
    if len(words) >= _ENOUGH and all(map(kind_of, words)):
        return words, at + 1
    found: list[str] = []
    while at < len(blocks):
        block = blocks[at]
        word = flow(block.text) if isinstance(block, Paragraph) else "。"
        if word and (kind_of(word) is None or word.isdigit() or word in found):
            break
        found += [word] if word else []
        at += 1
    return (found, at) if len(found) >= _ENOUGH and kind_of(found[0]) == NUMBER else ([], at)


def _rows(
    blocks: Sequence[Paragraph | Table], at: int, columns: Columns, headings: Sequence[str]
) -> tuple[list[Row], int]:
    rows: list[Row] = []
    pending: list[_Line] = []
    last = 0
    index = at
    while index < len(blocks):
        block = blocks[index]
        if not isinstance(block, Paragraph) or _OVER.match(block.text.strip()):
            break
        text = mend(block.text).strip()
        number = _ROW.match(text)
        if text and _headings_at(blocks, index)[0][: len(headings)] == list(headings):
            index = _headings_at(blocks, index)[1]
            continue
        if number and int(number[1]) in ({last + 1} if pending or rows else {1, last + 1}):
            rows += _row(pending, columns)
            pending, last = [_Line(text, block)], int(number[1])
        elif text and _is_section(text, pending, columns):
            rows += _row(pending, columns)
            rows.append(Row((Cell(text),), block.place, loose=True))
            pending = []
        elif text and not pending:
            break
        elif text:
            pending.append(_Line(text, block))
        index += 1
    return [*rows, *_row(pending, columns)], index


def _is_section(text: str, pending: Sequence[_Line], columns: Columns) -> bool:
    """A heading between rows: a Chinese number, no stop, and the row before it is complete."""
    mark = read_mark(text)
    if mark is None or mark.kind not in {"han", "bracketed_han", "chapter"} or text.endswith("。") or len(text) > 60:
        return False
    return (
        not pending
        or is_units(flow(pending[-1].text).split(" ")[-1])
        or any(is_units(piece) for piece in _BLANKS.split(pending[-1].text))
    )


def _row(lines: Sequence[_Line], columns: Columns) -> list[Row]:
    """A row out of its lines."""
    pieces = [piece for line in lines for piece in _BLANKS.split(line.text) if piece]
    if not lines:
        return []
    cells = _put_together(pieces[:_MOST_PIECES], columns.kinds)
    if len(pieces) > _MOST_PIECES:
        cells[columns.content] = glue(cells[columns.content], "".join(pieces[_MOST_PIECES:]))
    exact = len(pieces) == len(columns.kinds)
    return [Row(tuple(Cell(cell) for cell in cells), lines[0].block.place, remarks=() if exact else (_REMARK,))]


def _put_together(pieces: Sequence[str], kinds: Sequence[str]) -> list[str]:
    """Pieces over columns in order, so that the sum of how well each suits is greatest."""
    best: list[tuple[float, list[str]] | None] = [None] * (len(pieces) + 1)
    best[0] = (0.0, [])
    for kind in kinds:
        after: list[tuple[float, list[str]] | None] = [None] * (len(pieces) + 1)
        for used, so_far in enumerate(best):
            if so_far is None:
                continue
            for stop in range(used, len(pieces) + 1):
                if kind == NUMBER and stop - used > 1:
                    break
                cell = _joined(pieces[used:stop], kind)
                score = so_far[0] + fits(cell, kind) - _strain(pieces[used:stop], kind)
                found = after[stop]
                if found is None or score > found[0]:
                    after[stop] = (score, [*so_far[1], cell])
        best = after
    whole = best[len(pieces)]
    return whole[1] if whole else ["".join(pieces)] + [""] * (len(kinds) - 1)


def _strain(pieces: Sequence[str], kind: str) -> float:
    """What speaks against these pieces being one cell."""
    if not pieces:
        return {LEAD: 1.5, RESPONSIBLE: 1.0}.get(kind, 0.0)
    strain = 4.0 if pieces[-1].endswith(("、", "，")) else 0.0
    if kind == CONTENT:
        return strain + (4.0 if len(pieces) > 1 and is_units(pieces[-1]) else 0.0)
    return strain + 0.2 * (len(pieces) - 1) + (3.0 if kind == HEADING and len(pieces) > 2 else 0.0)


def _joined(pieces: Sequence[str], kind: str) -> str:
    if kind in UNITS:
        return " ".join(pieces)
    whole = ""
    for piece in pieces:
        whole = glue(whole, piece)
    return whole
