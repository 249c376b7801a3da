"""From bytes to text, or to the reason why not."""

import codecs

from tasks_app.intake.readers import Unreadable

# Beginnings of files that people upload instead of a CSV: (bytes, code of the answer).
_MAGIC = (
    (b"%PDF", "is_pdf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is_old_office"),  # xls, doc, et, wps
    (b"{\\rtf", "is_document"),
    (b"\x89PNG", "is_picture"),
    (b"\xff\xd8\xff", "is_picture"),
    (b"GIF8", "is_picture"),
    (b"7z\xbc\xaf", "is_archive"),
    (b"Rar!", "is_archive"),
    (b"\x1f\x8b", "is_archive"),
)
_MARKUP = (b"<html", b"<!doctype", b"<?xml", b"<table")
# Below this share of everyday characters, the file was not written in GB18030.
_EVERYDAY_SHARE = 0.6
_ENOUGH_TO_JUDGE = 12
_FEW_BAD = 20


def decode(content: bytes) -> tuple[str, str]:
    """The text and the name of its encoding: by its BOM, as strict UTF-8, or as GB18030.

    Raises Unreadable for other kinds of files and for encodings that would give garbage.
    """
    _refuse_other_kinds(content)
    if content.startswith(codecs.BOM_UTF8):
        return _strict(content[3:], "utf-8", "UTF-8 (BOM)"), "UTF-8 (BOM)"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        # What Excel calls "Unicode 文本".
        return _strict(content, "utf-16", "UTF-16"), "UTF-16"
    if b"\x00" in content:
        raise Unreadable("is_binary")
    try:
        return content.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        return _as_gb18030(content), "GB18030"


def _refuse_other_kinds(content: bytes) -> None:
    if content.startswith(b"PK\x03\x04"):
        kinds = ((b"xl/", "is_xlsx"), (b"word/", "is_document"))
        raise Unreadable(next((code for mark, code in kinds if mark in content), "is_archive"))
    for mark, code in _MAGIC:
        if content.startswith(mark):
            raise Unreadable(code)
    if content.removeprefix(codecs.BOM_UTF8).lstrip()[:20].lower().startswith(_MARKUP):
        raise Unreadable("is_web_page")


def _strict(content: bytes, codec: str, name: str) -> str:
    try:
        text = content.decode(codec)
    except UnicodeDecodeError as error:
        raise Unreadable("bad_bytes", line=_line_of(content, error.start), encoding=name) from None
    if "\x00" in text:
        raise Unreadable("is_binary")
    return text


def _as_gb18030(content: bytes) -> str:
    """GB18030 decodes nearly anything, so what comes out must look like Chinese."""
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError as error:
        _refuse_damaged_utf8(content)
        if content.decode("gb18030", "replace").count("\ufffd") <= _FEW_BAD and _looks_chinese(
            content.decode("gb18030", "ignore")
        ):
            raise Unreadable("bad_bytes", line=_line_of(content, error.start), encoding="GB18030") from None
        raise Unreadable("encoding_unknown") from None
    if not _looks_chinese(text):
        _refuse_damaged_utf8(content)
        raise Unreadable("encoding_unknown")
    return text


def _refuse_damaged_utf8(content: bytes) -> None:
    """UTF-8 with a few bytes lost (cut off, edited by the wrong tool) is named as such, with the line."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        mended = content.decode("utf-8", "replace")
        hanzi = sum("\u4e00" <= sign <= "\u9fff" for sign in mended)
        if mended.count("\ufffd") <= min(_FEW_BAD, hanzi):
            line = _line_of(content, error.start)
            raise Unreadable("bad_bytes", line=line, encoding="UTF-8") from None


def _looks_chinese(text: str) -> bool:
    """Whether most of the wide characters are those of everyday simplified Chinese (GB 2312, level 1)."""
    wide = [sign for sign in text[:20_000] if sign > "\u00ff"]
    signs = [sign for sign in wide if not "\u2000" <= sign <= "\u33ff" and not "\uff00" <= sign <= "\uffef"]
    if len(signs) < _ENOUGH_TO_JUDGE:
        return True
    return sum(_is_everyday(sign) for sign in signs) >= _EVERYDAY_SHARE * len(signs)


def _is_everyday(sign: str) -> bool:
    try:
        return 0xB0 <= sign.encode("gb2312")[0] <= 0xD7
    except UnicodeEncodeError:
        return False


def _line_of(content: bytes, at: int) -> int:
    return content.count(b"\n", 0, at) + 1
