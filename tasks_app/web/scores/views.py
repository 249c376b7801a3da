"""考核: who stands where over all scored rounds of a list, and which rounds are scored."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tasks_app import clock
from tasks_app.accounts.permissions import can_keep_scores, can_score, can_see_month
from tasks_app.catalogue.models import TaskList
from tasks_app.schedule.models import Period
from tasks_app.scores.choices import Group, ObjectionStatus
from tasks_app.scores.models import Objection, ScoreSheet
from tasks_app.scores.queries import Place, newest_sheet, newest_sheets, ranking, scheme_of, unscored
from tasks_app.web.scores.common import chosen_list, found_period, key_in, scored_lists, standings
from tasks_app.web.shared.export import ExportColumn, csv_response
from tasks_app.web.shared.http import Request


@dataclass(frozen=True)
class RoundLine:
    """One closed round: its newest sheet, or none yet; `waits` says that a freeze has no sheet."""

    period: Period
    sheet: ScoreSheet | None
    waits: bool


@require_safe
def scores(request: Request) -> HttpResponse:
    """The ranking of one list over all scored rounds (`?list=slug`, the first list without it)."""
    lists = scored_lists(request.viewer)
    chosen = chosen_list(request, lists)
    if chosen is None:
        return render(request, "scores/scores.html", {"lists": lists})
    sheets = newest_sheets(chosen)
    readable = Objection.objects.readable_by(request.viewer).filter(period__task_list=chosen)
    counts = readable.aggregate(everything=Count("pk"), waiting=Count("pk", filter=Q(status=ObjectionStatus.FILED)))
    context = {
        "lists": lists,
        "task_list": chosen,
        "at": clock.now(),
        "sheets": sheets,
        "rankings": standings(request.viewer, chosen, ranking(sheets)),
        "rounds": _rounds(chosen, sheets),
        "scheme": scheme_of(chosen),
        "objections": counts,
        "scores": can_score(request.viewer, jurisdiction_id=chosen.jurisdiction_id),
        "keeps": can_keep_scores(request.viewer, jurisdiction_id=chosen.jurisdiction_id),
        "oversees": can_see_month(
            request.viewer,
            coordinating_unit_id=chosen.coordinating_unit_id,
            jurisdiction_id=chosen.jurisdiction_id,
        ),
    }
    return render(request, "scores/scores.html", context)


def _rounds(task_list: TaskList, sheets: list[ScoreSheet]) -> list[RoundLine]:
    """Closed rounds, the newest first."""
    by_period = {sheet.period_id: sheet for sheet in sheets}
    waiting = {period.pk for period in unscored(task_list)}
    closed = task_list.periods.filter(Q(closed_at__isnull=False) | Q(pk__in=by_period))
    return [
        RoundLine(period, by_period.get(period.pk), period.pk in waiting) for period in closed.order_by("-opens_at")
    ]


@require_safe
def scores_csv(request: Request) -> HttpResponseBase:
    """The ranking over all scored rounds of `?list=`, or of the one round that `?period=` names, both groups."""
    chosen = chosen_list(request, scored_lists(request.viewer))
    sheets = newest_sheets(chosen) if chosen else []
    name = str(chosen.slug if chosen else "")
    if period_pk := request.GET.get("period", ""):
        period = found_period(request, key_in(period_pk))
        sheet = newest_sheet(period)
        sheets, name = [sheet] if sheet else [], f"{period.task_list.slug}-{period.year}{period.month:02}"
    columns: list[ExportColumn[Place]] = [
        ExportColumn(_("类别"), lambda place: Group(place.group).label),
        ExportColumn(_("名次"), lambda place: place.rank),
        ExportColumn(_("单位"), lambda place: place.name),
        ExportColumn(_("得分"), lambda place: place.score),
        ExportColumn(_("扣分"), lambda place: place.minus),
        ExportColumn(_("加分"), lambda place: place.plus),
        ExportColumn(_("计分期数"), lambda place: place.rounds),
        ExportColumn(_("应报项次"), lambda place: place.owed),
    ]
    places = [place for group in ranking(sheets).values() for place in group]
    title = _("考核排名")
    filename = f"{title}_{name}_{clock.now():%Y%m%d}.csv"
    return csv_response(filename=filename, columns=columns, rows=places)
