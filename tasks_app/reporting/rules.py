"""The month in rules: what is late, what may move where. Pure.

Source: 东政办〔2024〕69号: 于每月5日前将工作进展情况报送市发展改革委（本月工作进展于7月10日18时前报送）.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence

from tasks_app.lib.dates import at_beijing, beijing_day, shift_workdays
from tasks_app.reporting.choices import ReportStatus, Timeliness

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
