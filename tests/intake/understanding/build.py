"""Builds files in memory: from the plain descriptions in documents/, and for single tests.

A `.word` description: every line is a paragraph, lines beginning with | are rows of a table,
`!merge 0 1 0 1 4` merges cells of table 0 from row 1, column 0 to row 1, column 4. A `.book` one:
`=== name` begins a sheet (`=== name hidden` a hidden one), `!merge A1:G1` merges, `!hide 3` hides a row.
⏎ in a cell is a line break. `.txt` is the file itself.
"""

import datetime as dt
import io
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import docx
import openpyxl
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from tasks_app.intake.readers import files
from tasks_app.intake.readers.document import Document
from tasks_app.intake.understanding.columns import column_of
from tasks_app.intake.understanding.lists import understand

FOLDER = Path(__file__).parent / "documents"
DESCRIBED = sorted(path.name for path in FOLDER.iterdir() if path.suffix != ".json")


def described(name: str) -> tuple[str, bytes]:
    """The file that a description describes."""
    path = FOLDER / name
    if path.suffix == ".txt":
        return name, path.read_bytes()
    lines = path.read_text(encoding="utf-8").splitlines()
    return word(lines) if path.suffix == ".word" else book(lines)


def expected(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((FOLDER / name).with_suffix(".json").read_text(encoding="utf-8"))
    return found


def _cells(line: str) -> list[str]:
    return [cell.replace("⏎", "\n") for cell in line[1:].split("|")]


def word(lines: Sequence[str]) -> tuple[str, bytes]:
    document = docx.Document()
    tables: list[Any] = []
    rows: list[list[str]] = []
    for line in [*lines, "---"]:
        if line.startswith("|"):
            rows.append(_cells(line))
            continue
        if rows:
            tables.append(_word_table(document, rows))
            rows = []
        if line.startswith("!merge"):
            number, top, left, bottom, right = map(int, line.split()[1:])
            kept = tables[number].cell(top, left).text
            tables[number].cell(top, left).merge(tables[number].cell(bottom, right)).text = kept
        elif line != "---":
            document.add_paragraph(line)
    return "文件.docx", _saved(document)


def _word_table(document: Any, rows: Sequence[Sequence[str]]) -> Any:
    table = document.add_table(len(rows), max(map(len, rows)))
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            table.cell(row, column).text = cell
    return table


def book(lines: Sequence[str]) -> tuple[str, bytes]:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    sheet: Any = None
    for line in lines:
        if line.startswith("==="):
            name, *marks = line[3:].split()
            sheet = workbook.create_sheet(name)
            sheet.sheet_state = "hidden" if marks else "visible"
        elif line.startswith("!merge"):
            sheet.merge_cells(line.split()[1])
        elif line.startswith("!hide"):
            sheet.row_dimensions[int(line.split()[1])].hidden = True
        else:
            sheet.append([_value(cell) for cell in _cells(line)])
    return "文件.xlsx", _saved(workbook)


def _value(cell: str) -> str | int | dt.date | None:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", cell):
        return dt.date.fromisoformat(cell)
    return int(cell) if cell.isdigit() else cell or None


def _saved(document: Any) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def text(*lines: str) -> tuple[str, bytes]:
    return "文件.txt", "\n".join(lines).encode()


def numbered_word(levels: Sequence[tuple[str, str]], paragraphs: Sequence[tuple[int, str]]) -> tuple[str, bytes]:
    """A Word file whose numbers are automatic. `levels`: (format, text); paragraphs: (level or -1, words)."""
    document = docx.Document()
    root = document.part.numbering_part.element
    abstract = OxmlElement("w:abstractNum")
    abstract.set(qn("w:abstractNumId"), "77")
    for depth, (kind, shown) in enumerate(levels):
        level = OxmlElement("w:lvl")
        level.set(qn("w:ilvl"), str(depth))
        for name, value in (("w:start", "1"), ("w:numFmt", kind), ("w:lvlText", shown)):
            element = OxmlElement(name)
            element.set(qn("w:val"), value)
            level.append(element)
        abstract.append(level)
    root.insert(0, abstract)
    number = OxmlElement("w:num")
    number.set(qn("w:numId"), "77")
    link = OxmlElement("w:abstractNumId")
    link.set(qn("w:val"), "77")
    number.append(link)
    root.append(number)
    for depth, words in paragraphs:
        paragraph = document.add_paragraph(words)
        if depth >= 0:
            properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
            properties.get_or_add_ilvl().val = depth
            properties.get_or_add_numId().val = 77
    return "文件.docx", _saved(document)


def read(file: tuple[str, bytes]) -> Document:
    return files.read(*file, column_of=column_of)


def lists(file: tuple[str, bytes]) -> list[dict[str, Any]]:
    """What is understood of a file, as JSON: always a list of lists."""
    whole = understand(read(file)).as_json()
    found: list[dict[str, Any]] = whole.get("lists", [whole])
    return found


def brief(one: dict[str, Any]) -> dict[str, Any]:
    """The part of a list's JSON that the expectations state."""
    rule = one["reporting_rule"]
    return {
        "document": {key: one["document"][key] for key in ("number", "title", "issuer", "issue_date")},
        "reporting_rule": {key: rule[key] for key in ("frequency", "day", "receiver")} if rule else None,
        "items": [
            {
                **{
                    key: item[key]
                    for key in ("no", "path", "content", "lead_units", "assist_units", "responsible_units")
                },
                "deadline": item["deadline"]["date"] if item["deadline"] else None,
                "targets": [f"{t['comparator']}{t['value']}{t['unit']}" for t in item["targets"]],
            }
            for item in one["items"]
        ],
    }
