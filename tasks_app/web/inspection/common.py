"""What the pages of this area share."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django_filters import FilterSet

from tasks_app.catalogue.models import Task, TaskList
from tasks_app.web.shared.http import Request

PAGE_SIZES = {"25": 25, "50": 50, "100": 100, "200": 200}


def found_task(request: Request, pk: int) -> Task:
    tasks = Task.objects.visible_to(request.viewer).select_related("task_list__document", "standing")
    return get_object_or_404(tasks, pk=pk, retired_at=None)


def lists_of(request: Request) -> Sequence[TaskList]:
    return list(TaskList.objects.visible_to(request.viewer))


def page_of(request: Request, narrowed: FilterSet) -> Page[Any]:
    """The page that the address asks for; values that make no sense are named and ignored."""
    for name in narrowed.form.errors:
        label = narrowed.form.fields[name].label
        messages.warning(
            request,
            _("筛选条件“%(label)s”没有“%(value)s”这个选项，已忽略。")
            % {"label": label, "value": request.GET.get(name, "")[:20]},
        )
    rows: QuerySet = narrowed.qs
    size = PAGE_SIZES.get(request.GET.get("per_page", ""), 25)
    return Paginator(rows, size).get_page(request.GET.get("page"))
