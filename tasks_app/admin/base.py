"""What every page of the admin has in common: who may, and that each act is recorded."""

from typing import Any, cast

from django.contrib import admin
from django.db import models, transaction
from django.forms import BaseModelFormSet, ModelForm
from django.http import HttpRequest

from tasks_app import clock
from tasks_app.accounts.models import User
from tasks_app.audit.actions import record
from tasks_app.web.shared.admin_site import is_keeper

# Never in the log: hashes, and what the act itself does not decide.
UNTOLD = frozenset({"id", "password", "last_login"})


class KeeperOnly:
    """Permission by the administrator's role; Django's own permission rows are not used."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_keeper(request)

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return is_keeper(request)

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return is_keeper(request)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return is_keeper(request)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return is_keeper(request)


class KeeperInline(KeeperOnly, admin.TabularInline):
    extra = 0


class AuditedAdmin(KeeperOnly, admin.ModelAdmin):
    """Records every save and deletion with what was before and after, rows of inlines too."""

    list_per_page = 50
    # A record's page on the site is for the people of its unit, not for whoever keeps the tables.
    view_on_site = False

    def settle(self, request: HttpRequest) -> None:
        """Hook for what has to be updated after a change here; called inside the transaction."""

    def save_model(self, request: HttpRequest, obj: models.Model, form: ModelForm, change: bool) -> None:
        before = stored(obj) if change else {}
        super().save_model(request, obj, form, change)
        tell(request, obj, "change" if change else "add", before, stored(obj))

    def save_formset(self, request: HttpRequest, form: ModelForm, formset: BaseModelFormSet, change: bool) -> None:
        before = {row.instance.pk: stored(row.instance) for row in formset.initial_forms}
        # A deleted row has lost its key by the time its event is written.
        going = [(row.instance, row.instance.pk) for row in formset.deleted_forms if row.instance.pk]
        formset.save()
        for row in formset.new_objects:
            tell(request, row, "add", {}, stored(row))
        for row, _fields in formset.changed_objects:
            tell(request, row, "change", before[row.pk], stored(row))
        for row, pk in going:
            row.pk = pk
            tell(request, row, "delete", before[pk], {})

    def save_related(self, request: HttpRequest, form: ModelForm, formsets: list[Any], change: bool) -> None:
        super().save_related(request, form, formsets, change)
        self.settle(request)

    @transaction.atomic
    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        tell(request, obj, "delete", stored(obj), {})
        super().delete_model(request, obj)
        self.settle(request)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        """One by one, so that each deletion is in the log by itself."""
        for obj in queryset:
            tell(request, obj, "delete", stored(obj), {})
            obj.delete()
        self.settle(request)


class ReadOnlyAdmin(KeeperOnly, admin.ModelAdmin):
    """Read-only: nothing can be added, changed or removed here."""

    list_per_page = 50
    # A record's page on the site is for the people of its unit, not for whoever keeps the tables.
    view_on_site = False

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


def stored(obj: models.Model) -> dict[str, Any]:
    """The row as it is in the database now, by field name; {} when there is none."""
    row = type(obj)._base_manager.filter(pk=obj.pk).first()
    if row is None:
        return {}
    return {
        field.name: field.value_from_object(row)
        for field in row._meta.concrete_fields
        if field.name not in UNTOLD and field.editable
    }


def actor(request: HttpRequest) -> User:
    """The signed-in user; never anonymous, because only administrators get in."""
    return cast(User, request.user)


def tell(
    request: HttpRequest,
    obj: models.Model,
    act: str,
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    """Record an act of the admin; of a change only the fields that differ, and nothing if none does."""
    if act == "change":
        names = [name for name in after if before.get(name) != after[name]]
        if not names:
            return
        before, after = {n: before.get(n) for n in names}, {n: after[n] for n in names}
    record(by=actor(request), at=clock.now(), verb=f"admin.{act}", target=obj, before=before, after=after)
