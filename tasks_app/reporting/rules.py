"""The month in rules: periods, who owes what, what is late, what may move where. Pure.

Source: 东政办〔2024〕69号: 于每月5日前将工作进展情况报送市发展改革委（本月工作进展于7月10日18时前报送）.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tasks_app.catalogue.choices import AssignmentRole
from tasks_app.lib.dates import at_beijing, beijing_day, day_of_month, is_workday, next_month, shift_workdays
from tasks_app.reporting.choices import FreeDayPolicy, ReportStatus, Timeliness

# Stored status → the statuses it may move to. Anything else is refused.
MOVES: Mapping[str, frozenset[str]] = {
    ReportStatus.DRAFT: frozenset({ReportStatus.SUBMITTED}),
    ReportStatus.SUBMITTED: frozenset({ReportStatus.ACCEPTED, ReportStatus.RETURNED}),
    ReportStatus.RETURNED: frozenset({ReportStatus.SUBMITTED}),
    ReportStatus.ACCEPTED: frozenset(),
}
# What the unit may still write in.
EDITABLE = frozenset({ReportStatus.DRAFT, ReportStatus.RETURNED})


@dataclass(frozen=True)
class PeriodSpec:
    """One reporting round: named by the year and month its deadline falls in."""

    year: int
    month: int
    opens_at: dt.datetime
    due_at: dt.datetime


@dataclass(frozen=True)
class RuleSpec:
    """A list's reporting rule as plain values."""

    starts_on: dt.date
    first_due_at: dt.datetime
    day: int
    time: dt.time
    free_day_policy: str
    ends_on: dt.date | None


def periods_until(rule: RuleSpec, at: dt.datetime, exceptions: Mapping[dt.date, bool]) -> list[PeriodSpec]:
    """Every period that has opened by `at`, oldest first.

    The first opens when the list starts and is due at its own moment; the others open at 00:00 on
    the 1st and are due on the rule's day (the month's last, if it is shorter), moved by the
    free-day policy, at the rule's time, Beijing time.
    """
    first_day = beijing_day(rule.first_due_at)
    specs = [PeriodSpec(first_day.year, first_day.month, at_beijing(rule.starts_on, dt.time()), rule.first_due_at)]
    year, month = next_month(first_day.year, first_day.month)
    while rule.ends_on is None or dt.date(year, month, 1) <= rule.ends_on:
        opens_at = at_beijing(dt.date(year, month, 1), dt.time())
        if opens_at > at:
            break
        due_on = due_day(year, month, rule.day, rule.free_day_policy, exceptions)
        specs.append(PeriodSpec(year, month, opens_at, at_beijing(due_on, rule.time)))
        year, month = next_month(year, month)
    return [spec for spec in specs if spec.opens_at <= at]


def due_day(year: int, month: int, day: int, policy: str, exceptions: Mapping[dt.date, bool]) -> dt.date:
    """The due day of a month: day `day`, moved off a free day as `policy` says."""
    due = day_of_month(year, month, day)
    if policy == FreeDayPolicy.KEEP or is_workday(due, exceptions):
        return due
    return shift_workdays(due, -1 if policy == FreeDayPolicy.EARLIER else 1, exceptions)


def timeliness(
    *,
    due_at: dt.datetime,
    first_submitted_at: dt.datetime | None,
    next_opens_at: dt.datetime,
    at: dt.datetime,
) -> Timeliness:
    """A unit's month.

    Submitted at 18:00:00 is on time, at 18:00:01 late. What comes only after the next period has
    opened was missing and is made up: 已补 stands beside the miss, never instead of it.
    """
    if first_submitted_at is None:
        return Timeliness.PENDING if at <= due_at else Timeliness.MISSING
    if first_submitted_at <= due_at:
        return Timeliness.ON_TIME
    return Timeliness.LATE if first_submitted_at < next_opens_at else Timeliness.MADE_UP


def next_opening(year: int, month: int) -> dt.datetime:
    """When the period after that of `year`/`month` opens."""
    return at_beijing(dt.date(*next_month(year, month), 1), dt.time())


@dataclass(frozen=True)
class Party:
    """A real unit as far as obligations care; `county_id` is the county it governs."""

    unit_id: int
    kind: str
    county_id: int | None


@dataclass(frozen=True)
class Part:
    """One assignment of a task: a unit, or a group by its members."""

    role: str
    parties: Sequence[Party]
    is_group: bool


def obligations(
    parts: Iterable[Part], *, named_county_ids: frozenset[int], assisting_kinds: Sequence[str]
) -> dict[int, str]:
    """Who owes a report on a task: unit id → role (domain §4, Obligations).

    Every lead owes one; an assisting unit does if its kind is among `assisting_kinds`. Groups are
    expanded; where the item's text or its split names only some counties, of a group's county
    governments only those of the named counties owe it. A unit that leads and assists leads.
    """
    owed: dict[int, str] = {}
    for part in sorted(parts, key=lambda part: part.role != AssignmentRole.LEAD):
        for party in part.parties:
            if part.role == AssignmentRole.ASSIST and party.kind not in assisting_kinds:
                continue
            if part.is_group and named_county_ids and party.county_id not in {*named_county_ids, None}:
                continue
            owed.setdefault(party.unit_id, part.role)
    return owed


def missing_fields(*, percent: int | None, done_text: str) -> list[str]:
    """Names of the fields that an entry still needs before it can be submitted.

    本月无进展 is an honest answer, but it needs its reason, in `done_text`.
    """
    return [name for name, there in (("percent", percent is not None), ("done_text", done_text.strip())) if not there]


def report_status(entry_statuses: Iterable[str]) -> ReportStatus:
    """The report's status from its entries': returned or draft weighs more than submitted, that more
    than accepted."""
    statuses = set(entry_statuses)
    for status in (ReportStatus.RETURNED, ReportStatus.DRAFT, ReportStatus.SUBMITTED):
        if status in statuses:
            return status
    return ReportStatus.ACCEPTED


def misses_in_a_row(owed: Sequence[bool]) -> int:
    """How many of the newest due periods, in a row, went without a report; `owed` is oldest first,
    True where a report is in."""
    count = 0
    for reported in reversed(owed):
        if reported:
            break
        count += 1
    return count
