"""Everything the page of one task shows, in a constant number of queries."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from tasks_app.accounts.permissions import (
    Viewer,
    belongs_to,
    can_instruct,
    can_request_closure,
    can_request_extension,
    can_supervise,
)
from tasks_app.catalogue.choices import AssignmentRole
from tasks_app.catalogue.models import Assignment, Doubt, Milestone, Task
from tasks_app.confirming.queries import Question, Voice, questions_for, voices_on
from tasks_app.progress.choices import Light
from tasks_app.progress.models import Standing
from tasks_app.reporting.choices import ReportStatus, Timeliness
from tasks_app.reporting.models import IndicatorValue, ReportEntry
from tasks_app.reporting.queries import timeliness_of
from tasks_app.schedule.models import Obligation, Period
from tasks_app.supervision.choices import ClosureStatus, ExtensionStatus
from tasks_app.supervision.extending import refusal_to_extend
from tasks_app.supervision.models import Closure, ClosureHearing, Extension
from tasks_app.supervision.requests import DeadlineInForce, deadlines_of, hearings_of
from tasks_app.timeline.choices import Kind
from tasks_app.timeline.happenings import Happening
from tasks_app.timeline.queries import timeline_of
from tasks_app.units.choices import UnitKind
from tasks_app.units.models import Unit
from tasks_app.web.catalogue.course import Course, course_of
from tasks_app.web.catalogue.ledger import basis_words
from tasks_app.web.catalogue.recent import Month, recent_months
from tasks_app.web.catalogue.targets import TargetRow, target_rows
from tasks_app.web.shared.targets import figure


@dataclass(frozen=True)
class InvolvedUnit:
    """An assignment as understood: for a group its members, those of them that count, and why not all."""

    unit: Unit
    members: Sequence[Unit] = ()
    note: str = ""


@dataclass(frozen=True)
class Side:
    """The lead or the assisting units: as printed and as understood."""

    label: str
    printed: str
    parts: Sequence[InvolvedUnit]


@dataclass(frozen=True)
class Word:
    """What a unit said in a period, with indicators' names and values.

    `mine` marks words that nobody outside the unit can read.
    """

    entry: ReportEntry
    values: Sequence[tuple[str, str]]
    mine: bool
    # What the assisting units say of these words, for the accepted ones of a lead.
    voices: Sequence[Voice] = ()
    # Set where the month came late or was made up after it was missing.
    late: Timeliness | None = None

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
class Offers:
    """What this person may do about the task, each as a button."""

    request_closure: bool = False
    request_extension: bool = False
    closure_to_decide: Closure | None = None
    extension_to_decide: Extension | None = None
    notice: bool = False
    spot_check: bool = False
    instruct: bool = False
    hearings: Sequence[ClosureHearing] = ()


# More happenings than this are folded until asked for.
FOLDED = 20


@dataclass(frozen=True)
class Timeline:
    """What happened, as far as the address asks for it: `kinds` with their counts, `shown` of `total`."""

    shown: Sequence[Happening]
    kinds: Sequence[tuple[Kind, int]]
    kind: str
    total: int
    everything: int

    @property
    def folded(self) -> int:
        return self.total - len(self.shown)


def narrow(happenings: Sequence[Happening], *, kind: str, unfolded: bool) -> Timeline:
    """Of one kind only, if it is one; the newest twenty, unless all are asked for."""
    counts = Counter(one.kind for one in happenings)
    kind = kind if kind in counts else ""
    wanted = [one for one in happenings if kind in ("", one.kind)]
    kinds = [(one, counts[one]) for one in Kind if counts[one]]
    return Timeline(wanted if unfolded else wanted[:FOLDED], kinds, kind, len(wanted), len(happenings))


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
    months: Sequence[Month]
    deadlines: Sequence[DeadlineInForce]
    milestones: Sequence[Milestone]
    timeline: Timeline
    offers: Offers
    # What the lead reported and this person's unit, which assists, is asked about.
    questions: Sequence[Question] = ()

    @property
    def days_over(self) -> int:
        """Days past the deadline; meant for when there are some."""
        return -(self.days_left or 0)


def read_task_page(task: Task, viewer: Viewer, at: dt.datetime, *, kind: str = "", unfolded: bool = False) -> TaskPage:
    """Read the page for a viewer: words of others only as `ReportEntry.readable_by` allows.

    `kind` and `unfolded` are what the address asks of the timeline.
    """
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
    course = course_of(task, entries, lead_ids, at)
    granted = task.extensions.filter(status=ExtensionStatus.GRANTED).order_by("decided_at", "pk")
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
        course=course,
        rounds=_rounds(entries, values, viewer, at),
        months=recent_months(task, course, entries, at),
        deadlines=deadlines_of(task, list(granted)),
        milestones=list(task.milestones.all()),
        timeline=narrow(timeline_of(task, viewer, at), kind=kind, unfolded=unfolded),
        offers=_offers(task, viewer, lead_ids, today),
        questions=questions_for(viewer, at=at, task_id=task.pk),
    )


def _offers(task: Task, viewer: Viewer, lead_ids: set[int], today: dt.date) -> Offers:
    """What this person may ask for or decide now; two queries at most beside the hearings."""
    if task.retired_at:
        return Offers()
    jurisdiction_id = task.task_list.jurisdiction_id
    closure = task.closures.filter(status=ClosureStatus.REQUESTED).first()
    extension = task.extensions.filter(status=ExtensionStatus.REQUESTED).first()
    is_open, supervises = task.closed_on is None, can_supervise(viewer, jurisdiction_id=jurisdiction_id)
    return Offers(
        request_closure=is_open and closure is None and can_request_closure(viewer, lead_unit_ids=lead_ids),
        request_extension=(
            extension is None
            and not refusal_to_extend(task, today=today)
            and can_request_extension(viewer, lead_unit_ids=lead_ids)
        ),
        closure_to_decide=closure if supervises else None,
        extension_to_decide=extension if supervises else None,
        notice=supervises and is_open and bool(lead_ids) and hasattr(task, "standing"),
        spot_check=supervises and hasattr(task, "standing"),
        instruct=can_instruct(viewer, jurisdiction_id=jurisdiction_id),
        hearings=hearings_of(viewer, task_id=task.pk) if closure else (),
    )


def _sides(task: Task, assignments: Sequence[Assignment], counties: dict[int, str]) -> list[Side]:
    sides = []
    for role, printed in ((AssignmentRole.LEAD, task.lead_text), (AssignmentRole.ASSIST, task.assist_text)):
        parts = [_part(a.unit, counties) for a in assignments if a.role == role]
        if parts or printed:
            sides.append(Side(str(role.label), printed, parts))
    return sides


def _part(unit: Unit, counties: dict[int, str]) -> InvolvedUnit:
    """A group narrowed to the counties that the item names keeps its members of other kinds."""
    if unit.kind != UnitKind.GROUP:
        return InvolvedUnit(unit)
    members = list(unit.members.all())
    if not members:
        return InvolvedUnit(unit, note=_("原文没有列出成员，暂不产生报送任务；可由管理员补充。"))
    kept = [member for member in members if not counties or member.county_id is None or member.county_id in counties]
    if len(kept) == len(members):
        return InvolvedUnit(unit, kept)
    note = _("本项原文只点名%(names)s，其余成员不在其列。") % {"names": "、".join(counties.values())}
    return InvolvedUnit(unit, kept, note)


def _rounds(
    entries: Sequence[ReportEntry], values: Sequence[IndicatorValue], viewer: Viewer, at: dt.datetime
) -> list[Round]:
    """Newest period first; drafts that say nothing yet are left out."""
    accepted = [entry for entry in entries if entry.status == ReportStatus.ACCEPTED]
    voices = voices_on(accepted, at=at)
    of_entry: dict[int, list[tuple[str, str]]] = {}
    for value in values:
        name = value.indicator.subject + (_("（本县区）") if value.indicator.county_id else "")
        of_entry.setdefault(value.entry_id, []).append((name, f"{figure(value.value)} {value.indicator.unit}"))
    rounds: dict[int, tuple[Period, list[Word]]] = {}
    for entry in entries:
        unsaid = entry.status in (ReportStatus.DRAFT, ReportStatus.RETURNED)
        if unsaid and entry.percent is None and not (entry.done_text or entry.problem_text or entry.next_text):
            continue
        mine = unsaid and belongs_to(viewer, unit_id=entry.report.unit_id)
        words = rounds.setdefault(entry.report.period_id, (entry.report.period, []))[1]
        how = timeliness_of(entry.report, at)
        late = how if how in (Timeliness.LATE, Timeliness.MADE_UP) else None
        words.append(Word(entry, of_entry.get(entry.pk, ()), mine, voices.get(entry.pk, ()), late))
    return [Round(period, words) for period, words in rounds.values()]
