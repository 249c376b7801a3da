"""What changed between two frozen rounds; how a freeze is sealed. Pure.

All figures are those that were published: nothing is recomputed.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from tasks_app.closing.choices import ChangeKind
from tasks_app.progress.choices import Light


@dataclass(frozen=True)
class TaskFigure:
    """A task as published: percent 0–100, light, deadline, the names of its lead units."""

    task_id: int
    no: str
    headline: str
    progress: int
    light: str
    due_on: dt.date | None
    leads: tuple[str, ...]


@dataclass(frozen=True)
class UnitFigure:
    """A unit as published; `mean` is the percent over its own duties, for counties and parks only."""

    unit_id: int
    name: str
    timeliness: str
    mean: float | None


@dataclass(frozen=True)
class Change:
    """One thing that differs from the round before; `leads` are those of today."""

    kind: ChangeKind
    task: TaskFigure
    before: str
    after: str


@dataclass(frozen=True)
class CountyChange:
    """A county's or park's mean percent then and now; None where it had no duty."""

    name: str
    before: float | None
    after: float | None

    @property
    def delta(self) -> float | None:
        return None if self.before is None or self.after is None else self.after - self.before


def task_changes(before: Iterable[TaskFigure], after: Iterable[TaskFigure]) -> list[Change]:
    """Everything that changed, in the later list's order; what left the list comes last."""
    old = {figure.task_id: figure for figure in before}
    found: list[Change] = []
    for figure in after:
        earlier = old.pop(figure.task_id, None)
        if earlier is None:
            found.append(Change(ChangeKind.ADDED, figure, "", percent_text(figure.progress)))
        else:
            found += _differences(earlier, figure)
    found += [Change(ChangeKind.REMOVED, figure, percent_text(figure.progress), "") for figure in old.values()]
    return found


def _differences(old: TaskFigure, new: TaskFigure) -> list[Change]:
    found = []
    lights = (str(Light(old.light).label), str(Light(new.light).label))
    if new.light == Light.BLUE != old.light:
        found.append(Change(ChangeKind.CLOSED, new, *lights))
    elif new.light == Light.RED != old.light:
        found.append(Change(ChangeKind.TURNED_RED, new, *lights))
    elif old.light == Light.RED != new.light:
        found.append(Change(ChangeKind.MADE_UP, new, *lights))
    if old.progress != new.progress:
        kind = ChangeKind.ADVANCED if new.progress > old.progress else ChangeKind.FELL
        found.append(Change(kind, new, percent_text(old.progress), percent_text(new.progress)))
    if old.due_on != new.due_on:
        found.append(Change(ChangeKind.DUE, new, day_text(old.due_on), day_text(new.due_on)))
    if set(old.leads) != set(new.leads):
        found.append(Change(ChangeKind.LEADS, new, "、".join(old.leads), "、".join(new.leads)))
    return found


def percent_text(percent: int) -> str:
    return f"{percent}%"


def day_text(day: dt.date | None) -> str:
    return day.isoformat() if day else "—"


def by_unit(changes: Iterable[Change]) -> dict[str, dict[ChangeKind, int]]:
    """Lead unit → how many changes of each kind; a task of several leads counts with each."""
    table: dict[str, dict[ChangeKind, int]] = {}
    for change in changes:
        for name in change.task.leads:
            row = table.setdefault(name, dict.fromkeys(ChangeKind, 0))
            row[change.kind] += 1
    return table


def county_changes(before: Iterable[UnitFigure], after: Sequence[UnitFigure]) -> list[CountyChange]:
    """Counties and parks in the later round's order."""
    old = {figure.unit_id: figure.mean for figure in before}
    return [
        CountyChange(figure.name, old.get(figure.unit_id), figure.mean)
        for figure in after
        if figure.mean is not None or old.get(figure.unit_id) is not None
    ]


def timeliness_changes(before: Iterable[UnitFigure], after: Iterable[UnitFigure]) -> list[tuple[str, str, str]]:
    """(unit, then, now) where a unit's month ended differently from the one before."""
    old = {figure.unit_id: figure.timeliness for figure in before}
    return [
        (figure.name, old[figure.unit_id], figure.timeliness)
        for figure in after
        if figure.unit_id in old and old[figure.unit_id] != figure.timeliness
    ]


def seal(head: Mapping[str, object], tasks: Iterable[TaskFigure], units: Iterable[UnitFigure]) -> str:
    """The check value of a freeze: 64 hexadecimal digits over every published figure."""
    content = {
        "head": dict(head),
        "tasks": [asdict(figure) for figure in sorted(tasks, key=lambda figure: figure.task_id)],
        "units": [asdict(figure) for figure in sorted(units, key=lambda figure: figure.unit_id)],
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
