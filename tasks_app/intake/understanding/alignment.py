"""Laying the cells of a row over the columns of its table, when there are too many or too few.

A table copied out of a PDF loses and gains cells. The cells keep their order, so a reading of a row
is a choice of which cells are surplus and which columns got none. Every cell is scored against the
column it would stand in: numbers look like numbers, units like units, contents are long. Moving
costs something, so that a row stays where it is unless its contents say otherwise. Between a row's
key task and its content there may be further heading cells that the heading row does not know.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tasks_app.intake.understanding.columns import CONTENT, HEADING, NUMBER, UNITS
from tasks_app.intake.understanding.labels import DEADLINE, LEAD, PERSON
from tasks_app.units.rules import looks_like_unit, split_units

_NUMBER = re.compile(r"[（(]?(?:\d{1,4}|[一二三四五六七八九十百]{1,4})(?:[-.—]\d{1,3}){0,2}[)）]?[.、．]?")
_DATE = re.compile(r"年|月|底|季度|长期|持续|常态|即时|适时|\d{1,4}[-./]\d{1,2}|随时|立即|上半年|下半年")
_STOP = re.compile(r"[。；！]")
_SHIFT = 0.6
_RIGID = 2.5  # moving in a table whose grid is known
_CLOSE_CALL = 0.9


@dataclass(frozen=True)
class Laid:
    """Which cell stands in which column (-1: none), the further heading cells, and how sure that is."""

    cells: tuple[int, ...]
    extra: tuple[int, ...]
    moved: bool
    close: bool
    lost: bool


@dataclass(frozen=True)
class _Reading:
    score: float
    cells: tuple[int, ...]
    extra: tuple[int, ...]
    inner_moves: int


def lay(cells: Sequence[str], kinds: Sequence[str], *, ragged: bool) -> Laid:
    """The best reading of a row. `moved`: not every cell stands at its own place; `close`: another reading is as good.

    `lost`: a column at the end got no cell because the row was moved to the right.
    """
    if _plainly_fits(cells, kinds):
        return Laid(tuple(range(len(kinds))), (), False, False, False)
    readings = _readings(tuple(cells), tuple(kinds), ragged)
    best = readings[0]
    straight = all(cell in (column, -1) for column, cell in enumerate(best.cells)) and not best.extra
    other = next((one for one in readings[1:] if _differs(one, best, cells, kinds)), None)
    close = other is not None and best.score - other.score < _CLOSE_CALL
    lost = not straight and bool(best.cells) and best.cells[-1] == -1 and max(best.cells) == len(cells) - 1
    return Laid(best.cells, best.extra, not straight, close and not straight, lost)


def _plainly_fits(cells: Sequence[str], kinds: Sequence[str]) -> bool:
    """Whether every cell already stands in a column that it suits; most rows do."""
    return len(cells) == len(kinds) and all(
        fits(cell, kind) >= (1.5 if kind == CONTENT else 5.0 if kind in (NUMBER, LEAD) else 0.0)
        for cell, kind in zip(cells, kinds, strict=True)
    )


def _differs(one: _Reading, other: _Reading, cells: Sequence[str], kinds: Sequence[str]) -> bool:
    """Whether two readings put different words into a column that matters."""
    return any(
        (cells[a] if a >= 0 else "") != (cells[b] if b >= 0 else "")
        for a, b, kind in zip(one.cells, other.cells, kinds, strict=True)
        if kind == CONTENT or kind in UNITS
    )


def _readings(cells: tuple[str, ...], kinds: tuple[str, ...], ragged: bool) -> list[_Reading]:
    """Readings, best first: a beam over columns, keeping the best few at each number of used cells."""
    move = _SHIFT if ragged else _RIGID
    content = kinds.index(CONTENT) if CONTENT in kinds else -1
    first_heading = next((index for index, kind in enumerate(kinds) if kind == HEADING), content)
    beams: dict[int, list[_Reading]] = {0: [_Reading(0.0, (), (), 0)]}
    for column, kind in enumerate(kinds):
        after: dict[int, list[_Reading]] = {}
        extra_here = first_heading < column <= content
        for used, readings in beams.items():
            for reading in readings:
                for cell in range(used, len(cells) + 1):
                    step = _step(reading, cells, used, cell, kind, column, move, extra_here)
                    if step is not None:
                        after.setdefault(min(cell + 1, len(cells)) if step.cells[-1] >= 0 else used, []).append(step)
        beams = {used: sorted(found, key=lambda one: -one.score)[:4] for used, found in after.items()}
    finished = [
        _Reading(reading.score - 0.05 * (len(cells) - used), reading.cells, reading.extra, reading.inner_moves)
        for used, found in beams.items()
        for reading in found
        if not any(cells[used:])
    ]
    if not finished:
        width = len(kinds)
        straight = tuple(index if index < len(cells) else -1 for index in range(width))
        return [_Reading(0.0, straight, (), 0)]
    return sorted(finished, key=lambda one: -one.score)


def _step(
    reading: _Reading,
    cells: tuple[str, ...],
    used: int,
    cell: int,
    kind: str,
    column: int,
    move: float,
    extra_here: bool,
) -> _Reading | None:
    """Fill `column` with `cell`, passing over the cells between; with no cell when `cell` is past the end."""
    if cell == len(cells):
        penalty = {CONTENT: 8.0, "lead": 1.2, "responsible": 1.0}.get(kind, 0.4)
        free = used >= len(cells) and kind not in (CONTENT, "lead")
        return _Reading(
            reading.score - (0.1 if free else penalty), (*reading.cells, -1), reading.extra, reading.inner_moves
        )
    passed = range(used, cell)
    filled = [index for index in passed if cells[index]]
    if filled and not (extra_here and all(_is_heading(cells[index]) for index in filled)):
        return None
    if cell - used > 3:
        return None
    moved = bool(passed) or (cell < column and _previous(reading.cells) == -1)
    score = reading.score + fits(cells[cell], kind) - (move if moved else 0) - 0.15 * len(passed) + 0.8 * len(filled)
    return _Reading(score, (*reading.cells, cell), (*reading.extra, *filled), reading.inner_moves + moved)


def _previous(cells: tuple[int, ...]) -> int:
    return cells[-1] if cells else 0


def _is_heading(text: str) -> bool:
    return len(text) <= 50 and not _STOP.search(text) and not is_units(text)


def looks_like_number(text: str) -> bool:
    """Whether a cell is a number as first columns have it: 12, 1.2, （三）."""
    return bool(_NUMBER.fullmatch(text))


def looks_like_date(text: str) -> bool:
    """Whether a cell is a deadline: short, with a month, a year or 长期."""
    return bool(_DATE.search(text)) and len(text) <= 30 and not is_units(text)


@lru_cache(maxsize=20_000)
def is_units(text: str) -> bool:
    """Whether a cell looks like a list of units: short names, most of them built like one."""
    if not text or len(text) > 400 or _STOP.search(text.rstrip("。；; ")):
        return False
    names = split_units(text, ())
    return bool(names) and sum(map(looks_like_unit, names)) * 3 >= 2 * len(names) and max(map(len, names)) <= 32


@lru_cache(maxsize=40_000)
def fits(text: str, kind: str) -> float:
    """How well a text suits a kind of column; only a content is missed where there is none."""
    if not text:
        return -5.0 if kind == CONTENT else 0.0
    if kind in _SUITS:
        return _SUITS[kind](text)
    return 0.0 if len(text) <= 80 else -0.5


def _as_number(text: str) -> float:
    return 6.0 if _NUMBER.fullmatch(text) else -5.0


def _as_units(text: str) -> float:
    if is_units(text):
        return 5.0
    return -9.0 if len(text) > 40 or _STOP.search(text) else -3.0


def _as_content(text: str) -> float:
    long = len(text) > 24 or bool(_STOP.search(text))
    return (4.0 if long else 1.5) - (6.0 if is_units(text) else 0) - (5.0 if _NUMBER.fullmatch(text) else 0)


def _as_heading(text: str) -> float:
    short = len(text) <= 50 and not _STOP.search(text)
    return (2.0 if short else -3.0) - (3.0 if is_units(text) else 0)


def _as_deadline(text: str) -> float:
    if _DATE.search(text) and len(text) <= 60:
        return 4.0
    return -4.0 if is_units(text) or len(text) > 60 else -1.0


def _as_person(text: str) -> float:
    if len(text) > 40:
        return -4.0
    return -1.0 if is_units(text) else 0.5


_SUITS: dict[str, Callable[[str], float]] = {
    NUMBER: _as_number,
    **dict.fromkeys(UNITS, _as_units),
    CONTENT: _as_content,
    HEADING: _as_heading,
    DEADLINE: _as_deadline,
    PERSON: _as_person,
}
