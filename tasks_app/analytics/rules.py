"""What stands out among a list's figures: who is furthest behind, what moved, what is worst. Pure.

Percents are 0–100, differences are percentage points.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tasks_app.progress.choices import Light
from tasks_app.progress.rules import Thresholds

# Which light stands for several tasks together: the first of these that any of them shows.
SEVERITY = (Light.RED, Light.YELLOW, Light.GREY, Light.GREEN, Light.BLUE)


@dataclass(frozen=True)
class Mover:
    """A task whose percent differs from the published one."""

    task_id: int
    before: int
    after: int

    @property
    def delta(self) -> int:
        return self.after - self.before


@dataclass(frozen=True)
class Slip:
    """What decides how badly a task has slipped; `gap` is the points behind the straight line."""

    task_id: int
    light: str
    due_on: dt.date | None
    gap: int


def worst_light(lights: Mapping[str, int]) -> Light | None:
    """The worst light that any task shows; None when there are no tasks."""
    return next((light for light in SEVERITY if lights.get(light)), None)


def light_of_mean(behind: int, thresholds: Thresholds) -> Light:
    """The light of a mean over several tasks, from its points behind, by the thresholds that the list sets for one
    task.
    """
    if behind >= thresholds.red_behind:
        return Light.RED
    return Light.YELLOW if behind >= thresholds.yellow_behind else Light.GREEN


def furthest_behind(behind: Sequence[tuple[int, int]]) -> int | None:
    """The key with the most points behind among (key, points); the first of equals, None if nobody is behind."""
    key, points = max(behind, key=lambda pair: pair[1], default=(None, 0))
    return key if points > 0 else None


def movers(before: Mapping[int, int], after: Mapping[int, int], *, most: int) -> tuple[list[Mover], list[Mover]]:
    """The largest gains and the largest losses among tasks present on both sides, at most `most` together.

    Half of the places belong to each side; what one does not need goes to the other. Among equals in the order
    of `after`.
    """
    moved = [Mover(pk, before[pk], percent) for pk, percent in after.items() if before.get(pk, percent) != percent]
    gains = sorted((m for m in moved if m.delta > 0), key=lambda m: -m.delta)
    losses = sorted((m for m in moved if m.delta < 0), key=lambda m: m.delta)
    half = most // 2
    return gains[: max(half, most - len(losses))], losses[: max(half, most - len(gains))]


def worst(slips: Iterable[Slip], *, today: dt.date, most: int) -> list[int]:
    """The tasks that need attention, the worst first: red before yellow, then those past their deadline by how
    long, then by how far behind. Tasks under another light are never among them.
    """

    def place(slip: Slip) -> tuple[bool, bool, int, int, int]:
        overdue = (today - slip.due_on).days if slip.due_on and slip.due_on < today else 0
        return (slip.light != Light.RED, not overdue, -overdue, -slip.gap, slip.task_id)

    troubled = [slip for slip in slips if slip.light in (Light.RED, Light.YELLOW)]
    return [slip.task_id for slip in sorted(troubled, key=place)[:most]]
