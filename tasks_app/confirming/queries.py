"""What assisting units are asked to confirm, and what they said: a constant number of queries."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Q

from tasks_app.accounts.permissions import Viewer, confirming_units
from tasks_app.catalogue.choices import AssignmentRole
from tasks_app.catalogue.models import Assignment
from tasks_app.confirming import rules
from tasks_app.confirming.models import Confirmation
from tasks_app.reporting.choices import ReportStatus
from tasks_app.reporting.models import EntryVersion, ReportEntry
from tasks_app.units.models import GroupMember, Unit
from tasks_app.workdays.queries import exceptions

HANDED_IN = (ReportStatus.SUBMITTED, ReportStatus.ACCEPTED)


@dataclass(frozen=True)
class Voice:
    """One assisting unit on one entry of the lead: its answer; without one (None), whether the time to answer is
    over.
    """

    unit: Unit
    due_at: dt.datetime
    confirmation: Confirmation | None
    silent: bool


@dataclass(frozen=True)
class Question:
    """One entry of a lead that a unit of the viewer is asked about."""

    version: EntryVersion
    unit: Unit
    due_at: dt.datetime
    confirmation: Confirmation | None
    silent: bool

    @property
    def entry(self) -> ReportEntry:
        return self.version.entry


def assisting_units(task_ids: Collection[int]) -> dict[int, list[Unit]]:
    """Task id → the real units that assist on it in the list's order; groups are expanded, narrowed to the
    counties that the item names; who also leads is left out: four queries.
    """
    assignments = list(
        Assignment.objects.filter(task_id__in=task_ids)
        .select_related("unit", "task")
        .prefetch_related("task__counties")
        .order_by("pk")
    )
    members: dict[int, list[Unit]] = defaultdict(list)
    for place in GroupMember.objects.select_related("member").order_by("member__order", "member_id"):
        members[place.group_id].append(place.member)
    sides: dict[int, dict[str, dict[int, Unit]]] = defaultdict(lambda: defaultdict(dict))
    for assignment in assignments:
        counties = {county.pk for county in assignment.task.counties.all()}
        group = assignment.unit.kind == "group"
        for unit in members[assignment.unit_id] if group else [assignment.unit]:
            named = not (group and counties) or unit.county_id in {*counties, None}
            if unit.active and named:
                sides[assignment.task_id][assignment.role][unit.pk] = unit
    return {
        task_id: [unit for pk, unit in side[AssignmentRole.ASSIST].items() if pk not in side[AssignmentRole.LEAD]]
        for task_id, side in sides.items()
    }


def _newest(entries: Q) -> dict[int, EntryVersion]:
    """Entry id → what was handed in last, for leads' entries that are with the coordinator or accepted."""
    found = {}
    for version in (
        EntryVersion.objects.filter(entry__in=ReportEntry.objects.filter(entries))
        .filter(entry__role=AssignmentRole.LEAD, entry__status__in=HANDED_IN)
        .select_related("submission", "entry__task__task_list", "entry__report__unit", "entry__report__period")
        .order_by("submission__number")
    ):
        found[version.entry_id] = version
    return found


def voices_on(entries: Sequence[ReportEntry], *, at: dt.datetime) -> dict[int, list[Voice]]:
    """Entry id → each assisting unit with its word on the newest version, for those of the entries
    that a lead has handed in.
    """
    asked = [entry.pk for entry in entries if entry.role == AssignmentRole.LEAD and entry.status in HANDED_IN]
    if not asked:
        return {}
    newest = _newest(Q(pk__in=asked))
    units = assisting_units({version.entry.task_id for version in newest.values()})
    said = {
        (one.version_id, one.unit_id): one
        for one in Confirmation.objects.filter(version__in=newest.values()).select_related("answered_by")
    }
    days = exceptions()
    voices: dict[int, list[Voice]] = {}
    for entry_id, version in newest.items():
        due = rules.due_at(version.submission.submitted_at, days)
        voices[entry_id] = [
            Voice(unit, due, one, rules.is_silent(answered=one is not None, due=due, at=at))
            for unit in units.get(version.entry.task_id, [])
            for one in [said.get((version.pk, unit.pk))]
        ]
    return voices


def questions_for(
    viewer: Viewer, *, at: dt.datetime, task_id: int | None = None, version_id: int | None = None
) -> list[Question]:
    """What the viewer's units are asked about: leads' newest words on tasks that they assist, of periods
    not older than two months; unanswered first, then by list and number.
    """
    own = {unit.pk for unit in confirming_units(viewer)}
    if not own:
        return []
    groups = GroupMember.objects.filter(member_id__in=own).values("group_id")
    assigned = Assignment.objects.filter(role=AssignmentRole.ASSIST).filter(Q(unit_id__in=own) | Q(unit_id__in=groups))
    if task_id is not None:
        assigned = assigned.filter(task_id=task_id)
    recent = Q(report__period__opens_at__gte=at - dt.timedelta(days=62))
    newest = _newest(Q(task_id__in=assigned.values("task_id")) & recent)
    asked = [version for version in newest.values() if version_id in (None, version.pk)]
    units = assisting_units({version.entry.task_id for version in asked})
    said = {(one.version_id, one.unit_id): one for one in Confirmation.objects.filter(version__in=asked, unit__in=own)}
    days = exceptions()
    found = []
    for version in asked:
        due = rules.due_at(version.submission.submitted_at, days)
        for unit in units.get(version.entry.task_id, []):
            if unit.pk in own:
                one = said.get((version.pk, unit.pk))
                silent = rules.is_silent(answered=one is not None, due=due, at=at)
                found.append(Question(version, unit, due, one, silent))
    found.sort(key=lambda q: (q.confirmation is not None, q.entry.task.task_list.order, q.entry.task.seq, q.unit.pk))
    return found


def waiting_count(viewer: Viewer, *, at: dt.datetime) -> int:
    """How many questions the viewer's units have not answered yet."""
    return sum(1 for question in questions_for(viewer, at=at) if question.confirmation is None)
