"""Selections of the overdue queue that people keep under a name."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tasks_app.accounts.models import User
from tasks_app.accounts.scopes import on_queue
from tasks_app.units.models import Jurisdiction

if TYPE_CHECKING:
    from tasks_app.accounts.permissions import Viewer


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):
    def visible_to(self, viewer: "Viewer") -> "SavedFilterQuerySet":
        """One's own, and what is shared with those who work on what is late in the jurisdiction."""
        return self.filter(Q(owner_id=viewer.user.pk) | Q(on_queue(viewer), shared=True))


class SavedFilter(models.Model):
    """常用筛选: a selection under a name. It keeps the address, not the tasks: those are found anew each time."""

    owner = models.ForeignKey(User, models.CASCADE, related_name="saved_filters", verbose_name=_("所有人"))
    jurisdiction = models.ForeignKey(Jurisdiction, models.CASCADE, related_name="+", verbose_name=_("辖区"))
    name = models.CharField(_("名称"), max_length=40)
    # The query part of the address as the page's filter set writes it: only what it knows, in its own order.
    query = models.TextField(_("筛选条件"), blank=True)
    shared = models.BooleanField(_("与本辖区督查、汇总岗位共享"), default=False)
    saved_at = models.DateTimeField(_("保存时间"))

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("常用筛选")
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="saved_filter_name_once_per_owner")]

    def __str__(self) -> str:
        return self.name


class DefaultFilter(models.Model):
    """The saved selection with which the queue opens for a person; it may be one that somebody shared."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="default_filter")
    saved = models.ForeignKey(SavedFilter, models.CASCADE, related_name="chosen_by", verbose_name=_("常用筛选"))

    class Meta:
        verbose_name = verbose_name_plural = _("默认筛选")

    def __str__(self) -> str:
        return f"{self.user}：{self.saved}"
