"""Units, their other names, and who belongs to a group."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.forms import BaseInlineFormSet, BaseModelFormSet, ModelChoiceField, ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tasks_app import clock
from tasks_app.admin.base import AuditedAdmin, KeeperInline, actor
from tasks_app.catalogue.models import TaskList
from tasks_app.lib.dates import beijing_day
from tasks_app.reporting.actions import refresh_standings
from tasks_app.schedule.actions import derive_obligations
from tasks_app.units.choices import UnitKind
from tasks_app.units.models import GroupMember, Jurisdiction, Unit, UnitAlias


def bring_obligations_in_line(request: HttpRequest, task_lists: models.QuerySet[TaskList]) -> None:
    """Who owes what follows from units, groups and rules; the lights follow from that."""
    at = clock.now()
    changed = [derive_obligations(task_list=task_list, by=actor(request), at=at) for task_list in task_lists]
    if any(changed):
        refresh_standings(today=beijing_day(at))


class AliasFormSet(BaseInlineFormSet):
    """Aliases lie in their unit's jurisdiction, and name one unit there only."""

    def clean(self) -> None:
        super().clean()
        place = self.instance.jurisdiction_id
        for form in self.forms:
            name = form.cleaned_data.get("name") if hasattr(form, "cleaned_data") else None
            if not name or form.cleaned_data.get("DELETE"):
                continue
            form.instance.jurisdiction_id = place
            other = (
                UnitAlias.objects.filter(jurisdiction=place, name=name).exclude(pk=form.instance.pk).first()
                or Unit.objects.filter(jurisdiction=place, name=name).first()
            )
            if other is not None:
                unit = other.unit if isinstance(other, UnitAlias) else other
                raise ValidationError(
                    _("“%(name)s”在本辖区已指“%(unit)s”，不能再作别名。") % {"name": name, "unit": unit}
                )


class AliasInline(KeeperInline):
    model = UnitAlias
    formset = AliasFormSet
    fields = ["name"]


class MemberInline(KeeperInline):
    model = GroupMember
    fk_name = "group"
    fields = ["member"]

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField | None:
        units = Unit.objects.exclude(kind=UnitKind.GROUP)
        place = request.resolver_match
        group = Unit.objects.filter(pk=place.kwargs["object_id"]).first() if place else None
        kwargs["queryset"] = units.filter(jurisdiction=group.jurisdiction) if group else units
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Unit)
class UnitAdmin(AuditedAdmin):
    list_display = ["name", "kind", "jurisdiction", "order", "active"]
    list_filter = ["jurisdiction", "kind", "active"]
    search_fields = ["name", "aliases__name"]
    search_help_text = gettext_lazy("名称或别名")
    list_select_related = ["jurisdiction"]
    fields = ["jurisdiction", "name", "kind", "county", "order", "active", "short_name", "tile_row", "tile_column"]

    def get_inlines(self, request: HttpRequest, obj: Unit | None) -> list[type[admin.options.InlineModelAdmin]]:
        """Only a group has members; a new unit gets its aliases and members once it is saved."""
        if obj is None:
            return []
        return [AliasInline, MemberInline] if obj.kind == UnitKind.GROUP else [AliasInline]

    def save_formset(self, request: HttpRequest, form: ModelForm, formset: BaseModelFormSet, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        # Aliases that were not touched move with their unit.
        UnitAlias.objects.filter(unit=form.instance).exclude(jurisdiction=form.instance.jurisdiction).update(
            jurisdiction=form.instance.jurisdiction
        )

    def settle(self, request: HttpRequest) -> None:
        bring_obligations_in_line(request, TaskList.objects.exclude(reporting_rule=None))


@admin.register(Jurisdiction)
class JurisdictionAdmin(AuditedAdmin):
    list_display = ["name", "short_name", "code", "kind", "parent", "order"]
    list_filter = ["kind"]
    search_fields = ["name", "short_name", "code"]
    list_select_related = ["parent"]
