"""What the pages of one report share: who may open it, the refusal, the head."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from tasks_app import clock
from tasks_app.accounts.models import Membership
from tasks_app.accounts.permissions import can_fill_report, can_sign_report
from tasks_app.reporting.choices import ReportStatus, SignState
from tasks_app.reporting.models import MonthlyReport
from tasks_app.reporting.queries import must_be_signed, timeliness_of
from tasks_app.reporting.rules import timeliness
from tasks_app.web.reporting.cards import clock_text
from tasks_app.web.reporting.marks import status_mark
from tasks_app.web.shared.http import Request
from tasks_app.web.shared.marks import moment, time_left, timeliness_mark


def readable_report(request: Request, pk: int) -> MonthlyReport:
    """The report, or 404 for what this person may not open: it answers like one that is not there."""
    reports = MonthlyReport.objects.readable_by(request.viewer)
    return get_object_or_404(
        reports.select_related(
            "unit",
            "period__task_list__coordinating_unit",
            "period__task_list__reporting_rule",
            "submitted_by",
        ),
        pk=pk,
    )


def may_fill(request: Request, report: MonthlyReport) -> bool:
    return can_fill_report(request.viewer, unit_id=report.unit_id)


def not_yours() -> PermissionDenied:
    return PermissionDenied(_("月报只能由本单位联络员填写和提交，其他岗位只能查看。"))


def signing_context(request: Request, found: MonthlyReport) -> dict[str, Any]:
    """Where the month stands with the unit's head; `needed` is False where the rule asks for no signature
    or nothing is left to hand in."""
    open_ = found.status in {ReportStatus.DRAFT, ReportStatus.RETURNED}
    return {
        "needed": open_ and must_be_signed(found),
        "state": found.sign_state,
        "label": found.get_sign_state_display(),
        "note": found.sign_note,
        "may_sign": can_sign_report(request.viewer, unit_id=found.unit_id) and found.sign_state == SignState.ASKED,
        "signed": found.sign_state == SignState.SIGNED,
        "asked": found.sign_state == SignState.ASKED,
    }


def colleagues(request: Request, found: MonthlyReport) -> list[str]:
    """Who else may fill this month: the unit's other liaisons, a deputy among them."""
    liaisons = Membership.objects.liaisons_of([found.unit_id]).exclude(user_id=request.user.pk)
    return [str(membership.user) for membership in liaisons.select_related("user")]


def frame(found: MonthlyReport) -> dict[str, Any]:
    """What the head of every page of a report shows."""
    at = clock.now()
    return {
        "report": found,
        "period": found.period,
        "task_list": found.period.task_list,
        "timeliness": timeliness_mark(timeliness_of(found, at)),
        "status_mark": status_mark(found.status),
        "due": moment(found.period.due_at, year_of=at),
        "past_due": at > found.period.due_at,
        # What a first submission now would count as.
        "would_be": timeliness_mark(
            timeliness(
                due_at=found.period.due_at,
                first_submitted_at=at,
                next_opens_at=found.period.made_up_from,
                at=at,
            )
        ),
        "time_left": time_left(found.period.due_at, at),
        "saved_at": clock_text(found.saved_at),
    }
