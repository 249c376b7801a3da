"""Numbers at the beginning of paragraphs: 一、 （一） 1. （1） ① 第一章 第一， 一是 1.2.3."""

import re
from dataclasses import dataclass

from tasks_app.lib.numerals import from_chinese

_HAN = "一二三四五六七八九十百〇零"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
# kind → pattern; the first group is the number. Order matters: the longer form first.
_KINDS = (
    ("part", rf"第\s*([{_HAN}\d]+)\s*(?:部\s*分|篇)"),
    ("chapter", rf"第\s*([{_HAN}\d]+)\s*章"),
    ("section", rf"第\s*([{_HAN}\d]+)\s*节"),
    ("article", rf"第\s*([{_HAN}\d]+)\s*条(?!例|款|第)"),
    ("task", rf"(?:任务|专栏|行动|工程)([{_HAN}\d]+)(?=[：:、.．])[：:、.．]"),
    ("ordinal", rf"第\s*([{_HAN}])\s*[，,、]"),
    ("point", rf"([{_HAN}])\s*是(?=[^否的])(?:要|：)?"),
    ("han", rf"([{_HAN}]+)\s*[、．.]"),
    ("bracketed_han", rf"[（(]\s*([{_HAN}]+)\s*[)）]\s*[、．.]?"),
    ("bracketed", r"[（(]\s*(\d{1,3})\s*[)）]\s*[、．.]?"),
    ("decimal3", r"(\d{1,2}\s*[.．]\s*\d{1,2}\s*[.．]\s*\d{1,2})(?![\d.％%])[.．、]?"),
    (
        "decimal2",
        r"(\d{1,2}\s*[.．]\s*\d{1,2})[.．、]?(?=\s*[^\W\d_])(?![万亿千百]|\s*(?:个|公里|平方|米|吨|亩|元|倍))",
    ),
    ("plain", r"(\d{1,3})\s*(?:[．.](?!\d)|[．.](?=20\d\d年)|、)"),
    ("half_bracketed", r"(\d{1,2})\s*[)）]"),
    ("circled", rf"([{_CIRCLED}])"),
)
_PATTERNS = tuple((kind, re.compile(rf"\s*{pattern}\s*")) for kind, pattern in _KINDS)
# These number sentences as often as paragraphs, so they never open a level above another kind.
WEAK = frozenset({"ordinal", "point"})


@dataclass(frozen=True)
class NumberMark:
    """A number: its kind, its value, how it is printed (without blanks) and how long that is in the text.

    `no` is the number as a list cites it: "3" for 3. and （3）, "（二）" for （二）, "二" for 二、.
    """

    kind: str
    value: int
    printed: str
    length: int

    @property
    def no(self) -> str:
        if self.kind in {"task", "plain", "bracketed", "half_bracketed", "circled", "decimal2", "decimal3"}:
            return str(self.value) if not self.kind.startswith("decimal") else self.printed.rstrip(".．、")
        return self.printed.rstrip("、．.，,：:")


def read_mark(text: str) -> NumberMark | None:
    """The number with which a paragraph begins, if any."""
    for kind, pattern in _PATTERNS:
        hit = pattern.match(text)
        if hit:
            value = _value(hit[1])
            if value is not None:
                return NumberMark(kind, value, "".join(hit[0].split()), hit.end())
    return None


def _value(number: str) -> int | None:
    if number in _CIRCLED:
        return _CIRCLED.index(number) + 1
    if "." in number or "．" in number:
        return int(re.split(r"[.．]", "".join(number.split()))[-1])
    return from_chinese("".join(number.split()))
