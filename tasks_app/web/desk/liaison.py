"""The liaison's part: what do I owe, by when, how much is left?"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Q

from tasks_app.accounts.permissions import Viewer
from tasks_app.catalogue.models import Task
from tasks_app.confirming.queries import waiting_count
from tasks_app.inspection.models import Instruction
from tasks_app.inspection.queries import owed_answers
from tasks_app.notices.queries import owed_by
from tasks_app.progress.choices import Light
from tasks_app.reporting.choices import ReportStatus
from tasks_app.reporting.models import MonthlyReport, ReportEntry
from tasks_app.reporting.rules import EDITABLE, missing_fields
from tasks_app.schedule.models import Obligation
from tasks_app.supervision.models import Closure
from tasks_app.supervision.queries import in_trouble
from tasks_app.supervision.requests import unheard_count
from tasks_app.web.desk import common
from tasks_app.web.shared.marks import moment, time_left

SHOWN_TASKS = 10
SHOWN_CLOSURES = 5
SOON = dt.timedelta(days=30)
CLOSURES_SINCE = dt.timedelta(days=60)


@dataclass
class ReportCard:
    """One report of the viewer's own unit: `filled` of `total` entries are complete; `returned` came back."""

    report: MonthlyReport
    due_text: str
    left_text: str
    is_late: bool
    total: int = 0
    filled: int = 0
    waiting: int = 0
    returned: list[ReportEntry] = field(default_factory=list)

    @property
    def left(self) -> int:
        return self.total - self.filled

    @property
    def is_open(self) -> bool:
        """There is something for the unit to do: not where it is excused, nor in a closed round."""
        return self.report.status in EDITABLE and self.report.exempt_at is None and not self.report.is_frozen


@dataclass
class LiaisonPart:
    """Everything that waits for the liaison of one or several units."""

    current: list[ReportCard]
    made_up: list[ReportCard]
    lines: list[common.TaskLine]
    task_count: int
    ledger_url: str
    closures: list[Closure]
    notices: list[common.NoticeLine]
    # Leaders' instructions that wait for this unit's answer, and closures on which it has not been heard yet.
    instructions: list[Instruction] = field(default_factory=list)
    to_hear: int = 0
    to_confirm: int = 0  # what leads reported on tasks that these units assist

    @property
    def todo(self) -> list[ReportCard]:
        return [card for card in self.current if card.is_open]

    @property
    def settled(self) -> list[ReportCard]:
        return [card for card in self.current if not card.is_open]

    @property
    def all_in(self) -> bool:
        return all(card.report.first_submitted_at for card in self.settled)


def read(viewer: Viewer, at: dt.datetime) -> LiaisonPart:
    """A constant number of queries, whatever the unit owes."""
    units = sorted(unit.pk for unit in viewer.liaison_units)
    cards = _cards(units, at)
    newest: dict[tuple[int, int], ReportCard] = {}
    for card in cards:
        newest[card.report.unit_id, card.report.period.task_list_id] = card
    current = list(newest.values())
    earlier = [card for card in cards if card not in current and card.is_open]
    tasks, count = _tasks(units, common.day_of(at))
    return LiaisonPart(
        current=current,
        made_up=earlier,
        lines=tasks,
        task_count=count,
        notices=common.notice_lines(owed_by(viewer), at),
        to_confirm=waiting_count(viewer, at=at),
        instructions=list(owed_answers(viewer)),
        to_hear=unheard_count(viewer),
        ledger_url=common.ledger(unit=units[0]),
        closures=list(
            Closure.objects.filter(unit_id__in=units, requested_at__gte=at - CLOSURES_SINCE)
            .select_related("task")
            .order_by("-requested_at")[:SHOWN_CLOSURES]
        ),
    )


def _cards(unit_ids: list[int], at: dt.datetime) -> list[ReportCard]:
    """Every report of these units, oldest first, with what is filled and what came back: two queries."""
    reports = list(
        MonthlyReport.objects.filter(unit_id__in=unit_ids, period__opens_at__lte=at)
        .select_related("period__task_list", "unit")
        .order_by("period__opens_at", "period__task_list__order", "pk")
    )
    entries: dict[int, list[ReportEntry]] = defaultdict(list)
    latest = {(report.unit_id, report.period.task_list_id): report.pk for report in reports}
    wanted = {report.pk for report in reports if report.status in EDITABLE} | set(latest.values())
    for entry in ReportEntry.objects.asked().filter(report_id__in=wanted).select_related("task"):
        entries[entry.report_id].append(entry)
    return [_card(report, entries[report.pk], at) for report in reports]


def _card(report: MonthlyReport, entries: list[ReportEntry], at: dt.datetime) -> ReportCard:
    return ReportCard(
        report=report,
        due_text=moment(report.period.due_at, year_of=at),
        left_text=time_left(report.period.due_at, at),
        is_late=at > report.period.due_at,
        total=len(entries),
        filled=sum(not missing_fields(percent=e.percent, done_text=e.done_text) for e in entries),
        waiting=sum(e.status == ReportStatus.SUBMITTED for e in entries),
        returned=[e for e in entries if e.status == ReportStatus.RETURNED],
    )


def _tasks(unit_ids: list[int], today: dt.date) -> tuple[list[common.TaskLine], int]:
    """Tasks that these units report on and that are red, yellow, or due within 30 days: the first of
    them, and how many there are."""
    owed = Task.objects.counted().filter(pk__in=Obligation.objects.filter(unit_id__in=unit_ids).values("task_id"))
    lights = Q(standing__light__in=[Light.RED, Light.YELLOW]) | Q(due_on__range=(today, today + SOON))
    troubled = in_trouble(owed.filter(lights), today=today, lights=list(Light))
    return common.task_lines(troubled[:SHOWN_TASKS], today=today), troubled.count()
