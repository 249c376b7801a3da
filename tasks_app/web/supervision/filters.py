"""The filters of the overdue queue; their values live in the address."""

import datetime as dt
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from tasks_app.catalogue.choices import AssignmentRole
from tasks_app.catalogue.models import Task, TaskList
from tasks_app.catalogue.queries import containing, involving
from tasks_app.supervision.queue import LIGHTS
from tasks_app.units.choices import UnitKind
from tasks_app.units.models import Unit

KIND_LABELS = {
    "overdue": _("已逾期"),
    "behind": _("落后序时"),
    "silent": _("上期未报"),
    "due_soon": _("临近时限"),
    "differs": _("状态不一致"),
    "repeated": _("反复滞后"),
}
BY_UNIT, BY_CHAPTER = "unit", "chapter"
MOST_DAYS = 9999


class OverdueFilter(django_filters.FilterSet):
    """Narrows the queue; a value that makes no sense is ignored and named in `form.errors`."""

    list = django_filters.ChoiceFilter(label=_("清单"), empty_label=_("全部清单"), field_name="task_list__slug")
    unit = django_filters.ChoiceFilter(label=_("牵头单位"), empty_label=_("全部牵头单位"), method="by_unit")
    county = django_filters.ChoiceFilter(label=_("县区、园区"), empty_label=_("全部县区、园区"), method="by_county")
    light = django_filters.ChoiceFilter(
        label=_("灯色"),
        empty_label=_("全部灯色"),
        choices=[(light.value, light.label) for light in LIGHTS],
        field_name="standing__light",
    )
    kind = django_filters.ChoiceFilter(
        label=_("问题"), empty_label=_("全部问题"), choices=[*KIND_LABELS.items()], method="by_kind"
    )
    days = django_filters.NumberFilter(
        label=_("逾期至少（天）"),
        min_value=1,
        max_value=MOST_DAYS,
        decimal_places=0,
        method="by_days",
        widget=forms.NumberInput(
            {"placeholder": _("逾期至少几天"), "min": 1, "max": MOST_DAYS, "inputmode": "numeric"}
        ),
    )
    group = django_filters.ChoiceFilter(
        label=_("排列"),
        empty_label=_("不分组"),
        choices=[(BY_UNIT, _("按牵头单位分组")), (BY_CHAPTER, _("按清单章节分组"))],
        method="as_it_is",
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
        self,
        data: QueryDict,
        tasks: QuerySet[Task],
        *,
        lists: Sequence[TaskList],
        units: Sequence[Unit],
        kinds: Mapping[str, Q],
        today: dt.date,
    ) -> None:
        super().__init__(data, tasks)
        self.units = {str(unit.pk): unit for unit in units}
        self.kinds = kinds
        self.today = today
        boards = {UnitKind.COUNTY_GOVERNMENT, UnitKind.PARK_COMMITTEE}
        self.filters["list"].extra["choices"] = [(each.slug, each.title) for each in lists]
        self.filters["unit"].extra["choices"] = [(unit.pk, unit.name) for unit in units]
        self.filters["county"].extra["choices"] = [(unit.pk, unit.name) for unit in units if unit.kind in boards]

    @property
    def grouping(self) -> str:
        return self.form.cleaned_data.get("group") or ""

    @property
    def address(self) -> str:
        """What of the address makes sense, in the order of the filters: two addresses of one meaning give one text."""
        return urlencode([(name, self.data[name]) for name in self.filters if self.form.cleaned_data.get(name)])

    def by_unit(self, tasks: QuerySet[Task], name: str, value: str) -> QuerySet[Task]:
        return tasks.filter(involving(self.units[value], AssignmentRole.LEAD))

    def by_county(self, tasks: QuerySet[Task], name: str, value: str) -> QuerySet[Task]:
        return tasks.filter(involving(self.units[value]))

    def by_kind(self, tasks: QuerySet[Task], name: str, value: str) -> QuerySet[Task]:
        return tasks.filter(self.kinds[value])

    def by_days(self, tasks: QuerySet[Task], name: str, value: int) -> QuerySet[Task]:
        return tasks.filter(due_on__lte=self.today - dt.timedelta(days=int(value)))

    def as_it_is(self, tasks: QuerySet[Task], name: str, value: str) -> QuerySet[Task]:
        """The grouping changes the order of rows, not which they are."""
        return tasks

    def by_words(self, tasks: QuerySet[Task], name: str, value: str) -> QuerySet[Task]:
        return tasks.filter(containing(value))
