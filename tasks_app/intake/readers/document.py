"""What every reader of whole documents returns: blocks in printed order, each with its place."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

ABOVE = "above"
LEFT = "left"


@dataclass(frozen=True)
class Place:
    """Where something stands; 0 and "" are unknown. Lines, pages, paragraphs, tables, rows count from 1."""

    sheet: str = ""
    page: int = 0
    line: int = 0
    paragraph: int = 0
    table: int = 0
    row: int = 0

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if value}


@dataclass(frozen=True)
class Cell:
    """A cell's text. `merged` is ABOVE (continues the cell above and repeats its text), LEFT, or ""."""

    text: str
    merged: str = ""


@dataclass(frozen=True)
class Row:
    """`loose` marks a line of text between the rows of a table that has no cells of its own.

    `remarks` are Chinese sentences about cells that could not be read.
    """

    cells: tuple[Cell, ...]
    place: Place
    loose: bool = False
    remarks: tuple[str, ...] = ()

    @property
    def texts(self) -> list[str]:
        return [cell.text for cell in self.cells]


@dataclass(frozen=True)
class Paragraph:
    """One paragraph, or one printed line where the document is `wrapped`."""

    text: str
    place: Place


@dataclass(frozen=True)
class Table:
    """A grid of rows; `ragged` when the number of a row's cells says little (tabs in a text)."""

    rows: tuple[Row, ...]
    place: Place
    ragged: bool = False


@dataclass(frozen=True)
class Document:
    """A whole file. `wrapped`: paragraphs may be printed lines. `notes`: Chinese remarks on what was left out."""

    name: str
    kind: str
    blocks: tuple[Paragraph | Table, ...]
    wrapped: bool = False
    notes: tuple[str, ...] = field(default=())

    def tables(self) -> Iterator[Table]:
        return (block for block in self.blocks if isinstance(block, Table))
