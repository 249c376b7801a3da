"""Files in and out: read with a limit, given back as a download only."""

from typing import Protocol

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404
from django.utils.translation import gettext as _

from tasks_app.files.choices import CONTENT_TYPES, FileKind
from tasks_app.files.models import StoredFile
from tasks_app.files.rules import MAX_BYTES, MAX_FILES
from tasks_app.lib.errors import Refused


class Keeping(Protocol):
    """Stores one file under a name; raises Refused."""

    def __call__(self, *, name: str, content: bytes) -> object: ...


def keep_each(uploads: list[UploadedFile], keeping: Keeping) -> tuple[list[str], int]:
    """Each file for itself: one that is refused does not keep the others out.

    Returns the refusals, and how many were kept.
    """
    if not uploads:
        return [_("没有选择文件。请先选择要上传的文件。")], 0
    refusals, kept = [], 0
    for upload in uploads[: MAX_FILES + 1]:
        try:
            # One byte over the limit is enough to be refused; more is never read into memory.
            keeping(name=upload.name or "", content=upload.read(MAX_BYTES + 1))
            kept += 1
        except Refused as refused:
            refusals.append(str(refused))
    return refusals, kept


def download(stored: StoredFile) -> FileResponse:
    """The bytes, always as a download: nothing that was uploaded is shown inside our pages."""
    if not default_storage.exists(stored.stored_name):
        raise Http404
    response = FileResponse(
        default_storage.open(stored.stored_name),
        as_attachment=True,
        filename=stored.name,
        content_type=CONTENT_TYPES[FileKind(stored.kind)],
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
