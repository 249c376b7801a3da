"""The ledger's filters. Their values live in the address; one that makes no sense is left out and named."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import django_filters
from django import forms
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import OrderBy
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tasks_app.catalogue.choices import AssignmentRole, TaskKind
from tasks_app.catalogue.models import Task
from tasks_app.catalogue.queries import containing, involving
from tasks_app.progress.choices import Light
from tasks_app.web.catalogue.scope import ALL, Scope

DUE = [
    ("overdue", _("已逾期")),
    ("soon", _("30天内到期")),
    ("year", _("本年内到期")),
    ("none", _("未规定时限")),
]
SOON = dt.timedelta(days=30)
SELECTS = ("list", "kind", "chapter", "unit", "role", "county", "due", "light")


@dataclass(frozen=True)
class Select:
    """A choice field ready to be drawn; `choices` are value and label, `value` is the chosen one."""

    name: str
    label: str
    value: str
    choices: list[tuple[str, str]]


def a_day() -> forms.DateInput:
    """The browser's own date field, which wants ISO days whatever the language."""
    return forms.DateInput({"type": "date"}, "%Y-%m-%d")


class LedgerFilter(django_filters.FilterSet):
    """Filters over the tasks of a Scope, which also gives the choices."""

    list = django_filters.ChoiceFilter(label=_("清单"), empty_label=None, method="by_list")
    kind = django_filters.ChoiceFilter(
        label=_("类别"), empty_label=None, choices=[*TaskKind.choices, (ALL, _("全部类别"))], method="by_kind"
    )
    chapter = django_filters.ChoiceFilter(label=_("章节"), empty_label=_("全部章节"), field_name="chapter_id")
    unit = django_filters.ChoiceFilter(label=_("单位"), empty_label=_("全部单位"), method="by_unit")
    role = django_filters.ChoiceFilter(
        label=_("分工"), empty_label=_("牵头或配合"), choices=AssignmentRole.choices, method="with_unit"
    )
    county = django_filters.ChoiceFilter(label=_("县区"), empty_label=_("全部县区"), method="by_county")
    light = django_filters.ChoiceFilter(
        label=_("灯色"), empty_label=_("全部灯色"), choices=Light.choices, field_name="standing__light"
    )
    due = django_filters.ChoiceFilter(label=_("完成时限"), empty_label=_("全部时限"), choices=DUE, method="by_due")
    due_from = django_filters.DateFilter(
        label=_("时限不早于"),
        field_name="due_on",
        lookup_expr="gte",
        widget=a_day(),
    )
    due_to = django_filters.DateFilter(
        label=_("时限不晚于"),
        field_name="due_on",
        lookup_expr="lte",
        widget=a_day(),
    )
    q = django_filters.CharFilter(
        label=_("搜索"),
        max_length=100,
        method="by_words",
        widget=forms.TextInput({"type": "search", "placeholder": _("搜索任务、单位、项目名（按 / 键）")}),
    )

    class Meta:
        model = Task
        fields: list[str] = []

    def __init__(self, data: QueryDict, scope: Scope, **kwargs: Any) -> None:
        # The scope holds only the viewer's lists; filtering by their ids saves a join in every query.
        lists = [each.pk for each in scope.lists]
        super().__init__(data, Task.objects.filter(task_list_id__in=lists, retired_at=None), **kwargs)
        self.scope = scope
        choices = {
            "list": [*((each.slug, each.title) for each in scope.lists), (ALL, _("全部清单"))],
            "chapter": [(chapter.pk, chapter.heading) for chapter in scope.chapters],
            "unit": [(unit.pk, unit.name) for unit in scope.units],
            "county": [(unit.pk, unit.name) for unit in scope.boards],
        }
        for name, pairs in choices.items():
            self.filters[name].extra["choices"] = pairs
        # Without a value in the address these two still mean something; the rest mean "all".
        self.form_defaults = {"list": scope.chosen.slug if scope.chosen else ALL, "kind": str(TaskKind.TASK)}

    def filter_queryset(self, queryset: QuerySet[Task]) -> QuerySet[Task]:
        for name, value in self.form_defaults.items():
            self.form.cleaned_data[name] = self.form.cleaned_data.get(name) or value
        return super().filter_queryset(queryset)

    def selects(self) -> Sequence[Select]:
        """The choice fields as plain data, in the order in which they stand on the page."""
        fields = []
        for name in SELECTS:
            field = self.form.fields[name]
            chosen = self.form.data.get(name) or self.form_defaults.get(name, "")
            pairs = [(str(value), str(label)) for value, label in field.choices]
            fields.append(Select(name, str(field.label), chosen, pairs))
        return fields

    def in_words(self) -> Sequence[str]:
        """What was chosen, in words for the print-out."""
        words = [dict(each.choices)[each.value] for each in self.selects() if each.name != "list" and each.value]
        typed = [("due_from", gettext("时限自 %s")), ("due_to", gettext("时限至 %s")), ("q", gettext("含“%s”"))]
        return words + [text % self.form.cleaned_data[name] for name, text in typed if self.form.cleaned_data.get(name)]

    def by_list(self, tasks: QuerySet[Task], name: str, value: str) -> QuerySet[Task]:
        return tasks if value == ALL else tasks.filter(task_list=self.scope.chosen)

    def by_kind(self, tasks: QuerySet[Task], name: str, value: str) -> QuerySet[Task]:
        return tasks if value == ALL else tasks.filter(kind=value)

    def by_unit(self, tasks: QuerySet[Task], name: str, value: str) -> QuerySet[Task]:
        role = self.form.cleaned_data.get("role")
        return tasks.filter(involving(self.scope.unit(value), AssignmentRole(role) if role else None))

    def with_unit(self, tasks: QuerySet[Task], name: str, value: str) -> QuerySet[Task]:
        """Nothing to do here: the role is applied together with the unit."""
        return tasks

    def by_county(self, tasks: QuerySet[Task], name: str, value: str) -> QuerySet[Task]:
        return tasks.filter(involving(self.scope.unit(value)))

    def by_due(self, tasks: QuerySet[Task], name: str, value: str) -> QuerySet[Task]:
        today = self.scope.today
        if value == "none":
            return tasks.filter(due_on=None)
        if value == "year":
            return tasks.filter(due_on__year=today.year)
        unfinished = Q(closed_on=None)
        if value == "soon":
            return tasks.filter(unfinished, due_on__range=(today, today + SOON))
        return tasks.filter(unfinished, due_on__lt=today)

    def by_words(self, tasks: QuerySet[Task], name: str, value: str) -> QuerySet[Task]:
        return tasks.filter(containing(value))


def ledger_filter(params: QueryDict, scope: Scope) -> tuple[LedgerFilter, list[str]]:
    """The filter of an address, and a sentence for each value in it that was left out."""
    first = LedgerFilter(params, scope)
    wrong = list(first.form.errors)
    if not wrong:
        return first, []
    kept = params.copy()
    notes = []
    for name in wrong:
        label = first.form.fields[name].label
        shown = params.get(name, "")[:20]
        notes.append(gettext("筛选条件“%(label)s”没有“%(value)s”这个选项，已忽略。") % {"label": label, "value": shown})
        kept.pop(name, None)
    return LedgerFilter(kept, scope), notes


def in_list_order(tasks: QuerySet[Task], scope: Scope) -> QuerySet[Task]:
    """As printed; one list alone needs no sorting beside its index."""
    return tasks.order_by("seq") if scope.chosen else tasks.order_by("task_list__order", "task_list_id", "seq")


def after_that(scope: Scope) -> Sequence[OrderBy]:
    """What decides between rows that are otherwise equal."""
    return [F("seq").asc()] if scope.chosen else [F("task_list__order").asc(), F("task_list_id").asc(), F("seq").asc()]
