"""A unit's month: fill, save, check, submit, receipt; for everyone else what was submitted.

Every change goes through reporting.actions.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tasks_app import clock
from tasks_app.accounts.models import User
from tasks_app.accounts.permissions import can_review
from tasks_app.lib.errors import Conflict, Refused
from tasks_app.reporting.actions import save_entries, submit_report
from tasks_app.reporting.models import MonthlyReport, ReportEntry
from tasks_app.reporting.queries import LastWord, last_words, own_indicators
from tasks_app.reporting.rules import EDITABLE
from tasks_app.web.reporting.cards import FIELD_NAMES, Card, clock_text, month_cards
from tasks_app.web.reporting.common import colleagues, frame, may_fill, not_yours, readable_report, signing_context
from tasks_app.web.reporting.forms import TEXTS, Typed, drawn_in, read_entries
from tasks_app.web.reporting.lines import (
    LARGE,
    MonthLine,
    back_to,
    counts,
    counts_of,
    month_lines,
    opened_of,
    shown_of,
)
from tasks_app.web.reporting.review import review_context
from tasks_app.web.shared.http import Request
from tasks_app.web.shared.refusals import refusals_shown


@dataclass
class Outcome:
    """The outcome of a posted form: its entries, how many changed, and what could not be saved."""

    changed: int = 0
    typed: tuple[int, ...] = ()
    left: dict[int, Typed] = field(default_factory=dict)
    theirs: dict[int, ReportEntry] = field(default_factory=dict)
    refusal: str = ""

    @property
    def status(self) -> int:
        if self.theirs or self.refusal:
            return 409
        return 422 if self.left else 200


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: Request, pk: int) -> HttpResponse:
    """GET: the form for the unit's liaison, else what was submitted. POST: save the form; what its other buttons do
    after that is in `buttons.py`.
    """
    found = readable_report(request, pk)
    if request.method != "POST":
        return month_page(request, found)
    if not may_fill(request, found):
        raise not_yours()
    outcome = save_form(request, found)
    if outcome.status != 200:
        return month_page(request, found, outcome)
    say_saved(request, outcome)
    return redirect(back_to(request, found, outcome.typed, at=0))


def say_saved(request: Request, outcome: Outcome, *, asked: bool = True) -> None:
    """That something was saved, or (where saving was asked for) that there was nothing to save."""
    if outcome.changed:
        words = _("已保存 %(n)d 项，%(time)s。")
        messages.success(request, words % {"n": outcome.changed, "time": clock_text(clock.now())})
    elif asked:
        messages.info(request, _("没有新的改动，已填的内容都已保存。"))


def save_form(request: Request, found: MonthlyReport, entry_pk: int | None = None) -> Outcome:
    """Save whatever can be saved of a form; what cannot comes back in the outcome."""
    entries = found.entries.select_related("task").prefetch_related("values")
    entries = entries.filter(pk__in=drawn_in(request.POST) if entry_pk is None else [entry_pk])
    indicators = own_indicators(found, task_ids=[entry.task_id for entry in entries])
    typed = read_entries(request.POST, entries, indicators)
    if entry_pk is not None and not typed:
        raise Http404
    return save_typed(found, typed, by=request.user, at=clock.now())


def save_typed(found: MonthlyReport, typed: Mapping[int, Typed], *, by: User, at: dt.datetime) -> Outcome:
    """One entry in conflict or in error does not keep the others from being saved."""
    outcome = Outcome(typed=tuple(typed), left={pk: one for pk, one in typed.items() if one.errors})
    drafts = {pk: one.draft for pk, one in typed.items() if one.draft and one.entry.status in EDITABLE}
    locked = {pk: one for pk, one in typed.items() if one.entry.status not in EDITABLE}
    try:
        try:
            outcome.changed = len(save_entries(report=found, drafts=list(drafts.values()), by=by, at=at))
        except Conflict as conflict:
            outcome.theirs = dict(conflict.theirs)
            outcome.refusal = str(conflict)
            rest = [draft for pk, draft in drafts.items() if pk not in outcome.theirs]
            outcome.changed = len(save_entries(report=found, drafts=rest, by=by, at=at))
        outcome.left.update({pk: typed[pk] for pk in outcome.theirs})
    except Refused as refused:
        outcome.refusal = str(refused)
        outcome.left.update({pk: typed[pk] for pk in drafts})
    lost = {pk: one for pk, one in locked.items() if _differs(one)}
    if lost:
        numbers = "、".join(one.entry.task.no for one in lost.values())
        outcome.refusal = _("第 %(numbers)s 项已经报送，刚才的改动没有保存。如需更正，请联系汇总单位退回。") % {
            "numbers": numbers
        }
        outcome.left.update(lost)
    return outcome


def _differs(typed: Typed) -> bool:
    """An entry that can no longer be written came back with other words than it has."""
    entry = typed.entry
    stored = {
        "percent": "" if entry.percent is None else str(entry.percent),
        **{word: getattr(entry, word) for word in TEXTS},
    }
    return any(typed.raw[word] != text for word, text in stored.items())


def month_page(request: Request, found: MonthlyReport, outcome: Outcome | None = None) -> HttpResponse:
    """The month as this person may see it; `outcome` is of a form that came back."""
    writing = may_fill(request, found)
    outcome = outcome or Outcome()
    last = last_words(found, request.viewer)
    if writing:
        lines = month_lines(found, last)
        # What was typed when the round closed stays in the form, to be copied.
        if any(line.editable for line in lines) and (outcome.left or not found.is_frozen):
            return _form_page(request, found, lines, last, outcome)
    filling = writing and not found.is_frozen
    cards = month_cards(
        found, request.viewer, writing=filling, typed=outcome.left, theirs=outcome.theirs, last=last, at=clock.now()
    )
    context = _context(request, found) | {"cards": cards, "writing": writing, "outcome": outcome}
    context["unfinished"] = found.status in EDITABLE
    reviewing = can_review(request.viewer, coordinating_unit_id=found.period.task_list.coordinating_unit_id)
    if reviewing:
        context |= review_context(found, cards, request.viewer)
    return render(request, "reporting/read.html", context | {"reviewing": reviewing}, status=outcome.status)


def _context(request: Request, found: MonthlyReport) -> dict[str, Any]:
    return frame(found) | {"signing": signing_context(request, found)}


def _form_page(
    request: Request, found: MonthlyReport, lines: Sequence[MonthLine], last: Mapping[int, LastWord], outcome: Outcome
) -> HttpResponse:
    """The form of the month: of a large one as lines, some of them opened."""
    large = len(lines) > LARGE
    asked = request.GET or request.POST  # a form that came back brings what it showed with it
    show = shown_of(asked) if large else ""
    listed, opened = lines, None
    if large:
        shown = [line for line in lines if line.is_shown(show)]
        opened = set(outcome.typed) or opened_of(request.GET, shown)
        listed = [line for line in lines if line.is_shown(show) or line.pk in opened]
    cards = month_cards(
        found,
        request.viewer,
        writing=True,
        entry_pks=opened,
        typed=outcome.left,
        theirs=outcome.theirs,
        last=last,
        at=clock.now(),
    )
    by_entry = {card.entry.pk: card for card in cards}
    due_again = [line.returned_due_at for line in lines if line.editable and line.returned_due_at]
    context = _context(request, found) | {
        "items": [by_entry.get(line.pk, line) for line in listed],
        "writing": True,
        "large": large,
        "show": show,
        "outcome": outcome,
        "counts": counts_of(lines),
        "returned_due_at": min(due_again, default=None),
        "errors": _error_lines(cards),
        "colleagues": colleagues(request, found),
        "bulk_reason": request.POST.get("bulk_reason", ""),
    }
    return render(request, "reporting/month.html", context, status=outcome.status)


def _error_lines(cards: list[Card]) -> list[dict[str, str]]:
    """The summary above the form: each line leads to its field."""
    return [
        {
            "href": f"#{card.prefix}-{word}",
            "where": _("第 %(no)s 项 %(field)s")
            % {
                "no": card.entry.task.no,
                "field": FIELD_NAMES.get(word) or next(box.label for box in card.boxes if box.word == word),
            },
            "text": text,
        }
        for card in cards
        for word, text in card.errors.items()
    ]


@never_cache
@login_not_required
@require_POST
def entry_save(request: HttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    """One entry as it is typed. Answers a fragment: its state, the saved moment, its new version.

    401 when the session has ended (the page keeps the words and says so), 409 in conflict, 422 with
    the errors at their fields.
    """
    if not request.user.is_authenticated:
        answer = render(request, "reporting/_expired.html", {"back": reverse("report", args=[pk])}, status=401)
        answer["HX-Retarget"], answer["HX-Reswap"] = f"#e{entry_pk}-failed", "innerHTML"
        return answer
    return _entry_saved(cast(Request, request), pk, entry_pk)


def _entry_saved(request: Request, pk: int, entry_pk: int) -> HttpResponse:
    found = readable_report(request, pk)
    if not may_fill(request, found):
        raise not_yours()
    outcome = save_form(request, found, entry_pk)
    [card] = month_cards(
        found, request.viewer, writing=True, entry_pks=[entry_pk], typed=outcome.left, theirs=outcome.theirs
    )
    if card.theirs and entry_pk in outcome.left:
        # Further typing must not overwrite the other's words: keep the old version until the person has chosen.
        card.version = outcome.left[entry_pk].version
    context = {
        "report": found,
        "card": card,
        "outcome": outcome,
        "counts": counts(found),
        "saved_at": clock_text(found.saved_at),
        "overwrite": card.theirs.version if card.theirs else None,
        "large": "show" in request.POST,
        "show": shown_of(request.POST),
    }
    return render(request, "reporting/_saved.html", context, status=outcome.status)


@never_cache
@login_not_required
@require_safe
def entry_form(request: HttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    """One entry of a large month, opened: its form, or what was handed in. A fragment for htmx, which is told to
    leave for the sign-in when the session has ended; for anyone else the month with this entry open.
    """
    partial = request.headers.get("HX-Request") == "true"
    month = f"{reverse('report', args=[pk])}?open={entry_pk}#e{entry_pk}"
    if not request.user.is_authenticated:
        answer = redirect_to_login(month)
        return HttpResponse(status=401, headers={"HX-Redirect": answer["Location"]}) if partial else answer
    signed_in = cast(Request, request)
    found = readable_report(signed_in, pk)
    if not may_fill(signed_in, found):
        raise not_yours()
    cards = month_cards(found, signed_in.viewer, writing=True, entry_pks=[entry_pk], at=clock.now())
    if not cards:
        raise Http404
    if not partial:
        return redirect(month)
    return render(request, "reporting/_opened.html", {"report": found, "card": cards[0], "large": True})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report_submit(request: Request, pk: int) -> HttpResponse:
    """GET: what is still missing, each with a way to its field. POST: hand in, saving the form first
    when it came along.
    """
    found = readable_report(request, pk)
    if not may_fill(request, found):
        raise not_yours()
    status = 200
    if request.method == "POST":
        outcome = save_form(request, found)
        if outcome.status != 200:
            return month_page(request, found, outcome)
        with refusals_shown(request):
            submit_report(report=found, by=request.user, at=clock.now())
            return redirect("report_receipt", pk=pk)
        status = 409
    lines = month_lines(found, last_words(found, request.viewer))
    still = [line for line in lines if line.editable]
    if not still:
        return redirect("report", pk=pk)
    context = _context(request, found) | {
        "counts": counts_of(lines),
        "incomplete": [line for line in still if line.missing],
        "ready": [line for line in still if not line.missing],
        "doubtful": [line for line in still if not line.missing and (line.repeats or line.fell)],
    }
    return render(request, "reporting/check.html", context, status=status)


@never_cache
@require_safe
def report_receipt(request: Request, pk: int) -> HttpResponse:
    """The numbered receipt of a report that was handed in."""
    found = readable_report(request, pk)
    if not found.receipt_no:
        raise Http404
    context = frame(found) | {
        "entries": found.entries.count(),
        "writing": may_fill(request, found),
        "submission": found.submissions.last(),
    }
    return render(request, "reporting/receipt.html", context)
