"""The project's own files as the house tests read them: each is read and parsed once a session."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "tasks_app"


@cache
def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def tree_of(path: Path) -> ast.Module:
    """The syntax tree of a Python file; whoever asks shares it, so nobody changes it."""
    return ast.parse(text_of(path))


@cache
def python_sources() -> tuple[Path, ...]:
    """The application and its configuration, without migrations."""
    found = [*APP.rglob("*.py"), *(ROOT / "config").rglob("*.py")]
    return tuple(sorted(path for path in found if "migrations" not in path.parts))


@cache
def templates() -> tuple[Path, ...]:
    return tuple(sorted((ROOT / "templates").rglob("*.html")))


@cache
def sources_of_the_suite() -> tuple[Path, ...]:
    """The suite with its helpers."""
    return tuple(sorted((ROOT / "tests").rglob("*.py")))


def place(path: Path, line: int = 0) -> str:
    """`tasks_app/clock.py:12`, as editors open it."""
    name = str(path.relative_to(ROOT))
    return f"{name}:{line}" if line else name
