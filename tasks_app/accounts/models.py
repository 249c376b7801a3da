"""People, and the roles they hold in units."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from tasks_app.accounts.choices import Role
from tasks_app.units.models import Unit


class User(AbstractUser):
    """A person who signs in. `name` is what others see."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("姓名"), max_length=60, blank=True)

    REQUIRED_FIELDS = ["email"]

    class Meta:
        verbose_name = verbose_name_plural = _("用户")

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def in_force(self) -> "MembershipQuerySet":
        return self.filter(active=True, user__is_active=True, unit__active=True)

    def liaisons_of(self, unit_ids: list[int]) -> "MembershipQuerySet":
        return self.in_force().filter(role=Role.LIAISON, unit_id__in=unit_ids)


class Membership(models.Model):
    """A person holds a role in a unit."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name=_("用户"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="memberships", verbose_name=_("单位"))
    role = models.CharField(_("角色"), max_length=16, choices=Role)
    active = models.BooleanField(_("在任"), default=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("任职")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["user", "unit", "role"], name="role_once_per_user_and_unit")]

    def __str__(self) -> str:
        return f"{self.user} · {self.unit} · {self.get_role_display()}"
