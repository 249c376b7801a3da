"""The filters of the list of notices; their values live in the address."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from tasks_app.catalogue.models import Task, TaskList
from tasks_app.catalogue.queries import containing
from tasks_app.notices.choices import OWED, NoticeLevel, NoticeState
from tasks_app.notices.models import Notice, NoticeTask
from tasks_app.units.models import Unit

# Beside the states: what waits for the unit, and what it has let pass.
WAITING, LATE = "owed", "late"


class NoticeFilter(django_filters.FilterSet):
    """Narrows notices; a value that makes no sense is ignored and named in `form.errors`."""

    list = django_filters.ChoiceFilter(label=_("清单"), empty_label=_("全部清单"), field_name="task_list__slug")
    unit = django_filters.ChoiceFilter(label=_("受文单位"), empty_label=_("全部单位"), field_name="unit_id")
    level = django_filters.ChoiceFilter(label=_("级别"), empty_label=_("全部级别"), choices=NoticeLevel.choices)
    state = django_filters.ChoiceFilter(
        label=_("办理状态"),
        empty_label=_("全部状态"),
        choices=[(WAITING, _("等单位回复")), (LATE, _("逾期未回复")), *NoticeState.choices],
        method="by_state",
    )
    q = django_filters.CharFilter(
        label=_("搜索"),
        max_length=100,
        method="by_words",
        widget=forms.TextInput({"type": "search", "placeholder": _("搜索文号、任务（按 / 键）")}),
    )

    class Meta:
        model = Notice
        fields: Sequence[str] = []

    def __init__(
        self,
        data: QueryDict,
        notices: QuerySet[Notice],
        *,
        lists: Sequence[TaskList],
        units: Sequence[Unit],
        at: dt.datetime,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, notices, **kwargs)
        self.at, self.units = at, units
        self.filters["list"].extra["choices"] = [(each.slug, each.title) for each in lists]
        self.filters["unit"].extra["choices"] = [(unit.pk, unit.name) for unit in units]

    def by_state(self, notices: QuerySet[Notice], name: str, value: str) -> QuerySet[Notice]:
        if value == WAITING:
            return notices.filter(state__in=OWED)
        if value == LATE:
            return notices.filter(state__in=OWED, due_at__lt=self.at)
        return notices.filter(state=value)

    def by_words(self, notices: QuerySet[Notice], name: str, value: str) -> QuerySet[Notice]:
        about = NoticeTask.objects.filter(task__in=Task.objects.filter(containing(value))).values("notice_id")
        return notices.filter(Q(number__icontains=value.strip()) | Q(pk__in=about))
