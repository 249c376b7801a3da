"""All lines of a round's sheet that a person may read, of one kind or all; as a page and as CSV."""

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tasks_app.scores.choices import EventKind, Outcome
from tasks_app.scores.models import ScoreLine, ScoreLineQuerySet, ScoreSheet
from tasks_app.web.scores.common import found_period, key_in
from tasks_app.web.shared.export import ExportColumn, csv_response
from tasks_app.web.shared.http import Request
from tasks_app.web.shared.openable import openable

SIZE = 100


def _sheet(request: Request, pk: int) -> ScoreSheet:
    """The round's newest sheet, or the one that `?version=` names; 404 when there is none."""
    period = found_period(request, pk)
    sheets = period.score_sheets.select_related("period__task_list", "scheme").order_by("-version")
    if wanted := request.GET.get("version", ""):
        return get_object_or_404(sheets, version=key_in(wanted))
    return get_object_or_404(sheets[:1])


def _readable(request: Request, sheet: ScoreSheet) -> ScoreLineQuerySet:
    return ScoreLine.objects.readable_by(request.viewer).filter(sheet=sheet)


def _chosen(request: Request, lines: ScoreLineQuerySet) -> tuple[EventKind | None, ScoreLineQuerySet]:
    """The kind that `?kind=` names and its lines by unit; all for a kind that is none."""
    wanted = request.GET.get("kind", "")
    ordered = lines.select_related("unit").order_by("unit__order", "unit_id", "pk")
    if wanted in EventKind.values:
        return EventKind(wanted), ordered.filter(kind=wanted)
    return None, ordered


@require_safe
def score_lines(request: Request, pk: int) -> HttpResponse:
    """The lines of a sheet; a unit reads its own."""
    sheet = _sheet(request, pk)
    readable = _readable(request, sheet)
    kind, lines = _chosen(request, readable)
    counts = dict(readable.order_by().values_list("kind").annotate(n=Count("pk")))
    page = Paginator(lines, SIZE).get_page(request.GET.get("page"))
    context = {
        "sheet": sheet,
        "period": sheet.period,
        "task_list": sheet.period.task_list,
        "kind": kind,
        "kinds": [(EventKind(each), counts[each]) for each in EventKind.values if each in counts],
        "total": sum(counts.values()),
        "page": page,
        "openable": openable(request.viewer, (line.path for line in page)),
        "rows": [(line, EventKind(line.kind), Outcome(line.outcome)) for line in page],
    }
    return render(request, "scores/lines.html", context)


@require_safe
def score_lines_csv(request: Request, pk: int) -> HttpResponseBase:
    """The same lines on all pages."""
    sheet = _sheet(request, pk)
    lines = _chosen(request, _readable(request, sheet))[1]
    columns: list[ExportColumn[ScoreLine]] = [
        ExportColumn(_("单位"), lambda line: line.unit.name),
        ExportColumn(_("事项"), lambda line: EventKind(line.kind).label),
        ExportColumn(_("事实"), lambda line: line.text),
        ExportColumn(_("日期"), lambda line: line.day.isoformat()),
        ExportColumn(_("规则分值"), lambda line: line.full),
        ExportColumn(_("计分"), lambda line: line.points),
        ExportColumn(_("说明"), lambda line: Outcome(line.outcome).label),
    ]
    title, period = _("考核明细"), sheet.period
    return csv_response(
        filename=f"{title}_{period.task_list.slug}-{period.year}{period.month:02}_v{sheet.version}.csv",
        columns=columns,
        rows=lines,
    )
