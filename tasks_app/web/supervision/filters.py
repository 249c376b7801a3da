"""The filters of the overdue page; their values live in the address."""

from collections.abc import Sequence
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from tasks_app.catalogue.choices import AssignmentRole
from tasks_app.catalogue.models import Task, TaskList
from tasks_app.catalogue.queries import containing, involving
from tasks_app.progress.choices import Light
from tasks_app.supervision.queries import KINDS
from tasks_app.units.choices import UnitKind
from tasks_app.units.models import Unit

KIND_LABELS = {
    "overdue": _("已逾期"),
    "behind": _("落后序时"),
    "silent": _("未见报送"),
    "due_soon": _("临近时限"),
}
BY_UNIT = "unit"


class OverdueFilter(django_filters.FilterSet):
    """Narrows late tasks; a value that makes no sense is ignored and named in `form.errors`."""

    list = django_filters.ChoiceFilter(label=_("清单"), empty_label=_("全部清单"), field_name="task_list__slug")
    unit = django_filters.ChoiceFilter(label=_("牵头单位"), empty_label=_("全部牵头单位"), method="by_unit")
    county = django_filters.ChoiceFilter(label=_("县区、园区"), empty_label=_("全部县区、园区"), method="by_county")
    light = django_filters.ChoiceFilter(
        label=_("灯色"),
        empty_label=_("滞后和预警"),
        choices=[(light.value, light.label) for light in (Light.RED, Light.YELLOW)],
        field_name="standing__light",
    )
    kind = django_filters.ChoiceFilter(
        label=_("原因"), empty_label=_("全部原因"), choices=[*KIND_LABELS.items()], method="by_kind"
    )
    group = django_filters.ChoiceFilter(
        label=_("排列"), empty_label=_("不分组"), choices=[(BY_UNIT, _("按牵头单位分组"))], method="as_it_is"
    )
    q = django_filters.CharFilter(
        label=_("搜索"),
        max_length=100,
        method="by_words",
        widget=forms.TextInput({"type": "search", "placeholder": _("搜索任务、单位（按 / 键）")}),
    )

    class Meta:
        model = Task
        fields: list[str] = []

    def __init__(
        self, data: QueryDict, tasks: QuerySet[Task], *, lists: Sequence[TaskList], units: Sequence[Unit], **kwargs: Any
    ) -> None:
        super().__init__(data, tasks, **kwargs)
        self.units = {str(unit.pk): unit for unit in units}
        boards = {UnitKind.COUNTY_GOVERNMENT, UnitKind.PARK_COMMITTEE}
        self.filters["list"].extra["choices"] = [(each.slug, each.title) for each in lists]
        self.filters["unit"].extra["choices"] = [(unit.pk, unit.name) for unit in units]
        self.filters["county"].extra["choices"] = [(unit.pk, unit.name) for unit in units if unit.kind in boards]

    @property
    def grouped(self) -> bool:
        return self.form.cleaned_data.get("group") == BY_UNIT

    def by_unit(self, tasks: QuerySet[Task], name: str, value: str) -> QuerySet[Task]:
        return tasks.filter(involving(self.units[value], AssignmentRole.LEAD))

    def by_county(self, tasks: QuerySet[Task], name: str, value: str) -> QuerySet[Task]:
        return tasks.filter(involving(self.units[value]))

    def by_kind(self, tasks: QuerySet[Task], name: str, value: str) -> QuerySet[Task]:
        return tasks.filter(Q(standing__reason__in=KINDS[value]))

    def as_it_is(self, tasks: QuerySet[Task], name: str, value: str) -> QuerySet[Task]:
        """The grouping changes the order of rows, not which they are."""
        return tasks

    def by_words(self, tasks: QuerySet[Task], name: str, value: str) -> QuerySet[Task]:
        return tasks.filter(containing(value))
