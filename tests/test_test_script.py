"""scripts/test: which parts it runs for what is asked of it."""

import sys
import threading
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import SimpleNamespace

import pytest

SCRIPT = Path(__file__).parents[1] / "scripts" / "test"
URL = "postgres://postgres@127.0.0.1:1/postgres"


@pytest.fixture
def script(monkeypatch):
    monkeypatch.syspath_prepend(str(SCRIPT.parent))
    loader = SourceFileLoader("scripts_test", str(SCRIPT))
    module = module_from_spec(spec_from_loader(loader.name, loader))
    # Its data classes look for their module by name.
    monkeypatch.setitem(sys.modules, loader.name, module)
    loader.exec_module(module)
    return module


def asked(script, folder, postgres=URL, **options):
    """The parts of pytest, as (part, kind of database), in their order."""
    given = SimpleNamespace(**{"quick": False, "changed": None, "only": None, "pytest": [], **options})
    parts = [part for part in script.chosen(given, str(folder), postgres) if "pytest" in part.command]
    found = []
    for part in parts:
        selected = next(word for word in part.command if word.startswith("--part="))
        found.append((selected.removeprefix("--part="), "pg" if "DUBAN_DATABASE_URL" in part.environment else ""))
    folders = [part.environment["DUBAN_DATA_DIR"] for part in parts]
    assert len(set(folders)) == len(folders), "two parts share a folder"
    return found


def test_everything_runs_on_both_databases_and_nothing_twice(script, tmp_path):
    assert asked(script, tmp_path) == [
        ("worker", "pg"), ("web", "pg"), ("database", "pg"), ("browser", "pg"), ("web", ""), ("database", ""),
        ("free", ""), ("smoke", ""),
    ]  # fmt: skip


def test_without_postgresql_all_of_it_runs_on_sqlite(script, tmp_path):
    assert asked(script, tmp_path, postgres="") == [
        ("worker", ""), ("browser", ""), ("web", ""), ("database", ""), ("free", ""),
    ]  # fmt: skip


def test_before_a_commit_the_rooms_that_were_touched_run_beside_what_needs_no_database(script, tmp_path, monkeypatch):
    monkeypatch.setattr(script, "tests_of", lambda changes: ["tests/scores"])
    assert asked(script, tmp_path, postgres="", quick=True) == [("free", ""), ("web", ""), ("database", "")]


def test_where_no_room_was_touched_the_database_is_left_alone(script, tmp_path, monkeypatch):
    monkeypatch.setattr(script, "tests_of", lambda changes: [])
    assert asked(script, tmp_path, postgres="", quick=True) == [("free", "")]


@pytest.mark.parametrize(
    ("only", "parts"),
    [("sqlite", [("web", ""), ("database", "")]), ("postgres", [("web", "pg"), ("database", "pg")]),
     ("free", [("free", "")]), ("worker", [("worker", "pg")]), ("smoke", [("smoke", "")]), ("lint", [])],
)  # fmt: skip
def test_one_part_is_run_alone(script, tmp_path, only, parts):
    assert asked(script, tmp_path, only=only) == parts


def test_what_a_change_can_break_runs_wherever_it_belongs(script, tmp_path, monkeypatch):
    monkeypatch.setattr(script, "tests_of", lambda changes: ["tests/scores/test_rules.py"])
    assert len(asked(script, tmp_path, changed="HEAD")) == 8


def test_what_mostly_waits_takes_no_core_from_the_others(script):
    """With one core: the first waits for the second, which would come after it in one line."""
    came, heard = threading.Event(), []
    waiting = SimpleNamespace(waits=True, run=lambda: heard.append(came.wait(10)))
    script.play([waiting, SimpleNamespace(waits=False, run=came.set)], 1)
    assert heard == [True]


def test_the_workers_alone_are_said_to_wait(script, tmp_path):
    given = SimpleNamespace(quick=False, changed=None, only=None, pytest=[])
    assert [part.name for part in script.chosen(given, str(tmp_path), URL) if part.waits] == [
        "pytest on PostgreSQL: workers"
    ]
