"""The coordinator's answer: accept or return, one entry or all at once."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tasks_app import clock
from tasks_app.accounts.permissions import Viewer, can_review
from tasks_app.catalogue.choices import AssignmentRole, Comparator
from tasks_app.catalogue.models import Indicator
from tasks_app.reporting.actions import accept_entries, return_entries
from tasks_app.reporting.choices import Flag, ReportStatus
from tasks_app.reporting.models import MonthlyReport
from tasks_app.reporting.queries import own_indicators, waiting_for_review
from tasks_app.reporting.rules import Said, Target, doubts
from tasks_app.supervision.choices import ClosureStatus
from tasks_app.supervision.models import Closure
from tasks_app.web.reporting.cards import Card
from tasks_app.web.shared.http import Request
from tasks_app.web.shared.refusals import refusals_shown

# Kept as the reason and sent to the unit: in the language of the house, whichever the reviewer reads.
PHRASES = (
    "请补充数量、地点和时间节点",
    "完成百分比与文字说明不一致，请核实",
    "内容与上期相同，请写明本月新进展",
    "请说明无进展的原因和下步安排",
    "指标完成值有误，请核实",
)


def review_context(report: MonthlyReport, cards: list[Card], viewer: Viewer) -> dict[str, Any]:
    """What the page needs beside the cards: what waits here, and which report waits next."""
    waiting = [card for card in cards if card.entry.status == ReportStatus.SUBMITTED]
    add_doubts(report, cards)
    return {
        "waiting": waiting,
        "plain_waiting": [card for card in waiting if not card.doubts],
        "empty": bool(waiting) and all(_says_nothing_new(card) for card in waiting),
        "phrases": PHRASES,
        "next_report": None if waiting else waiting_for_review(viewer).exclude(pk=report.pk).first(),
    }


def add_doubts(report: MonthlyReport, cards: Sequence[Card]) -> None:
    """Flag the cards whose words this person may read: two queries."""
    readable = [card for card in cards if card.readable]
    indicators = own_indicators(report)
    closing = set(
        # A closure that was granted has closed the task; one refused, withdrawn or reopened has to be asked for anew.
        Closure.objects.filter(
            task__in=[card.entry.task_id for card in readable], status=ClosureStatus.REQUESTED
        ).values_list("task_id", flat=True)
    )
    for card in readable:
        card.doubts = doubts(_said(card, indicators.get(card.entry.task_id, ()), card.entry.task_id in closing))


def _said(card: Card, indicators: Sequence[Indicator], closing: bool) -> Said:
    entry, last = card.entry, card.last
    now = {value.indicator_id: value.value for value in entry.values.all()}
    before = last.values if last else {}
    return Said(
        percent=entry.percent,
        text=entry.done_text,
        percent_before=last.percent if last else None,
        text_before=last.done_text if last else None,
        no_progress=entry.no_progress,
        leads=entry.role == AssignmentRole.LEAD,
        closing=closing or entry.task.closed_on is not None,
        has_evidence=bool(card.files),
        targets=[
            Target(
                name=row.subject,
                before=before.get(row.pk),
                now=now.get(row.pk),
                aim=row.value,
                at_most=row.comparator == Comparator.AT_MOST,
            )
            for row in indicators
        ],
    )


def _says_nothing_new(card: Card) -> bool:
    """Last month's words without a number or a file (domain §4: such a report is flagged as empty)."""
    same = any(doubt.flag == Flag.SAME_TEXT for doubt in card.doubts)
    return same and not card.files and not any(box.value for box in card.boxes)


@require_POST
def report_review(request: Request, pk: int) -> HttpResponse:
    """POST `accept=<entry>` or `accept_all` with `entry=<entry>`s, or `return=<entry>` with `phrase` and `reason`."""
    reports = MonthlyReport.objects.readable_by(request.viewer).select_related("unit", "period__task_list")
    report = get_object_or_404(reports, pk=pk)
    if not can_review(request.viewer, coordinating_unit_id=report.period.task_list.coordinating_unit_id):
        raise PermissionDenied(_("月报由清单的汇总单位审核，其他岗位只能查看。"))
    with refusals_shown(request):
        messages.success(request, _decide(request, report))
    after = (
        report.entries.filter(status=ReportStatus.SUBMITTED).order_by("task__seq", "pk").values_list("pk", flat=True)
    )
    anchor = f"#e{after[0]}" if after else ""
    return redirect(reverse("report", args=[pk]) + anchor)


def _decide(request: Request, report: MonthlyReport) -> str:
    """Carry out what was pressed; the sentence that says so."""
    data, by, at = request.POST, request.user, clock.now()
    if "return" in data:
        parts = [data.get("phrase", "").strip(), data.get("reason", "").strip()]
        reason = "；".join(part for part in parts if part)[:500]
        count = return_entries(report=report, entry_ids=_ids([data["return"]]), reason=reason, by=by, at=at)
        return _("已退回 %(n)d 项，已通知%(unit)s联络员。") % {"n": count, "unit": report.unit}
    chosen = data.getlist("entry") if "accept_all" in data else [data.get("accept", "")]
    count = accept_entries(report=report, entry_ids=_ids(chosen), by=by, at=at)
    return _("已通过 %(n)d 项。") % {"n": count}


def _ids(texts: list[str]) -> list[int]:
    """Primary keys as typed into the address or form; what is none is not found."""
    if not all(text.isdecimal() and len(text) < 10 for text in texts):
        raise Http404
    return [int(text) for text in texts]
