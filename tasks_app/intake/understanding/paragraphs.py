"""From printed lines to paragraphs, which here are called passages.

A text copied from a PDF is cut at the right margin, carries page numbers and running heads in the
middle of sentences, and has lost its indents. What helps: a line that was cut is about as long as
its neighbours; a line that begins with a number or a label begins a paragraph; a bracket that is
open will be closed.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from tasks_app.intake.readers.document import Document, Paragraph, Place, Table
from tasks_app.intake.understanding.cleaning import flow, glue, mend, single
from tasks_app.intake.understanding.labels import LABEL
from tasks_app.intake.understanding.marks import WEAK, NumberMark, read_mark

_PAGE_NUMBER = re.compile(
    r"[\s\-—–－―─·~～]*(?:第\s*)?\d{1,4}\s*(?:页)?(?:\s*[/／,，]?\s*共?\s*\d{1,4}\s*页?)?[\s\-—–－―─·~～]*"
)
_PERIODICAL = re.compile(r"公报|政报|^.{0,30}文件$")
_MARKDOWN = re.compile(r"^(?:#{1,6}|\*{2})\s*|\*{2}$")
_INDENT = re.compile(r"(?:\u3000{1,4}| {4,8}|\u3000 | \u3000)(?=\S)")
# A date or a document number on a line of its own belongs to no paragraph.
_ALONE = re.compile(
    r"(?:20\d\d|[二〇○零一二三四五六七八九]{4})年(?:\d{1,2}|[一二三四五六七八九十]{1,2})月(?:\d{1,2}|[一二三四五六七八九十]{1,3})日"
    r"|[\u4e00-\u9fff]{2,14}[〔\[［【(（](?:19|20)\d\d[〕\]］】)）]第?\d{1,4}号"
)
_SENTENCE_END = tuple("。；;：:！？!?")
_OPEN, _CLOSE = "（(〔［【《“", "）)〕］】》”"
_OPENING_BRACKETS, _CLOSING_BRACKETS = "（(〔［【", "）)〕］】"
_LONGEST_BRACKET = 500
_WINDOW = 40
_FULL = 0.86
_NEARLY_FULL = 0.72
_NARROW = 130  # half-widths; longer lines were not cut at a margin
_SHARE_OF_FULL = 0.3
_SHORT = 40


@dataclass
class Passage:
    """A paragraph: its text without needless blanks, the places of its first and last line, its number."""

    text: str
    place: Place
    last: Place
    mark: NumberMark | None = None
    doubts: list[str] = field(default_factory=list)

    @property
    def body(self) -> str:
        """The text after the number."""
        return self.text[self.mark.length :] if self.mark else self.text

    def source(self) -> dict[str, object]:
        """The place as data; lines as [first, last]."""
        where = self.place.as_json()
        if "line" in where:
            where["lines"] = [where.pop("line"), self.last.line]
        return where


def passages(document: Document) -> list[Passage | Table]:
    """Paragraphs and tables of a document in order; printed lines are joined where they were cut."""
    found: list[Passage | Table] = []
    pending: list[Paragraph] = []
    for block in [*document.blocks, None]:
        if isinstance(block, Paragraph):
            pending.append(block)
            continue
        found += _joined(pending, document.wrapped)
        pending = []
        if block is not None:
            found.append(block)
    return found


def _joined(lines: Sequence[Paragraph], may_be_wrapped: bool) -> list[Passage]:
    lines = [line for line in lines if line.text.strip()]
    if may_be_wrapped:
        lines = _without_page_furniture(lines)
    widths = [_width(flow(line.text)) for line in lines]
    wrapped = may_be_wrapped and _is_wrapped(widths)
    indented = wrapped and _says_indent(lines)
    found: list[Passage] = []
    closed = True
    for index, line in enumerate(lines):
        text, doubled = single(_MARKDOWN.sub("", flow(line.text)))
        if not text:
            continue
        mark = read_mark(text)
        new = _begins(found, text, mark, closed) or (indented and bool(_INDENT.match(line.text)))
        if new and not _goes_on_in_brackets(found, mark):
            if found and _is_echo(found[-1], text):
                found[-1].doubts.append("同一行印了两遍，只取一遍")
                continue
            found.append(Passage(text, line.place, line.place, mark))
        else:
            found[-1].text = glue(found[-1].text, text)
            found[-1].last = line.place
        if doubled:
            found[-1].doubts.append("原文重复印字，已合并为一遍")
        closed = not wrapped or _closes(text, widths, index, mark)
    return found


def _goes_on_in_brackets(found: list[Passage], mark: NumberMark | None) -> bool:
    """Whether a line stands within brackets that the passage before has opened, whatever it looks like."""
    return bool(found) and _bracket_open(found[-1].text) and not _strong(mark, found)


def _closes(text: str, widths: Sequence[int], index: int, mark: NumberMark | None) -> bool:
    """Whether a paragraph of a wrapped text ends with this line."""
    return bool(_ALONE.fullmatch(text)) or _ends_short(text, widths, index, mark is not None and "。" not in text)


def _ends_short(text: str, widths: Sequence[int], index: int, marked: bool) -> bool:
    """Whether a line stops before the margin.

    One in the middle of a sentence may stop a word early (a number or a Western word did not fit);
    a heading with its number has no stop, so it is held to the margin.
    """
    enough = _FULL if marked or text.endswith(_SENTENCE_END) else _NEARLY_FULL
    return widths[index] < enough * _usual(widths, index)


def _begins(found: list[Passage], text: str, mark: NumberMark | None, closed: bool) -> bool:
    """Whether a line begins a paragraph: the one before ended short, or this one says so."""
    if not found or closed or LABEL.match(text) or _ALONE.fullmatch(text):
        return True
    if mark is None or mark.kind in WEAK:
        return False
    before = found[-1]
    ended = before.text.endswith(_SENTENCE_END + tuple("）)”")) or (before.mark and before.place == before.last)
    return bool(ended) or _continues(mark, found)


def _continues(mark: NumberMark, found: list[Passage]) -> bool:
    """Whether the number is the next one of its kind."""
    for passage in reversed(found[-80:]):
        if passage.mark and passage.mark.kind == mark.kind:
            return mark.value == passage.mark.value + 1
    return False


def _strong(mark: NumberMark | None, found: list[Passage]) -> bool:
    """A number that may end a paragraph although a bracket was never closed."""
    if mark is None or mark.kind not in {"han", "bracketed_han", "chapter", "plain"}:
        return False
    return _continues(mark, found) and found[-1].text.endswith(_SENTENCE_END)


def _bracket_open(text: str) -> bool:
    """Whether a bracket near the end is still open; one closed inside it (各县（市）政府) does not close it.

    What has gone on to further sentences, or ends in a closing bracket, is taken for a bracket nobody closed.
    """
    tail = text[-_LONGEST_BRACKET:]
    if text.endswith(("。", *_CLOSING_BRACKETS)):
        return False
    opened: list[int] = []
    for at, sign in enumerate(tail):
        if sign in _OPENING_BRACKETS:
            opened.append(at)
        elif sign in _CLOSING_BRACKETS and opened:
            opened.pop()
    if not opened:
        return False
    inner = tail[opened[-1] :]
    return not any(sign in _CLOSING_BRACKETS for sign in inner) or "。" not in inner


def _is_echo(before: Passage, text: str) -> bool:
    """Whether a heading was printed twice, one line below the other."""
    return before.text == text and len(text) >= 4 and before.mark is not None


def _width(text: str) -> int:
    """The printed width in half-widths."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in text)


def _usual(widths: Sequence[int], index: int) -> int:
    """The width of a full line near `index`."""
    near = sorted(widths[max(0, index - _WINDOW) : index + _WINDOW + 1])
    return near[int(len(near) * 0.85)]


def _is_wrapped(widths: Sequence[int]) -> bool:
    if len(widths) < 4:
        return False
    longest = sorted(widths)[int(len(widths) * 0.97)]
    full = sum(_FULL * longest <= width <= 1.1 * longest for width in widths)
    return _SHORT / 2 <= longest <= _NARROW and full >= _SHARE_OF_FULL * len(widths)


def _says_indent(lines: Sequence[Paragraph]) -> bool:
    """Whether indents still mark paragraphs: some lines have one, most have none."""
    share = sum(bool(_INDENT.match(line.text)) for line in lines) / max(len(lines), 1)
    return 0.02 < share < 0.6


def _page_numbers(lines: Sequence[Paragraph]) -> set[int]:
    """Where page numbers stand; a single bare figure in a short text is none."""
    numbers = {index for index, line in enumerate(lines) if _PAGE_NUMBER.fullmatch(mend(line.text))}
    if len(numbers) == 1 and len(lines) < 30:
        return {index for index in numbers if not lines[index].text.strip().isdigit()}
    return numbers


def _page_edges(lines: Sequence[Paragraph], numbers: Collection[int]) -> set[int]:
    """The lines beside page numbers and at page breaks, where running heads stand."""
    beside = {near for index in numbers for near in (index - 2, index - 1, index + 1, index + 2)}
    breaks = [index for index in range(1, len(lines)) if lines[index].place.page != lines[index - 1].place.page]
    return beside | {near for index in breaks for near in (index - 1, index, index + 1)}


def _without_page_furniture(lines: Sequence[Paragraph]) -> list[Paragraph]:
    """Without page numbers, and without short lines that stand again and again beside them or at page breaks."""
    numbers = _page_numbers(lines)
    edges = _page_edges(lines, numbers)
    keys = [re.sub(r"\d+|[\s\-—–·]", "", flow(line.text)) for line in lines]
    counts = Counter(key for index, key in enumerate(keys) if index in edges)
    often = Counter(keys)

    def is_running_head(index: int) -> bool:
        key = keys[index]
        if not key or len(key) > _SHORT or key.endswith(_SENTENCE_END) or LABEL.match(key):
            return False
        at_edge = index in edges and counts[key] > 1 and counts[key] * 2 > often[key]
        return (at_edge and read_mark(flow(lines[index].text)) is None) or (
            bool(_PERIODICAL.search(key)) and often[key] > 1
        )

    return [line for index, line in enumerate(lines) if index not in numbers and not is_running_head(index)]
