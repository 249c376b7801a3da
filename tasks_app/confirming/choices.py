"""What an assisting unit may say of the lead's report."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Answer(models.TextChoices):
    TRUE = "true", _("属实")
    DISPUTED = "disputed", _("有异议")
    NOT_INVOLVED = "apart", _("未参与")
