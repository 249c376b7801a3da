"""Which tests belong to what has changed: `python -m tests.support.changed --touched REV` or `--breakable REV`.

`--touched` names the folders of tests of the rooms and areas that have changed since REV: what one runs while working.
`--breakable` names every test file that the changes can break. It follows imports: a changed module reaches whoever
imports it, at first or at second hand. A test depends on what it, its conftests and its helpers import; one that asks
for pages depends on their areas, too: one in tests/web/<area> on its own, any other on all. What imports do not tell
(settings, migrations, fixtures, requirements) can break everything, and then nothing is named: the whole suite is
meant.
"""

import argparse
import ast
import subprocess
import sys
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parents[2]
APP, WEB = "tasks_app", "tasks_app.web"
# Changes here are not followed: everything may depend on them.
EVERYTHING = (
    "config/", "fixtures/", "manage.py", "pyproject.toml", "requirements/", "scripts/test", "tasks_app/migrations/",
    "tasks_app/models.py", "tests/conftest.py", "tests/settings.py", "tests/support/stages.py",
)  # fmt: skip
# How a test asks for pages.
ASKS_FOR_PAGES = ("signed_in", "live_server", "Client(", "client.")


def changed_files(revision: str) -> list[str]:
    """Paths below the root that differ from a revision, new files among them."""
    commands = (["diff", "--name-only", revision], ["ls-files", "--others", "--exclude-standard"])
    texts = (subprocess.run(["git", *c], cwd=ROOT, capture_output=True, text=True, check=True).stdout for c in commands)
    return [path for text in texts for path in text.splitlines()]


def touched(files: Collection[str]) -> list[str]:
    """The folders, and files, of tests that carry the name of what has changed."""
    found = set()
    for path in files:
        parts = Path(path).parts
        if parts[0] == "tests" and Path(path).name.startswith("test_"):
            found.add(path)
        elif parts[:2] == ("tasks_app", "web") or parts[0] == "templates":
            found.add(f"tests/web/{parts[-2]}")
        elif parts[0] in ("tasks_app", "tests") and len(parts) > 2:
            found.add(f"tests/{parts[1]}")
    return sorted(path for path in found if (ROOT / path).exists())


def breakable(files: Collection[str]) -> list[str] | None:
    """The test files that a change of these files can break; None for all."""
    if any(path.startswith(EVERYTHING) for path in files):
        return None
    reached = _reached(files)
    return sorted(
        str(path.relative_to(ROOT))
        for path in (ROOT / "tests").rglob("test_*.py")
        if str(path.relative_to(ROOT)) in files or _of_the_house(path, files) or _needs(path) & reached
    )


def _reached(files: Collection[str]) -> set[str]:
    """The changed modules, of the app and of the tests, and all that import them."""
    graph = _graph()
    changed = {name for path in files if (name := _module(path))}
    reached = {name for module in changed & graph.modules for name in graph.find_downstream_modules(module)}
    return changed | reached


@cache
def _graph() -> grimp.ImportGraph:
    return grimp.build_graph(APP)


def _module(path: str) -> str:
    """The module that a file is, or that shows it: an area's templates count as its views."""
    parts = Path(path).with_suffix("").parts
    if path.endswith(".py") and parts[0] in (APP, "tests"):
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    if parts[0] == "templates":
        return f"{WEB}.{parts[1] if (ROOT / 'tasks_app' / 'web' / parts[1]).is_dir() else 'shared'}"
    return f"{WEB}.shared" if parts[0] in ("static", "locale") else ""


def _of_the_house(path: Path, files: Collection[str]) -> bool:
    """Tests at the top look at all files of the repository."""
    return bool(files) and path.parent == ROOT / "tests"


def _needs(path: Path) -> set[str]:
    """What a test file depends on: what it, its conftests and its helpers import; the areas whose pages it asks for."""
    conftests = [parent / "conftest.py" for parent in path.parents if ROOT / "tests" in (parent, *parent.parents)]
    needs: set[str] = set()
    for each in [path, *conftests]:
        needs |= _imports(each)
    if any(word in path.read_text(encoding="utf-8") for word in ASKS_FOR_PAGES):
        needs |= _areas(path)
    return needs


def _areas(path: Path) -> set[str]:
    """The web modules behind the pages that a test asks for."""
    parts = path.relative_to(ROOT / "tests").parts
    modules = _graph().modules
    own = f"{WEB}.{parts[1]}" if parts[0] == "web" and len(parts) > 2 else WEB
    return {name for name in modules if name.startswith((own, f"{WEB}.shared"))}


@cache
def _imports(path: Path) -> frozenset[str]:
    """The modules of the app and of the tests that a file imports, helpers of the tests followed."""
    if not path.exists():
        return frozenset()
    found = set(_named(path))
    for name in [name for name in found if name.startswith("tests.")]:
        helper = ROOT / Path(*name.split(".")).with_suffix(".py")
        if helper != path:
            found |= _imports(helper)
    return frozenset(found)


def _named(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--touched", metavar="REV")
    which.add_argument("--breakable", metavar="REV")
    options = parser.parse_args()
    files = changed_files(options.touched or options.breakable)
    sys.stdout.write("\n".join(touched(files) if options.touched else breakable(files) or []) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
