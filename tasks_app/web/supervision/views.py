"""逾期队列: what needs a supervisor, and whose it is."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tasks_app import clock
from tasks_app.accounts.permissions import can_see_overdue, works_on_queue
from tasks_app.saved.models import DefaultFilter, SavedFilter
from tasks_app.supervision.queue import LIGHTS, late_counts
from tasks_app.web.shared.export import csv_response
from tasks_app.web.shared.http import Request
from tasks_app.web.supervision.filters import KIND_LABELS
from tasks_app.web.supervision.selection import Selection, not_yours, select
from tasks_app.web.supervision.tables import export_columns, late_rows

PAGE_SIZES = (25, 50, 100, 200)
DEFAULT_SIZE = 50


@require_safe
def overdue(request: Request) -> HttpResponse:
    """The queue of the lists this person oversees or coordinates.

    A bare address opens the selection that the person has chosen to open with; `saved=all` the whole queue.
    """
    viewer = request.viewer
    if not can_see_overdue(viewer):
        raise not_yours()
    saved = list(SavedFilter.objects.visible_to(viewer).select_related("owner"))
    chosen = DefaultFilter.objects.filter(user=viewer.user, saved__in=[each.pk for each in saved]).first()
    if chosen and not request.GET:
        return redirect("overdue_filter", pk=chosen.saved_id)
    at = clock.now()
    selection = select(request, request.GET, at=at)
    size = request.GET.get("per_page", "")
    table = selection.table
    table.paginate(per_page=int(size) if size in map(str, PAGE_SIZES) else DEFAULT_SIZE)
    table.page = table.paginator.get_page(request.GET.get("page"))
    rows = late_rows(list(table.paginated_rows.data), viewer=viewer, at=at, group=table.group)
    context = {
        "at": at,
        "selection": selection,
        "filter": selection.filter,
        "table": table,
        "rows": rows,
        "on_page": ",".join(str(row.task.pk) for row in rows),
        "narrowed": bool(selection.filter.form.changed_data),
        "saved": saved,
        "opened": request.GET.get("saved", ""),
        "default": chosen.saved_id if chosen else None,
        "may_share": works_on_queue(viewer),
        "issue_url": reverse("notice_new"),
        **_strip(selection),
    }
    return render(request, "supervision/overdue.html", context)


def _strip(selection: Selection) -> dict[str, object]:
    """The totals over the table, each with what it leads to."""
    counts = late_counts(selection.for_strip.qs, selection.filter.kinds)
    chosen = selection.filter.form.cleaned_data
    return {
        "total": counts.total,
        "lights": [
            (light, counts.by_light[light], light == chosen.get("light")) for light in LIGHTS if counts.by_light[light]
        ],
        "kinds": [
            (kind, label, counts.by_kind[kind], kind == chosen.get("kind")) for kind, label in KIND_LABELS.items()
        ],
    }


@require_safe
def overdue_csv(request: Request) -> HttpResponseBase:
    """Exactly the rows that the address selects, on all pages."""
    if not can_see_overdue(request.viewer):
        raise not_yours()
    at = clock.now()
    table = select(request, request.GET, at=at).table
    rows = late_rows(list(table.data.data), viewer=request.viewer, at=at, group=table.group)
    return csv_response(
        filename=f"{_('逾期队列')}_{at:%Y%m%d-%H%M}.csv",
        columns=export_columns(),
        rows=rows,
    )
