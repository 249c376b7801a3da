"""What was found, as the page shows it."""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tasks_app.bulletins.models import Bulletin
from tasks_app.catalogue.models import Task
from tasks_app.inspection.models import Instruction
from tasks_app.lib.dates import beijing_day
from tasks_app.notices.models import Notice
from tasks_app.progress.choices import Light
from tasks_app.reporting.models import ReportEntry
from tasks_app.search.choices import Kind
from tasks_app.search.rules import ExcerptPart, excerpt
from tasks_app.web.shared.marks import day_text

FIGURE = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True)
class Hit:
    """One thing found: its name with the words marked, whose and when, the words in their surroundings."""

    url: str
    title: list[ExcerptPart]
    about: str
    parts: list[ExcerptPart]
    light: Light | None = None


def hits(kind: Kind, rows: Sequence[Any], words: Sequence[str], *, today: dt.date) -> list[Hit]:
    return [_MAKERS[kind](row, words, today) for row in rows]


def _task(task: Task, words: Sequence[str], today: dt.date) -> Hit:
    standing = getattr(task, "standing", None)
    return Hit(
        url=reverse("task", args=[task.pk]),
        title=excerpt(str(task), words),
        about=_("%(list)s · %(units)s") % {"list": task.task_list.title, "units": task.lead_text or "—"},
        parts=excerpt(task.content, words),
        light=Light(standing.light) if standing else None,
    )


def _entry(entry: ReportEntry, words: Sequence[str], today: dt.date) -> Hit:
    said = (entry.done_text, entry.problem_text, entry.help_text, entry.next_text)
    return Hit(
        url=reverse("task", args=[entry.task_id]),
        title=[ExcerptPart(_("%(unit)s · %(period)s") % {"unit": entry.report.unit, "period": entry.report.period})],
        about=str(entry.task),
        parts=excerpt(" ".join(text for text in said if text), words),
    )


def _notice(notice: Notice, words: Sequence[str], today: dt.date) -> Hit:
    return Hit(
        url=reverse("notice", args=[notice.pk]),
        title=excerpt(f"{notice.number} {notice.title}", words),
        about=_("%(unit)s · %(day)s签发 · %(state)s")
        % {
            "unit": notice.unit_name,
            "day": day_text(beijing_day(notice.issued_at), today),
            "state": notice.get_state_display(),
        },
        parts=excerpt(notice.demands_text, words),
    )


def _instruction(instruction: Instruction, words: Sequence[str], today: dt.date) -> Hit:
    return Hit(
        url=reverse("instruction", args=[instruction.pk]),
        title=[ExcerptPart(str(instruction.task))],
        about=_("%(who)s · %(day)s · %(state)s")
        % {
            "who": instruction.issued_by or "—",
            "day": day_text(beijing_day(instruction.issued_at), today),
            "state": instruction.get_status_display(),
        },
        parts=excerpt(instruction.text, words),
    )


def _bulletin(bulletin: Bulletin, words: Sequence[str], today: dt.date) -> Hit:
    # The sections name figures in braces; those are put in only where the bulletin itself is read.
    text = FIGURE.sub("…", " ".join(section for section in bulletin.texts.values() if section))
    return Hit(
        url=reverse("bulletin", args=[bulletin.pk]),
        title=excerpt(f"{bulletin.number} {bulletin.title}", words),
        about=_("%(list)s · %(state)s · %(day)s")
        % {
            "list": bulletin.task_list.title,
            "state": bulletin.get_state_display(),
            "day": day_text(beijing_day(bulletin.published_at), today) if bulletin.published_at else "",
        },
        parts=excerpt(text, words),
    )


_MAKERS: dict[Kind, Callable[[Any, Sequence[str], dt.date], Hit]] = {
    Kind.TASK: _task,
    Kind.REPORT: _entry,
    Kind.NOTICE: _notice,
    Kind.INSTRUCTION: _instruction,
    Kind.BULLETIN: _bulletin,
}
