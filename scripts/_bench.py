"""What the benchmarks share: Django on a fresh, empty database, and a measure of the least CPU time that something
takes.
"""

from __future__ import annotations

import os
import secrets
import sys
import time
from collections.abc import Callable

from _setup import ROOT


def prepare(folder: str, database: str = "") -> None:
    """Django with its data in `folder`, on `database` (an SQLite file there unless told), migrated and empty."""
    os.environ |= {
        "DUBAN_DATA_DIR": folder,
        "DUBAN_DATABASE_URL": database or f"sqlite:///{folder}/bench.sqlite3",
        "DUBAN_SECRET_KEY": secrets.token_urlsafe(50),
        "DUBAN_EMBEDDED": "1",
        "DUBAN_DEMO": "0",
        "DUBAN_CLOCK_SHIFT_YEARS": "0",
        "DUBAN_ALLOWED_HOSTS": "testserver",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    sys.path.insert(0, str(ROOT))
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def cheapest(once: Callable[[], object], repeats: int) -> float:
    """Milliseconds of CPU time: the quickest of several, which other work on the machine disturbs least."""

    def timed() -> float:
        start = time.process_time()
        once()
        return (time.process_time() - start) * 1000

    return min(timed() for _number in range(repeats))
