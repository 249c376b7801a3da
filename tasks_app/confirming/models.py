"""Assisting units' word on what the lead reported."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tasks_app.accounts.models import User
from tasks_app.confirming.choices import Answer
from tasks_app.reporting.models import EntryVersion
from tasks_app.units.models import Unit


class Confirmation(models.Model):
    """配合单位确认: one unit's answer to one version of the lead's entry. No row means no answer yet."""

    version = models.ForeignKey(
        EntryVersion, models.CASCADE, related_name="confirmations", verbose_name=_("所确认的报送")
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="confirmations", verbose_name=_("配合单位"))
    answer = models.CharField(_("意见"), max_length=8, choices=Answer)
    reason = models.TextField(_("异议说明"), blank=True)
    answered_at = models.DateTimeField(_("确认时间"))
    answered_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("确认人"))

    class Meta:
        verbose_name = verbose_name_plural = _("配合单位确认")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["version", "unit"], name="confirmation_once_per_version_and_unit"),
            models.CheckConstraint(condition=~Q(answer=Answer.DISPUTED) | ~Q(reason=""), name="dispute_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.unit}：{self.get_answer_display()}"
