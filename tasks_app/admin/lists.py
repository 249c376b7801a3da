"""The rules of a list: when it is reported, when its lights change, who is reminded; and the calendar."""

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tasks_app import clock
from tasks_app.admin.base import AuditedAdmin
from tasks_app.admin.units import bring_obligations_in_line
from tasks_app.catalogue.models import TaskList
from tasks_app.lib.dates import beijing_day
from tasks_app.reminders.models import ReminderStep
from tasks_app.reporting.actions import refresh_standings
from tasks_app.schedule.choices import Frequency
from tasks_app.schedule.models import ReportingRule
from tasks_app.units.choices import UnitKind
from tasks_app.workdays.models import DayException

THRESHOLDS = ["red_behind", "yellow_behind", "red_misses", "yellow_days", "yellow_below"]


class ReportingRuleForm(forms.ModelForm):
    assisting_kinds = forms.MultipleChoiceField(
        label=_("配合单位也须报送的类别"),
        choices=[choice for choice in UnitKind.choices if choice[0] != UnitKind.GROUP],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("不勾选的类别，只在牵头时报送。"),
    )

    class Meta:
        model = ReportingRule
        fields = [
            "task_list", "frequency", "day", "time", "free_day_policy",
            "first_due_at", "ends_on", "assisting_kinds", "return_workdays", "head_signs", "text",
        ]  # fmt: skip

    def clean_day(self) -> int:
        day = self.cleaned_data["day"]
        if not 1 <= day <= 31:
            raise forms.ValidationError(_("报送日是每月的第几日，请填 1 到 31。"))
        return day

    def clean_frequency(self) -> str:
        frequency = self.cleaned_data["frequency"]
        if frequency == Frequency.FIXED and not self.instance.fixed_dates:
            raise forms.ValidationError(_("“指定日期”请在清单的“报送规则”页设置，那里可以逐个填截止时间。"))
        return frequency


@admin.register(ReportingRule)
class ReportingRuleAdmin(AuditedAdmin):
    """Periods that have opened keep their due moment; a changed rule holds from the next one on."""

    form = ReportingRuleForm
    list_display = ["task_list", "frequency", "day", "time", "free_day_policy", "first_due_at"]
    list_select_related = ["task_list"]

    def save_model(self, request: HttpRequest, obj: models.Model, form: forms.ModelForm, change: bool) -> None:
        # The coordinator's page must see that somebody saved meanwhile.
        if isinstance(obj, ReportingRule):
            obj.version += 1
        super().save_model(request, obj, form, change)

    def settle(self, request: HttpRequest) -> None:
        bring_obligations_in_line(request, TaskList.objects.all())
        refresh_standings(today=beijing_day(clock.now()))


@admin.register(TaskList)
class TaskListAdmin(AuditedAdmin):
    """The thresholds of a list's lights; the list itself comes from its document, by import."""

    list_display = ["title", "year", "coordinating_unit", *THRESHOLDS]
    list_select_related = ["coordinating_unit"]
    fields = ["title", "document", "coordinating_unit", "year", *THRESHOLDS]
    readonly_fields = ["title", "document", "coordinating_unit", "year"]

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def settle(self, request: HttpRequest) -> None:
        refresh_standings(today=beijing_day(clock.now()))


@admin.register(ReminderStep)
class ReminderStepAdmin(AuditedAdmin):
    list_display = ["task_list", "offset", "time", "audience", "active"]
    list_filter = ["task_list", "audience", "active"]
    list_select_related = ["task_list"]


@admin.register(DayException)
class DayExceptionAdmin(AuditedAdmin):
    list_display = ["day", "name", "is_workday"]
    list_filter = ["is_workday"]
    search_fields = ["name"]
    date_hierarchy = "day"
    ordering = ["-day"]
