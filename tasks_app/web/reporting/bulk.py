"""One press for many entries: 与上期相同, 本月无进展. A plain form action, so it works without JavaScript."""

from collections.abc import Collection, Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from tasks_app import clock
from tasks_app.reporting.actions import EntryDraft, save_entries
from tasks_app.reporting.models import MonthlyReport, ReportEntry
from tasks_app.reporting.queries import LastWord, last_words
from tasks_app.reporting.rules import EDITABLE, missing_fields
from tasks_app.web.reporting.forms import TEXT_LIMIT, TEXTS
from tasks_app.web.reporting.lines import back_to
from tasks_app.web.shared.http import Request
from tasks_app.web.shared.refusals import refusals_shown


def same(
    request: Request, found: MonthlyReport, entries: Sequence[ReportEntry], opened: Collection[int], *, at: int = 0
) -> HttpResponse:
    """Last month's words and numbers; then the month, with the forms that were `opened`, at the entry `at`."""
    last = last_words(found, request.viewer)
    drafts = [_same(entry, last[entry.task_id]) for entry in entries if entry.task_id in last]
    new = [entry.task.no for entry in entries if entry.task_id not in last]
    if _saved(request, found, entries, drafts, _("已照上期填写 %(n)d 项。")) and new:
        words = _("第 %(numbers)s 项以前没有报过，没有可沿用的内容。")
        messages.warning(request, words % {"numbers": "、".join(new)})
    return redirect(back_to(request, found, opened, at=at))


def none(
    request: Request, found: MonthlyReport, entries: Sequence[ReportEntry], opened: Collection[int]
) -> HttpResponse:
    """No progress, with one reason for all."""
    last = last_words(found, request.viewer)
    reason = request.POST.get("bulk_reason", "").strip()[:TEXT_LIMIT]
    if entries and not reason:
        messages.error(request, _("请先写明无进展的原因，再点“本月无进展”。您勾选的没有改动。"))
    else:
        drafts = [_none(entry, last.get(entry.task_id), reason) for entry in entries]
        _saved(request, found, entries, drafts, _("已记 %(n)d 项本月无进展。"))
    return redirect(back_to(request, found, opened, at=0))


def _saved(
    request: Request, found: MonthlyReport, entries: Sequence[ReportEntry], drafts: list[EntryDraft], words: str
) -> bool:
    """Save the drafts and say so in `words`; False where nothing was meant, or it was refused."""
    if not entries:
        messages.error(request, _("没有选中要处理的条目。请先勾选，或选“所有未填的”。"))
        return False
    with refusals_shown(request):
        changed = save_entries(report=found, drafts=drafts, by=request.user, at=clock.now())
        if drafts:
            messages.success(request, words % {"n": len(drafts)} + (_("内容本来就相同。") if not changed else ""))
        return True
    return False


def chosen(request: Request, found: MonthlyReport) -> Sequence[ReportEntry]:
    """The editable entries that are picked, or all that are still empty, in the list's order."""
    entries = _editable(found)
    if request.POST.get("scope") == "empty":
        return [e for e in entries if missing_fields(percent=e.percent, done_text=e.done_text)]
    picked = set(request.POST.getlist("pick"))
    return [entry for entry in entries if str(entry.pk) in picked]


def the_one(found: MonthlyReport, entry_pk: int) -> Sequence[ReportEntry]:
    """The entry of an address, if it can still be written."""
    return [entry for entry in _editable(found) if entry.pk == entry_pk]


def _editable(found: MonthlyReport) -> list[ReportEntry]:
    entries = found.entries.select_related("task").prefetch_related("values").order_by("task__seq", "pk")
    return [entry for entry in entries if entry.status in EDITABLE]


def _same(entry: ReportEntry, last: LastWord) -> EntryDraft:
    """Last month's words, numbers and values; what was typed where last month says nothing stays."""
    words = {word: getattr(last, word) or getattr(entry, word) for word in TEXTS}
    values = {value.indicator_id: value.value for value in entry.values.all()}
    return EntryDraft(
        entry_id=entry.pk,
        version=entry.version,
        percent=last.percent if last.percent is not None else entry.percent,
        no_progress=False,
        own_light=entry.own_light,
        values={**values, **last.values},
        **words,
    )


def _none(entry: ReportEntry, last: LastWord | None, reason: str) -> EntryDraft:
    """No progress: the percent stays where it was, the reason stands in the place of the words."""
    before = last.percent if last and last.percent is not None else 0
    words = {word: getattr(entry, word) for word in TEXTS}
    return EntryDraft(
        entry_id=entry.pk,
        version=entry.version,
        percent=entry.percent if entry.percent is not None else before,
        no_progress=True,
        own_light=entry.own_light,
        values={value.indicator_id: value.value for value in entry.values.all()},
        **{**words, "done_text": reason},
    )
