"""The reports of a task as things that happened: handed in, sent back, accepted, made up."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from tasks_app.accounts.permissions import Viewer, belongs_to, can_read_submitted
from tasks_app.accounts.scopes import own_units
from tasks_app.catalogue.models import Task
from tasks_app.reporting.choices import ReportStatus, Timeliness
from tasks_app.reporting.models import EntryReturn, EntryVersion, ReportEntry
from tasks_app.reporting.queries import timeliness_of
from tasks_app.timeline.choices import Kind
from tasks_app.timeline.happenings import Happening, name_of


def report_happenings(task: Task, viewer: Viewer, at: dt.datetime) -> Iterator[Happening]:
    """Two queries. Of a unit whose month this person may not know of, only what was accepted in the end."""
    known = _known(task, viewer)
    lasts: dict[int, EntryVersion] = {}
    for version in (
        EntryVersion.objects.filter(known | Q(entry__status=ReportStatus.ACCEPTED), entry__task=task)
        .select_related(
            "submission__submitted_by",
            "entry__report__unit",
            "entry__report__period__task_list",
            "entry__reviewed_by",
        )
        .order_by("submission__number")
    ):
        lasts[version.entry_id] = version
        if _knows(version.entry, task, viewer):
            yield _handed_in(version, viewer, at)
    for version in lasts.values():
        entry = version.entry
        if not _knows(entry, task, viewer):
            yield _plainly(version)
        if entry.status == ReportStatus.ACCEPTED and entry.reviewed_at:
            words = {"unit": entry.report.unit, "period": entry.report.period.name}
            title = _("%(unit)s%(period)s月报审核通过") % words
            page = _page(entry) if _knows(entry, task, viewer) else None
            yield Happening(entry.reviewed_at, Kind.REPORT, title, who=name_of(entry.reviewed_by), css="ok", page=page)
    for sent_back in EntryReturn.objects.filter(known, entry__task=task).select_related(
        "entry__report__unit", "entry__report__period", "returned_by"
    ):
        entry = sent_back.entry
        title = _("%(unit)s%(period)s月报被退回") % {"unit": entry.report.unit, "period": entry.report.period.name}
        who = name_of(sent_back.returned_by)
        yield Happening(sent_back.returned_at, Kind.REPORT, title, sent_back.reason, who, "warn", _page(entry))


def _known(task: Task, viewer: Viewer) -> Q:
    """Entries of units whose month this person may know of; see `can_read_submitted`."""
    if can_read_submitted(
        viewer,
        unit_id=0,
        coordinating_unit_id=task.task_list.coordinating_unit_id,
        jurisdiction_id=task.task_list.jurisdiction_id,
    ):
        return Q(entry__task=task)
    return own_units(viewer, "entry__report__")


def _knows(entry: ReportEntry, task: Task, viewer: Viewer) -> bool:
    return can_read_submitted(
        viewer,
        unit_id=entry.report.unit_id,
        coordinating_unit_id=task.task_list.coordinating_unit_id,
        jurisdiction_id=task.task_list.jurisdiction_id,
    )


def _handed_in(version: EntryVersion, viewer: Viewer, at: dt.datetime) -> Happening:
    """A handing-in, with its lateness. The words of what is with the unit again are the unit's alone."""
    entry, submission = version.entry, version.submission
    words = {"unit": entry.report.unit, "period": entry.report.period.name, "n": submission.number}
    title, css = _("%(unit)s报送%(period)s月报") % words, "ok"
    if submission.number > 1:
        title = _("%(unit)s重报%(period)s月报（第%(n)d次）") % words
    else:
        timeliness = timeliness_of(entry.report, at)
        if timeliness in (Timeliness.LATE, Timeliness.MADE_UP):
            title += _("（迟报）") if timeliness == Timeliness.LATE else _("（缺报，已补）")
            css = timeliness.css
    handed_in = entry.status in (ReportStatus.SUBMITTED, ReportStatus.ACCEPTED)
    reads = handed_in or belongs_to(viewer, unit_id=entry.report.unit_id)
    text = _said(version) if reads else ""
    who = name_of(submission.submitted_by)
    return Happening(submission.submitted_at, Kind.REPORT, title, text, who, css, _page(entry))


def _plainly(version: EntryVersion) -> Happening:
    """An accepted report for those who may not know how the unit's month went."""
    entry = version.entry
    title = _("%(unit)s报送%(period)s月报") % {"unit": entry.report.unit, "period": entry.report.period.name}
    return Happening(version.submission.submitted_at, Kind.REPORT, title, _said(version))


def _said(version: EntryVersion) -> str:
    percent = "" if version.percent is None else f"{version.percent}% "
    return f"{percent}{version.done_text}".strip()


def _page(entry: ReportEntry) -> tuple[str, int]:
    """The report itself, for those who may open it."""
    return "report", entry.report_id
