"""What stands printed, made fit to read on: look-alikes mended, blanks inside words gone, double print single."""

import re
import unicodedata

from tasks_app.lib.text import mend_misread

_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff\x00-\x08\x0b\x0c\x0e-\x1f]")
_KANGXI = re.compile("[\u2f00-\u2fdf]")
_SMALL = str.maketrans("﹒﹕﹔﹐﹑﹙﹚", "．：；，、（）")
_WIDE_POINT = re.compile(r"(?<=\d)．(?=\d)")
_WIDE = {
    code: code - 0xFEE0 for code in [*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B), 0xFF05]
}
# A blank survives only between two signs of a Western word or number.
_BLANK = re.compile(r"(?<![\x21-\x7e])\s+|\s+(?![\x21-\x7e])")
_BLANKS = re.compile(r"\s+")
_BLANK_AT_SIGN = re.compile(r"(?<=[,;:()\[\]])\s+(?=[^\x00-\x7f])|(?<=[^\x00-\x7f])\s+(?=[,;:()\[\]])")
_BLANK_BEFORE_STOP = re.compile(r"(?<=\d)\s+(?=[.%])|\s+(?=[,;:)])")
_DOUBLED_SIGNS = re.compile(r"(?:([\u4e00-\u9fff：:（(])\1){4,}")
_SHORTEST_DOUBLE = 4


def mend(text: str) -> str:
    """The text with the intended characters: Yi signs, radicals, full-width digits and letters.

    Blanks and punctuation stay as they were.
    """
    text = mend_misread(_INVISIBLE.sub("", text)).translate(_SMALL)
    text = _KANGXI.sub(lambda sign: unicodedata.normalize("NFKC", sign[0]), text).translate(_WIDE)
    return _WIDE_POINT.sub(".", text)


def flow(text: str) -> str:
    """Running text: mended, and without the blanks a converter put between characters.

    Blanks between Western words stay, one each: ``"2024 年 open  data 平 台"`` → ``"2024年open data平台"``.
    """
    return _BLANK_BEFORE_STOP.sub("", _BLANKS.sub(" ", _BLANK.sub("", mend(text).strip())))


def glue(first: str, second: str) -> str:
    """Two pieces of a line that was cut at the margin; Western words keep a blank between them."""
    if not first or not second:
        return first + second
    western = first[-1].isascii() and first[-1].isalpha() and second[0].isascii() and second[0].isalpha()
    return f"{first} {second}" if western else first + second


def single(text: str) -> tuple[str, bool]:
    """The text said once where bold print came out double, and whether it did.

    Either the whole line stands twice, or every character of a stretch of four or more does
    (责责任任单单位位). Names such as 谢谢 or 人人 are too short to be touched.
    """
    half, odd = divmod(len(text), 2)
    if not odd and half >= _SHORTEST_DOUBLE and text[:half] == text[half:]:
        return text[:half], True
    once = _DOUBLED_SIGNS.sub(lambda hit: hit[0][::2], text)
    return once, once != text


def cell_text(text: str) -> str:
    """A cell as printed: mended, its lines glued where they were only wrapped.

    A line break stays where a sentence ended or a numbered point begins.
    """
    lines = [line.strip() for line in mend(text).split("\n")]
    whole = ""
    for line in filter(None, lines):
        ends = whole.endswith(tuple("。；;：:！？"))
        begins = re.match(r"(?:[（(]?[一二三四五六七八九十\d]{1,2}[)）、.．]|[①-⑳])(?!\d)", line)
        whole = f"{whole}\n{line}" if whole and (ends or begins) else glue(whole, line)
    return whole
