"""Where every upload enters: Office files are read in a separate process (lib/apart.py).

CSV and text are read here, a piece at a time: only our own code parses them.
"""

from collections.abc import Callable, Mapping
from typing import Any

from tasks_app.intake.problem import Problem
from tasks_app.intake.readers import Unreadable, files
from tasks_app.intake.readers.document import Document, from_json, to_json
from tasks_app.lib import apart

_OFFICE = (files.OLE, files.ZIP)


def read(name: str, content: bytes, *, column_of: Callable[[str], str | None]) -> Document:
    """As `files.read`; a file that crashes its reader is refused like any other. Raises Unreadable."""
    if not content.startswith(_OFFICE):
        return files.read(name, content, column_of=column_of)
    try:
        answer = apart.run(f"{__name__}:read_office", content, name=name)
    except apart.Died as died:
        raise Unreadable("too_heavy") from died
    if "unreadable" in answer:
        raise _refusal(answer["unreadable"])
    return from_json(answer["document"])


def read_office(content: bytes, *, name: str) -> dict[str, Any]:
    """In the child: the document, or why there is none, as data."""
    try:
        return {"document": to_json(files.read(name, content, column_of=lambda heading: None))}
    except Unreadable as error:
        problem = error.problem
        return {"unreadable": {"line": problem.line, **problem.as_json()}}


def _refusal(said: Mapping[str, Any]) -> Unreadable:
    refusal = Unreadable(said["code"])
    refusal.problem = Problem(**said)
    return refusal
