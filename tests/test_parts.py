"""Each test belongs to one part of the suite: what needs no database runs once, not once for each database."""

import subprocess
import sys
import unittest
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.test import SimpleTestCase, TestCase, TransactionTestCase
from hypothesis import given
from hypothesis import strategies as st

from tests.support.parts import PARTS, SMOKE, is_in, part_of

ROOT = Path(__file__).resolve().parents[1]
HERE = Path(__file__)
ROOM = HERE.parent / "units" / "test_actions.py"


def item(*, fixtures=(), markers=(), cls=None, path=ROOM):
    """As much of a collected test as is looked at."""
    return SimpleNamespace(
        fixturenames=list(fixtures),
        cls=cls,
        path=path,
        get_closest_marker=lambda name: name if name in markers else None,
    )


class _Named(SimpleTestCase):
    databases = {"default"}


@pytest.mark.parametrize(
    ("about", "part"),
    [
        ({}, "free"),
        ({"fixtures": ["settings", "tmp_path", "now"]}, "free"),
        ({"fixtures": ["db", "now", "world"]}, "database"),
        ({"fixtures": ["transactional_db"]}, "database"),
        ({"fixtures": ["live_server"]}, "database"),
        ({"fixtures": ["django_db_setup", "django_db_blocker", "once_a_module"]}, "database"),
        ({"markers": ["django_db"]}, "database"),
        ({"markers": ["slow"]}, "free"),
        ({"cls": unittest.TestCase}, "free"),
        ({"cls": SimpleTestCase}, "free"),
        ({"cls": _Named}, "database"),
        ({"cls": TestCase}, "database"),
        ({"cls": TransactionTestCase}, "database"),
        ({"fixtures": ["transactional_db", "live_server"], "markers": ["browser"]}, "browser"),
        ({"fixtures": ["db"], "markers": ["worker"]}, "worker"),
        ({"path": ROOT / "tests" / "migrations" / "test_landed.py"}, "database"),
        # It gives its processes such a database by a helper of the other.
        ({"path": ROOT / "tests" / "migrations" / "test_search_keys.py"}, "database"),
        ({"path": ROOT / "README.md"}, "free"),
        ({"fixtures": ["db"], "path": HERE}, "web"),
        ({"fixtures": ["db"], "path": HERE.parent / "web" / "units" / "test_pages.py"}, "web"),
    ],
)
def test_a_test_belongs_to_the_part_that_its_fixtures_markers_and_class_name(about, part):
    assert part_of(item(**about)) == part


def test_what_is_no_function_of_python_is_free():
    assert part_of(SimpleNamespace(path=HERE, get_closest_marker=lambda name: None)) == "free"


def test_parts_are_apart_and_smoke_is_some_of_two():
    one = item(markers=["browser", SMOKE])
    assert [part for part in PARTS if is_in(one, [part])] == ["browser"]
    assert is_in(one, [SMOKE])
    assert is_in(one, ["free", SMOKE])
    assert not is_in(item(markers=["browser"]), [SMOKE, "database", "worker", "free"])


# ---- real tests, each asked for its own part


def test_this_test_is_free(request):
    assert part_of(request.node) == "free"


def test_this_test_asks_for_the_database(request, db):
    assert part_of(request.node) == "web"


def test_this_test_asks_for_the_database_at_second_hand(request, signed_in):
    assert part_of(request.node) == "web"


@given(st.integers())
def test_a_test_over_generated_values_is_free(request, number):
    assert part_of(request.node) == "free"


class TestOfUnittest(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def _asked(self, request):
        self.part = part_of(request.node)

    def test_it_is_free(self):
        assert self.part == "free"


class TestOfDjango(TestCase):
    @pytest.fixture(autouse=True)
    def _asked(self, request):
        self.part = part_of(request.node)

    def test_it_needs_the_database(self):
        assert self.part == "web"


# ---- the option, in a run of its own

TRIED = """
import pytest

def test_free():
    pass

@pytest.mark.django_db
def test_database():
    pass

@pytest.mark.browser
@pytest.mark.smoke
def test_smoke():
    pass

@pytest.mark.browser
def test_browser(db):
    pass

@pytest.mark.worker
def test_worker():
    pass

def test_escapes(request):
    request.getfixturevalue("db")
"""


def run(folder, *words):
    """A run over one file, apart from our conftest: what it says."""
    (folder / "test_tried.py").write_text(TRIED, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "tests.support.parts", "-p", "no:randomly", "-q", *words]
    own = ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(folder), str(folder / "test_tried.py")]
    done = subprocess.run([*command, *own], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_the_option_selects_parts(tmp_path):
    said = run(tmp_path, "--collect-only", "--part=database", "--part=smoke")
    assert {line.rpartition("::test_")[2] for line in said.splitlines() if "::test_" in line} == {"database", "smoke"}


def test_a_free_test_that_asks_for_the_database_while_it_runs_is_refused(tmp_path):
    said = run(tmp_path, "--part=free")
    assert "1 failed, 1 passed, 4 deselected" in said
    assert "db is asked for while the test runs" in said
