"""Cleaning of Chinese text for search and matching.

Official documents reach us through scanners, PDF converters and office suites. The same word
arrives full-width or half-width, with blanks inside, with brackets of five shapes, and with
letters that merely look like Chinese punctuation. Nothing here changes what is stored as printed:
these functions make the *key* by which two spellings are found to be the same.
"""

import re
import unicodedata
from functools import lru_cache

# A Chinese typesetting system writes its punctuation and digits at U+A3xx, where xx is the second
# byte of the GB 2312 code, so a PDF hands us Yi syllables instead. In real documents "ꎮ" (GB
# full-width dot) stands where "。" is meant. Only these few are mapped: U+A3xx is otherwise genuine
# Yi script.
_MISREAD = {
    "ꎡ": "！",
    "ꎨ": "（",
    "ꎩ": "）",
    "ꎬ": "，",
    "ꎮ": "。",
    "ꎺ": "：",
    "ꎻ": "；",
    "ꎿ": "？",
    "\U001001b0": "．",  # private-use sign of the same origin, seen as "1􀆰 健全…"
    **{chr(0xA3B0 + digit): str(digit) for digit in range(10)},
    # Radicals that PDF fonts put in the place of the whole character; NFKC mends only the
    # Kangxi block (U+2Fxx), not these from the supplement.
    "⺠": "民",
    "⻄": "西",
    "⻅": "见",
    "⻋": "车",
    "⻓": "长",
    "⻔": "门",
    "⻘": "青",
    "⻛": "风",
    "⻢": "马",
    "⻩": "黄",
    "⻬": "齐",
    "⻰": "龙",
}

# One shape each for what a reader would not tell apart. Applied after NFKC, which has already
# made （），；：！？ half-width.
_SAME_SIGN = {
    **dict.fromkeys("〔［【〖「『﹝", "["),
    **dict.fromkeys("〕］】〗」』﹞", "]"),
    **dict.fromkeys("“”„‟＂", '"'),
    **dict.fromkeys("‘’‚‛", "'"),
    **dict.fromkeys("‐‑‒–—―─−－", "-"),
    **dict.fromkeys("•・‧⋅∙", "·"),
}

_TABLE = str.maketrans(_MISREAD)
_SIGNS = str.maketrans(_SAME_SIGN)
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2028\u2029\u2060\ufeff]")
_BLANKS = re.compile(r"\s+")

# Han characters, the ideographic "〇", and Chinese punctuation that NFKC leaves alone.
_CJK = r"\u3001-\u3003\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_BLANK_BESIDE_CJK = re.compile(rf"(?<=[{_CJK}])\s+|\s+(?=[{_CJK}])")
_BLANK_BESIDE_SIGN = re.compile(r"(?<=[\[\]()\",;:])\s+|\s+(?=[\[\]()\",;:])")


def mend_misread(text: str) -> str:
    """Put the intended character where a converter left one that only looks like it.

    The result is fit to be shown (widths, blanks and brackets stay as they were):
    ``"一ꎬ二ꎮ"`` becomes ``"一，二。"``.
    """
    return text.translate(_TABLE)


def squeeze(text: str) -> str:
    """Remove every blank, line break and invisible character.

    For comparing with a printed page, whose lines break inside words.
    """
    return _BLANKS.sub("", _INVISIBLE.sub("", text))


def normalise(text: str) -> str:
    """The search and matching key of a text; two texts a reader takes for the same give one key.

    In order: look-alikes are mended, full and half width are unified (NFKC), brackets 〔〕［］【】
    become ``[]``, dashes ``-``, quotation marks ``"`` and ``'``; Latin letters become lower case;
    blanks disappear beside a Chinese character or a bracket, comma or colon (``2024 年`` and
    ``2024年`` agree, ``市 自然资源规划局`` is one word); other blanks become one space.
    Normalising twice changes nothing more.
    """
    return _remembered(text) if len(text) <= _SHORT else _normalised(text)


def search_key(*texts: str) -> str:
    """The text that word searches run against: the keys of several texts without any blank, one per line.

    A word is looked for by its own `search_key`. No word holds the end of a line, so none is found across two texts.
    """
    return "\n".join(filter(None, (squeeze(normalise(text)) for text in texts)))


def _normalised(text: str) -> str:
    key = unicodedata.normalize("NFKC", _INVISIBLE.sub("", mend_misread(text)))
    key = key.translate(_SIGNS).lower()
    key = _BLANK_BESIDE_CJK.sub("", key)
    key = _BLANK_BESIDE_SIGN.sub("", key)
    return _BLANKS.sub(" ", key).strip()


# Names and headings come by the thousand, and mostly the same ones.
_SHORT = 60
_remembered = lru_cache(maxsize=8192)(_normalised)


# What makes a spreadsheet take a text for a formula; Chinese editions take the full-width signs too.
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def harmless(text: str) -> str:
    """A cell of a CSV that no spreadsheet computes: a text that begins like a formula is led by an apostrophe."""
    return "'" + text if text.startswith(_FORMULA_SIGNS) else text
