"""A list's rules as typed, before they are kept as a version; and a kept version as it would be typed."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tasks_app.scores.choices import EventKind, Per
from tasks_app.scores.models import ScoreScheme
from tasks_app.scores.rules import MOST, Rule, Scheme


@dataclass(frozen=True)
class RuleDraft:
    """One rule as typed."""

    kind: str
    active: bool
    points: Decimal
    per: str
    cap: Decimal | None = None
    wording: str = ""


@dataclass(frozen=True)
class SchemeDraft:
    """A list's rules as typed; `starts_on` is the first day of the month of the first round that they hold for."""

    base: Decimal
    starts_on: dt.date
    objection_workdays: int
    basis: str
    rules: Sequence[RuleDraft] = field(default_factory=tuple)

    @property
    def spec(self) -> Scheme:
        """As plain values for the rules."""
        return Scheme(
            base=self.base,
            rules=[Rule(rule.kind, rule.points, rule.per, rule.cap, rule.active) for rule in self.rules],
        )


def draft_of(scheme: ScoreScheme) -> SchemeDraft:
    """A stored version as it would be typed."""
    return SchemeDraft(
        base=scheme.base,
        starts_on=scheme.starts_on,
        objection_workdays=scheme.objection_workdays,
        basis=scheme.basis,
        rules=[
            RuleDraft(row.kind, row.active, row.points, row.per, row.cap, row.wording) for row in scheme.rules.all()
        ],
    )


def facts_of(scheme: SchemeDraft) -> dict[str, Any]:
    """Comparable, and fit for the log."""
    kinds = {
        rule.kind: [rule.active, f"{rule.points:.1f}", rule.per, f"{rule.cap:.1f}" if rule.cap else "", rule.wording]
        for rule in scheme.rules
    }
    head = [f"{scheme.base:.1f}", scheme.starts_on.isoformat(), scheme.objection_workdays, scheme.basis.strip()]
    return {"head": head, "rules": {kind: kinds[kind] for kind in EventKind.values if kind in kinds}}


# What a list begins with that has no rules yet: the numbers of the sheets that cities use (domain §4), and for what
# these do not name, numbers that keep to their order. Kind → points, how often it counts, cap.
USUAL: dict[EventKind, tuple[str, Per, str | None]] = {
    EventKind.LATE: ("-1", Per.UNIT, None),
    EventKind.MISSING: ("-10", Per.UNIT, None),
    EventKind.MADE_UP: ("3", Per.UNIT, None),
    EventKind.RETURNED: ("-2", Per.EVENT, "6"),
    EventKind.EMPTY: ("-5", Per.UNIT, None),
    EventKind.RED: ("-0.5", Per.EVENT, "5"),
    EventKind.OVERDUE: ("-1", Per.EVENT, "10"),
    EventKind.NOTICE_LATE: ("-3", Per.EVENT, "6"),
    EventKind.NOTICE_RETURNED: ("-2", Per.EVENT, "6"),
    EventKind.MISREPORT: ("-5", Per.EVENT, "10"),
    EventKind.CLOSED: ("1", Per.EVENT, "5"),
}


def usual(*, starts_on: dt.date) -> SchemeDraft:
    """The rules offered for a list that has none."""
    return SchemeDraft(
        base=MOST,
        starts_on=starts_on,
        objection_workdays=5,
        basis="",
        rules=[
            RuleDraft(kind, active=True, points=Decimal(points), per=per, cap=Decimal(cap) if cap else None)
            for kind, (points, per, cap) in USUAL.items()
        ],
    )
