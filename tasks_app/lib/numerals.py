"""Chinese numerals up to 99, as headings and dates use them."""

_DIGITS = "〇一二三四五六七八九"


def in_chinese(value: int) -> str:
    """1 → 一, 12 → 十二, 30 → 三十; from 100 on Arabic."""
    if not 0 < value < 100:
        return str(value)
    tens, ones = divmod(value, 10)
    head = "" if not tens else "十" if tens == 1 else _DIGITS[tens] + "十"
    return head + (_DIGITS[ones] if ones else "")


def from_chinese(text: str) -> int | None:
    """一 → 1, 十二 → 12, 二十三 → 23, 一百零五 → 105, 12 → 12; None for anything else."""
    if text.isascii() and text.isdigit():
        return int(text) if len(text) <= 9 else None
    text = text.replace("○", "〇").replace("零", "〇").replace("两", "二").replace("廿", "二十")
    hundreds, _sign, rest = text.rpartition("百")
    total = 100 * (_DIGITS.find(hundreds) if len(hundreds) == 1 else 1) if _sign else 0
    rest = rest.lstrip("〇")
    tens, sign, ones = rest.rpartition("十")
    if len(ones) > 1 or len(tens) > 1 or (not rest and not _sign) or not set(tens + ones) <= set(_DIGITS):
        return None
    total += (_DIGITS.index(tens) if tens else 1) * 10 if sign else 0
    return total + (_DIGITS.index(ones) if ones else 0)
