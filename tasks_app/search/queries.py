"""Where words occur in what a person may read: one selection for each kind of thing.

What may be read is decided by each room's own queryset; here is only what is compared.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from tasks_app.accounts.permissions import Viewer
from tasks_app.bulletins.models import Bulletin
from tasks_app.bulletins.rules import OPEN_STATES
from tasks_app.catalogue.models import Task, TaskList
from tasks_app.inspection.models import Instruction, InstructionReply
from tasks_app.notices.models import Notice, NoticeRound
from tasks_app.reporting.models import ReportEntry
from tasks_app.search.choices import Kind
from tasks_app.search.rules import item_number


@dataclass(frozen=True)
class Source:
    """`found`: the rows of one kind that a person may read and in which all words occur, in the order to be shown.
    `task_list`: the way from a row to its list.
    """

    found: Callable[[Viewer, Sequence[str]], QuerySet[Any]]
    task_list: str


def _tasks(viewer: Viewer, words: Sequence[str]) -> QuerySet[Task]:
    return (
        Task.objects.visible_to(viewer)
        .filter(_each(words, "search_text", number="no"), retired_at=None)
        .select_related("task_list__document", "standing")
        .order_by("task_list__order", "task_list_id", "seq")
    )


def _reports(viewer: Viewer, words: Sequence[str]) -> QuerySet[ReportEntry]:
    """Accepted words alone: what is still being written or reviewed is not searchable, even for its own unit."""
    return (
        ReportEntry.objects.readable_by(viewer)
        .accepted()
        .filter(_each(words, "search_text", number="task__no"))
        .select_related("task__task_list", "report__unit", "report__period")
        .order_by("-report__period__due_at", "report__unit__order", "-pk")
    )


def _notices(viewer: Viewer, words: Sequence[str]) -> QuerySet[Notice]:
    """In number, title, unit and demands, or in a reply."""
    return (
        Notice.objects.visible_to(viewer)
        .filter(_each_in_or_below(words, NoticeRound.objects.all(), "notice_id"))
        .select_related("task_list")
        .order_by("-issued_at", "-pk")
    )


def _instructions(viewer: Viewer, words: Sequence[str]) -> QuerySet[Instruction]:
    """In the leader's words, or in an answer to them."""
    return (
        Instruction.objects.readable_by(viewer)
        .filter(_each_in_or_below(words, InstructionReply.objects.all(), "instruction_id"))
        .select_related("task__task_list", "issued_by")
        .order_by("-issued_at", "-pk")
    )


def _bulletins(viewer: Viewer, words: Sequence[str]) -> QuerySet[Bulletin]:
    """Published ones, in number, title and sections; drafts are not searchable."""
    return (
        Bulletin.objects.visible_to(viewer)
        .filter(state__in=OPEN_STATES)
        .filter(_each(words, "search_text"))
        .select_related("task_list", "period")
        .order_by("-published_at", "-pk")
    )


SOURCES: Mapping[Kind, Source] = {
    Kind.TASK: Source(_tasks, "task_list"),
    Kind.REPORT: Source(_reports, "report__period__task_list"),
    Kind.NOTICE: Source(_notices, "task_list"),
    Kind.INSTRUCTION: Source(_instructions, "task__task_list"),
    Kind.BULLETIN: Source(_bulletins, "task_list"),
}


def selections(viewer: Viewer, words: Sequence[str], *, task_list: TaskList | None = None) -> dict[Kind, QuerySet[Any]]:
    """For each kind the rows in which all words occur, perhaps of one list alone; no query yet."""
    found = {kind: source.found(viewer, words) for kind, source in SOURCES.items()}
    # No text contains a NUL, and PostgreSQL refuses even to compare with one.
    if any("\0" in word for word in words):
        return {kind: rows.none() for kind, rows in found.items()}
    if task_list is None:
        return found
    return {kind: rows.filter(**{SOURCES[kind].task_list: task_list}) for kind, rows in found.items()}


def _each(words: Sequence[str], field: str, *, number: str = "") -> Q:
    """All words in a stored key; one like 第147项 also by the task's `number`, the field that holds it."""
    condition = Q()
    for word in words:
        occurs = Q(**{f"{field}__contains": word})
        item = item_number(word) if number else ""
        condition &= occurs | Q(**{number: item}) if item else occurs
    return condition


def _each_in_or_below(words: Sequence[str], below: QuerySet[Any], parent: str) -> Q:
    """Each word in the row's own key or in that of a row that hangs on it."""
    condition = Q()
    for word in words:
        replies = below.filter(search_text__contains=word).order_by().values(parent)
        condition &= Q(search_text__contains=word) | Q(pk__in=replies)
    return condition
