"""The ETag by which a browser asks whether the leader's page has changed.

What it is made of: the data (analytics.overview.mark_of), whether the running round is due, the day; who reads,
as what, in which language and session (the page carries the session's form token), the unread count of the frame;
and the release, for which the files stand that make pages.
"""

import datetime as dt
import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.messages import get_messages
from django.utils.translation import get_language

from tasks_app.analytics.overview import mark_of
from tasks_app.catalogue.models import TaskList
from tasks_app.web.shared.context import unread_count
from tasks_app.web.shared.http import Request

SOURCES = ("tasks_app", "templates", "static", "locale")


def tag_of(request: Request, lists: list[TaskList], chosen: TaskList | None, at: dt.datetime) -> str | None:
    """The page's ETag, or None where the page must not be cached because it will show a one-time message. One query,
    two with the unread count that the frame shows anyway.
    """
    if len(get_messages(request)):
        return None
    viewer = request.viewer
    due_at = chosen.round_due_at if chosen else None  # type: ignore[attr-defined]
    facts = (
        _release(),
        mark_of(chosen) if chosen else None,
        [(each.pk, each.title) for each in lists],
        chosen and chosen.pk,
        at.date().isoformat(),
        due_at and at > due_at,
        viewer.user.pk,
        str(viewer.user),
        viewer.posts,
        get_language(),
        request.session.session_key,
        unread_count(request),
        settings.DEMO,
    )
    return f'W/"{hashlib.sha256(repr(facts).encode()).hexdigest()[:32]}"'


@cache
def _release() -> str:
    """Changes with any file that pages are made of; read once per process."""
    root = Path(settings.BASE_DIR)
    files = sorted(path for name in SOURCES for path in (root / name).rglob("*") if path.is_file())
    known = [(str(path.relative_to(root)), path.stat().st_mtime_ns) for path in files if path.suffix != ".pyc"]
    return hashlib.sha256(repr(known).encode()).hexdigest()[:16]
