"""What the pages of the scores share: what an address names, rankings as rows, refusals."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from tasks_app.accounts.permissions import Viewer, belongs_to, can_read_score_lines
from tasks_app.accounts.scopes import in_sight
from tasks_app.catalogue.models import TaskList
from tasks_app.schedule.models import Period
from tasks_app.scores.choices import Group
from tasks_app.scores.queries import Place
from tasks_app.web.shared.http import Request


@dataclass(frozen=True)
class Standing:
    """A place in a ranking as the page shows it: `url` opens the lines, empty for those who may not read them."""

    place: Place
    url: str
    own: bool


def scored_lists(viewer: Viewer) -> list[TaskList]:
    """The lists of the own jurisdictions that are reported on, in their order."""
    return list(TaskList.objects.visible_to(viewer).exclude(reporting_rule=None).order_by("order", "pk"))


def chosen_list(request: Request, lists: Sequence[TaskList]) -> TaskList | None:
    """The list that `?list=` names, the first one without it; 404 for one that is not there."""
    slug = request.GET.get("list", "")
    if not slug:
        return lists[0] if lists else None
    for task_list in lists:
        if task_list.slug == slug:
            return task_list
    raise Http404


def found_list(request: Request, slug: str) -> TaskList:
    return get_object_or_404(TaskList.objects.visible_to(request.viewer), slug=slug)


def found_period(request: Request, pk: int | None) -> Period:
    """The round; one of another jurisdiction answers like one that does not exist."""
    periods = Period.objects.filter(in_sight(request.viewer, "task_list__"))
    return get_object_or_404(periods.select_related("task_list"), pk=pk)


def key_in(text: str) -> int | None:
    """A number as an address names it; None for no number and for what is none."""
    return int(text) if text.isdecimal() and len(text) < 10 else None


def may_read(viewer: Viewer, task_list: TaskList, unit_id: int) -> bool:
    """This person may open the unit's lines in this list."""
    return can_read_score_lines(
        viewer,
        unit_id=unit_id,
        coordinating_unit_id=task_list.coordinating_unit_id,
        jurisdiction_id=task_list.jurisdiction_id,
    )


def standings(
    viewer: Viewer, task_list: TaskList, places: dict[Group, list[Place]], query: str = ""
) -> list[tuple[Group, list[Standing]]]:
    """The rankings that have anybody in them; `query` is added to the addresses of the lines."""
    return [(group, list(_rows(viewer, task_list, rows, query))) for group, rows in places.items() if rows]


def _rows(viewer: Viewer, task_list: TaskList, places: Iterable[Place], query: str) -> Iterable[Standing]:
    for place in places:
        readable = may_read(viewer, task_list, place.unit_id)
        url = reverse("score_unit", args=[task_list.slug, place.unit_id]) + query if readable else ""
        yield Standing(place, url, belongs_to(viewer, unit_id=place.unit_id))
