"""The ledger's rows: everything a row shows, read in three queries and put into words once."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from tasks_app.accounts.permissions import can_read_submitted
from tasks_app.catalogue.choices import AssignmentRole, DueBasis
from tasks_app.catalogue.models import Assignment, Task, TaskList
from tasks_app.lib.dates import beijing_day
from tasks_app.progress.choices import CLASSES, SHAPES, Light, Reason
from tasks_app.reporting.choices import ReportStatus
from tasks_app.reporting.models import ReportEntry
from tasks_app.web.catalogue.scope import Scope
from tasks_app.web.shared.marks import day_text

FIELDS = (
    "pk", "no", "kind", "key_task", "sub_task", "title", "content", "due_on", "due_text", "due_basis", "closed_on",
    "printed_due_on", "external_code", "task_list_id", "chapter_id", "section_id", "chapter__heading",
    "section__heading",
    "standing__progress", "standing__expected", "standing__has_report",
    "standing__as_of", "standing__light", "standing__reason", "standing__inputs",
)  # fmt: skip


@dataclass(frozen=True)
class ReportState:
    """The lead's report of the current period in a word; `css` is a light's class, or empty."""

    word: str
    css: str = ""


@dataclass(slots=True)
class LedgerRow:
    """One task as the ledger shows it. `percent` is None where no light is kept; `chapter` and
    `section` are set on the row before which that heading stands, `origin` where lists are mixed."""

    pk: int
    url: str
    no: str
    kind: str
    headings: tuple[str, str]
    key: str
    content: str
    leads: str
    assists: str
    due_on: dt.date | None
    due: str
    basis: str
    percent: int | None
    expected: int | None
    has_report: bool
    light: Light | None
    reason: str
    report: ReportState
    external_code: str
    task_list: TaskList
    as_of: dt.date | None = None
    heading_ids: tuple[Any, ...] = ()
    chapter: str = ""
    section: str = ""
    origin: str = ""

    @property
    def light_css(self) -> str:
        return CLASSES[self.light] if self.light else ""

    @property
    def light_shape(self) -> str:
        return SHAPES[self.light] if self.light else ""

    @property
    def mark(self) -> int:
        """Where the mark of the expected progress stands, wholly inside the bar."""
        return min(self.expected or 0, 98)


@dataclass(frozen=True)
class Totals:
    """How many tasks of a selection there are by light; `unlit` have none."""

    by_light: dict[str, int] = field(default_factory=dict)
    unlit: int = 0

    @property
    def all(self) -> int:
        return sum(self.by_light.values()) + self.unlit


def light_totals(tasks: QuerySet[Task]) -> Totals:
    """One GROUP BY, answered from indexes alone; it also spares the paginator its COUNT."""
    counts = dict(tasks.order_by().values_list("standing__light").annotate(Count("pk")))
    return Totals(unlit=counts.pop(None, 0), by_light=counts)


def ledger_rows(tasks: QuerySet[Task], scope: Scope) -> list[LedgerRow]:
    """The rows of a page of tasks, in its order: three queries."""
    facts = list(tasks.values(*FIELDS))
    ids = [fact["pk"] for fact in facts]
    lists = {each.pk: each for each in scope.lists}
    units = _units_of(ids)
    entries = _lead_entries(ids, scope)
    address = reverse("task", args=[0])
    rows = []
    for fact in facts:
        task_list = lists[fact["task_list_id"]]
        rows.append(
            LedgerRow(
                pk=fact["pk"],
                url=address.replace("0", str(fact["pk"])),
                no=fact["no"],
                kind=fact["kind"],
                headings=(fact["chapter__heading"] or "", fact["section__heading"] or ""),
                key=fact["sub_task"] or fact["key_task"] or fact["title"],
                content=fact["content"],
                leads="、".join(units[fact["pk"], AssignmentRole.LEAD]),
                assists="、".join(units[fact["pk"], AssignmentRole.ASSIST]),
                due_on=fact["due_on"],
                due=day_text(fact["due_on"], scope.today),
                basis=_basis(fact, scope.today),
                percent=fact["standing__progress"],
                expected=fact["standing__expected"],
                has_report=bool(fact["standing__has_report"]),
                light=Light(fact["standing__light"]) if fact["standing__light"] else None,
                reason=_reason(fact),
                report=_report_state(entries.get(fact["pk"], ()), task_list, scope, fact["closed_on"]),
                external_code=fact["external_code"],
                task_list=task_list,
                as_of=fact["standing__as_of"],
                origin="" if scope.chosen else task_list.document.number,
                heading_ids=(fact["task_list_id"], fact["chapter_id"], fact["section_id"]),
            )
        )
    return rows


def with_headings(rows: Sequence[LedgerRow], scope: Scope) -> Sequence[LedgerRow]:
    """Say on each row which headings begin there; for rows in list order."""
    before: tuple[Any, ...] = (None, None, None)
    for row in rows:
        chapter, section = row.headings
        if row.heading_ids[:2] != before[:2]:
            several = len(scope.lists) > 1 and scope.chosen is None
            row.chapter = f"{row.task_list.document.number} {chapter}" if several else chapter
        if row.heading_ids != before and section != chapter:
            row.section = section
        before = row.heading_ids
    return rows


def all_rows(tasks: QuerySet[Task], scope: Scope, *, chunk: int = 1000) -> Iterator[LedgerRow]:
    """Every row of a selection, read a thousand at a time."""
    ids = list(tasks.values_list("pk", flat=True))
    for start in range(0, len(ids), chunk):
        part = ids[start : start + chunk]
        rows = {row.pk: row for row in ledger_rows(Task.objects.filter(pk__in=part), scope)}
        yield from (rows[pk] for pk in part)


def _basis(fact: dict[str, Any], today: dt.date) -> str:
    """Why the task is due on its day: an extension where one was granted, else what the list says."""
    if fact["printed_due_on"]:
        return _("已延期，原定%(day)s") % {"day": day_text(fact["printed_due_on"], today)}
    return basis_words(fact["due_basis"], fact["due_text"])


def basis_words(basis: str, text: str) -> str:
    """The basis of a deadline in a few words, with the document's own where it has them."""
    if basis in (DueBasis.EXPLICIT, DueBasis.INFERRED) and text:
        shown = text if len(text) <= 14 else text[:13] + "…"
        return (_("原文：%s") if basis == DueBasis.EXPLICIT else _("推断自：%s")) % shown
    return str(DueBasis(basis).label) if basis != DueBasis.NONE else ""


def _units_of(task_ids: Sequence[int]) -> dict[tuple[int, str], list[str]]:
    units: dict[tuple[int, str], list[str]] = defaultdict(list)
    named = Assignment.objects.filter(task_id__in=task_ids).order_by("order", "pk")
    for task_id, role, name in named.values_list("task_id", "role", "unit__name"):
        units[task_id, role].append(name)
    return units


def _lead_entries(task_ids: Sequence[int], scope: Scope) -> dict[int, list[tuple[str, int, dt.datetime | None]]]:
    """Task → status, unit and moment of first submission of each lead's entry in the current period.

    Nothing of what the entries say is read here.
    """
    periods = [each.period_id for each in scope.lists if each.period_id]  # type: ignore[attr-defined]
    entries: dict[int, list[tuple[str, int, dt.datetime | None]]] = defaultdict(list)
    found = ReportEntry.objects.filter(
        task_id__in=task_ids, role=AssignmentRole.LEAD, report__period_id__in=periods
    ).order_by("report__unit__order", "pk")
    for task_id, *state in found.values_list("task_id", "status", "report__unit_id", "report__first_submitted_at"):
        entries[task_id].append(tuple(state))  # type: ignore[arg-type]
    return entries


def _report_state(
    entries: Sequence[tuple[str, int, dt.datetime | None]], task_list: Any, scope: Scope, closed_on: dt.date | None
) -> ReportState:
    if not entries:
        return ReportState(_("已销号") if closed_on else "")
    late = scope.at > task_list.period_due_at
    states = [
        _one_state(status, _may_know(unit_id, task_list, scope), submitted, late)
        for status, unit_id, submitted in entries
    ]
    if len(states) == 1:
        (state,) = states
        submitted = entries[0][2]
        day = day_text(beijing_day(submitted), scope.today) if submitted else ""
        return ReportState(f"{day} {state.word}".strip(), state.css)
    counts = Counter(states)
    css = next((state.css for state in counts if state.css), "")
    return ReportState(" · ".join(f"{state.word} {count}" for state, count in counts.items()), css)


def _may_know(unit_id: int, task_list: TaskList, scope: Scope) -> bool:
    return can_read_submitted(
        scope.viewer,
        unit_id=unit_id,
        coordinating_unit_id=task_list.coordinating_unit_id,
        jurisdiction_id=task_list.jurisdiction_id,
    )


def _one_state(status: str, may_know: bool, submitted: dt.datetime | None, late: bool) -> ReportState:
    """That an entry was returned is between the unit and its reviewers; others see it under review."""
    if status == ReportStatus.ACCEPTED:
        return ReportState(_("已审"))
    if status == ReportStatus.RETURNED and may_know:
        return ReportState(_("已退回"), "warn")
    if submitted:
        return ReportState(_("待审"))
    return ReportState(_("逾期未报"), "late") if late else ReportState(_("未报"))


def _reason(fact: dict[str, Any]) -> str:
    if not fact["standing__reason"]:
        return ""
    return str(Reason(fact["standing__reason"]).label) % fact["standing__inputs"]
