"""Columns of a table that lost its headings: what each holds, judged by its cells."""

from collections import Counter
from collections.abc import Sequence

from tasks_app.intake.readers.document import Row
from tasks_app.intake.understanding.alignment import is_units, looks_like_date, looks_like_number
from tasks_app.intake.understanding.cleaning import flow
from tasks_app.intake.understanding.columns import CONTENT, HEADING, NUMBER, OTHER, Columns
from tasks_app.intake.understanding.labels import ASSIST, DEADLINE, LEAD, RESPONSIBLE

_MOST = 0.7
_ENOUGH_ROWS = 2


def guess_columns(rows: Sequence[Row]) -> Columns | None:
    """Columns by content; None unless there is a column of numbers, one of units and one of text.

    Two columns of units are taken for lead and assisting ones, a single one for responsible.
    """
    cells = _cells_by_column(rows)
    kinds = [_kind(column) for column in cells]
    texts = [at for at, kind in enumerate(kinds) if kind == OTHER and cells[at]]
    units = [at for at, kind in enumerate(kinds) if kind == RESPONSIBLE]
    if NUMBER not in kinds or not units or not texts:
        return None
    content = max(texts, key=lambda at: sum(map(len, cells[at])))
    if content > units[0]:
        return None
    for at in texts:
        kinds[at] = CONTENT if at == content else HEADING if at < content else OTHER
    if len(units) > 1:
        kinds[units[0]], kinds[units[1]] = LEAD, ASSIST
    return Columns(kinds, [""] * len(kinds), starts=0, ends=0)


def _cells_by_column(rows: Sequence[Row]) -> list[list[str]]:
    """What stands in each column of the rows that are as wide as most; nothing where too few agree."""
    widths = Counter(len(row.cells) for row in rows if sum(bool(text.strip()) for text in row.texts) > 2)
    width, count = widths.most_common(1)[0] if widths else (0, 0)
    if count < _ENOUGH_ROWS:
        return []
    data = [row for row in rows if len(row.cells) == width]
    return [[flow(row.cells[at].text) for row in data if row.cells[at].text.strip()] for at in range(width)]


def _kind(column: Sequence[str]) -> str:
    tests = ((NUMBER, looks_like_number), (RESPONSIBLE, is_units), (DEADLINE, looks_like_date))
    for kind, test in tests:
        if column and sum(map(test, column)) >= _MOST * len(column):
            return kind
    return OTHER
