"""The working-day calendar: only the days that differ from Monday-to-Friday, as editable rows."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DayException(models.Model):
    """A free weekday, or a Saturday or Sunday that is worked (调休), as the State Council announced it."""

    day = models.DateField(_("日期"), unique=True)
    is_workday = models.BooleanField(_("是否上班"))
    name = models.CharField(_("名称"), max_length=30)

    class Meta:
        verbose_name = verbose_name_plural = _("节假日与调休")
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
