"""The reminder ladder of a list: its steps are rows."""

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _

from tasks_app.catalogue.models import TaskList
from tasks_app.reminders.choices import Audience


class ReminderStep(models.Model):
    """Remind `audience` of a report that is not in, `offset` working days from the due day, at `time`."""

    task_list = models.ForeignKey(TaskList, models.CASCADE, related_name="reminder_steps", verbose_name=_("清单"))
    offset = models.SmallIntegerField(
        _("相对截止日（工作日）"), help_text=_("负数为截止日之前，0 为当天，正数为之后。")
    )
    time = models.TimeField(_("时刻"), default=dt.time(9))
    audience = models.CharField(_("对象"), max_length=12, choices=Audience, default=Audience.LIAISON)
    active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = verbose_name_plural = _("提醒步骤")
        ordering = ["task_list_id", "offset", "time"]
        constraints = [
            models.UniqueConstraint(fields=["task_list", "offset", "audience"], name="step_once_per_audience")
        ]

    def __str__(self) -> str:
        return f"{self.task_list} {self.offset:+d} {self.get_audience_display()}"
