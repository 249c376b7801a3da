"""The month as a workbook: down, filled offline, up again, looked through, applied."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.contrib import messages
from django.core.signing import Signer
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tasks_app import clock
from tasks_app.accounts.scopes import spoken_for
from tasks_app.catalogue.models import Indicator
from tasks_app.lib.errors import Conflict, Refused
from tasks_app.reporting.models import MonthlyReport, ReportEntry
from tasks_app.reporting.queries import own_indicators
from tasks_app.reporting.rules import EDITABLE
from tasks_app.web.reporting.cards import FIELD_NAMES, Card, month_cards, plain, shown
from tasks_app.web.reporting.common import frame, may_fill, not_yours, readable_report
from tasks_app.web.reporting.forms import TEXTS, Typed, read_entries
from tasks_app.web.shared.export import XLSX
from tasks_app.web.shared.http import Request
from tasks_app.web.shared.marks import moment
from tasks_app.workbook.actions import apply_upload, keep_upload
from tasks_app.workbook.layout import MAX_BYTES, Frame, TargetLine, WorkbookLine
from tasks_app.workbook.models import WorkbookUpload
from tasks_app.workbook.reading import read
from tasks_app.workbook.writing import build


def _frame(found: MonthlyReport) -> Frame:
    period, task_list = found.period, found.period.task_list
    due = moment(period.due_at, year_of=period.due_at)
    return Frame(
        report_id=found.pk,
        title=str(found),
        hint=_("请于%(due)s前报送。只填浅黄色的格子，填好保存后在月报页面上传。") % {"due": due},
        unit=str(found.unit),
        period=period.name,
        task_list=str(task_list),
        seal=Signer(salt="tasks_app.workbook").signature(f"{found.pk}:{found.unit_id}:{found.period_id}")[:16],
    )


def _line(card: Card) -> WorkbookLine:
    task, last = card.entry.task, card.last
    values = dict(card.last_boxes)
    return WorkbookLine(
        entry_id=card.entry.pk,
        version=card.version,
        no=task.no,
        headline=task.headline,
        content=task.content,
        due=f"{task.due_on:%Y-%m-%d}" if task.due_on else "",
        last_percent=str(last.percent) if last and last.percent is not None else "",
        last_text=last.done_text if last else "",
        words=card.words,
        editable=card.editable,
        leads=bool(card.own_choices),
        state=card.entry.get_status_display(),
        targets=tuple(
            TargetLine(
                indicator_id=int(box.word.removeprefix("i")),
                label=box.label,
                target=box.target,
                unit=box.unit,
                last=values.get(box.word, ""),
                value=box.value,
            )
            for box in card.boxes
        ),
    )


@never_cache
@require_safe
def download(request: Request, pk: int) -> HttpResponse:
    """The unit's month as it stands, with last month beside it."""
    found = readable_report(request, pk)
    if not may_fill(request, found):
        raise not_yours()
    cards = month_cards(found, request.viewer, writing=True)
    response = HttpResponse(build(_frame(found), [_line(card) for card in cards]), content_type=XLSX)
    name = f"{found}.xlsx"
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: Request, pk: int) -> HttpResponse:
    """GET: how it goes. POST: the filled workbook; leads to its preview."""
    found = readable_report(request, pk)
    if not may_fill(request, found):
        raise not_yours()
    refusal = ""
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None:
                raise Refused(_("没有选择文件。请先选择填好的工作簿。"))
            reading = read(file.read(MAX_BYTES + 1), expected=_frame(found))
        except Refused as refused:
            refusal = str(refused)
        else:
            kept = keep_upload(
                report=found, file_name=file.name or "", reading=reading, by=request.user, at=clock.now()
            )
            return redirect("workbook", pk=kept.pk)
    context = frame(found) | {"refusal": refusal, "limit": MAX_BYTES // 1024 // 1024}
    return render(request, "reporting/workbook_upload.html", context, status=422 if refusal else 200)


@dataclass(frozen=True)
class Change:
    """One field that the workbook would change; `clash`: somebody saved the entry after the download."""

    typed: Typed
    cell: str
    name: str
    before: str
    after: str
    clash: bool


@dataclass(frozen=True)
class Preview:
    """What an upload would do: the changes, every problem by its cell, and the entries with a change."""

    changes: list[Change]
    problems: list[tuple[str, str]]
    typed: list[Typed]

    @property
    def clashes(self) -> list[str]:
        return list(dict.fromkeys(change.typed.entry.task.no for change in self.changes if change.clash))


def _preview(kept: WorkbookUpload) -> Preview:
    """Laid against the report as it is now."""
    found = kept.report
    indicators = own_indicators(found)
    names = {f"i{row.pk}": row.subject for rows in indicators.values() for row in rows}
    entries = found.entries.select_related("task").prefetch_related("values").order_by("task__seq", "pk")
    cells = kept.rows["cells"]
    # Fields of a sheet or column that somebody deleted are left unchanged.
    data = {**_as_form(entries, indicators), **kept.rows["data"]}
    data = {name: text for name, text in data.items() if f"{name.split('-')[0]}-version" in kept.rows["data"]}
    changes: list[Change] = []
    problems = [(cell, text) for cell, text in kept.problems]
    touched = []
    everything = read_entries(data, entries, indicators)
    for typed in everything.values():
        entry, prefix = typed.entry, f"e{typed.entry.pk}-"
        problems += [(cells.get(prefix + word, ""), text) for word, text in typed.errors.items()]
        stored = _words(entry, typed.raw)
        before = len(changes)
        for word, text in typed.raw.items():
            if text != stored[word] and prefix + word in cells and word not in typed.errors:
                name = str(FIELD_NAMES.get(word) or names.get(word) or _("本月无进展"))
                clash = entry.version != typed.version
                old, new = shown(word, stored[word]), shown(word, text)
                changes.append(Change(typed, cells[prefix + word], name, old, new, clash))
        if len(changes) > before:
            touched.append(typed)
            if entry.status not in EDITABLE:
                where = cells.get(f"{prefix}version", "")
                state = entry.get_status_display()
                problems.append((where, _("第 %(no)s 项%(state)s，不能再改。") % {"no": entry.task.no, "state": state}))
    own = {str(pk) for pk in everything}
    strangers = {name.split("-")[0][1:] for name in data if name.endswith("-version")} - own
    problems += [(cells[f"e{pk}-version"], _("这一行不属于这份月报。")) for pk in sorted(strangers)]
    return Preview(changes, problems, touched)


def _words(entry: ReportEntry, words: Iterable[str]) -> dict[str, str]:
    """The entry's words now, as the form would show them."""
    stored = {word: getattr(entry, word) for word in TEXTS}
    stored["percent"] = "" if entry.percent is None else str(entry.percent)
    stored["no_progress"] = "1" if entry.no_progress else ""
    stored["own_light"] = entry.own_light
    stored |= {f"i{value.indicator_id}": plain(value.value) for value in entry.values.all()}
    return {word: stored.get(word, "") for word in words}


def _as_form(entries: Iterable[ReportEntry], indicators: Mapping[int, Sequence[Indicator]]) -> dict[str, str]:
    """Every entry as the form would send it untouched, without the versions."""
    form = {}
    for entry in entries:
        words = [
            "percent",
            "no_progress",
            "own_light",
            *TEXTS,
            *(f"i{row.pk}" for row in indicators.get(entry.task_id, ())),
        ]
        form.update({f"e{entry.pk}-{word}": text for word, text in _words(entry, words).items()})
    return form


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: Request, pk: int) -> HttpResponse:
    """GET: every change and every problem. POST: write it into the draft, all or nothing; `overwrite` decides
    for the workbook where somebody saved in between.
    """
    uploads = WorkbookUpload.objects.filter(spoken_for(request.viewer, "report__"))
    kept = get_object_or_404(uploads, pk=pk)
    found = readable_report(request, kept.report_id)
    kept.report = found
    if not may_fill(request, found):
        raise Http404
    plan = _preview(kept)
    refusal = ""
    if request.method == "POST":
        try:
            if plan.problems:
                raise Refused(
                    _("还有 %(n)d 处问题，一处也没有写入。请在工作簿里改好再上传。") % {"n": len(plan.problems)}
                )
            drafts = [typed.draft for typed in plan.typed if typed.draft]
            if request.POST.get("overwrite") == "1":
                now = {typed.entry.pk: typed.entry.version for typed in plan.typed}
                drafts = [replace(draft, version=now[draft.entry_id]) for draft in drafts]
            count = apply_upload(upload=kept, drafts=drafts, by=request.user, at=clock.now())
        except Conflict as conflict:
            refusal = f"{conflict} {_('要以工作簿为准，请勾选下面的选项再写入。')}"
        except Refused as refused:
            refusal = str(refused)
        else:
            messages.success(request, _("工作簿已写入草稿：改动了 %(n)d 项。请检查后提交。") % {"n": count})
            return redirect("report", pk=found.pk)
    context = frame(found) | {"kept": kept, "plan": plan, "refusal": refusal}
    return render(request, "reporting/workbook.html", context, status=409 if refusal else 200)
