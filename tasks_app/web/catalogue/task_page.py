"""Everything the page of one task shows, in a constant number of queries."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from tasks_app.accounts.permissions import Viewer, can_request_closure, can_supervise
from tasks_app.catalogue.choices import AssignmentRole
from tasks_app.catalogue.models import Assignment, Doubt, Task
from tasks_app.confirming.queries import Question, questions_for
from tasks_app.progress.choices import Light
from tasks_app.progress.models import Standing
from tasks_app.reporting.choices import ReportStatus
from tasks_app.reporting.models import IndicatorValue, ReportEntry
from tasks_app.schedule.models import Obligation, Period
from tasks_app.supervision.choices import ClosureStatus
from tasks_app.supervision.models import Closure
from tasks_app.units.choices import UnitKind
from tasks_app.units.models import Unit
from tasks_app.web.catalogue.course import Course, course_of
from tasks_app.web.catalogue.ledger import basis_words
from tasks_app.web.catalogue.targets import TargetRow, target_rows
from tasks_app.web.shared.targets import figure


@dataclass(frozen=True)
class Part:
    """An assignment as understood: for a group its members, those of them that count, and why not all."""

    unit: Unit
    members: Sequence[Unit] = ()
    note: str = ""


@dataclass(frozen=True)
class Side:
    """The lead or the assisting units: as printed and as understood."""

    label: str
    printed: str
    parts: Sequence[Part]


@dataclass(frozen=True)
class Word:
    """What a unit said in a period, with indicators' names and values.

    `mine` marks words that nobody outside the unit can read.
    """

    entry: ReportEntry
    values: Sequence[tuple[str, str]]
    mine: bool

    @property
    def css(self) -> str:
        return {ReportStatus.ACCEPTED: "ok", ReportStatus.RETURNED: "warn"}.get(ReportStatus(self.entry.status), "")


@dataclass(frozen=True)
class Round:
    """A period with the words said in it."""

    period: Period
    words: Sequence[Word]

    @property
    def summary(self) -> str:
        """「已通过 3 · 待审核 1」"""
        counts = Counter(word.entry.get_status_display() for word in self.words)
        return " · ".join(f"{status} {count}" for status, count in counts.items())


@dataclass(frozen=True)
class TaskPage:
    """The task's page; see templates/catalogue/task.html."""

    task: Task
    standing: Standing | None
    light: Light | None
    due_basis: str
    days_left: int | None
    sides: Sequence[Side]
    owing: Sequence[Obligation]
    targets: Sequence[TargetRow]
    doubts: Sequence[Doubt]
    course: Course | None
    rounds: Sequence[Round]
    closures: Sequence[Closure]
    may_request_closure: bool
    closure_to_decide: Closure | None
    # What the lead reported and this person's unit, which assists, is asked about.
    questions: Sequence[Question] = ()

    @property
    def days_over(self) -> int:
        """Days past the deadline; meant for when there are some."""
        return -(self.days_left or 0)


def read_task_page(task: Task, viewer: Viewer, at: dt.datetime) -> TaskPage:
    """Read the page for a viewer: words of others only as `ReportEntry.readable_by` allows."""
    today = at.date()
    standing = getattr(task, "standing", None)
    assignments = list(
        task.assignments.select_related("unit").prefetch_related(
            Prefetch("unit__members", queryset=Unit.objects.filter(active=True).order_by("order", "pk"))
        )
    )
    counties = {county.pk: county.short_name for county in task.counties.all()}
    owing = list(task.obligations.select_related("unit").order_by("-role", "unit__order"))
    entries = list(
        ReportEntry.objects.readable_by(viewer)
        .filter(task=task)
        .select_related("report__period", "report__unit")
        .order_by("-report__period__opens_at", "-role", "report__unit__order")
    )
    values = list(
        IndicatorValue.objects.filter(entry__in=[entry.pk for entry in entries])
        .select_related("indicator", "entry__report__unit", "entry__report__period")
        .order_by("entry__report__period__opens_at", "indicator__order")
    )
    lead_ids = {o.unit_id for o in owing if o.role == AssignmentRole.LEAD}
    closures = list(task.closures.select_related("unit"))
    pending = next((closure for closure in closures if closure.status == ClosureStatus.REQUESTED), None)
    return TaskPage(
        task=task,
        standing=standing,
        light=Light(standing.light) if standing else None,
        due_basis=basis_words(task.due_basis, ""),
        days_left=(task.due_on - today).days if task.due_on and not task.closed_on else None,
        sides=_sides(task, assignments, counties),
        owing=owing,
        targets=target_rows(task.indicators.select_related("county"), values),
        doubts=list(task.doubts.all()),
        course=course_of(task, entries, lead_ids, at),
        rounds=_rounds(entries, values, viewer),
        closures=closures,
        may_request_closure=(
            task.closed_on is None
            and pending is None
            and can_request_closure(viewer, lead_unit_ids=lead_ids | _named_leads(assignments))
        ),
        closure_to_decide=(
            pending if pending and can_supervise(viewer, jurisdiction_id=task.task_list.jurisdiction_id) else None
        ),
        questions=questions_for(viewer, at=at, task_id=task.pk),
    )


def _named_leads(assignments: Sequence[Assignment]) -> set[int]:
    return {a.unit_id for a in assignments if a.role == AssignmentRole.LEAD}


def _sides(task: Task, assignments: Sequence[Assignment], counties: dict[int, str]) -> list[Side]:
    sides = []
    for role, printed in ((AssignmentRole.LEAD, task.lead_text), (AssignmentRole.ASSIST, task.assist_text)):
        parts = [_part(a.unit, counties) for a in assignments if a.role == role]
        if parts or printed:
            sides.append(Side(str(role.label), printed, parts))
    return sides


def _part(unit: Unit, counties: dict[int, str]) -> Part:
    """A group narrowed to the counties that the item names keeps its members of other kinds."""
    if unit.kind != UnitKind.GROUP:
        return Part(unit)
    members = list(unit.members.all())
    if not members:
        return Part(unit, note=_("原文没有列出成员，暂不产生报送任务；可由管理员补充。"))
    kept = [member for member in members if not counties or member.county_id is None or member.county_id in counties]
    if len(kept) == len(members):
        return Part(unit, kept)
    note = _("本项原文只点名%(names)s，其余成员不在其列。") % {"names": "、".join(counties.values())}
    return Part(unit, kept, note)


def _rounds(entries: Sequence[ReportEntry], values: Sequence[IndicatorValue], viewer: Viewer) -> list[Round]:
    """Newest period first; drafts that say nothing yet are left out."""
    of_entry: dict[int, list[tuple[str, str]]] = {}
    for value in values:
        name = value.indicator.subject + (_("（本县区）") if value.indicator.county_id else "")
        of_entry.setdefault(value.entry_id, []).append((name, f"{figure(value.value)} {value.indicator.unit}"))
    rounds: dict[int, tuple[Period, list[Word]]] = {}
    for entry in entries:
        unsaid = entry.status in (ReportStatus.DRAFT, ReportStatus.RETURNED)
        if unsaid and entry.percent is None and not (entry.done_text or entry.problem_text or entry.next_text):
            continue
        mine = unsaid and entry.report.unit_id in viewer.reporting_unit_ids
        words = rounds.setdefault(entry.report.period_id, (entry.report.period, []))[1]
        words.append(Word(entry, of_entry.get(entry.pk, ()), mine))
    return [Round(period, words) for period, words in rounds.values()]
