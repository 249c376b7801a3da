"""Taking bytes in: checked, then refused or kept under a random name. The caller writes the row."""

import datetime as dt
import hashlib
import secrets
from typing import TypedDict

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tasks_app.accounts.models import User
from tasks_app.files import rules
from tasks_app.files.choices import FileKind
from tasks_app.files.models import StoredFile
from tasks_app.lib.errors import Refused


class Kept(TypedDict):
    """The fields of a StoredFile, for its table's `create`."""

    name: str
    stored_name: str
    kind: FileKind
    size: int
    sha256: str
    uploaded_at: dt.datetime
    uploaded_by: User


def keep(
    *, beside: QuerySet, name: str, content: bytes, folder: str, by: User, at: dt.datetime, most: int = rules.MAX_FILES
) -> Kept:
    """Store the bytes and return the fields of their row. `beside` are the files already in that place.

    Raises Refused for a kind or size that is not taken, for one file too many, and for the same file twice.
    """
    if not content:
        raise Refused(_("文件“%(name)s”是空的，没有上传。") % {"name": name[:60]})
    if len(content) > rules.MAX_BYTES:
        raise Refused(
            _("文件“%(name)s”超过 %(limit)d MB，没有上传。请压缩后再传，或分成几个文件。")
            % {"name": name[:60], "limit": rules.MAX_BYTES // 1024 // 1024}
        )
    kind = rules.kind_of(content)
    if kind is None:
        raise Refused(
            _("文件“%(name)s”不是 PDF、JPG、PNG、DOCX 或 XLSX（按内容判断），没有上传。请另存为其中一种再传。")
            % {"name": name[:60]}
        )
    if beside.count() >= most:
        raise Refused(_("这里已有 %(n)d 个文件，不能再加。请先删去不用的，或合成一个文件。") % {"n": most})
    digest = hashlib.sha256(content).hexdigest()
    if same := beside.filter(sha256=digest).first():
        raise Refused(_("这个文件已经上传过了（%(name)s）。") % {"name": same.name})
    # The name on disk is random: nothing that a person typed ever becomes a path.
    stored = default_storage.save(f"{folder}/{secrets.token_hex(16)}", ContentFile(content))
    return Kept(
        name=rules.clean_name(name, kind),
        stored_name=stored,
        kind=kind,
        size=len(content),
        sha256=digest,
        uploaded_at=at,
        uploaded_by=by,
    )


def drop(stored: StoredFile) -> None:
    """Delete the row now, the bytes only after the commit: after a rollback the file must still be there."""
    name = stored.stored_name
    stored.delete()
    transaction.on_commit(lambda: default_storage.delete(name))
