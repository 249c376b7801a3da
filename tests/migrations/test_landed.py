"""Each landed schema, with a played month in it, migrates to today's, and nothing that was written is lost.

landed/NAME.json holds the rows of the small city at the migration NAME. Migrations are only added, so the oldest file
goes through all of them; a newer one is worth having where tables came that it should hold rows of. It is written, before
the next migration is made, by `DUBAN_RECORD_LANDED=NAME pytest tests/migrations -k record`.
"""

import contextlib
import json
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.apps import apps
from django.conf import settings

from tests.migrations.played import play_month
from tests.support.landed import record, tables

ROOT = Path(__file__).parents[2]
# Django's own groups and permissions of single people: the product has roles instead.
UNUSED = {"user_groups", "user_user_permissions"}
# 0002 makes these keys anew, without blanks (tests/migrations/test_search_keys.py).
REWRITTEN = re.compile(r"(?:task|reportentry) \d+: search_text was ")
LANDED = sorted(Path(__file__).with_name("landed").glob("*.json"))


@contextlib.contextmanager
def empty_database(folder: Path) -> Iterator[str]:
    """The address of a database of its own, of the kind that the suite runs on."""
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        yield f"sqlite:///{folder / 'landed.sqlite3'}"
        return
    server = os.environ["DUBAN_DATABASE_URL"]
    name = f"landed_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"create database {name}")
        yield f"{server.rpartition('/')[0]}/{name}"
        connection.execute(f"drop database {name} with (force)")


def run(url: str, *command: str) -> str:
    environment = {**os.environ, "DUBAN_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("path", LANDED, ids=lambda path: path.stem)
def test_a_landed_schema_with_data_in_it_migrates_to_todays(path, tmp_path):
    with empty_database(tmp_path) as url:
        run(url, "manage.py", "migrate", "--verbosity", "0", "tasks_app", path.stem)
        run(url, "-m", "tests.support.landed", "restore", str(path))
        run(url, "manage.py", "migrate", "--verbosity", "0")
        wrong = json.loads(run(url, "-m", "tests.support.landed", "check", str(path)))
    assert [line for line in wrong if not REWRITTEN.match(line)] == []


def test_the_month_that_is_recorded_leaves_rows_in_every_table(world, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.ROBOT_HOSTS = ["robots.example.test"]
    play_month(world)
    empty = {model._meta.model_name for model in tables(apps) if not model._base_manager.exists()}
    assert empty == UNUSED, "add an act to play_month that writes them"
    if name := os.environ.get("DUBAN_RECORD_LANDED"):
        record(Path(__file__).with_name("landed") / f"{name}.json")
