"""报送表: the month on paper, to be signed and stamped, and the page that checks a paper's code."""

import re

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tasks_app import clock
from tasks_app.accounts.scopes import in_sight
from tasks_app.reporting.models import Submission
from tasks_app.web.reporting.cards import month_cards
from tasks_app.web.reporting.common import frame, may_fill, readable_report
from tasks_app.web.shared.http import Request


@never_cache
@require_safe
def report_form(request: Request, pk: int) -> HttpResponse:
    """The form as it was handed in last, with number and check code.

    For the viewer's own unit and for those who read everything handed in; where an entry is with the unit again, the
    paper would show words that the code does not cover, so it is not drawn then.
    """
    found = readable_report(request, pk)
    submission = found.submissions.last()
    if submission is None:
        raise Http404
    cards = month_cards(found, request.viewer, writing=False)
    context = frame(found) | {
        "submission": submission,
        "cards": cards,
        "complete": not any(card.entry.status == "returned" or not card.readable for card in cards),
        "writing": may_fill(request, found),
    }
    return render(request, "reporting/form.html", context)


@never_cache
@require_safe
def verify(request: Request) -> HttpResponse:
    """Number and code from a paper: is it what the system has? Says nothing beyond the paper's own words."""
    number = re.sub(r"[\s\0]", "", request.GET.get("no", "")).upper()[:40]
    digits = re.sub(r"[^0-9A-F]", "", request.GET.get("code", "").upper())[:16]
    code = "-".join(digits[start : start + 4] for start in range(0, 16, 4)) if len(digits) == 16 else ""
    submission = None
    if number and code:
        # Within the jurisdictions of the reader alone: elsewhere the pair answers like a wrong one.
        submission = (
            Submission.objects.filter(
                in_sight(request.viewer, "report__period__task_list__"),
                report__receipt_no=number,
                check_code=code,
            )
            .select_related("report__unit", "report__period__task_list", "submitted_by")
            .first()
        )
    newer = submission is not None and submission.report.submissions.filter(number__gt=submission.number).exists()
    context = {
        "no": number,
        "code": request.GET.get("code", "")[:24],
        "asked": bool(number or digits),
        "submission": submission,
        "newer": newer,
        "now": clock.now(),
        "wrong": "" if not (number or digits) or code else _("校验码是 16 位的数字和字母 A–F，请核对后再查。"),
    }
    return render(request, "reporting/verify.html", context)
