"""Databases of the kind that the suite runs on, beside its own: at a landed migration, with a month's rows in them."""

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).with_name("landed")


def rows_of(migration: str) -> Path:
    """The file of the rows of a landed migration."""
    return FOLDER / f"{migration}.json"


def run(url: str, *command: str) -> str:
    """What a Python program says that works on the database of this address; it must end well."""
    environment = {**os.environ, "DUBAN_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def database(folder: Path, like: str = "") -> Iterator[str]:
    """The address of a new database, empty or a copy of the one of the address `like`."""
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        path = folder / f"{uuid.uuid4().hex}.sqlite3"
        if like:
            shutil.copyfile(like.removeprefix("sqlite:///"), path)
        yield f"sqlite:///{path}"
        return
    server = os.environ["DUBAN_DATABASE_URL"]
    name = f"landed_{uuid.uuid4().hex[:12]}"
    template = f" template {like.rpartition('/')[2]}" if like else ""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"create database {name}{template}")
        yield f"{server.rpartition('/')[0]}/{name}"
        connection.execute(f"drop database {name} with (force)")


@pytest.fixture(scope="session")
def _first_copies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """`of(migration)`: a database at that migration with its rows; made once, it takes longer than most tests of it."""
    folder = tmp_path_factory.mktemp("landed")
    with ExitStack() as stack:

        @cache
        def of(migration: str) -> str:
            url = stack.enter_context(database(folder))
            run(url, "manage.py", "migrate", "--verbosity", "0", "tasks_app", migration)
            run(url, "-m", "tests.support.landed", "restore", str(rows_of(migration)))
            return url

        yield of


@pytest.fixture
def landed(_first_copies: Callable[[str], str], tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """`landed(migration)` is the address of a database at that migration with its rows, for this test alone."""
    with ExitStack() as stack:
        yield lambda migration: stack.enter_context(database(tmp_path, _first_copies(migration)))
