"""From a file's name and bytes to a Document: which reader it is for, or why none."""

import zipfile
from collections.abc import Callable
from pathlib import PurePath

from tasks_app.intake.readers import Unreadable, plain_text, separated
from tasks_app.intake.readers.document import Document
from tasks_app.intake.readers.limits import check_size, open_zip

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
_OLE_SUFFIXES = {
    ".doc": "is_doc",
    ".dot": "is_doc",
    ".wps": "is_wps",
    ".wpt": "is_wps",
    ".et": "is_et",
    ".ett": "is_et",
}


def read(name: str, content: bytes, *, column_of: Callable[[str], str | None]) -> Document:
    """The document in a file. `column_of` names the column that a heading of a CSV stands for.

    The first bytes decide; the name only tells CSV from text and .doc from .wps. Raises Unreadable.
    """
    check_size(content)
    suffix = PurePath(name).suffix.lower()
    if content.startswith(OLE):
        return _old_office(name, suffix, content)
    if content.startswith(ZIP):
        return _zipped(name, content)
    if suffix in {".csv", ".tsv", ".tab"}:
        return separated.read(name, content, column_of=column_of)
    return plain_text.read(name, content)


def _old_office(name: str, suffix: str, content: bytes) -> Document:
    """Compound files: .xls is read, .doc, .wps and .et are not, nor what a password locks."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise Unreadable("encrypted")
    if suffix in _OLE_SUFFIXES:
        raise Unreadable(_OLE_SUFFIXES[suffix])
    if "WordDocument".encode("utf-16-le") in content:
        raise Unreadable("is_doc")
    if any(stream.encode("utf-16-le") in content for stream in ("Workbook", "Book")):
        return _workbook(name, content, None)
    raise Unreadable("is_old_office")


def _zipped(name: str, content: bytes) -> Document:
    archive = open_zip(content)
    entries = set(archive.namelist())
    if "word/document.xml" in entries or any(entry.startswith("word/") for entry in entries):
        return _word(name, content)
    if any(entry.startswith("xl/") for entry in entries):
        return _workbook(name, content, archive)
    if "OFD.xml" in entries:
        raise Unreadable("is_ofd")
    raise Unreadable("is_macro" if any(entry.startswith("ppt/") for entry in entries) else "is_archive")


# Each library is loaded for its own files only: most of the time of a small one would be spent on the other's.
def _workbook(name: str, content: bytes, archive: zipfile.ZipFile | None) -> Document:
    from tasks_app.intake.readers import workbook

    return workbook.read(name, content, archive)


def _word(name: str, content: bytes) -> Document:
    from tasks_app.intake.readers import word

    return word.read(name, content)
