"""A file that somebody uploaded. Each room that takes files has a table of its own on this base."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tasks_app.accounts.models import User
from tasks_app.files.choices import FileKind


class StoredFile(models.Model):
    """The bytes lie under MEDIA_ROOT by a random name; `name` is what people see.

    Who may read it is decided by what it belongs to, in the table's own queryset.
    """

    name = models.CharField(_("文件名"), max_length=120)
    stored_name = models.CharField(_("存放名"), max_length=80, unique=True)
    kind = models.CharField(_("类型"), max_length=4, choices=FileKind)
    size = models.PositiveIntegerField(_("字节数"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    uploaded_at = models.DateTimeField(_("上传时间"))
    uploaded_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("上传人"))

    class Meta:
        abstract = True
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def facts(self) -> dict[str, str | int]:
        """What the log keeps of a file: enough to recognise it when it is gone."""
        return {"file": self.name, "size": self.size, "sha256": self.sha256}
