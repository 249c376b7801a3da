"""One county's panel: where it stands on a list, and why. Reads only."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tasks_app.analytics.facts import Group, ListFacts, TaskRow, counties
from tasks_app.analytics.overview import words
from tasks_app.catalogue.models import Task
from tasks_app.progress.choices import Light
from tasks_app.progress.queries import thresholds_of
from tasks_app.reporting.models import ReportEntry
from tasks_app.units.models import Unit


@dataclass(frozen=True)
class CountyTask:
    """One task as a county has it: its own accepted percent (`said`: there is one) and last accepted words."""

    row: TaskRow
    task: Task
    leads: Sequence[Unit]
    percent: int
    said: bool
    behind: int
    entry: ReportEntry | None

    @property
    def light(self) -> Light:
        return Light(self.row.light)

    @property
    def words(self) -> str:
        """What the county said last: its problem, else what it asks others to settle, else what it did."""
        entry = self.entry
        return (entry.problem_text or entry.help_text or entry.done_text) if entry else ""


@dataclass(frozen=True)
class CountyPage:
    """Why a county stands where it does. `rank` counts from the front by points behind; `far` and `near` count the
    tasks on which the county's own percent is behind by the list's red and yellow points; `reasons` and `leads` say
    which reasons the red tasks have and who leads them, the most frequent first."""

    unit: Unit
    group: Group
    counties: Sequence[Group]
    rank: int
    far: int
    near: int
    reasons: Sequence[tuple[str, int]]
    leads: Sequence[tuple[Unit, int]]
    tasks: Sequence[CountyTask]
    count: int


def read_county(facts: ListFacts, unit_id: int, *, most: int) -> CountyPage | None:
    """One county's panel; None for a unit that owes nothing here or is no county. Two queries.

    Shown are the `most` tasks that hold it back most: those on which its own percent is behind by the list's yellow
    points or more, and those that are red, by how far its own percent is behind.
    """
    groups = counties(facts)
    chosen = next((group for group in groups if group.key == unit_id), None)
    if chosen is None:
        return None
    thresholds = thresholds_of(facts.task_list)
    rows = [facts.tasks[task_id] for task_id, unit_ids in facts.boards_of.items() if unit_id in unit_ids]
    behind = {row.pk: _own_gap(facts, row, unit_id) for row in rows}
    red = [row for row in rows if row.light == Light.RED]
    holding = [row for row in rows if behind[row.pk] >= thresholds.yellow_behind or row.light == Light.RED]
    holding.sort(key=lambda row: (-behind[row.pk], row.light != Light.RED, row.seq))
    far = sum(gap >= thresholds.red_behind for gap in behind.values())
    return CountyPage(
        unit=facts.units[unit_id],
        group=chosen,
        counties=groups,
        rank=1 + sum(group.behind < chosen.behind for group in groups),
        far=far,
        near=sum(gap >= thresholds.yellow_behind for gap in behind.values()) - far,
        reasons=Counter(row.reason for row in red).most_common(),
        leads=_leads_of(facts, red),
        tasks=_county_tasks(facts, unit_id, holding[:most]),
        count=len(holding),
    )


def _leads_of(facts: ListFacts, rows: Sequence[TaskRow]) -> list[tuple[Unit, int]]:
    """Who leads these tasks, and how many of them: the most first, else in the order of the units."""
    leads = Counter(lead_id for row in rows for lead_id in facts.leads_of[row.pk])
    return [(facts.units[pk], n) for pk, n in sorted(leads.items(), key=lambda p: (-p[1], facts.place(p[0])))]


def _own_gap(facts: ListFacts, row: TaskRow, unit_id: int) -> int:
    """Points by which one unit's own percent is behind the task's straight line."""
    return max((row.expected or 0) - facts.own(row.pk, unit_id)[0], 0)


def _county_tasks(facts: ListFacts, unit_id: int, rows: Sequence[TaskRow]) -> list[CountyTask]:
    ids = {row.pk for row in rows}
    tasks = words(ids)
    said = ReportEntry.objects.accepted().filter(report__unit_id=unit_id, task_id__in=ids)
    last = {entry.task_id: entry for entry in said.select_related("report__period").order_by("report__period__due_at")}
    found = []
    for row in rows:
        percent, reported = facts.own(row.pk, unit_id)
        found.append(
            CountyTask(
                row=row,
                task=tasks[row.pk],
                leads=[facts.units[pk] for pk in facts.leads_of[row.pk]],
                percent=percent,
                said=reported,
                behind=_own_gap(facts, row, unit_id),
                entry=last.get(row.pk),
            )
        )
    return found
