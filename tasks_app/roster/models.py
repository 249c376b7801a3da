"""Who answers for a unit on a list: one liaison, one deputy."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tasks_app.accounts.models import User
from tasks_app.catalogue.models import TaskList
from tasks_app.units.models import Unit


class RosterPlace(models.Model):
    """联络员名册: the person whom reminders of a list reach in a unit, and who stands in."""

    task_list = models.ForeignKey(TaskList, models.CASCADE, related_name="roster", verbose_name=_("清单"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="roster_places", verbose_name=_("单位"))
    liaison = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("联络员"))
    deputy = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("替补"))
    since = models.DateTimeField(_("起于"))

    class Meta:
        verbose_name = verbose_name_plural = _("联络员名册")
        ordering = ["task_list_id", "unit__order", "unit_id"]
        constraints = [
            models.UniqueConstraint(fields=["task_list", "unit"], name="one_roster_place_per_unit_and_list"),
            models.CheckConstraint(condition=Q(deputy=None) | ~Q(deputy=F("liaison")), name="deputy_is_another_person"),
        ]

    def __str__(self) -> str:
        return f"{self.task_list} {self.unit}"
