"""Errors whose text is shown to the user unchanged, in Chinese."""

from collections.abc import Mapping
from typing import Any


class Refused(Exception):
    """An action was asked for that a rule does not allow. `str()` is the sentence for the user."""


class Conflict(Refused):
    """Somebody else changed the same thing since it was read.

    `theirs` maps the primary key of each row in conflict to its stored values.
    """

    def __init__(self, message: str, *, theirs: Mapping[int, Any]) -> None:
        super().__init__(message)
        self.theirs = theirs
