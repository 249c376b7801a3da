"""What every reader of whole documents returns: blocks in printed order, each with its place."""

from collections.abc import Iterator, Mapping
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
    """A grid of rows; `ragged` when the number of cells in a row means little (tabs in a text)."""

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


def to_json(document: Document) -> dict[str, Any]:
    """The document as data, for another process: a paragraph is its text, a table its rows."""
    blocks = [
        {"rows": [_row(row) for row in block.rows], "ragged": block.ragged, "place": block.place.as_json()}
        if isinstance(block, Table)
        else {"text": block.text, "place": block.place.as_json()}
        for block in document.blocks
    ]
    return {**vars(document), "blocks": blocks}


def _row(row: Row) -> list[Any]:
    cells = [[cell.text, cell.merged] if cell.merged else cell.text for cell in row.cells]
    return [cells, row.place.as_json(), row.loose, row.remarks]


def from_json(data: Mapping[str, Any]) -> Document:
    """The document of `to_json`."""
    blocks = tuple(_block(block) for block in data["blocks"])
    return Document(data["name"], data["kind"], blocks, data["wrapped"], tuple(data["notes"]))


def _block(data: Mapping[str, Any]) -> Paragraph | Table:
    place = Place(**data["place"])
    if "text" in data:
        return Paragraph(data["text"], place)
    rows = (
        Row(
            tuple(Cell(text) if isinstance(text, str) else Cell(*text) for text in cells),
            Place(**at),
            loose,
            tuple(said),
        )
        for cells, at, loose, said in data["rows"]
    )
    return Table(tuple(rows), place, data["ragged"])
