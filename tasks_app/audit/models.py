"""The audit log: who did what to what, when, and why; kept as text, chained by hash."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Event(models.Model):
    """One consequential act.

    No foreign keys: the log outlives the rows it describes. Each row's `digest` covers its own
    words and the digest before it, so a row changed or removed later shows.
    """

    at = models.DateTimeField(_("时间"), db_index=True)
    by_id = models.BigIntegerField(_("操作人编号"), null=True, db_index=True)
    by_text = models.CharField(_("操作人"), max_length=150)
    verb = models.CharField(_("动作"), max_length=60, db_index=True)
    target_type = models.CharField(_("对象类型"), max_length=60)
    target_id = models.BigIntegerField(_("对象编号"), null=True)
    target_text = models.TextField(_("对象"))
    before = models.JSONField(_("之前"), default=dict)
    after = models.JSONField(_("之后"), default=dict)
    reason = models.TextField(_("理由"), blank=True)
    previous_digest = models.CharField(max_length=64)
    digest = models.CharField(_("校验值"), max_length=64, unique=True)

    class Meta:
        verbose_name = verbose_name_plural = _("审计记录")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["target_type", "target_id"])]

    def __str__(self) -> str:
        return f"{self.by_text} {self.verb} {self.target_text}"


class ChainHead(models.Model):
    """The one row that holds the newest digest; locking it puts writers in line."""

    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.digest
