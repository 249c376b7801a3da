"""Scores in rules: from events to lines, from lines to a ranking. Pure.

Source: the sheets that cities use (迟报 −1, 退回 −2, 空报 −5, 缺报 −10); each list sets its own numbers. Nothing is
taken or given without an event that is named; who thinks that an event is wrong may object to its line.

How a unit's sheet of one round comes about:

1. Every event of an active rule becomes a line, whatever it comes to in points. An event whose rule is switched off,
   or that no rule names, leaves no line.
2. Events of one kind are taken in the order of their days. A line that was struck (申诉成立) has no points and takes
   no room under a cap.
3. A rule that counts once per round (每期只计一次) gives its points to the first event; the others stand at 0.
4. A cap is how far a kind may go for one unit in one round, up or down. The line that reaches it gets what is left
   (a cap of 5 and lines of −2 give −2, −2, −1, 0), the lines after it stand at 0.
5. The score is the base plus the sum of all points, and never below 0.

Points are halves or wholes. A unit that owes nothing in a round, or is excused from it, has no sheet in it and no
place in its ranking.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

from tasks_app.lib.dates import at_beijing, shift_workdays
from tasks_app.scores.choices import EventKind, Outcome, Per

ZERO = Decimal(0)
# As far as one rule may go, and a whole sheet's base.
MOST = Decimal(100)
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Event:
    """Something that happened to a unit in a round: to what (`thing` names a table, `thing_id` a row), in words of
    that day, and where it can be looked at. `key` stays the same each time the events are read again.
    """

    kind: str
    unit_id: int
    thing: str
    thing_id: int
    text: str
    day: dt.date
    path: str = ""

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.unit_id}:{self.thing}:{self.thing_id}"


@dataclass(frozen=True)
class Rule:
    """Points for one kind of event: below 0 they are taken. `cap` is above 0, None for no limit."""

    kind: str
    points: Decimal
    per: str = Per.EVENT
    cap: Decimal | None = None
    active: bool = True


@dataclass(frozen=True)
class Scheme:
    """A list's rules with the points that every unit begins a round with."""

    base: Decimal = MOST
    rules: Sequence[Rule] = field(default_factory=tuple)

    @property
    def by_kind(self) -> dict[str, Rule]:
        return {rule.kind: rule for rule in self.rules if rule.active}


@dataclass(frozen=True)
class ScoredEvent:
    """One line of a sheet: the points by the rule (`full`), the points that count, and why they differ."""

    event: Event
    full: Decimal
    points: Decimal
    outcome: Outcome


def sheet(events: Iterable[Event], scheme: Scheme, *, struck: Collection[str] = ()) -> list[ScoredEvent]:
    """The lines of a round, by unit, kind and day; `struck` are the keys of events that do not count."""
    place = {kind: number for number, kind in enumerate(EventKind.values)}
    rules = scheme.by_kind
    used: dict[tuple[int, str], Decimal] = defaultdict(lambda: ZERO)
    counted: set[tuple[int, str]] = set()
    lines = []
    for event in sorted(events, key=lambda e: (e.unit_id, place.get(e.kind, 99), e.day, e.thing, e.thing_id)):
        rule = rules.get(event.kind)
        if rule is None:
            continue
        slot = (event.unit_id, event.kind)
        if event.key in struck:
            lines.append(ScoredEvent(event, rule.points, ZERO, Outcome.STRUCK))
        elif rule.per == Per.UNIT and slot in counted:
            lines.append(ScoredEvent(event, rule.points, ZERO, Outcome.ONCE))
        else:
            room = abs(rule.points) if rule.cap is None else min(abs(rule.points), rule.cap - used[slot])
            points = room.copy_sign(rule.points) if room else ZERO
            outcome = Outcome.COUNTED if points == rule.points else Outcome.CAPPED
            lines.append(ScoredEvent(event, rule.points, points, outcome))
            used[slot] += room
            counted.add(slot)
    return lines


def score(base: Decimal, points: Iterable[Decimal]) -> Decimal:
    """What a unit has in a round: the base plus all points, never below 0."""
    return max(ZERO, base + sum(points, ZERO))


@dataclass(frozen=True)
class Total:
    """A unit's sheet summed up: `minus` is 0 or below, `plus` 0 or above."""

    minus: Decimal
    plus: Decimal
    score: Decimal


def totals(unit_ids: Iterable[int], lines: Iterable[ScoredEvent], base: Decimal) -> dict[int, Total]:
    """Each scored unit's sum; one without any line keeps the base."""
    points: dict[int, list[Decimal]] = {unit_id: [] for unit_id in unit_ids}
    for line in lines:
        points[line.event.unit_id].append(line.points)
    return {
        unit_id: Total(
            minus=sum((each for each in found if each < 0), ZERO),
            plus=sum((each for each in found if each > 0), ZERO),
            score=score(base, found),
        )
        for unit_id, found in points.items()
    }


def mean(scores: Sequence[Decimal]) -> Decimal:
    """The mean over the rounds in which a unit was scored, to two places, halves up."""
    return (sum(scores, ZERO) / len(scores)).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def ranked(scores: Mapping[Thing, Decimal]) -> dict[Thing, int]:
    """Place by score, the highest first; equals share a place and the next one is left out (1, 2, 2, 4)."""
    ordered = sorted(scores.values(), reverse=True)
    return {thing: ordered.index(value) + 1 for thing, value in scores.items()}


def objection_until(published_at: dt.date, *, workdays: int, exceptions: Mapping[dt.date, bool]) -> dt.datetime:
    """The moment up to which a unit may object: the end of the last of so many working days after that day."""
    last = shift_workdays(published_at, workdays, exceptions)
    return at_beijing(last + dt.timedelta(days=1), dt.time())


def wrong_points(points: Decimal) -> bool:
    """Points that no rule may have: other than halves, or beyond 100."""
    return abs(points) > MOST or (points * 2) % 1 != 0
