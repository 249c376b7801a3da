"""The month in rules: what is late, what may move where. Pure.

Source: 东政办〔2024〕69号: 于每月5日前将工作进展情况报送市发展改革委（本月工作进展于7月10日18时前报送）.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any

from tasks_app.lib.dates import at_beijing, beijing_day, shift_workdays
from tasks_app.lib.text import normalise, squeeze
from tasks_app.reporting.choices import Flag, ReportStatus, Timeliness

# Stored status → the statuses it may move to. Anything else is refused.
MOVES: Mapping[str, frozenset[str]] = {
    ReportStatus.DRAFT: frozenset({ReportStatus.SUBMITTED}),
    ReportStatus.SUBMITTED: frozenset({ReportStatus.ACCEPTED, ReportStatus.RETURNED}),
    ReportStatus.RETURNED: frozenset({ReportStatus.SUBMITTED}),
    ReportStatus.ACCEPTED: frozenset(),
}
# What the unit may still write in.
EDITABLE = frozenset({ReportStatus.DRAFT, ReportStatus.RETURNED})


def timeliness(
    *,
    due_at: dt.datetime,
    first_submitted_at: dt.datetime | None,
    next_opens_at: dt.datetime,
    at: dt.datetime,
    exempt: bool = False,
) -> Timeliness:
    """A unit's month.

    Submitted at 18:00:00 is on time, at 18:00:01 late. What comes only after the next period has
    opened was missing and is made up: 已补 stands beside the miss, never instead of it.
    """
    if exempt:
        return Timeliness.EXEMPT
    if first_submitted_at is None:
        return Timeliness.PENDING if at <= due_at else Timeliness.MISSING
    if first_submitted_at <= due_at:
        return Timeliness.ON_TIME
    return Timeliness.LATE if first_submitted_at < next_opens_at else Timeliness.MADE_UP


def missing_fields(*, percent: int | None, done_text: str) -> list[str]:
    """Names of the fields that an entry still needs before it can be submitted.

    本月无进展 is an honest answer, but it needs its reason, in `done_text`.
    """
    return [name for name, there in (("percent", percent is not None), ("done_text", done_text.strip())) if not there]


def check_code(*, receipt_no: str, number: int, words: Sequence[Sequence[object]]) -> str:
    """The code on the paper form: 16 hexadecimal digits in groups of four, over the words as handed in.

    `words` is one sequence per entry, in the list's order. Any other word, number or order gives another code.
    """
    text = json.dumps([receipt_no, number, words], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(text.encode()).hexdigest()[:16].upper()
    return "-".join(digest[start : start + 4] for start in range(0, 16, 4))


def returned_due(
    returned_at: dt.datetime, *, workdays: int, time: dt.time, exceptions: Mapping[dt.date, bool]
) -> dt.datetime:
    """When what was returned is due again: `time` on the last of so many working days after that day."""
    return at_beijing(shift_workdays(beijing_day(returned_at), workdays, exceptions), time)


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


# ---- flags on what was handed in

# From this share of equal characters on, a text counts as last month's.
SAME_FROM = 90
# More points than this in one round are a jump.
JUMP_OVER = 30


@dataclass(frozen=True)
class Target:
    """An indicator of an entry: the value last month and now (None: not given), what is aimed at."""

    name: str
    before: Decimal | None
    now: Decimal | None
    aim: Decimal
    at_most: bool = False

    @property
    def claimed(self) -> bool:
        """The value given says that the target is reached."""
        if self.now is None:
            return False
        return self.now <= self.aim if self.at_most else self.now >= self.aim


@dataclass(frozen=True)
class Said:
    """What flags look at in one entry; `*_before` are of the unit's report before, None without one.

    `leads`: the unit leads the task. `closing`: the task is closed, or its closure is asked for.
    `has_evidence`: at least one file stands under the entry.
    """

    percent: int | None
    text: str
    percent_before: int | None = None
    text_before: str | None = None
    no_progress: bool = False
    leads: bool = True
    closing: bool = False
    has_evidence: bool = False
    targets: Sequence[Target] = ()


@dataclass(frozen=True)
class Doubt:
    """A flag with the numbers that its sentence needs."""

    flag: Flag
    inputs: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return str(self.flag.label) % self.inputs


def doubts(said: Said) -> list[Doubt]:
    """Everything about an entry that should be looked at twice, the text first.

    - The text is at least 90 % last month's (difflib's ratio over normalised text without blanks).
      本月无进展 is an honest answer and is not flagged for repeating itself.
    - The percent, or an indicator's value, is below last month's: both add up over the year.
    - The percent rose by more than 30 points in one round.
    - A lead says 100 % and neither was the task closed nor its closure asked for.
    - A value reaches its target and no file proves it.
    """
    found = []
    same = similarity(said.text, said.text_before or "")
    if same >= SAME_FROM and not said.no_progress:
        found.append(Doubt(Flag.SAME_TEXT, {"same": same}))
    if said.percent is not None and said.percent_before is not None:
        rise = said.percent - said.percent_before
        if rise < 0:
            found.append(Doubt(Flag.FELL, {"before": said.percent_before, "now": said.percent}))
        elif rise > JUMP_OVER:
            found.append(Doubt(Flag.JUMPED, {"points": rise}))
    for target in said.targets:
        if target.before is not None and target.now is not None and target.now < target.before and not target.at_most:
            values = {"before": f"{target.before.normalize():f}", "now": f"{target.now.normalize():f}"}
            found.append(Doubt(Flag.VALUE_FELL, {"name": target.name, **values}))
    if said.percent == 100 and said.leads and not said.closing:
        found.append(Doubt(Flag.NOT_CLOSED))
    claimed = [target for target in said.targets if target.claimed]
    if claimed and not said.has_evidence:
        found.append(Doubt(Flag.NO_EVIDENCE, {"name": claimed[0].name}))
    return found


def similarity(one: str, other: str) -> int:
    """How much of two texts is the same, in percent, rounded down; 0 when either is empty."""
    one, other = squeeze(normalise(one)), squeeze(normalise(other))
    if not one or not other:
        return 0
    if one == other:
        return 100
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    # The two quick ones are upper bounds and spare the long comparison of what is plainly different.
    least = SAME_FROM / 100
    if matcher.real_quick_ratio() < least or matcher.quick_ratio() < least:
        return 0
    return int(100 * matcher.ratio())


@dataclass(frozen=True)
class Repeat:
    """What one handed-in entry adds to the month before; `text_before` is None where nothing was said then.

    `moved`: the percent or a value is another one. `proved`: a file lies beside it.
    """

    text: str
    text_before: str | None
    no_progress: bool = False
    moved: bool = False
    proved: bool = False


def is_empty(entries: Iterable[Repeat]) -> bool:
    """空报: every text repeats the month before, without a new number or a file (domain §4).

    本月无进展 is an honest answer and is left out of the question; a report of nothing else is not empty.
    """
    asked = [entry for entry in entries if not entry.no_progress]
    return bool(asked) and all(
        not entry.moved and not entry.proved and similarity(entry.text, entry.text_before or "") >= SAME_FROM
        for entry in asked
    )
