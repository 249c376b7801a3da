"""The buttons of the month's form: each saves what was typed, then goes on at an address of its own (`formaction`).

Plain form actions, so that all of them work without JavaScript.
"""

from collections.abc import Callable
from functools import wraps

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tasks_app.reporting.models import MonthlyReport
from tasks_app.web.reporting import bulk, signing
from tasks_app.web.reporting.common import may_fill, not_yours, readable_report
from tasks_app.web.reporting.lines import back_to, month_address, shown_of
from tasks_app.web.reporting.views import Outcome, month_page, save_form, say_saved
from tasks_app.web.shared.http import Request


def after_saving(go_on: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Save the form, then `go_on(request, found, outcome, …)`; what can't be saved brings the form back instead.

    A GET comes from who had to sign in anew in between: it leads to the month.
    """

    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(go_on)
    def pressed(request: Request, pk: int, **which: int) -> HttpResponse:
        found = readable_report(request, pk)
        if request.method != "POST":
            return redirect("report", pk=pk)
        if not may_fill(request, found):
            raise not_yours()
        outcome = save_form(request, found)
        if outcome.status != 200:
            return month_page(request, found, outcome)
        return go_on(request, found, outcome, **which)

    return pressed


@after_saving
def report_check(request: Request, found: MonthlyReport, outcome: Outcome) -> HttpResponse:
    """检查并提交."""
    return redirect("report_submit", pk=found.pk)


@after_saving
def report_ask(request: Request, found: MonthlyReport, outcome: Outcome) -> HttpResponse:
    """送单位负责人签批."""
    return signing.ask(request, found)


@after_saving
def report_show(request: Request, found: MonthlyReport, outcome: Outcome) -> HttpResponse:
    """Another view of a large month: `?show=` of the address; the form's own `show` is the one that was left."""
    say_saved(request, outcome, asked=False)
    return redirect(month_address(found, show=shown_of(request.GET)))


@after_saving
def report_same(request: Request, found: MonthlyReport, outcome: Outcome) -> HttpResponse:
    """与上期相同, for the entries that are picked or empty."""
    return bulk.same(request, found, bulk.chosen(request, found), outcome.typed)


@after_saving
def report_none(request: Request, found: MonthlyReport, outcome: Outcome) -> HttpResponse:
    """本月无进展, for the entries that are picked or empty."""
    return bulk.none(request, found, bulk.chosen(request, found), outcome.typed)


@after_saving
def entry_same(request: Request, found: MonthlyReport, outcome: Outcome, entry_pk: int) -> HttpResponse:
    """整项与上期相同."""
    return bulk.same(request, found, bulk.the_one(found, entry_pk), outcome.typed, at=entry_pk)


@after_saving
def entry_open(request: Request, found: MonthlyReport, outcome: Outcome, entry_pk: int) -> HttpResponse:
    """An entry of a large month is opened beside those that are open."""
    say_saved(request, outcome, asked=False)
    return redirect(back_to(request, found, {*outcome.typed, entry_pk}, at=entry_pk))


@after_saving
def entry_fold(request: Request, found: MonthlyReport, outcome: Outcome, entry_pk: int) -> HttpResponse:
    """保存并收起."""
    say_saved(request, outcome, asked=False)
    return redirect(back_to(request, found, {*outcome.typed} - {entry_pk}, at=entry_pk))


@after_saving
def entry_to_files(request: Request, found: MonthlyReport, outcome: Outcome, entry_pk: int) -> HttpResponse:
    """＋ 附件, 增减附件."""
    return redirect("entry_files", pk=found.pk, entry_pk=entry_pk)
