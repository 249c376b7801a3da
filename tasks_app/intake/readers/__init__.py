"""Readers: bytes of an uploaded file in, rows out. One module per kind of file, no Django.

Every reader returns a `Sheet` or raises `Unreadable`; what follows (columns, matching) is the same
for all of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tasks_app.intake.problem import Problem


class Unreadable(Exception):
    """The file as a whole cannot be read; `problem` says why."""

    def __init__(self, code: str, *, line: int = 0, value: str = "", **details: str) -> None:
        super().__init__(code)
        self.problem = Problem(code=code, line=line, value=value, details=details)


@dataclass(frozen=True)
class RawRow:
    """One row: the line it begins on, its cells in the order of the headings, what is wrong with it."""

    line: int
    cells: tuple[str, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """What a file holds. `skipped` counts lines passed over: titles, repeated headings, blank ones."""

    headings: tuple[str, ...]
    rows: tuple[RawRow, ...]
    encoding: str
    header_line: int
    delimiter: str = ""
    skipped: Mapping[str, int] = field(default_factory=dict)
