"""The unit head's part: what waits for the signature, and how far the unit's months are."""

import datetime as dt
from dataclasses import dataclass

from tasks_app.accounts.permissions import Viewer
from tasks_app.accounts.scopes import headed
from tasks_app.notices.queries import owed_by
from tasks_app.reporting.choices import SignState
from tasks_app.reporting.models import MonthlyReport
from tasks_app.reporting.queries import with_counts
from tasks_app.web.desk import common
from tasks_app.web.shared.marks import moment, time_left


@dataclass(frozen=True)
class MonthOfUnit:
    """One report of the unit with its numbers; `asked`: the liaison has put it before the head."""

    report: MonthlyReport
    due_text: str
    left_text: str

    @property
    def asked(self) -> bool:
        return self.report.sign_state == SignState.ASKED


@dataclass(frozen=True)
class HeadPart:
    """The newest month of each list, those to be signed first; notices that the unit owes an answer to."""

    months: list[MonthOfUnit]
    notices: list[common.NoticeLine]

    @property
    def waiting(self) -> int:
        return sum(1 for month in self.months if month.asked)


def read(viewer: Viewer, at: dt.datetime) -> HeadPart:
    """Two queries."""
    reports = (
        with_counts(MonthlyReport.objects.filter(headed(viewer), period__opens_at__lte=at))
        .select_related("unit", "period__task_list")
        .order_by("-period__opens_at", "unit__order")
    )
    newest: dict[tuple[int, int], MonthlyReport] = {}
    for report in reports:
        newest.setdefault((report.unit_id, report.period.task_list_id), report)
    shown = [r for r in reports if r.sign_state == SignState.ASKED or r in newest.values()]
    shown.sort(key=lambda report: report.sign_state != SignState.ASKED)
    return HeadPart(
        [MonthOfUnit(r, moment(r.period.due_at, year_of=at), time_left(r.period.due_at, at)) for r in shown],
        common.notice_lines(owed_by(viewer), at),
    )
