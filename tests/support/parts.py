"""The parts of the suite, so that each runs where it belongs: `pytest --part=free --part=browser`.

`free` needs no database and runs once. `database` and `web` run on each kind of database; they are one part in two
halves, of which `web`, the tests of tests/web and those directly in tests/, mostly asks for pages. `browser` and
`worker` drive Chromium, Redis and Celery; `smoke` are those of the two that run on the other database as well.

A test is free if it neither asks for the database, by a fixture or a marker or its class, nor looks at which database
the suite runs on. If it touches the database nevertheless, pytest-django refuses; if it asks for a fixture of the
database while it runs, we do.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
PARTS = ("free", "database", "web", "browser", "worker")
SMOKE = "smoke"
# Parts that are chosen by a mark, which stands in the test's own file.
MARKED = {"browser", "worker", SMOKE}
HAS_MARK = re.compile(r"\bmark\.(browser|worker|smoke)\b")
# Fixtures that open a database; whoever asks for them at second hand has them among its fixtures, too. Every test has
# django_db_blocker.
OPENING = {
    "db", "transactional_db", "live_server", "django_db_setup", "django_db_reset_sequences",
    "django_db_serialized_rollback", "admin_client", "admin_user",
}  # fmt: skip
# How a test looks at the suite's own database, to give one of the kind to a process that it starts.
LOOKS_AT_IT = re.compile(r"settings\.DATABASES|environ(\[|\.get\()\"DUBAN_DATABASE_URL\"")


def part_of(item: pytest.Item) -> str:
    """One of PARTS."""
    for name in ("browser", "worker"):
        if item.get_closest_marker(name):
            return name
    asks = OPENING.intersection(getattr(item, "fixturenames", ())) or item.get_closest_marker("django_db")
    if asks or _class_opens(getattr(item, "cls", None)) or _looks(Path(item.path)):
        return "web" if _asks_pages(Path(item.path)) else "database"
    return "free"


def is_in(item: pytest.Item, wanted: list[str]) -> bool:
    return part_of(item) in wanted or (SMOKE in wanted and item.get_closest_marker(SMOKE) is not None)


def _asks_pages(path: Path) -> bool:
    return path.parent == TESTS or TESTS / "web" in path.parents


def _class_opens(cls: type | None) -> bool:
    """A TestCase of Django: the simple one opens only the databases that it names."""
    from django.test import SimpleTestCase, TransactionTestCase

    if cls is None or not issubclass(cls, SimpleTestCase):
        return False
    return issubclass(cls, TransactionTestCase) or bool(cls.databases)


@cache
def _looks(path: Path) -> bool:
    """Whether a test file, or what it takes from others of the suite, looks at the suite's database."""
    seen, waiting = set(), [path] if path.suffix == ".py" else []
    while waiting:
        file = waiting.pop()
        if LOOKS_AT_IT.search(file.read_text(encoding="utf-8")):
            return True
        seen.add(file)
        waiting += [helper for helper in _helpers(file) if helper not in seen]
    return False


@cache
def _helpers(path: Path) -> list[Path]:
    """The files of the suite that a file imports. A conftest's fixtures are known by their names."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "tests":
            found += [node.module, *(f"{node.module}.{each.name}" for each in node.names)]
    files = [TESTS.joinpath(*name.split(".")[1:]).with_suffix(".py") for name in found if name != "tests"]
    return [file for file in files if file.exists() and file.name != "conftest.py"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--part", action="append", choices=[*PARTS, SMOKE], default=[], help="run only this part; may be repeated"
    )


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A file that cannot hold what is wanted is not even imported."""
    wanted = set(config.getoption("--part"))
    if not wanted or collection_path.suffix != ".py":
        return None
    halves = {"web": _asks_pages(collection_path), "database": not _asks_pages(collection_path), "free": True}
    may = any(halves.get(part, False) for part in wanted) or (wanted & MARKED and _has_mark(collection_path))
    return None if may else True


@cache
def _has_mark(path: Path) -> bool:
    return bool(HAS_MARK.search(path.read_text(encoding="utf-8")))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what belongs to no part that was asked for."""
    unseen = [item.nodeid for item in items if part_of(item) in MARKED and not _has_mark(Path(item.path))]
    if unseen:
        raise pytest.UsageError(f"marked elsewhere than in its own file, where --part looks: {', '.join(unseen)}")
    wanted = config.getoption("--part")
    if not wanted:
        return
    chosen = [item for item in items if is_in(item, wanted)]
    left = set(items) - set(chosen)
    config.hook.pytest_deselected(items=[item for item in items if item in left])
    items[:] = chosen


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef, request: pytest.FixtureRequest) -> Iterator[None]:
    """A free test that requests the database through `getfixturevalue` would go unnoticed, so it is refused."""
    if fixturedef.argname in OPENING and isinstance(request.node, pytest.Item) and part_of(request.node) == "free":
        pytest.fail(f"{fixturedef.argname} is asked for while the test runs: mark the test with django_db")
    return (yield)
