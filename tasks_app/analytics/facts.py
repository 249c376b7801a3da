"""What a list's boards are counted from, read once: its tasks with their standings, who owes what, who said what.

One definition of each number (domain §4, Progress):
- a task: its standing, that is its leads' latest accepted percent (several leads: the mean);
- a county government or the park: the mean over its own obligations of its own latest accepted percent;
- a lead unit: the mean over the tasks it leads; a chapter: the mean over its tasks.
Nothing accepted counts as 0 and is counted as `unreported`, never left out. A closed task is 100 for all
who had a part in it.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from tasks_app.catalogue.choices import AssignmentRole
from tasks_app.catalogue.models import Assignment, Task, TaskList
from tasks_app.progress.choices import Light
from tasks_app.schedule.models import Obligation
from tasks_app.units.choices import UnitKind
from tasks_app.units.models import Unit

# In which order the lights stand beside each other, everywhere.
ORDER = (Light.BLUE, Light.GREEN, Light.YELLOW, Light.RED, Light.GREY)
BOARD_KINDS = {UnitKind.COUNTY_GOVERNMENT, UnitKind.PARK_COMMITTEE}
Part = tuple["TaskRow", tuple[int, bool]]  # a task with (percent, was anything accepted) as a group sees it


@dataclass(frozen=True)
class TaskRow:
    """One counted task and where it stands; without a standing it is grey and has reported nothing."""

    pk: int
    seq: int
    no: str
    chapter: tuple[int, int, str] | None  # order, key, heading
    due_on: dt.date | None
    closed_on: dt.date | None
    progress: int
    expected: int | None
    has_report: bool
    light: str
    reason: str
    as_of: dt.date | None

    @property
    def gap(self) -> int:
        """Points behind the straight line; 0 where there is none or nothing is lacking."""
        return max((self.expected or 0) - self.progress, 0)


@dataclass(frozen=True)
class Group:
    """Some of a list's tasks taken together: those of a county, of a lead unit, of a chapter, or all.

    `mean` and `expected` are percents; `expected` is the mean over the tasks that have a deadline,
    None if none has. `count` is the denominator of `mean`. `lights` counts the tasks by light.
    """

    key: int
    label: str
    count: int
    mean: float
    expected: float | None
    unreported: int
    lights: Mapping[str, int]

    @property
    def behind(self) -> int:
        """Points by which the mean as printed is behind the expected as printed; negative if ahead."""
        return 0 if self.expected is None else round(self.expected) - round(self.mean)


@dataclass(frozen=True)
class ListFacts:
    """The rows of one list. `latest`: (task, unit) → that unit's latest accepted percent."""

    task_list: TaskList
    tasks: Mapping[int, TaskRow]
    owed: list[tuple[int, int, str]]  # task id, unit id, role
    leads: list[tuple[int, int]]  # task id, unit id: who leads, group units expanded where reports are owed
    latest: Mapping[tuple[int, int], int]
    units: Mapping[int, Unit]

    @cached_property
    def lead_owners(self) -> dict[int, set[int]]:
        owners: dict[int, set[int]] = defaultdict(set)
        for task_id, unit_id, role in self.owed:
            if role == AssignmentRole.LEAD:
                owners[task_id].add(unit_id)
        return owners

    @cached_property
    def boards_of(self) -> dict[int, list[int]]:
        """Task → the county governments and parks that owe a report on it."""
        found: dict[int, list[int]] = defaultdict(list)
        for task_id, unit_id, _role in self.owed:
            if self.units[unit_id].kind in BOARD_KINDS:
                found[task_id].append(unit_id)
        return found

    @cached_property
    def leads_of(self) -> dict[int, list[int]]:
        """Task → its leads in official order."""
        found: dict[int, list[int]] = defaultdict(list)
        for task_id, unit_id in sorted(self.leads, key=lambda pair: self.place(pair[1])):
            found[task_id].append(unit_id)
        return found

    def place(self, unit_id: int) -> tuple[int, int]:
        """What sorts units into the official order."""
        return self.units[unit_id].order, unit_id

    def own(self, task_id: int, unit_id: int) -> tuple[int, bool]:
        """(percent, was anything accepted) of one unit on one task that it owes."""
        said, closed = self.latest.get((task_id, unit_id)), self.tasks[task_id].closed_on is not None
        return (100 if closed else said or 0), closed or said is not None


def read_facts(task_list: TaskList, *, latest: Mapping[tuple[int, int], int], also: Iterable[int] = ()) -> ListFacts:
    """The rows of one list, with its units and those named in `also`: three queries, four where nobody owes
    reports."""
    tasks = {row.pk: row for row in _task_rows(task_list)}
    owed = [
        row
        for row in Obligation.objects.filter(task__task_list=task_list).values_list("task_id", "unit_id", "role")
        if row[0] in tasks
    ]
    leads = [(task_id, unit_id) for task_id, unit_id, role in owed if role == AssignmentRole.LEAD]
    if not leads:
        # A list without a reporting rule owes nothing; there the units stand as the document names them.
        named = Assignment.objects.filter(task__task_list=task_list, role=AssignmentRole.LEAD)
        leads = [row for row in named.values_list("task_id", "unit_id") if row[0] in tasks]
    wanted = {unit_id for _, unit_id, _ in owed} | {unit_id for _, unit_id in leads} | set(also)
    units = Unit.objects.select_related("county").in_bulk(wanted)
    return ListFacts(task_list, tasks, owed, leads, latest, units)


def _task_rows(task_list: TaskList) -> list[TaskRow]:
    standing = (f"standing__{name}" for name in ("progress", "expected", "has_report", "light", "reason", "as_of"))
    found = (
        Task.objects.counted()
        .filter(task_list=task_list)
        .order_by("seq")
        .values_list("pk", "seq", "no", "chapter_id", "chapter__order", "chapter__heading", "due_on", "closed_on",
                     *standing)
    )  # fmt: skip
    return [
        TaskRow(
            pk=pk, seq=seq, no=no, chapter=(order, chapter_id, heading) if chapter_id else None, due_on=due_on,
            closed_on=closed_on, progress=progress or 0, expected=expected, has_report=bool(reported),
            light=light or Light.GREY, reason=reason or "", as_of=as_of,
        )
        for pk, seq, no, chapter_id, order, heading, due_on, closed_on,
            progress, expected, reported, light, reason, as_of in found
    ]  # fmt: skip


def group(key: int, label: str, parts: Iterable[Part]) -> Group:
    """Some tasks taken together."""
    parts = list(parts)
    expected = [row.expected for row, _ in parts if row.expected is not None]
    return Group(
        key=key,
        label=label,
        count=len(parts),
        mean=mean_of(percent for _, (percent, _) in parts) or 0.0,
        expected=mean_of(expected),
        unreported=sum(not reported for _, (_, reported) in parts),
        lights=Counter(row.light for row, _ in parts),
    )


def light_counts(group: Group) -> list[tuple[Light, int]]:
    """The group's counts in the fixed order of the lights, zeroes included."""
    return [(light, group.lights.get(light, 0)) for light in ORDER]


def mean_of(numbers: Iterable[float]) -> float | None:
    numbers = list(numbers)
    return sum(numbers) / len(numbers) if numbers else None


def _as_standing(row: TaskRow) -> Part:
    return row, (row.progress, row.has_report or row.closed_on is not None)


def total(facts: ListFacts) -> Group:
    """All tasks of the list."""
    return group(0, facts.task_list.title, map(_as_standing, facts.tasks.values()))


def counties(facts: ListFacts) -> list[Group]:
    """County governments and the park in official order, each over its own obligations."""
    parts: dict[int, list[Part]] = defaultdict(list)
    for task_id, unit_ids in facts.boards_of.items():
        for unit_id in unit_ids:
            parts[unit_id].append((facts.tasks[task_id], facts.own(task_id, unit_id)))
    return [group(pk, facts.units[pk].name, parts[pk]) for pk in sorted(parts, key=facts.place)]


def lead_units(facts: ListFacts) -> list[Group]:
    """Lead units, those with most red tasks first, among equals the slowest first."""
    parts: dict[int, list[Part]] = defaultdict(list)
    for task_id, unit_id in facts.leads:
        parts[unit_id].append(_as_standing(facts.tasks[task_id]))
    groups = [group(pk, facts.units[pk].name, rows) for pk, rows in parts.items()]
    return sorted(groups, key=lambda g: (-g.lights.get(Light.RED, 0), g.mean, facts.place(g.key)))


def chapters(facts: ListFacts) -> list[Group]:
    """The chapters that have tasks, in the document's order."""
    parts: dict[tuple[int, int, str], list[Part]] = defaultdict(list)
    for row in facts.tasks.values():
        if row.chapter:
            parts[row.chapter].append(_as_standing(row))
    return [group(chapter[1], chapter[2], parts[chapter]) for chapter in sorted(parts)]
