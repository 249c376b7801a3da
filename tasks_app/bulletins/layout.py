"""A composed bulletin as an official document (.docx)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from tasks_app.bulletins.figures import Bars
from tasks_app.bulletins.writing import Element
from tasks_app.paper.documents import OfficialDocument, Series, chinese_date

# Class of the stylesheet → fill and ink on it. Dark to light in steps that greyscale keeps apart.
_FILLS = {
    "late": ("8E1B12", "FFFFFF"),
    "done": ("2D5B8C", "FFFFFF"),
    "ok": ("6BA587", "000000"),
    "warn": ("F0C24B", "000000"),
    "none": ("E6E6E6", "000000"),
}


@dataclass(frozen=True)
class Frame:
    """What stands around the body. `number` may say that there is none yet; `note` is why it was recalled."""

    issuer_mark: str
    number: str
    title: str
    addressee: str
    issuer: str
    copies_to: str
    dated_on: dt.date
    note: str = ""

    @property
    def dated(self) -> str:
        return chinese_date(self.dated_on)

    @property
    def addressed(self) -> str:
        return f"{self.addressee.rstrip('：:')}："

    @property
    def copies(self) -> str:
        """The line of the imprint, empty without anybody to copy to."""
        return f"抄送：{self.copies_to.rstrip('。')}。" if self.copies_to.strip() else ""

    @property
    def printed(self) -> str:
        return f"{self.dated}印发"


def build(frame: Frame, elements: Sequence[Element]) -> bytes:
    """The bytes of the .docx."""
    paper = OfficialDocument(issuer_mark=frame.issuer_mark, number=frame.number, title=frame.title)
    paper.paragraph(frame.note)
    paper.addressee(frame.addressee)
    for element in elements:
        if element.table is not None:
            table = element.table
            paper.table(table.header, table.rows, table.widths, element.caption, table.numeric)
        elif element.bars is not None:
            _bars(paper, element.bars, element.caption)
        elif element.kind in ("section", "subheading"):
            paper.heading(element.text, 1 if element.kind == "section" else 2)
        else:
            paper.paragraph(element.text)
    paper.signature(frame.issuer, frame.dated_on)
    paper.imprint(frame.copies_to, frame.issuer, frame.dated_on)
    return paper.to_bytes()


def _bars(paper: OfficialDocument, bars: Bars, caption: str) -> None:
    series = [Series(name, numbers, *_FILLS[css]) for name, css, numbers in bars.shown]
    told = (f"{row.name}：{'，'.join(row.words)}" for row in bars.rows)
    paper.chart(bars.categories, series, caption, about=f"{caption}。{'；'.join(told)}。")
