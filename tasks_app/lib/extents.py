"""How far the sheets of an .xlsx reach, read from the archive a piece at a time before a library lays out a grid.

A library makes room for every cell between the first and the last one that a file names, empty or not: a file of two
kilobytes can ask for gigabytes.
"""

import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

_PIECE = 64 * 1024
_PLACE = re.compile(r"\$?([A-Za-z]{1,6})\$?(\d{1,12})")
_TRUE = {"1", "true"}
# What a cell that is more than a border has in it: a value, a text of its own, a formula.
_HOLDING = {"v", "is", "f"}


class TooLarge(Exception):
    """A sheet reaches further than is read."""


class NotAsItShould(Exception):
    """A part is no XML, or brings definitions of its own."""


@dataclass
class Extent:
    """A sheet: its last row and column that count, its cells, the area that is merged and the one it claims.

    `hidden` are the numbers of the rows that are not shown.
    """

    rows: int = 0
    columns: int = 0
    cells: int = 0
    merged: int = 0
    claimed: int = 0
    hidden: set[int] = field(default_factory=set)

    def reach(self, row: int, column: int) -> None:
        """A cell that counts lies there."""
        self.rows, self.columns = max(self.rows, row), max(self.columns, column)

    @property
    def largest(self) -> int:
        """The cells that a library may have to make room for."""
        return max(self.rows * self.columns, self.cells, self.merged, self.claimed)


def sheet_paths(archive: zipfile.ZipFile) -> dict[str, str]:
    """Name of each sheet → its part of the archive; empty where the workbook does not say. Raises NotAsItShould."""
    parts = {name.replace("\\", "/").lower(): name for name in archive.namelist()}
    try:
        links = {
            one.get("Id", ""): one.get("Target", "") for _tag, one in _elements(archive, "xl/_rels/workbook.xml.rels")
        }
        found = {}
        for tag, sheet in _elements(archive, "xl/workbook.xml"):
            if tag == "sheet":
                link = next((value for name, value in sheet.items() if name.rpartition(":")[2] == "id"), "")
                path = posixpath.normpath(posixpath.join("/xl", links.get(link, ""))).lstrip("/")
                if path.lower() in parts:
                    found[sheet.get("name", "")] = parts[path.lower()]
    except KeyError:
        return {}
    return found


def extent_of(archive: zipfile.ZipFile, path: str, *, most: int, empty_count: bool) -> Extent:
    """Of one sheet. Raises TooLarge as soon as it reaches over more than `most` cells, NotAsItShould.

    `empty_count`: whether the library makes room for cells that hold nothing but a border, and for the area that the
    sheet claims, as openpyxl does. Borders far below a list are ordinary; calamine passes over them.
    """
    extent = Extent()
    row = column = 0
    in_cell = False
    for tag, said in _elements(archive, path):
        # After the cells a sheet may have formulas of rules, such as a choice from another sheet: they are no cell's.
        in_cell = tag == "c" or (in_cell and tag in _HOLDING)
        if tag == "row":
            row, column = _number(said.get("r", "")) or row + 1, 0
            if said.get("hidden") in _TRUE:
                extent.hidden.add(row)
        elif tag == "c":
            column, row = _place(said.get("r", "")) or (column + 1, max(row, 1))
            extent.cells += 1
            if empty_count:
                extent.reach(row, column)
        elif tag in _HOLDING and in_cell:
            extent.reach(row, column)
        elif tag == "mergeCell":
            extent.merged += _area(said.get("ref", ""))
        elif tag == "dimension" and empty_count:
            extent.claimed = _area(said.get("ref", ""))
        else:
            continue
        if extent.largest > most:
            raise TooLarge(path)
    return extent


def _elements(archive: zipfile.ZipFile, path: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Name and attributes of every element of a part, whatever prefix it has. Raises KeyError without the part."""
    found: list[tuple[str, Mapping[str, str]]] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, said: found.append((name.rpartition(":")[2], said))
    parser.StartDoctypeDeclHandler = _refuse
    with archive.open(path) as stream:
        while True:
            piece = stream.read(_PIECE)
            try:
                parser.Parse(piece, not piece)
            except expat.ExpatError as error:
                raise NotAsItShould(path) from error
            yield from found
            found.clear()
            if not piece:
                return


def _refuse(*_declared: object) -> None:
    """Entity definitions, which no office program writes, would let a short text expand to a huge one."""
    raise NotAsItShould


def _place(reference: str) -> tuple[int, int] | None:
    """Column and row of B7, from 1; None for what is no reference."""
    if not (found := _PLACE.fullmatch(reference)):
        return None
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - 64
    return column, int(found[2])


def _area(reference: str) -> int:
    """How many cells A1:C3 has; a reference to one cell, or to nothing, has one."""
    first, _colon, last = reference.partition(":")
    begin, end = _place(first), _place(last or first)
    if begin is None or end is None:
        return 1
    return (abs(end[0] - begin[0]) + 1) * (abs(end[1] - begin[1]) + 1)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 13 else 0
