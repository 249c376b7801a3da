"""What is looked at before a library unpacks anything: size, entries, unpacked size."""

import io
import zipfile
import zlib

from tasks_app.intake.readers import Unreadable

MAX_BYTES = 20 * 1024 * 1024
MAX_ENTRIES = 2_000
MAX_UNPACKED = 120 * 1024 * 1024
MAX_RATIO = 150
RATIO_FROM = 8 * 1024 * 1024  # smaller parts may be as repetitive as they like
MAX_CELLS = 600_000
MAX_BLOCKS = 100_000
_STEP = 1024 * 1024
_ENTRY = b"PK\x01\x02"


def check_size(content: bytes) -> None:
    """Raises Unreadable for an empty or an oversized file."""
    if not content.strip(b"\x00 \t\r\n"):
        raise Unreadable("file_empty")
    if len(content) > MAX_BYTES:
        raise Unreadable("file_too_big", limit=str(MAX_BYTES // _STEP))


def open_zip(content: bytes) -> zipfile.ZipFile:
    """The archive, every entry of which really unpacks to less than the limits.

    The sizes in a zip's directory are only claims, so the entries are unpacked once, a piece at a
    time, and thrown away. Raises Unreadable.
    """
    # Reading the directory already takes memory, so its entries are counted first: each begins with these four bytes.
    if content.count(_ENTRY) > MAX_ENTRIES:
        raise Unreadable("zip_entries", limit=str(MAX_ENTRIES))
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError) as error:
        raise Unreadable("damaged") from error
    if len(entries) > MAX_ENTRIES:
        raise Unreadable("zip_entries", limit=str(MAX_ENTRIES))
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unreadable("encrypted")
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise Unreadable("zip_bomb", limit=str(MAX_UNPACKED // _STEP))
    total = 0
    for entry in entries:
        total += _unpacked(archive, entry, MAX_UNPACKED - total)
    return archive


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, allowed: int) -> int:
    size = 0
    try:
        with archive.open(entry) as stream:
            while piece := stream.read(_STEP):
                size += len(piece)
                swollen = size > RATIO_FROM and size > MAX_RATIO * max(entry.compress_size, 1)
                if size > allowed or swollen:
                    raise Unreadable("zip_bomb", limit=str(MAX_UNPACKED // _STEP))
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, NotImplementedError, EOFError, RuntimeError) as error:
        raise Unreadable("damaged") from error
    return size
