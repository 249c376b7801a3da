"""One press for many entries: 与上期相同, 本月无进展. A plain form action, so it works without JavaScript."""

from collections.abc import Collection, Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from tasks_app import clock
from tasks_app.lib.errors import Refused
from tasks_app.reporting.actions import EntryDraft, save_entries
from tasks_app.reporting.models import MonthlyReport, ReportEntry
from tasks_app.reporting.queries import LastWord, last_words
from tasks_app.reporting.rules import EDITABLE, missing_fields
from tasks_app.web.reporting.forms import TEXT_LIMIT, TEXTS
from tasks_app.web.reporting.lines import back_to
from tasks_app.web.shared.http import Request

# same: last month's words and numbers; none: no progress, with one reason for all.
VERBS = ("same", "none")


def carry_out(request: Request, found: MonthlyReport, verb: str, which: str, opened: Collection[int]) -> HttpResponse:
    """Do it for one entry (`which`), for those picked, or for all that are still empty; then show the month, with
    the forms that were open."""
    entries = _chosen(request, found, which)
    back = back_to(request, found, opened, at=entries[0].pk if which and entries else 0)
    if not entries:
        messages.error(request, _("没有选中要处理的条目。请先勾选，或选“所有未填的”。"))
        return redirect(back)
    last = last_words(found, request.viewer)
    reason = request.POST.get("bulk_reason", "").strip()[:TEXT_LIMIT]
    if verb == "none" and not reason:
        messages.error(request, _("请先写明无进展的原因，再点“本月无进展”。您勾选的没有改动。"))
        return redirect(back)
    if verb == "same":
        drafts = [_same(entry, last[entry.task_id]) for entry in entries if entry.task_id in last]
    else:
        drafts = [_none(entry, last.get(entry.task_id), reason) for entry in entries]
    try:
        changed = save_entries(report=found, drafts=drafts, by=request.user, at=clock.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(back)
    if drafts:
        words = _("已照上期填写 %(n)d 项。") if verb == "same" else _("已记 %(n)d 项本月无进展。")
        messages.success(request, words % {"n": len(drafts)} + (_("内容本来就相同。") if not changed else ""))
    if new := [entry.task.no for entry in entries if verb == "same" and entry.task_id not in last]:
        messages.warning(request, _("第 %(numbers)s 项以前没有报过，没有可沿用的内容。") % {"numbers": "、".join(new)})
    return redirect(back)


def _chosen(request: Request, found: MonthlyReport, which: str) -> Sequence[ReportEntry]:
    """The editable entries that are meant, in the list's order."""
    entries = [
        entry
        for entry in found.entries.select_related("task").prefetch_related("values").order_by("task__seq", "pk")
        if entry.status in EDITABLE
    ]
    if which:
        return [entry for entry in entries if str(entry.pk) == which]
    if request.POST.get("scope") == "empty":
        return [e for e in entries if missing_fields(percent=e.percent, done_text=e.done_text)]
    picked = set(request.POST.getlist("pick"))
    return [entry for entry in entries if str(entry.pk) in picked]


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
