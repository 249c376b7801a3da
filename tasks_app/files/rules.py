"""What a file is, by its bytes, and whether it may come in. Pure."""

import io
import re
import unicodedata
import zipfile

from tasks_app.files.choices import FileKind

MAX_BYTES = 10 * 1024 * 1024
MAX_FILES = 6  # per entry, and as many scans per report
MAX_NAME = 100
MAX_ENTRIES = 2_000
# Names that Windows reserves for devices.
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)")


def kind_of(content: bytes) -> FileKind | None:
    """The kind of file these bytes are, None for anything that is not taken.

    An Office file is known by its main part; one with macros is not taken, whatever it calls itself.
    """
    if content.startswith(b"%PDF-"):
        return FileKind.PDF
    if content.startswith(b"\xff\xd8\xff"):
        return FileKind.JPG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileKind.PNG
    if content.startswith(b"PK\x03\x04"):
        return _office_kind(content)
    return None


def _office_kind(content: bytes) -> FileKind | None:
    """Only the directory of the archive is read; nothing is unpacked."""
    try:
        names = set(zipfile.ZipFile(io.BytesIO(content)).namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError):
        return None
    if len(names) > MAX_ENTRIES or "[Content_Types].xml" not in names:
        return None
    if any(name.rsplit("/", 1)[-1].lower() == "vbaproject.bin" for name in names):
        return None
    if "word/document.xml" in names:
        return FileKind.DOCX
    return FileKind.XLSX if "xl/workbook.xml" in names else None


def clean_name(name: str, kind: FileKind) -> str:
    """A name fit to be shown and saved anywhere, with the suffix that fits the content.

    Folders, control characters, direction marks and what file systems forbid are dropped.
    """
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(sign for sign in name if unicodedata.category(sign)[0] != "C")
    name = re.sub(r'[<>:"|?*]', "_", name)
    stem, dot, suffix = name.rpartition(".")
    # .jpeg is a JPG; any other suffix that tells of another kind stays as a part of the name.
    known = suffix.lower() in {kind.value, "jpeg" if kind == FileKind.JPG else kind.value}
    stem = (stem if dot and known else name).strip(" .")
    if not stem or _DEVICES.fullmatch(stem):
        stem = f"附件{stem}"
    return f"{stem[:MAX_NAME]}.{kind.value}"
