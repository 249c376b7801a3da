"""The states of reports and entries as a page shows them: shape + word + colour."""

from django.utils.translation import gettext as _

from tasks_app.reporting.choices import ReportStatus
from tasks_app.web.shared.marks import Mark

_STATUS = {
    ReportStatus.DRAFT: ("◇", "none"),
    ReportStatus.SUBMITTED: ("●", "done"),
    ReportStatus.RETURNED: ("▲", "warn"),
    ReportStatus.ACCEPTED: ("✔", "ok"),
}


def status_mark(value: str) -> Mark:
    """The mark of a report's or an entry's stored status."""
    return Mark(str(ReportStatus(value).label), *_STATUS[ReportStatus(value)])


def entry_mark(*, status: str, missing: list[str], no_progress: bool, excused: bool) -> Mark:
    """How far an entry is, for those who may read its words; `missing`: the fields that it still needs."""
    if status != ReportStatus.DRAFT:
        return status_mark(status)
    if missing and excused:
        return exempt_mark()
    return draft_mark(missing=missing, no_progress=no_progress, begun="done_text" not in missing)


def draft_mark(*, missing: list[str], no_progress: bool, begun: bool) -> Mark:
    """The mark of an entry that the unit is still writing."""
    if not missing:
        return Mark(_("本月无进展（已说明）") if no_progress else _("已填"), "✔", "ok")
    return Mark(_("未填完"), "◆", "warn") if begun else Mark(_("未填"), "◇", "none")


def exempt_mark() -> Mark:
    """The mark of an entry from which the unit is excused this time."""
    return Mark(_("本期免报"), "○", "none")


def unsaved_mark() -> Mark:
    """The mark of an entry whose typed words could not be saved, whatever is stored."""
    return Mark(_("未保存"), "▲", "late")
