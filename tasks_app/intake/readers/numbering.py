"""Automatic numbers of Word paragraphs, which are nowhere in the text."""

import re
from typing import Any

from docx.oxml.ns import qn

from tasks_app.lib.numerals import in_chinese

_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_CHINESE = {"chineseCounting", "chineseCountingThousand", "taiwaneseCounting", "japaneseCounting", "ideographDigital"}
_DEEPEST = 9


class Numbering:
    """Counts the numbered paragraphs of one document in reading order.

    `label` must be asked once for each paragraph, from the first to the last. Formats without
    digits (bullets) give no label.
    """

    def __init__(self, document: Any) -> None:
        self._counts: dict[str, list[int]] = {}
        self._levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        self._styles = self._numbered_styles(document)
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError):
            return
        abstract = {one.get(qn("w:abstractNumId")): self._read(one) for one in root.findall(qn("w:abstractNum"))}
        for number in root.findall(qn("w:num")):
            link = number.find(qn("w:abstractNumId"))
            if link is not None:
                self._levels[number.get(qn("w:numId"))] = abstract.get(link.get(qn("w:val")), {})

    def label(self, paragraph: Any) -> str:
        """The number printed before the paragraph, e.g. "（一）", or ""."""
        properties = paragraph.find(qn("w:pPr"))
        numbered = self._numbered(properties) if properties is not None else None
        if numbered is None:
            numbered = self._styles.get(self._style(properties))
        if numbered is None or numbered[0] not in self._levels:
            return ""
        list_id, depth = numbered
        levels = self._levels[list_id]
        if depth not in levels:
            return ""
        counts = self._counts.setdefault(list_id, [0] * _DEEPEST)
        counts[depth] += 1
        counts[depth + 1 :] = [0] * (_DEEPEST - depth - 1)
        return re.sub(r"%([1-9])", lambda hit: self._figure(levels, counts, int(hit[1]) - 1), levels[depth][1])

    @staticmethod
    def _figure(levels: dict[int, tuple[str, str, int]], counts: list[int], depth: int) -> str:
        kind, _text, start = levels.get(depth, ("decimal", "", 1))
        value = max(counts[depth], 1) + start - 1
        if kind in _CHINESE:
            return in_chinese(value)
        if kind == "decimalEnclosedCircle" and value <= len(_CIRCLED):
            return _CIRCLED[value - 1]
        if kind in {"upperLetter", "lowerLetter"}:
            letter = chr(ord("A") + (value - 1) % 26)
            return letter if kind == "upperLetter" else letter.lower()
        return str(value)

    @staticmethod
    def _read(abstract: Any) -> dict[int, tuple[str, str, int]]:
        """Level → (format, text with %1, first value); bullets are left out."""
        levels = {}
        for level in abstract.findall(qn("w:lvl")):
            kind, text, start = (
                found.get(qn("w:val"), "") if (found := level.find(qn(name))) is not None else ""
                for name in ("w:numFmt", "w:lvlText", "w:start")
            )
            depth = level.get(qn("w:ilvl"), "")
            if kind not in {"bullet", "none"} and "%" in text and depth.isdigit() and int(depth) < _DEEPEST:
                levels[int(depth)] = (kind, text, int(start) if start.isdigit() else 1)
        return levels

    @staticmethod
    def _numbered(properties: Any) -> tuple[str, int] | None:
        numbered = properties.find(qn("w:numPr"))
        if numbered is None:
            return None
        list_id, depth = numbered.find(qn("w:numId")), numbered.find(qn("w:ilvl"))
        if list_id is None:
            return None
        level = depth.get(qn("w:val"), "0") if depth is not None else "0"
        return list_id.get(qn("w:val"), ""), min(int(level) if level.isdigit() else 0, _DEEPEST - 1)

    @staticmethod
    def _style(properties: Any) -> str:
        style = properties.find(qn("w:pStyle")) if properties is not None else None
        return style.get(qn("w:val"), "") if style is not None else ""

    def _numbered_styles(self, document: Any) -> dict[str, tuple[str, int]]:
        found = {}
        for style in document.styles.element.findall(qn("w:style")):
            properties = style.find(qn("w:pPr"))
            numbered = self._numbered(properties) if properties is not None else None
            if numbered is not None:
                found[style.get(qn("w:styleId"), "")] = numbered
        return found
