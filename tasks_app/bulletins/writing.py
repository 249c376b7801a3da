"""A bulletin's sections and figures made into one sequence that the page and the .docx both follow. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tasks_app.bulletins.choices import BulletinPart
from tasks_app.bulletins.figures import Bars, Block, Table
from tasks_app.bulletins.rules import BulletinLine, Piece, lines

_NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True)
class Element:
    """One thing on the paper; `kind` is section, subheading, words, table or bars.

    `caption` is that of a table or chart with its number (表1, 图1).
    """

    kind: str
    text: str = ""
    pieces: tuple[Piece, ...] = ()
    table: Table | None = None
    bars: Bars | None = None
    caption: str = ""


def compose(
    texts: Mapping[BulletinPart, str], *, inline: Mapping[str, str], blocks: Mapping[str, Block]
) -> Sequence[Element]:
    """The whole body. A section without text is left out and the others are numbered through.

    A table or chart with nothing in it becomes the sentence that says so.
    """
    elements: list[Element] = []
    counts = {"表": 0, "图": 0}
    written = [(part, text) for part, text in texts.items() if text.strip()]
    for numeral, (part, text) in zip(_NUMERALS, written, strict=False):
        elements.append(Element("section", text=f"{numeral}、{part.label}"))
        elements += [_element(line, blocks, counts) for line in lines(text, inline=inline, blocks=blocks)]
    return elements


def _element(line: BulletinLine, blocks: Mapping[str, Block], counts: dict[str, int]) -> Element:
    if not line.block:
        return Element("subheading" if line.heading else "words", text=line.text, pieces=line.pieces)
    block = blocks[line.block]
    if not (block.rows if isinstance(block, Table) else block.categories):
        return Element("words", text=block.empty, pieces=(Piece(block.empty, figure=line.block),))
    sign = "表" if isinstance(block, Table) else "图"
    counts[sign] += 1
    caption = f"{sign}{counts[sign]}　{block.caption}"
    if isinstance(block, Table):
        return Element("table", table=block, caption=caption)
    return Element("bars", bars=block, caption=caption)
