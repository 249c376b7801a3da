"""Reads across periods, reports and entries."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F, Min, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from tasks_app.accounts.permissions import Viewer, belongs_to, can_read_submitted
from tasks_app.accounts.scopes import coordinated
from tasks_app.catalogue.choices import AssignmentRole, TargetKind
from tasks_app.catalogue.models import Indicator, Milestone, Task, TaskList
from tasks_app.lib.dates import at_beijing
from tasks_app.progress.queries import milestone_points, thresholds_of
from tasks_app.progress.rules import TaskFacts, Thresholds, mean_progress, worst
from tasks_app.reporting.choices import ReportStatus, Timeliness
from tasks_app.reporting.models import (
    EDITABLE_STATUSES,
    EntryVersion,
    IndicatorValue,
    MonthlyReport,
    MonthlyReportQuerySet,
    ReportEntry,
    ReportEntryQuerySet,
)
from tasks_app.reporting.rules import EDITABLE, misses_in_a_row, returned_due, timeliness
from tasks_app.schedule.models import Obligation, Period, round_name
from tasks_app.workdays.queries import exceptions


def standing_facts(
    *, today: dt.date, task_ids: Collection[int] | None = None, until: Period | None = None
) -> dict[int, tuple[TaskFacts, Thresholds]]:
    """What is known on `today` of each counted task (or of `task_ids`): a constant number of queries.

    A task's progress is the mean over its leads of the latest accepted percent; a lead that has
    nothing accepted counts as 0. With `until`, as if no later round than that had been reported.
    """
    tasks = Task.objects.counted()
    leads = Obligation.objects.filter(role=AssignmentRole.LEAD)
    entries = ReportEntry.objects.filter(role=AssignmentRole.LEAD)
    milestone_rows = Milestone.objects.all()
    if task_ids is not None:
        tasks = tasks.filter(pk__in=task_ids)
        leads = leads.filter(task_id__in=task_ids)
        entries = entries.filter(task_id__in=task_ids)
        milestone_rows = milestone_rows.filter(task_id__in=task_ids)

    if until is not None:
        entries = entries.filter(report__period__opens_at__lte=until.opens_at)

    leads_of: dict[int, set[int]] = defaultdict(set)
    for task_id, unit_id in leads.values_list("task_id", "unit_id"):
        leads_of[task_id].add(unit_id)
    reported = _lead_reporting(entries, before=at_beijing(today, dt.time()))
    latest: dict[int, dict[int, tuple[int, str]]] = defaultdict(dict)
    for task_id, unit_id, percent, own in (
        entries.accepted()
        .order_by("report__period__due_at", "pk")
        .values_list("task_id", "report__unit_id", "percent", "own_light")
    ):
        latest[task_id][unit_id] = (percent or 0, own)
    milestones = milestone_points(milestone_rows)
    ruled = set(TaskList.objects.exclude(reporting_rule=None).values_list("pk", flat=True))

    facts = {}
    for task in tasks.select_related("task_list"):
        said = latest.get(task.pk, {})
        mean = mean_progress([percent for percent, _own in said.values()], leads=len(leads_of[task.pk] | said.keys()))
        closed_on = task.closed_on if task.closed_on and task.closed_on <= today else None
        facts[task.pk] = (
            TaskFacts(
                starts_on=task.task_list.starts_on,
                due_on=task.due_on,
                closed_on=closed_on,
                progress=100 if closed_on else mean,
                has_report=bool(said),
                misses=misses_in_a_row(reported.get(task.pk, [])),
                duty=bool(leads_of[task.pk]) if task.task_list_id in ruled else None,
                milestones=milestones.get(task.pk, ()),
                own=worst(own for _percent, own in said.values()),
            ),
            thresholds_of(task.task_list),
        )
    return facts


def _lead_reporting(entries: ReportEntryQuerySet, *, before: dt.datetime) -> dict[int, list[bool]]:
    """Task → for each period due before a moment, oldest first: did any lead's report come in.

    A round from which all its leads were excused is no miss and is left out.
    """
    by_period: dict[int, dict[dt.datetime, bool]] = defaultdict(dict)
    for task_id, due_at, submitted_at in (
        entries.filter(report__period__due_at__lt=before)
        .exclude(report__first_submitted_at=None, exempt_at__isnull=False)
        .exclude(report__first_submitted_at=None, report__exempt_at__isnull=False)
        .order_by("report__period__due_at")
        .values_list("task_id", "report__period__due_at", "report__first_submitted_at")
    ):
        seen = by_period[task_id]
        seen[due_at] = seen.get(due_at, False) or submitted_at is not None
    return {task_id: list(periods.values()) for task_id, periods in by_period.items()}


def newest_rounds(task_lists: QuerySet[TaskList], at: dt.datetime) -> list[tuple[Period, list[MonthlyReport]]]:
    """The newest period of each list that has opened by `at`, with its reports: two queries."""
    opened = Period.objects.filter(task_list__in=task_lists, opens_at__lte=at).select_related("task_list")
    newest = {period.task_list_id: period for period in opened.order_by("opens_at")}
    periods = sorted(newest.values(), key=lambda period: (period.task_list.order, period.task_list_id))
    reports: dict[int, list[MonthlyReport]] = defaultdict(list)
    for report in MonthlyReport.objects.filter(period__in=periods).select_related("unit"):
        reports[report.period_id].append(report)
    return [(period, reports[period.pk]) for period in periods]


def timeliness_of(report: MonthlyReport, at: dt.datetime) -> Timeliness:
    """On time, late, missing …: for a report whose period is loaded."""
    return timeliness(
        due_at=report.period.due_at,
        first_submitted_at=report.first_submitted_at,
        next_opens_at=report.period.made_up_from,
        at=at,
        exempt=report.exempt_at is not None,
    )


def must_be_signed(report: MonthlyReport) -> bool:
    """The list's rule asks for the unit head's signature before the month is handed in."""
    rule = getattr(report.period.task_list, "reporting_rule", None)
    return bool(rule and rule.head_signs)


def returned_due_at(report: MonthlyReport, at: dt.datetime) -> dt.datetime:
    """When an entry of this report, returned at `at`, is due again by the list's rule."""
    rule = report.period.task_list.reporting_rule
    return returned_due(at, workdays=rule.return_workdays, time=rule.time, exceptions=exceptions())


@dataclass(frozen=True)
class LastWord:
    """What a unit last said of a task, for the field's side: the period's name, the texts, and the
    values by indicator."""

    period_name: str
    percent: int | None
    done_text: str
    problem_text: str
    help_text: str
    next_text: str
    values: Mapping[int, Decimal]


def last_words(
    report: MonthlyReport, viewer: Viewer, *, task_ids: Collection[int] | None = None
) -> dict[int, LastWord]:
    """Task id → what this unit submitted on it in the newest earlier period, as far as the viewer may read it.

    Two queries, and as many rows as there are tasks, however many periods lie behind.
    """
    newest_first = F("report__period__opens_at").desc()
    earlier = (
        ReportEntry.objects.readable_by(viewer)
        .filter(
            report__unit_id=report.unit_id,
            report__period__task_list_id=report.period.task_list_id,
            report__period__opens_at__lt=report.period.opens_at,
            report__first_submitted_at__isnull=False,
        )
        .exclude(status=ReportStatus.DRAFT)
    )
    if task_ids is not None:
        earlier = earlier.filter(task_id__in=task_ids)
    newest = earlier.annotate(place=Window(RowNumber(), partition_by="task_id", order_by=newest_first)).filter(place=1)
    rows = newest.values_list(
        "pk",
        "task_id",
        "report__period__year",
        "report__period__month",
        "report__period__number",
        "percent",
        "done_text",
        "problem_text",
        "help_text",
        "next_text",
    )
    said = list(rows)
    values: dict[int, dict[int, Decimal]] = defaultdict(dict)
    of_entries = IndicatorValue.objects.filter(entry_id__in=[pk for pk, *_rest in said])
    for entry_id, indicator_id, value in of_entries.values_list("entry_id", "indicator_id", "value"):
        values[entry_id][indicator_id] = value
    names: dict[tuple[int, int, int], str] = {}
    found = {}
    for pk, task_id, year, month, number, percent, done, problem, asked, planned in said:
        if (year, month, number) not in names:
            names[year, month, number] = round_name(year, month, number)
        found[task_id] = LastWord(
            period_name=names[year, month, number],
            percent=percent,
            done_text=done,
            problem_text=problem,
            help_text=asked,
            next_text=planned,
            values=values[pk],
        )
    return found


def earlier_words(
    report: MonthlyReport, viewer: Viewer, *, entry_ids: Collection[int] | None = None
) -> dict[int, EntryVersion]:
    """Entry id → what it said when it was handed in the time before: one query.

    For who may read what is handed in before it is accepted; of an entry that is with the unit again,
    the version that was returned.
    """
    task_list = report.period.task_list
    if not can_read_submitted(
        viewer,
        unit_id=report.unit_id,
        coordinating_unit_id=task_list.coordinating_unit_id,
        jurisdiction_id=task_list.jurisdiction_id,
    ):
        return {}
    versions: dict[int, list[EntryVersion]] = defaultdict(list)
    rows_of = EntryVersion.objects.filter(submission__report=report).select_related("submission", "entry")
    for version in rows_of if entry_ids is None else rows_of.filter(entry_id__in=entry_ids):
        versions[version.entry_id].append(version)
    found = {}
    for entry_id, rows in versions.items():
        rows.sort(key=lambda version: version.submission.number)
        with_unit = rows[-1].entry.status in EDITABLE
        if with_unit and belongs_to(viewer, unit_id=report.unit_id):
            found[entry_id] = rows[-1]
        elif not with_unit and len(rows) > 1:
            found[entry_id] = rows[-2]
    return found


def waiting_for_review(viewer: Viewer) -> MonthlyReportQuerySet:
    """Reports with something for this coordinator to accept or return, oldest first."""
    return (
        MonthlyReport.objects.filter(
            coordinated(viewer, "period__task_list__"),
            entries__status=ReportStatus.SUBMITTED,
        )
        .select_related("unit", "period__task_list__document")
        .distinct()
        .order_by("submitted_at")
    )


# An entry has what a submission needs; `rules.missing_fields` says the same of one entry.
# What the unit has to report on: all but what is excused and was not handed in all the same.
ASKED = Q(entries__exempt_at=None) | ~Q(entries__status__in=EDITABLE_STATUSES)
FILLED = Q(entries__percent__isnull=False) & ~Q(entries__done_text="")


def with_counts(reports: MonthlyReportQuerySet) -> MonthlyReportQuerySet:
    """Each report with the numbers of its entries: `total`, `filled`, `waiting`, `returned`, `accepted`; and
    `returned_due`, when the first of what was returned is due again."""
    return reports.annotate(
        total=Count("entries", filter=ASKED),
        filled=Count("entries", filter=FILLED & ASKED),
        waiting=Count("entries", filter=Q(entries__status=ReportStatus.SUBMITTED)),
        returned=Count("entries", filter=Q(entries__status=ReportStatus.RETURNED)),
        accepted=Count("entries", filter=Q(entries__status=ReportStatus.ACCEPTED)),
        returned_due=Min("entries__returned_due_at", filter=Q(entries__status=ReportStatus.RETURNED)),
    )


def own_indicators(report: MonthlyReport, *, task_ids: Collection[int] | None = None) -> dict[int, list[Indicator]]:
    """Task id → the targets on which this unit reports a value: one query.

    Where a target is split by county, a county government reports its own county's share, and
    none if the split does not name it and it does not lead; everyone else reports the total.
    """
    county_id = report.unit.county_id
    entries = report.entries.all()
    leads = set(entries.filter(role=AssignmentRole.LEAD).values_list("task_id", flat=True)) if county_id else set()
    by_task: dict[int, list[Indicator]] = defaultdict(list)
    indicators = Indicator.objects.filter(task__entries__report=report).order_by("task_id", "order", "pk")
    for indicator in indicators if task_ids is None else indicators.filter(task_id__in=task_ids):
        by_task[indicator.task_id].append(indicator)
    chosen = {}
    for task_id, rows in by_task.items():
        split = {row.parent_id for row in rows if row.county_id}
        shared = {row.parent_id for row in rows if county_id and row.county_id == county_id}
        chosen[task_id] = [
            row
            for row in rows
            if (county_id and row.county_id == county_id)
            or (
                row.county_id is None
                and row.kind == TargetKind.TARGET
                and row.pk not in shared
                and (county_id is None or row.pk not in split or task_id in leads)
            )
        ]
    return chosen
