"""What is wrong with an uploaded file, as data. Without Django: the readers run in processes of their own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Problem:
    """What is wrong, where. `wording.explain` turns `code` and `details` into sentences.

    `line` is the line of the file (1 is the first), 0 the file as a whole; `column` the heading
    as the file has it, "" the row as a whole; `name` the column's own name (see `columns`).
    """

    code: str
    line: int = 0
    column: str = ""
    value: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    name: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "name": self.name,
            "column": self.column,
            "value": self.value,
            "details": dict(self.details),
        }
