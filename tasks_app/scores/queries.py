"""Reading sheets: which scheme holds, what a scheme would give, who stands where."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tasks_app.accounts.permissions import Viewer
from tasks_app.accounts.scopes import supervised
from tasks_app.catalogue.models import TaskList
from tasks_app.closing.models import PeriodSnapshot, SnapshotUnit
from tasks_app.closing.queries import BOARD_KINDS
from tasks_app.lib.dates import BEIJING, beijing_day
from tasks_app.reporting.models import MonthlyReport
from tasks_app.schedule.models import Period
from tasks_app.scores import facts, rules
from tasks_app.scores.choices import Group, ObjectionStatus
from tasks_app.scores.models import Objection, ScoreLine, ScoreScheme, ScoreSheet, ScoreUnit
from tasks_app.workdays.queries import exceptions


def scheme_of(task_list: TaskList) -> ScoreScheme | None:
    """The newest version of a list's rules."""
    return task_list.score_schemes.order_by("-version").prefetch_related("rules").first()


def scheme_for(period: Period) -> ScoreScheme | None:
    """The version that a round is scored by: the one that it was scored by before, else the newest that holds."""
    sheet = period.score_sheets.order_by("version").first()
    if sheet is not None:
        return ScoreScheme.objects.prefetch_related("rules").get(pk=sheet.scheme_id)
    holding = ScoreScheme.objects.filter(task_list_id=period.task_list_id, starts_on__lte=period.first_day)
    return holding.order_by("-version").prefetch_related("rules").first()


def spec_of(scheme: ScoreScheme) -> rules.Scheme:
    """A scheme as plain values."""
    return rules.Scheme(
        base=scheme.base,
        rules=[rules.Rule(row.kind, row.points, row.per, row.cap, row.active) for row in scheme.rules.all()],
    )


def struck_keys(period: Period) -> set[str]:
    """Events of a round that do not count, because an objection was upheld."""
    upheld = Objection.objects.filter(period=period, status=ObjectionStatus.UPHELD)
    return set(upheld.values_list("key", flat=True))


def event_of(line: ScoreLine) -> rules.Event:
    """The event that a stored line is about."""
    return rules.Event(line.kind, line.unit_id, line.thing, line.thing_id, line.text, line.day, line.path)


def group_of(row: SnapshotUnit) -> Group:
    return Group.COUNTY if row.unit.kind in BOARD_KINDS else Group.DEPARTMENT


@dataclass(frozen=True)
class Draft:
    """What a sheet of a freeze comes to by a scheme."""

    units: Sequence[SnapshotUnit]
    lines: Sequence[rules.ScoredEvent]
    totals: Mapping[int, rules.Total]


def draft(snapshot: PeriodSnapshot, scheme: rules.Scheme, struck: Iterable[str] = ()) -> Draft:
    """Score a frozen round, nothing stored: a constant number of queries."""
    units = scored_units(snapshot)
    lines = rules.sheet(facts.events(snapshot), scheme, struck=set(struck))
    return Draft(units, lines, rules.totals([row.unit_id for row in units], lines, scheme.base))


def scored_units(snapshot: PeriodSnapshot) -> list[SnapshotUnit]:
    """Those that owed something in the round and were not excused, in official order."""
    return [row for row in snapshot.units.select_related("unit") if facts.scored(row)]


def newest_sheets(task_list: TaskList) -> list[ScoreSheet]:
    """The newest sheet of each scored round, oldest round first: one query."""
    sheets = ScoreSheet.objects.filter(period__task_list=task_list).select_related("period", "snapshot", "scheme")
    newest = {sheet.period_id: sheet for sheet in sheets.order_by("version")}
    return sorted(newest.values(), key=lambda sheet: sheet.period.opens_at)


def newest_sheet(period: Period) -> ScoreSheet | None:
    return period.score_sheets.select_related("snapshot", "scheme", "published_by").order_by("-version").first()


def unscored(task_list: TaskList) -> list[Period]:
    """Closed rounds whose newest freeze has no sheet yet, oldest first; not those with a unit reopened."""
    later = PeriodSnapshot.objects.filter(
        period=OuterRef("snapshot__period"), version__gt=OuterRef("snapshot__version")
    )
    scored = ScoreSheet.objects.filter(period=OuterRef("pk")).exclude(Exists(later))
    open_again = MonthlyReport.objects.filter(period=OuterRef("pk"), reopened_at__isnull=False)
    closed = task_list.periods.filter(closed_at__isnull=False)
    return list(closed.exclude(Exists(scored)).exclude(Exists(open_again)).order_by("opens_at"))


# ---- ranking


@dataclass(frozen=True)
class Place:
    """A unit's place among its like. `rounds` and `owed` are the denominators: the rounds in which it was scored,
    and the entries that it owed in them.
    """

    rank: int
    unit_id: int
    name: str
    group: str
    rounds: int
    owed: int
    minus: Decimal
    plus: Decimal
    score: Decimal


def ranking(sheets: Iterable[ScoreSheet]) -> dict[Group, list[Place]]:
    """Units by the mean of their scores over these sheets, in each group the best first: one query.

    Equals share a place and are listed in the official order. A unit that owed nothing in any of them is left out.
    """
    rows = ScoreUnit.objects.filter(sheet__in=[sheet.pk for sheet in sheets])
    by_unit: dict[int, list[ScoreUnit]] = defaultdict(list)
    for row in rows.order_by("sheet__period__opens_at"):
        by_unit[row.unit_id].append(row)
    return {group: _places([found for found in by_unit.values() if found[-1].group == group]) for group in Group}


def _places(units: Sequence[Sequence[ScoreUnit]]) -> list[Place]:
    means = {found[-1].unit_id: rules.mean([row.score for row in found]) for found in units}
    rank = rules.ranked(means)
    ordered = sorted(units, key=lambda found: (rank[found[-1].unit_id], found[-1].order, found[-1].unit_id))
    return [
        Place(
            rank=rank[found[-1].unit_id],
            unit_id=found[-1].unit_id,
            name=found[-1].name,
            group=found[-1].group,
            rounds=len(found),
            owed=sum(row.owed for row in found),
            minus=sum((row.minus for row in found), rules.ZERO),
            plus=sum((row.plus for row in found), rules.ZERO),
            score=means[found[-1].unit_id],
        )
        for found in ordered
    ]


# ---- trying another scheme


@dataclass(frozen=True)
class Move:
    """A unit's mean and place over the chosen rounds as things are and as they would be. `before` is None where no
    rules have held so far; `climbs` is by how many places it would rise (below 0: fall).
    """

    unit_id: int
    name: str
    group: Group
    before: Decimal | None
    after: Decimal
    rank_before: int | None
    rank_after: int

    @property
    def climbs(self) -> int:
        return 0 if self.rank_before is None else self.rank_before - self.rank_after

    @property
    def rise(self) -> int:
        return max(0, self.climbs)

    @property
    def fall(self) -> int:
        return max(0, -self.climbs)


def simulate(snapshots: Iterable[PeriodSnapshot], candidate: rules.Scheme) -> dict[Group, list[Move]]:
    """The ranking over some frozen rounds by the rules that they were or would be scored by, and by other ones.

    Nothing is stored. Upheld objections stay upheld. A constant number of queries per round.
    """
    known: dict[int, SnapshotUnit] = {}
    old: dict[int, list[Decimal]] = defaultdict(list)
    new: dict[int, list[Decimal]] = defaultdict(list)
    for snapshot in snapshots:
        struck, events = struck_keys(snapshot.period), facts.events(snapshot)
        units = {row.unit_id: row for row in scored_units(snapshot)}
        known |= units
        current = scheme_for(snapshot.period)
        for spec, found in ((candidate, new), (spec_of(current) if current else None, old)):
            if spec is not None:
                lines = rules.sheet(events, spec, struck=struck)
                for unit_id, total in rules.totals(units, lines, spec.base).items():
                    found[unit_id].append(total.score)
    return {group: _moves([row for row in known.values() if group_of(row) == group], old, new) for group in Group}


def _moves(
    units: Sequence[SnapshotUnit], old: Mapping[int, Sequence[Decimal]], new: Mapping[int, Sequence[Decimal]]
) -> list[Move]:
    before = {row.unit_id: rules.mean(old[row.unit_id]) for row in units if row.unit_id in old}
    after = {row.unit_id: rules.mean(new[row.unit_id]) for row in units}
    was, will = rules.ranked(before), rules.ranked(after)
    ordered = sorted(units, key=lambda row: (will[row.unit_id], row.order, row.unit_id))
    return [
        Move(
            unit_id=row.unit_id,
            name=row.name,
            group=group_of(row),
            before=before.get(row.unit_id),
            after=after[row.unit_id],
            rank_before=was.get(row.unit_id),
            rank_after=will[row.unit_id],
        )
        for row in ordered
    ]


# ---- objections


def objection_limit(line: ScoreLine, days: Mapping[dt.date, bool] | None = None) -> dt.datetime:
    """Up to when a unit may object to a line; `days` are the exceptions of the working calendar, if at hand.

    The line's sheet and its scheme are loaded.
    """
    return rules.objection_until(
        beijing_day(line.since),
        workdays=line.sheet.scheme.objection_workdays,
        exceptions=exceptions() if days is None else days,
    )


def objection_refusal(
    line: ScoreLine, period: Period, at: dt.datetime, days: Mapping[dt.date, bool] | None = None
) -> str:
    """Why this line cannot be objected to now; empty when it can. Its sheet with the scheme is loaded."""
    newest = newest_sheet(period)
    if newest is None or newest.pk != line.sheet_id:
        return _("这一行属于旧版的考核结果，请在最新一版里申诉。")
    earlier = Objection.objects.filter(period=period, key=line.key).order_by("-pk").first()
    return line_refusal(line, earlier, at, days)


def line_refusal(
    line: ScoreLine, earlier: Objection | None, at: dt.datetime, days: Mapping[dt.date, bool] | None = None
) -> str:
    """The same for a line of the newest sheet; `earlier` is the last objection to its event."""
    if earlier is not None:
        if earlier.status == ObjectionStatus.FILED:
            return _("对这一行已经提出申诉，请等待裁定。")
        return _("对这一行的申诉已经裁定：%(status)s。") % {"status": earlier.get_status_display()}
    if line.points >= 0:
        return _("这一行没有扣分，不用申诉。")
    limit = objection_limit(line, days)
    if at >= limit:
        last = date_format((limit - dt.timedelta(seconds=1)).astimezone(BEIJING), _("Y年n月j日"))
        return _("申诉期限是公布后 %(n)d 个工作日，已于 %(day)s截止。") % {
            "n": line.sheet.scheme.objection_workdays,
            "day": last,
        }
    return ""


def waiting_objections(viewer: Viewer) -> QuerySet[Objection]:
    """Objections that this supervisor is to decide, oldest first."""
    waiting = Objection.objects.filter(supervised(viewer, "period__task_list__"), status=ObjectionStatus.FILED)
    return waiting.select_related("unit", "line", "period").order_by("filed_at", "pk")
