"""The filters of spot checks and instructions; their values live in the address."""

from collections.abc import Sequence
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tasks_app.catalogue.models import Task, TaskList
from tasks_app.catalogue.queries import containing
from tasks_app.inspection.choices import InstructionStatus
from tasks_app.inspection.models import Instruction, SpotCheck
from tasks_app.inspection.queries import IS_FINDING
from tasks_app.progress.choices import SAID_LIGHTS

FINDING, AGREEING = "finding", "agreeing"


class _OnTasks(django_filters.FilterSet):
    """What both lists are narrowed by: the task's list, and words of the task."""

    list = django_filters.ChoiceFilter(label=_("清单"), empty_label=_("全部清单"), field_name="task__task_list__slug")
    q = django_filters.CharFilter(
        label=_("搜索"),
        max_length=100,
        method="by_words",
        widget=forms.TextInput({"type": "search", "placeholder": _("搜索任务、单位（按 / 键）")}),
    )

    def __init__(self, data: Any, rows: QuerySet, *, lists: Sequence[TaskList], **kwargs: Any) -> None:
        super().__init__(data, rows, **kwargs)
        self.filters["list"].extra["choices"] = [(each.slug, each.title) for each in lists]

    def by_words(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(task__in=Task.objects.filter(containing(value)))


class SpotCheckFilter(_OnTasks):
    light = django_filters.ChoiceFilter(label=_("核实状态"), empty_label=_("全部状态"), choices=SAID_LIGHTS)
    agrees = django_filters.ChoiceFilter(
        label=_("是否一致"),
        empty_label=_("一致和不一致"),
        choices=[(FINDING, _("与测算或自评不一致")), (AGREEING, _("一致"))],
        method="by_agreement",
    )

    class Meta:
        model = SpotCheck
        fields = ["list", "light", "agrees", "q"]

    def by_agreement(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(IS_FINDING if value == FINDING else ~IS_FINDING)


class InstructionFilter(_OnTasks):
    status = django_filters.ChoiceFilter(label=_("状态"), empty_label=_("全部状态"), choices=InstructionStatus.choices)

    class Meta:
        model = Instruction
        fields = ["list", "status", "q"]
