"""Which tests belong to what has changed: `python -m tests.support.changed --touched REV` or `--breakable REV`.

`--touched` names what one runs while working: the folders of tests of the rooms and areas that have changed since REV;
for a changed file that no folder of tests carries the name of, whatever it can break.
`--breakable` names every test file that the changes can break. It follows imports, and names of modules that stand in
strings ("package.module:function"): a changed module reaches whoever names it, at first or at second hand. A test
depends on its conftests and helpers and on what these and itself import; one that asks for pages depends on their
areas, too: one in tests/web/<area> on its own, any other on all. What imports do not tell (settings, migrations,
commands, tags of templates, fixtures, requirements) can break everything: then `tests` is named, the whole suite.
"""

import argparse
import ast
import re
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
    "config/", "fixtures/", "manage.py", "pyproject.toml", "requirements/", "scripts/test", "tasks_app/apps.py",
    "tasks_app/checks.py", "tasks_app/lib/apart", "tasks_app/management/", "tasks_app/migrations/",
    "tasks_app/models.py", "tasks_app/templatetags/", "templates/_parts/", "templates/base.html", "tests/conftest.py",
    "tests/settings.py", "tests/support/parts.py", "tests/support/stages.py",
)  # fmt: skip
ALL = ["tests"]
# A module named in a string, as lib.apart and others start it.
NAMED = re.compile(r"[\"'](tasks_app(?:\.\w+)+):\w+[\"']")
# How a test asks for pages.
ASKS_FOR_PAGES = ("signed_in", "live_server", "Client(", "client.")


def changed_files(revision: str) -> list[str]:
    """Paths below the root that differ from a revision, new files among them."""
    commands = (["diff", "--name-only", revision], ["ls-files", "--others", "--exclude-standard"])
    texts = (subprocess.run(["git", *c], cwd=ROOT, capture_output=True, text=True, check=True).stdout for c in commands)
    return [path for text in texts for path in text.splitlines()]


def touched(files: Collection[str]) -> list[str]:
    """The folders, and files, of tests that carry the name of what has changed."""
    found: set[str] = set()
    strangers = []
    for path in files:
        own = _own_tests(Path(path).parts)
        if own and (ROOT / own).exists():
            found.add(own)
        elif path.startswith(("tasks_app/", "templates/", "static/")):
            strangers.append(path)
    return sorted(found | set(breakable(strangers))) if strangers else sorted(found)


def _own_tests(parts: tuple[str, ...]) -> str:
    """The tests that a file is one of, or that lie in the folder of its name; empty where there is no such name."""
    if parts[0] == "tests" and parts[-1].startswith("test_"):
        return "/".join(parts)
    if (parts[:2] == ("tasks_app", "web") or parts[0] == "templates") and len(parts) > 2:
        return f"tests/web/{parts[-2]}"
    if parts[0] in ("tasks_app", "tests") and len(parts) > 2:
        return f"tests/{parts[1]}"
    return ""


def breakable(files: Collection[str]) -> list[str]:
    """The test files that a change of these files can break."""
    if any(path.startswith(EVERYTHING) for path in files):
        return ALL
    reached = _reached(files)
    return sorted(
        str(path.relative_to(ROOT))
        for path in (ROOT / "tests").rglob("test_*.py")
        if str(path.relative_to(ROOT)) in files or _of_the_house(path, files) or _needs(path) & reached
    )


def _reached(files: Collection[str]) -> set[str]:
    """The changed modules, of the app and of the tests, and all that name them."""
    graph = _graph()
    changed = {name for path in files for name in _modules(path)}
    reached = {name for module in changed & graph.modules for name in graph.find_downstream_modules(module)}
    return changed | reached


@cache
def _graph() -> grimp.ImportGraph:
    """Who imports whom in the app; a module that is named in a string counts as imported."""
    graph = grimp.build_graph(APP)
    for path in (ROOT / APP).rglob("*.py"):
        for named in NAMED.findall(path.read_text(encoding="utf-8")):
            (importer,) = _modules(str(path.relative_to(ROOT)))
            if named in graph.modules and importer in graph.modules:
                graph.add_import(importer=importer, imported=named)
    return graph


def _modules(path: str) -> set[str]:
    """The module that a file is, or the modules that show it: an area's templates count as the views that name them."""
    parts = Path(path).with_suffix("").parts
    if path.endswith(".py") and parts[0] in (APP, "tests"):
        return {".".join(parts[:-1] if parts[-1] == "__init__" else parts)}
    if parts[0] == "templates":
        return _showing(path.removeprefix("templates/"))
    return {f"{WEB}.shared"} if parts[0] in ("static", "locale") else set()


@cache
def _showing(template: str) -> set[str]:
    """The areas of a template, and of those that include or extend it."""
    areas = {f"{WEB}.{template.partition('/')[0]}", f"{WEB}.shared"} & _graph().modules
    areas = areas - {f"{WEB}.shared"} or areas
    for other in (ROOT / "templates").rglob("*.html"):
        name = str(other.relative_to(ROOT / "templates"))
        if name != template and f'"{template}"' in other.read_text(encoding="utf-8"):
            areas |= _showing(name)
    return areas


def _of_the_house(path: Path, files: Collection[str]) -> bool:
    """Tests at the top look at all files of the repository."""
    return bool(files) and path.parent == ROOT / "tests"


def _needs(path: Path) -> set[str]:
    """What a test file depends on: what it, its conftests and its helpers import; the areas whose pages it asks for."""
    conftests = [parent / "conftest.py" for parent in path.parents if ROOT / "tests" in (parent, *parent.parents)]
    needs: set[str] = set()
    for each in [path, *filter(Path.exists, conftests)]:
        needs |= _modules(str(each.relative_to(ROOT))) | _imports(each)
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
    sys.stdout.write("\n".join(touched(files) if options.touched else breakable(files)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
