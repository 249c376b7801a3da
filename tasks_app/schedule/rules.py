"""When the rounds of a list open and are due, and who owes what. Pure.

Source: 东政办〔2024〕69号: 于每月5日前将工作进展情况报送市发展改革委（本月工作进展于7月10日18时前报送）.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, takewhile

from tasks_app.catalogue.choices import AssignmentRole
from tasks_app.lib.dates import at_beijing, beijing_day, day_of_month, is_workday, next_month, shift_workdays
from tasks_app.schedule.choices import FreeDayPolicy, Frequency, Why

# (year, month, number within the month): names a round of a list.
RoundKey = tuple[int, int, int]
# The months in which a regular rule has a round.
MONTHS = {
    Frequency.MONTHLY: tuple(range(1, 13)),
    Frequency.QUARTERLY: (1, 4, 7, 10),
    Frequency.QUARTER_END: (3, 6, 9, 12),
}


@dataclass(frozen=True)
class PeriodSpec:
    """One round: named by the year and month its deadline falls in, `number` telling several apart.

    `next_opens_at` is None for the last one.
    """

    year: int
    month: int
    opens_at: dt.datetime
    due_at: dt.datetime
    number: int = 1
    next_opens_at: dt.datetime | None = None

    @property
    def key(self) -> RoundKey:
        return self.year, self.month, self.number


@dataclass(frozen=True)
class Opened:
    """The round of a list that opened last."""

    opens_at: dt.datetime
    key: RoundKey


@dataclass(frozen=True)
class RuleSpec:
    """A list's reporting rule as plain values; `changed` are due moments agreed on for single rounds."""

    starts_on: dt.date
    first_due_at: dt.datetime
    day: int
    time: dt.time
    free_day_policy: str
    ends_on: dt.date | None
    frequency: str = Frequency.MONTHLY
    fixed: Sequence[dt.datetime] = ()
    changed: Mapping[RoundKey, dt.datetime] = field(default_factory=dict)


def periods_until(
    rule: RuleSpec, at: dt.datetime, exceptions: Mapping[dt.date, bool], *, newest: Opened | None = None
) -> list[PeriodSpec]:
    """Every round that opens by `at`, oldest first; with `newest`, those that have not opened yet."""
    return list(takewhile(lambda spec: spec.opens_at <= at, _unopened(rounds(rule, exceptions), newest)))


def upcoming(
    rule: RuleSpec,
    at: dt.datetime,
    count: int,
    exceptions: Mapping[dt.date, bool],
    *,
    newest: Opened | None = None,
) -> list[PeriodSpec]:
    """The next `count` rounds that are due after `at`; with `newest`, those that have not opened yet."""
    to_come = _unopened(rounds(rule, exceptions), newest)
    return list(islice((spec for spec in to_come if spec.due_at > at), count))


def _unopened(specs: Iterable[PeriodSpec], newest: Opened | None) -> Iterator[PeriodSpec]:
    """The rounds that come after the one of the list that opened last.

    A rule that was changed opens nothing in the past; its first round, which would have opened with the list,
    then opens on the 1st of its month.
    """
    for spec in specs:
        if newest is None:
            yield spec
            continue
        opens_at = max(spec.opens_at, at_beijing(dt.date(spec.year, spec.month, 1), dt.time()))
        if opens_at > newest.opens_at and spec.key > newest.key:
            yield replace(spec, opens_at=opens_at)


def compared(
    before: Sequence[PeriodSpec], after: Sequence[PeriodSpec], count: int
) -> list[tuple[RoundKey, dt.datetime | None, dt.datetime | None]]:
    """The first `count` rounds of either rule with both due moments; None where a rule has no such round.

    Both are the next rounds, at least `count` of them where there are so many. The first round of the new rule is
    among them, however far off.
    """
    old, new = ({spec.key: spec.due_at for spec in specs} for specs in (before, after))
    shown = set(sorted(old.keys() | new.keys())[:count]) | set(sorted(new)[:1])
    return [(key, old.get(key), new.get(key)) for key in sorted(shown)]


def rounds(rule: RuleSpec, exceptions: Mapping[dt.date, bool]) -> Iterator[PeriodSpec]:
    """All rounds of a rule, oldest first; without an end there is no last one.

    The first opens when the list starts. Monthly and quarterly ones: the first is due at its own
    moment, the others open at 00:00 on the 1st of each month named in MONTHS
    and are due on the rule's day (the month's last, if it is shorter), moved by the free-day policy,
    at the rule's time, Beijing time. Fixed ones are due as given, and open on the 1st of that month or
    after an earlier one of the same month.
    """
    plain = _fixed(rule) if rule.frequency == Frequency.FIXED else _regular(rule, exceptions)
    before: PeriodSpec | None = None
    for spec in plain:
        if before is not None:
            yield replace(before, next_opens_at=spec.opens_at)
        before = replace(spec, due_at=rule.changed.get(spec.key, spec.due_at))
    if before is not None:
        yield before


def _regular(rule: RuleSpec, exceptions: Mapping[dt.date, bool]) -> Iterator[PeriodSpec]:
    first_day = beijing_day(rule.first_due_at)
    yield PeriodSpec(first_day.year, first_day.month, at_beijing(rule.starts_on, dt.time()), rule.first_due_at)
    year, month = next_month(first_day.year, first_day.month)
    # There has to be some limit: no list of a city is reported for a hundred years.
    while year < first_day.year + 100 and (rule.ends_on is None or dt.date(year, month, 1) <= rule.ends_on):
        if month in MONTHS[Frequency(rule.frequency)]:
            due_on = due_day(year, month, rule.day, rule.free_day_policy, exceptions)
            opens_at = at_beijing(dt.date(year, month, 1), dt.time())
            yield PeriodSpec(year, month, opens_at, at_beijing(due_on, rule.time))
        year, month = next_month(year, month)


def _fixed(rule: RuleSpec) -> Iterator[PeriodSpec]:
    before: PeriodSpec | None = None
    for due_at in sorted(rule.fixed):
        due_on = beijing_day(due_at)
        if rule.ends_on and due_on > rule.ends_on:
            return
        same_month = before is not None and (before.year, before.month) == (due_on.year, due_on.month)
        if before is None:
            opens_on = min(rule.starts_on, due_on)
        else:
            opens_on = beijing_day(before.due_at) + dt.timedelta(days=1) if same_month else due_on.replace(day=1)
        number = before.number + 1 if same_month and before else 1
        before = PeriodSpec(due_on.year, due_on.month, at_beijing(opens_on, dt.time()), due_at, number)
        yield before


def due_day(year: int, month: int, day: int, policy: str, exceptions: Mapping[dt.date, bool]) -> dt.date:
    """The due day of a month: day `day`, moved off a free day as `policy` says."""
    due = day_of_month(year, month, day)
    if policy == FreeDayPolicy.KEEP or is_workday(due, exceptions):
        return due
    return shift_workdays(due, -1 if policy == FreeDayPolicy.EARLIER else 1, exceptions)


def next_opening(year: int, month: int) -> dt.datetime:
    """When a round after that of `year`/`month` would open in a monthly rule."""
    return at_beijing(dt.date(*next_month(year, month), 1), dt.time())


@dataclass(frozen=True)
class Party:
    """A real unit as far as obligations care; `county_id` is the county it governs."""

    unit_id: int
    kind: str
    county_id: int | None


@dataclass(frozen=True)
class AssignedPart:
    """One assignment of a task: a unit, or a group (by its name) with its members."""

    role: str
    parties: Sequence[Party]
    is_group: bool
    group: str = ""


@dataclass(frozen=True)
class Claim:
    """Whether a unit that a task names owes a report on it, and why."""

    unit_id: int
    role: str
    owes: bool
    why: Why
    group: str = ""


def claims(
    parts: Iterable[AssignedPart], *, named_county_ids: frozenset[int], assisting_kinds: Sequence[str]
) -> dict[int, Claim]:
    """Unit id → its claim, for every real unit that the task names (domain §4, Obligations).

    Every lead owes one; an assisting unit does if its kind is among `assisting_kinds`. Groups are
    expanded; where the item's text or its split names only some counties, of a group's county
    governments only those of the named counties owe it. A unit that leads and assists leads.
    """
    found: dict[int, Claim] = {}
    for part in sorted(parts, key=lambda part: part.role != AssignmentRole.LEAD):
        for party in part.parties:
            owes, why = _judge(part, party, named_county_ids, assisting_kinds)
            known = found.get(party.unit_id)
            if known is None or (owes and not known.owes):
                found[party.unit_id] = Claim(party.unit_id, part.role, owes, why, part.group)
    return found


def _judge(
    part: AssignedPart, party: Party, named_county_ids: frozenset[int], assisting_kinds: Sequence[str]
) -> tuple[bool, Why]:
    leads = part.role == AssignmentRole.LEAD
    if not leads and party.kind not in assisting_kinds:
        return False, Why.KIND
    if part.is_group and named_county_ids and party.county_id not in {*named_county_ids, None}:
        return False, Why.ELSEWHERE
    if not part.is_group:
        return True, Why.LEAD if leads else Why.ASSIST
    if leads:
        return True, Why.LEAD_GROUP
    return True, Why.NAMED if named_county_ids and party.county_id else Why.ASSIST_GROUP


def obligations(
    parts: Iterable[AssignedPart], *, named_county_ids: frozenset[int], assisting_kinds: Sequence[str]
) -> dict[int, str]:
    """Who owes a report on a task: unit id → role."""
    found = claims(parts, named_county_ids=named_county_ids, assisting_kinds=assisting_kinds)
    return {unit_id: claim.role for unit_id, claim in found.items() if claim.owes}
