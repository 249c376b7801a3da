"""An official document (公文) in the layout of GB/T 9704-2012, as .docx: head, text, tables, charts, imprint.

Knows nothing of tasks or bulletins: words and numbers in, bytes out. Elements are written in the order of the calls.
"""

import datetime as dt
import io
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Pt

from tasks_app.paper.blank import BLOCK_WIDTH_MM, LEFT_MM, RED, SIZE_3, SIZE_4, blank_document
from tasks_app.paper.charts import Series, add_chart

__all__ = ["OfficialDocument", "Series"]

_HEADINGS = {1: "Level1", 2: "Level2", 3: "Level3", 4: "Level4"}
_TWIPS_PER_MM = 1440 / 25.4
_BLOCK_TWIPS = round(BLOCK_WIDTH_MM * _TWIPS_PER_MM)
_BLOCK_POINTS = BLOCK_WIDTH_MM * 72 / 25.4
# What XML 1.0 cannot hold: control characters that come in with pasted text, and halves of surrogate pairs.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Said of each table: LibreOffice does not take them from the default style.
_CELL_MARGINS = '<w:tblCellMar><w:left w:w="57" w:type="dxa"/><w:right w:w="57" w:type="dxa"/></w:tblCellMar>'
_TALLEST_MARK, _WIDEST_MARK = 48, 0.96
_TITLE_SIGNS = 19
_CLOSING, _RESTING = "，。、；：》）〕”年月日", "，、》）的"


def width_of(text: str) -> float:
    """How wide a line of size 3 is, in characters: a Latin letter or digit takes half of one."""
    return sum(1.0 if unicodedata.east_asian_width(sign) in "WFA" else 0.5 for sign in text)


def chinese_date(day: dt.date) -> str:
    """成文日期: Arabic figures without leading zeros (GB/T 9704-2012, 7.3.5)."""
    return f"{day.year}年{day.month}月{day.day}日"


def balanced(line: str, most: int = _TITLE_SIGNS) -> list[str]:
    """A title's line in parts of much the same length, none wider than `most` characters of its size.

    Breaks fall where the eye rests, after 《…》, a comma or 的, if such a place is near; never before a closing sign.
    """
    width = width_of(line)
    if width <= most:
        return [line]
    goal = width / -(-width // most)
    places = [i for i in range(1, len(line)) if line[i] not in _CLOSING and not _inside_word(line, i)]
    fitting = [i for i in places if width_of(line[:i]) <= most] or [most]
    best = min(fitting, key=lambda i: abs(width_of(line[:i]) - goal) - (6 if line[i - 1] in _RESTING else 0))
    return [line[:best], *balanced(line[best:], most)]


def _inside_word(line: str, place: int) -> bool:
    """Between two Latin letters or digits, or after an opening bracket."""
    return line[place - 1] in "《（〔“" or (line[place - 1].isascii() and line[place].isascii())


class OfficialDocument:
    """One document; every method adds an element at its end.

    `issuer_mark` is the red head (海东市人民政府办公室文件), `number` the document's number, empty for a draft;
    lines of `title` are broken where it has line breaks.
    """

    def __init__(self, *, issuer_mark: str, number: str, title: str) -> None:
        self._document: Any = blank_document()
        self._document.core_properties.title = _clean(title).replace("\n", "")
        self._head(_clean(issuer_mark), _clean(number))
        self._blank_lines(2)
        for line in _clean(title).splitlines():
            for part in balanced(line.strip()):
                self._add("DocTitle", part)

    def _head(self, issuer_mark: str, number: str) -> None:
        mark = self._add("Mark", issuer_mark)
        size = min(_TALLEST_MARK, _WIDEST_MARK * _BLOCK_POINTS / max(width_of(issuer_mark), 1))
        mark.runs[0].font.size = Pt(int(size))
        # The mark begins 35 mm below the upper edge of the block; its line has some air of its own.
        mark.paragraph_format.space_before = Pt(max(35 * 72 / 25.4 - size * 0.2, 0))
        self._blank_lines(2)
        rule = self._add("Number", number)
        # A red line 4 mm below the number, as wide as the block (7.2.7).
        rule._p.get_or_add_pPr().append(
            parse_xml(
                f'<w:pBdr {nsdecls("w")}><w:bottom w:val="single" w:sz="12" w:space="8" w:color="{RED}"/></w:pBdr>'
            )
        )
        _in_order(rule._p.pPr)

    def addressee(self, text: str) -> "OfficialDocument":
        """主送机关, flush left one line below the title; the colon is added where it is missing."""
        self._blank_lines(1)
        self._add("Addressee", _clean(text).rstrip("：:") + "：")
        return self

    def paragraph(self, text: str) -> "OfficialDocument":
        """Text in size 3, indented by two characters; a line break begins a new paragraph."""
        for line in _clean(text).splitlines():
            if line.strip():
                self._add("Body", line.strip())
        return self

    def heading(self, text: str, level: int = 1) -> "OfficialDocument":
        """一、(level 1) · （一）(2) · 1. (3) · （1）(4); the number is part of the text (7.3.3)."""
        self._add(_HEADINGS[level], _clean(text).strip())
        return self

    def table(
        self,
        header: Sequence[str],
        rows: Sequence[Sequence[str]],
        widths: Sequence[float] | None = None,
        caption: str | None = None,
        numeric: Sequence[int] = (),
    ) -> "OfficialDocument":
        """A ruled table as wide as the block, its header repeated on each page.

        `widths` are proportions; cells of the columns `numeric` (from 0) are centred. Every row must be as long as
        the header (ValueError).
        """
        if any(len(row) != len(header) for row in rows):
            raise ValueError("a row needs one cell per column")
        if caption:
            self._add("Caption", _clean(caption))
        shares = list(widths or [1.0] * len(header))
        twips = [round(_BLOCK_TWIPS * share / sum(shares)) for share in shares]
        centred = {column for column in range(len(header)) if column in numeric}
        lines = [_row_xml(header, twips, head=True)] + [_row_xml(row, twips, centred=centred) for row in rows]
        self._append(_table_xml(twips, "".join(lines)))
        self._gap()
        return self

    def chart(
        self, categories: Sequence[str], series: Sequence[Series], caption: str | None = None, about: str = ""
    ) -> "OfficialDocument":
        """Stacked horizontal bars, the first category on top; `about` says in words what they show."""
        if caption:
            self._add("Caption", _clean(caption))
        names = [_clean(name) for name in categories]
        add_chart(self._document, self._add("Figure", ""), names, series, _clean(about or caption or ""))
        return self

    def signature(self, issuer: str, date: dt.date) -> "OfficialDocument":
        """署名 centred over the 成文日期, which ends four characters from the right edge (7.3.5)."""
        # Nobody signs an empty page: the last words come along.
        if last := [p for p in self._document.paragraphs[-1:] if p.text]:
            last[0].paragraph_format.keep_with_next = True
        for blank in self._blank_lines(2):
            blank.paragraph_format.keep_with_next = True
        issuer, day = _clean(issuer), chinese_date(date)
        right = 4.0
        if (over := (width_of(issuer) - width_of(day)) / 2) > right - 2:
            right = 2 + over
        name = self._add("Signature", issuer)
        name.paragraph_format.right_indent = Pt((right - over) * SIZE_3)
        name.paragraph_format.keep_with_next = True
        self._add("Signature", day).paragraph_format.right_indent = Pt(right * SIZE_3)
        return self

    def imprint(self, copies_to: str, issuer: str, printed_on: dt.date) -> "OfficialDocument":
        """版记 at the foot of the last page (7.4): 抄送, left out where empty; 印发机关; 印发日期."""
        copies = _clean(copies_to).strip().rstrip("。")
        self._append(_imprint_xml(f"{copies}。" if copies else "", _clean(issuer), f"{chinese_date(printed_on)}印发"))
        return self

    def to_bytes(self) -> bytes:
        """The finished .docx."""
        body = self._document.element.body
        # Word wants a paragraph after a table at the end of a document.
        if body[-2].tag.endswith("}tbl"):
            self._gap()
        content = io.BytesIO()
        self._document.save(content)
        return content.getvalue()

    def _add(self, style: str, text: str) -> Any:
        paragraph = self._document.add_paragraph()
        paragraph._p.get_or_add_pPr().append(parse_xml(f'<w:pStyle {nsdecls("w")} w:val="{style}"/>'))
        if text:
            run = paragraph.add_run(text)
            run._r.get_or_add_rPr().append(parse_xml(f'<w:rFonts {nsdecls("w")} w:hint="eastAsia"/>'))
        return paragraph

    def _blank_lines(self, count: int) -> list[Any]:
        return [self._add("Addressee", "") for _ in range(count)]

    def _gap(self) -> None:
        """The smallest paragraph: keeps a table from its neighbour."""
        gap = self._add("Cell", "")
        gap.paragraph_format.line_spacing = Pt(8)

    def _append(self, xml: str) -> None:
        body = self._document.element.body
        body.insert(len(body) - 1, parse_xml(xml))


def _clean(text: str) -> str:
    return _UNPRINTABLE.sub("", text)


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _in_order(properties: Any) -> None:
    """The schema wants the border of a paragraph before its spacing, indent and alignment."""
    border = properties.find("{*}pBdr")
    properties.remove(border)
    properties.insert(1, border)


def _forget_characters(paragraph: Any) -> None:
    """An indent in characters, inherited from the style, would win over that in points."""
    indent = paragraph._p.pPr.find("{*}ind")
    for side in ("firstLineChars", "hangingChars", "leftChars"):
        indent.set(f"{{{indent.nsmap['w']}}}{side}", "0")


def _cell_xml(text: str, twips: int, style: str, centred: bool) -> str:
    lines = "<w:br/>".join(
        f'<w:t xml:space="preserve">{_escape(line)}</w:t>' for line in _clean(text).splitlines() or [""]
    )
    align = '<w:jc w:val="center"/>' if centred else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{twips}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{align}</w:pPr>'
        f'<w:r><w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr>{lines}</w:r></w:p></w:tc>'
    )


def _row_xml(cells: Sequence[str], twips: Sequence[int], *, head: bool = False, centred: set[int] | None = None) -> str:
    style, middle = ("CellHead", set(range(len(cells)))) if head else ("Cell", centred or set())
    content = "".join(
        _cell_xml(text, width, style, column in middle)
        for column, (text, width) in enumerate(zip(cells, twips, strict=True))
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' if head else ''}</w:trPr>{content}</w:tr>"


def _table_xml(twips: Sequence[int], rows: str) -> str:
    rules = "".join(
        f'<w:{side} w:val="single" w:sz="{8 if side in ("top", "bottom") else 4}" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in twips)
    return (
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(twips)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{rules}</w:tblBorders><w:tblLayout w:type="fixed"/>{_CELL_MARGINS}</w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
    )


def _imprint_xml(copies: str, issuer: str, printed: str) -> str:
    """A table without sides, held at the foot of the block: thick rules outside, thin ones between."""
    edge = SIZE_4 * 20
    line = f'<w:pPr><w:pStyle w:val="Imprint"/><w:ind w:left="{edge}" w:right="{edge}"{{hang}}/>{{tabs}}</w:pPr>'
    run = '<w:r><w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr><w:t xml:space="preserve">{}</w:t></w:r>'
    rows = []
    if copies:
        hanging = line.format(hang=f' w:hanging="{edge * 3}"', tabs="").replace(
            f'w:left="{edge}"', f'w:left="{edge * 4}"'
        )
        rows.append(f"<w:p>{hanging}{run.format(_escape(f'抄送：{copies}'))}</w:p>")
    tabs = f'<w:tabs><w:tab w:val="right" w:pos="{_BLOCK_TWIPS - edge}"/></w:tabs>'
    properties = f'<w:pPr><w:pStyle w:val="Imprint"/>{tabs}<w:ind w:left="{edge}" w:right="{edge}"/></w:pPr>'
    rows.append(
        f"<w:p>{properties}{run.format(_escape(issuer))}<w:r><w:tab/></w:r>{run.format(_escape(printed))}</w:p>"
    )
    cells = "".join(
        f'<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc><w:tcPr><w:tcW w:w="{_BLOCK_TWIPS}" w:type="dxa"/></w:tcPr>'
        f"{row}</w:tc></w:tr>"
        for row in rows
    )
    # 0.35 mm and 0.25 mm, in eighths of a point.
    thick, thin = (f'w:val="single" w:sz="{eighths}" w:space="0" w:color="000000"' for eighths in (8, 6))
    return (
        f"<w:tbl {nsdecls('w')}><w:tblPr>"
        '<w:tblpPr w:leftFromText="0" w:rightFromText="0" w:topFromText="0" w:bottomFromText="0" '
        # Seen from the page, not from the block: as wide as the block, LibreOffice would not let it float.
        f'w:vertAnchor="margin" w:horzAnchor="page" w:tblpX="{round(LEFT_MM * _TWIPS_PER_MM)}" w:tblpYSpec="bottom"/>'
        f'<w:tblW w:w="{_BLOCK_TWIPS}" w:type="dxa"/>'
        f"<w:tblBorders><w:top {thick}/><w:bottom {thick}/><w:insideH {thin}/></w:tblBorders>"
        '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/>'
        f'</w:tblCellMar></w:tblPr><w:tblGrid><w:gridCol w:w="{_BLOCK_TWIPS}"/></w:tblGrid>{cells}</w:tbl>'
    )
