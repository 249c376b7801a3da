"""People and the roles they hold in units."""

from typing import Any

from axes.utils import reset as reset_lockout
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import (
    AdminPasswordChangeForm,
    AdminUserCreationForm,
    SetUnusablePasswordMixin,
    UserChangeForm,
)
from django.contrib.auth.models import Group
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from tasks_app.accounts.models import Membership, User
from tasks_app.admin.base import AuditedAdmin, KeeperInline, tell


class PersonCreationForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ["username", "name", "email"]


class PersonChangeForm(UserChangeForm):
    class Meta:
        model = User
        fields = ["username", "name", "email", "password", "is_active", "is_staff", "is_superuser"]


class PersonPasswordForm(AdminPasswordChangeForm):
    """Django's warning stands in its code in English; its script looks for that list."""

    usable_password_help_text: Any = format_lazy(
        '{}<ul id="id_unusable_warning" class="messagelist"><li class="warning">{}</li></ul>',
        SetUnusablePasswordMixin.usable_password_help_text,
        _("禁用后，此人现在的密码即失效；再启用时须另设密码。"),
    )


class MembershipInline(KeeperInline):
    model = Membership
    fields = ["unit", "role", "active"]


@admin.register(User)
class PersonAdmin(AuditedAdmin, DjangoUserAdmin):
    """Django's own handling of passwords, with our fields."""

    form = PersonChangeForm
    add_form = PersonCreationForm
    change_password_form = PersonPasswordForm
    add_form_template = "admin/person_add.html"
    list_display = ["username", "name", "roles", "email", "is_active", "is_staff", "last_login"]
    list_filter = ["is_active", "is_staff", "memberships__role"]
    search_fields = ["username", "name", "email", "memberships__unit__name"]
    search_help_text = _("用户名、姓名、邮箱或单位")
    ordering = ["username"]
    filter_horizontal = []
    inlines = [MembershipInline]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("本人"), {"fields": ["name", "email"]}),
        (_("权限"), {"fields": ["is_active", "is_staff", "is_superuser"]}),
        (_("时间"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "name", "email", "usable_password", "password1", "password2"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("memberships__unit")

    @admin.display(description=_("任职"))
    def roles(self, person: User) -> str:
        return "；".join(f"{m.unit} {m.get_role_display()}" for m in person.memberships.all() if m.active)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """Only a superuser makes superusers; nobody switches off the own account by mistake."""
        fields = ["last_login", "date_joined"]
        if not request.user.is_superuser:
            fields.append("is_superuser")
        if obj is not None and obj.pk == request.user.pk:
            fields += ["is_active", "is_staff"]
        return fields

    @transaction.atomic
    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        before = User.objects.filter(pk=id).values_list("password", flat=True).first() if id.isdecimal() else None
        response = super().user_change_password(request, id, form_url)
        person = User.objects.filter(pk=id).first() if id.isdecimal() else None
        if person is not None and person.password != before:
            tell(request, person, "change_password", {}, {})
            # A new password lifts a lock-out, so the person can try it at once.
            reset_lockout(username=person.username)
        return response


# Roles in units decide who may what; Django's groups would only confuse.
admin.site.unregister(Group)
