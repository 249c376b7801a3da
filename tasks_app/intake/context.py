"""What the cells of an upload are understood against."""

import datetime as dt
import difflib
from dataclasses import dataclass, field
from functools import cached_property

from tasks_app.lib.text import normalise
from tasks_app.units.queries import NameBook
from tasks_app.units.rules import split_units


@dataclass(frozen=True)
class Context:
    """The jurisdiction's names, the list's year and default deadline.

    `headings` maps the matching key of a chapter or section of the list to its stored spelling;
    `counties` are the short names of the jurisdiction's counties.
    """

    names: NameBook
    year: int
    default_due_on: dt.date | None
    default_due_text: str
    headings: dict[str, str]
    counties: frozenset[str] = frozenset()
    # Splitting and guessing cost milliseconds, and a list repeats the same cells again and again.
    _written: dict[str, list[str]] = field(default_factory=dict)
    _near: dict[str, list[tuple[str, int]]] = field(default_factory=dict)

    @cached_property
    def spellings(self) -> dict[str, str]:
        """Every written form, normalised → the unit's name: what suggestions are drawn from."""
        return {name: unit.name for name in self.names.vocabulary if (unit := self.names.find(name))}

    def units_in(self, cell: str) -> list[str]:
        """The names written in a cell (units.rules.split_units)."""
        if cell not in self._written:
            self._written[cell] = split_units(cell, self.spellings)
        return self._written[cell]

    def suggest(self, name: str) -> list[str]:
        """Up to three units whose name or alias is written much like `name`."""
        return [unit for unit, _score in self.scored(name)]

    def scored(self, name: str) -> list[tuple[str, int]]:
        """The same, each with its likeness in percent; never more than a hint."""
        if name not in self._near:
            key = normalise(name)
            near = difflib.get_close_matches(key, self.spellings, n=6, cutoff=0.5)
            best: dict[str, int] = {}
            for written in near:
                score = round(100 * difflib.SequenceMatcher(None, written, key).ratio())
                best[self.spellings[written]] = max(score, best.get(self.spellings[written], 0))
            self._near[name] = list(best.items())[:3]
        return self._near[name]
