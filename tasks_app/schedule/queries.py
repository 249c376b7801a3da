"""Reading the rule of a list: its rounds to come, and who would owe what, with the reason."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tasks_app.catalogue.choices import TaskKind
from tasks_app.catalogue.models import Task, TaskList
from tasks_app.schedule import rules
from tasks_app.schedule.models import DueChange, Obligation, Period, ReportingRule
from tasks_app.units.models import Unit
from tasks_app.units.queries import members_by_group
from tasks_app.workdays.queries import exceptions

# So many rounds to come are shown.
ROUNDS_SHOWN = 6


@dataclass(frozen=True)
class Duty:
    """A unit's duty on one task, or that it has none there although it is named."""

    task: Task
    unit: Unit
    claim: rules.Claim

    @property
    def why_text(self) -> str:
        return str(self.claim.why.label) % {"group": self.claim.group}


@dataclass
class Preview:
    """What a rule comes to: by unit what it owes, who is named and owes nothing, tasks that nobody owes."""

    by_unit: dict[Unit, list[Duty]] = field(default_factory=dict)
    spared: list[Duty] = field(default_factory=list)
    unowed: list[Task] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(len(duties) for duties in self.by_unit.values())


def spec_of(rule: ReportingRule) -> rules.RuleSpec:
    """A rule as plain values, with the due moments that were changed for single rounds."""
    return _spec(rule, DueChange.objects.filter(task_list_id=rule.task_list_id))


def _spec(rule: ReportingRule, changes: Iterable[DueChange]) -> rules.RuleSpec:
    return rules.RuleSpec(
        starts_on=rule.task_list.starts_on,
        first_due_at=rule.first_due_at,
        day=rule.day,
        time=rule.time,
        free_day_policy=rule.free_day_policy,
        ends_on=rule.ends_on,
        frequency=rule.frequency,
        fixed=[dt.datetime.fromisoformat(text) for text in rule.fixed_dates],
        changed={(change.year, change.month, change.number): change.due_at for change in changes},
    )


def coming_periods(
    ruled: Iterable[ReportingRule], *, until: dt.datetime, days: Mapping[dt.date, bool]
) -> Iterator[Period]:
    """The rounds of these rules that open by `until` and have not opened yet, unsaved: two queries for all.

    `days` are the exceptions of the working calendar.
    """
    changes: dict[int, list[DueChange]] = defaultdict(list)
    for change in DueChange.objects.all():
        changes[change.task_list_id].append(change)
    newest = newest_rounds()
    for rule in ruled:
        spec_now = _spec(rule, changes[rule.task_list_id])
        for spec in rules.periods_until(spec_now, until, days, newest=newest.get(rule.task_list_id)):
            yield Period(
                task_list=rule.task_list,
                year=spec.year,
                month=spec.month,
                number=spec.number,
                opens_at=spec.opens_at,
                due_at=spec.due_at,
                next_opens_at=spec.next_opens_at,
            )


def newest_rounds() -> dict[int, rules.Opened]:
    """List id → the round of it that opened last: one query."""
    rows = Period.objects.order_by("opens_at").values_list("task_list_id", "opens_at", "year", "month", "number")
    return {list_id: rules.Opened(opens_at, (year, month, number)) for list_id, opens_at, year, month, number in rows}


def rounds_to_come(rule: ReportingRule, *, at: dt.datetime) -> list[rules.PeriodSpec]:
    """The next rounds due after `at`: the open ones as they opened, the others by the rule, saved or not.

    A rule that was changed leaves open rounds alone and opens nothing in the past.
    """
    open_ones = [
        rules.PeriodSpec(one.year, one.month, one.opens_at, one.due_at, one.number, one.next_opens_at)
        for one in rule.task_list.periods.filter(due_at__gt=at).order_by("opens_at")
    ]
    newest = newest_rounds().get(rule.task_list_id)
    coming = rules.upcoming(spec_of(rule), at, ROUNDS_SHOWN, exceptions(), newest=newest)
    return [*open_ones, *coming][:ROUNDS_SHOWN]


def duties(task_list: TaskList, assisting_kinds: Sequence[str]) -> list[Duty]:
    """Every unit that a task of the list names, in the list's order: a constant number of queries."""
    groups = members_by_group(task_list.jurisdiction)
    tasks = task_list.tasks.filter(kind=TaskKind.TASK, retired_at=None).order_by("seq")
    found = []
    for task in tasks.prefetch_related("assignments__unit", "counties"):
        units: dict[int, Unit] = {}
        parts = [_part(a.role, a.unit, groups, units) for a in task.assignments.all()]
        claims = rules.claims(
            parts,
            named_county_ids=frozenset(county.pk for county in task.counties.all()),
            assisting_kinds=assisting_kinds,
        )
        found += [Duty(task, units[unit_id], claim) for unit_id, claim in claims.items()]
    return found


def _part(role: str, unit: Unit, groups: dict[int, list[Unit]], units: dict[int, Unit]) -> rules.AssignedPart:
    is_group = unit.kind == "group"
    members = [u for u in (groups.get(unit.pk, []) if is_group else [unit]) if u.active]
    units.update({u.pk: u for u in members})
    return rules.AssignedPart(
        role=role,
        parties=[rules.Party(u.pk, u.kind, u.county_id) for u in members],
        is_group=is_group,
        group=unit.name if is_group else "",
    )


def duty_changes(
    task_list: TaskList, assisting_kinds: Sequence[str] | None
) -> tuple[list[Obligation], list[Obligation]]:
    """The obligations that go and those that come (not saved) when units of these kinds owe; None: nobody does.

    One whose role changes goes and comes.
    """
    found = [] if assisting_kinds is None else duties(task_list, assisting_kinds)
    wanted = {(duty.task.pk, duty.unit.pk): duty for duty in found if duty.claim.owes}
    gone, kept = [], set()
    for one in Obligation.objects.filter(task__task_list=task_list).select_related("unit"):
        key = (one.task_id, one.unit_id)
        if key in wanted and wanted[key].claim.role == one.role:
            kept.add(key)
        else:
            gone.append(one)
    new = [
        Obligation(task=duty.task, unit=duty.unit, role=duty.claim.role)
        for key, duty in wanted.items()
        if key not in kept
    ]
    return gone, new


def preview(task_list: TaskList, assisting_kinds: Sequence[str]) -> Preview:
    """Units in official order, each with what it would owe."""
    found = Preview()
    by_unit: dict[Unit, list[Duty]] = defaultdict(list)
    owed: set[int] = set()
    for duty in duties(task_list, assisting_kinds):
        if duty.claim.owes:
            by_unit[duty.unit].append(duty)
            owed.add(duty.task.pk)
        else:
            found.spared.append(duty)
    found.by_unit = {unit: by_unit[unit] for unit in sorted(by_unit, key=lambda unit: (unit.order, unit.pk))}
    tasks = task_list.tasks.filter(kind=TaskKind.TASK, retired_at=None).order_by("seq")
    found.unowed = [task for task in tasks if task.pk not in owed]
    return found
