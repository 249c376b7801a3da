"""The month in lines: every entry in a few words, one light query for all of them.

A month of up to `LARGE` entries is drawn with all its forms. A larger one is a list of lines: a few forms
stand open, the others open one by one, so that the page of a large unit answers as quickly as that of a
small one.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from tasks_app.catalogue.models import headline_text, number_text
from tasks_app.reporting.choices import ReportStatus
from tasks_app.reporting.models import MonthlyReport
from tasks_app.reporting.queries import LastWord
from tasks_app.reporting.rules import EDITABLE, missing_fields
from tasks_app.web.reporting.marks import entry_mark

# Above this number of entries their forms are folded to lines.
LARGE = 20
# So many forms of a large month stand open when it is entered: what comes next is at hand.
OPEN_AT_ONCE = 3
# The words of `?show=`, with what a line must be to be shown.
SHOWN = {"": _("全部"), "returned": _("退回待改"), "empty": _("未填"), "filled": _("已填"), "in": _("已报送")}


@dataclass(slots=True)
class MonthLine:
    """One entry of the viewer's own unit's month in a few words; `light` is its state as drawn."""

    pk: int
    task_id: int
    number: str
    headline: str
    status: str
    percent: int | None
    done_text: str
    no_progress: bool
    excused: bool
    returned_due_at: datetime | None
    last: LastWord | None
    missing: list[str]
    light: SafeString

    @property
    def folded(self) -> bool:
        return True

    @property
    def prefix(self) -> str:
        return f"e{self.pk}"

    @property
    def name(self) -> str:
        return f"{self.number} {self.headline}".strip()

    @property
    def editable(self) -> bool:
        return self.status in EDITABLE

    @property
    def asked(self) -> bool:
        """The unit has to report on it: it is not excused, or was reported all the same."""
        return not (self.excused and self.editable)

    @property
    def repeats(self) -> bool:
        """The words are those of the round before, without being called 无进展."""
        return bool(self.done_text and self.last and self.done_text == self.last.done_text and not self.no_progress)

    @property
    def fell(self) -> bool:
        """The percent is below that of the round before."""
        last = self.last.percent if self.last else None
        return self.percent is not None and last is not None and self.percent < last

    def is_shown(self, show: str) -> bool:
        match show:
            case "returned":
                return self.status == ReportStatus.RETURNED
            case "empty":
                return self.editable and self.asked and bool(self.missing)
            case "filled":
                return self.editable and not self.missing
            case "in":
                return not self.editable
        return True


def month_lines(report: MonthlyReport, last: Mapping[int, LastWord]) -> list[MonthLine]:
    """Every entry in the list's order, with its words: for the viewer's own unit alone. One query."""
    rows = report.entries.order_by("task__seq", "pk").values_list(
        "pk",
        "task_id",
        "status",
        "percent",
        "done_text",
        "no_progress",
        "exempt_at",
        "returned_due_at",
        "task__no",
        "task__title",
        "task__sub_task",
        "task__key_task",
        "task__content",
    )
    lights: dict[Any, SafeString] = {}
    lines = []
    for pk, task_id, status, percent, text, still, exempt_at, due_again, no, title, sub_task, key_task, content in rows:
        missing = missing_fields(percent=percent, done_text=text)
        excused = exempt_at is not None
        state = (status, *missing, still, excused)
        if state not in lights:
            mark = entry_mark(status=status, missing=missing, no_progress=still, excused=excused)
            lights[state] = render_to_string("_parts/light.html", {"light": mark})
        lines.append(
            MonthLine(
                pk=pk,
                task_id=task_id,
                number=number_text(no),
                headline=headline_text(title=title, sub_task=sub_task, key_task=key_task, content=content),
                status=status,
                percent=percent,
                done_text=text,
                no_progress=still,
                excused=excused,
                returned_due_at=due_again,
                last=last.get(task_id),
                missing=[] if excused else missing,
                light=lights[state],
            )
        )
    return lines


@dataclass(frozen=True)
class Counts:
    """How far a report is: numbers of its entries."""

    total: int
    done: int
    returned: int
    open: int

    @property
    def empty(self) -> int:
        return self.total - self.done

    @property
    def filled(self) -> int:
        """Filled and not handed in yet."""
        return self.open - self.empty

    @property
    def handed_in(self) -> int:
        return self.total - self.open

    @property
    def filters(self) -> list[dict[str, Any]]:
        """The views of a large month that have something to show."""
        numbers = {"returned": self.returned, "empty": self.empty, "filled": self.filled, "in": self.handed_in}
        return [
            {"show": show, "label": label, "n": numbers.get(show)}
            for show, label in SHOWN.items()
            if numbers.get(show, 1)
        ]


def counts_of(lines: Collection[MonthLine]) -> Counts:
    """`done`: filled, or already with the coordinator; `open`: still the unit's to submit."""
    return _counts([(line.status, bool(line.missing)) for line in lines if line.asked])


def counts(report: MonthlyReport) -> Counts:
    """The same numbers in one query, where the lines are not at hand."""
    rows = report.entries.asked().values_list("status", "percent", "done_text")
    return _counts([(status, bool(missing_fields(percent=n, done_text=text))) for status, n, text in rows])


def _counts(asked: Sequence[tuple[str, bool]]) -> Counts:
    missing = sum(1 for status, lacks in asked if lacks and status in EDITABLE)
    return Counts(
        total=len(asked),
        done=len(asked) - missing,
        returned=sum(1 for status, _lacks in asked if status == ReportStatus.RETURNED),
        open=sum(1 for status, _lacks in asked if status in EDITABLE),
    )


def shown_of(query: QueryDict) -> str:
    """Which lines are asked for, "" for all."""
    show = query.get("show", "")
    return show if show in SHOWN else ""


def opened_of(query: QueryDict, lines: Sequence[MonthLine]) -> set[int]:
    """The entries whose forms stand open: those of `?open=`, or else what is to be done next."""
    asked = query.get("open", "")
    if asked == "all":
        return {line.pk for line in lines}
    if asked:
        return {int(pk) for pk in asked.split(",") if pk.isdecimal() and len(pk) < 10}
    returned = [line.pk for line in lines if line.status == ReportStatus.RETURNED]
    empty = [line.pk for line in lines if line.editable and line.asked and line.missing and line.pk not in returned]
    return set((returned + empty)[:OPEN_AT_ONCE])


def month_address(report: MonthlyReport, *, show: str = "", opened: Collection[int] | None = None, at: int = 0) -> str:
    """The month with these forms open (None: as it opens by itself), at an entry."""
    query = {"show": show} if show else {}
    if opened is not None:
        query["open"] = ",".join(map(str, sorted(opened))) or "none"
    asked = f"?{urlencode(query, safe=',')}" if query else ""
    return reverse("report", args=[report.pk]) + asked + (f"#e{at}" if at else "")


def back_to(request: HttpRequest, report: MonthlyReport, opened: Collection[int], *, at: int = 0) -> str:
    """The month as it was when its form was sent: a large one says so by naming what it shows."""
    if "show" not in request.POST:
        return month_address(report, at=at)
    return month_address(report, show=shown_of(request.POST), opened=opened, at=at)
