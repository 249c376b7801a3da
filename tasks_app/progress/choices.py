"""The lights and the reasons they carry. A status is never colour alone: shape, word and colour."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Light(models.TextChoices):
    RED = "red", _("滞后")
    YELLOW = "yellow", _("预警")
    GREEN = "green", _("正常")
    BLUE = "blue", _("已销号")
    GREY = "grey", _("未报")

    @property
    def shape(self) -> str:
        return SHAPES[self]

    @property
    def css(self) -> str:
        """The class name of the stylesheet."""
        return CLASSES[self]


SHAPES = {Light.RED: "■", Light.YELLOW: "▲", Light.GREEN: "●", Light.BLUE: "✔", Light.GREY: "◇"}


CLASSES = {Light.RED: "late", Light.YELLOW: "warn", Light.GREEN: "ok", Light.BLUE: "done", Light.GREY: "none"}


# The scale on which readings are compared, best first; blue and grey say that there is nothing to compare.
SCALE = (Light.GREEN, Light.YELLOW, Light.RED)
# What a unit may say of itself, and a supervisor verify.
SAID_LIGHTS = [(light.value, light.label) for light in SCALE]


class Reason(models.TextChoices):
    """Why a light is what it is; the placeholders are the verdict's inputs."""

    CLOSED = "closed", _("%(closed_on)s 销号")
    OVERDUE = "overdue", _("已超过完成时限 %(days)d 天")
    BEHIND = "behind", _("比序时进度落后 %(gap)d 个百分点")
    SILENT = "silent", _("连续 %(misses)d 期未见报送")
    DUE_SOON = "due_soon", _("距完成时限 %(days)d 天，进度 %(progress)d%%")
    MISSED = "missed", _("上一期未见报送")
    ON_TRACK = "on_track", _("与序时进度相符")
    NO_DATE = "no_date", _("未规定完成时限，报送正常")
    NOT_STARTED = "not_started", _("尚未到起始日期")
    NO_DUTY = "no_duty", _("本清单未规定定期报送")
    NO_UNIT = "no_unit", _("未落实到具体报送单位")


class Fault(models.TextChoices):
    """Why thresholds or milestones cannot be as they are; the placeholders are filled by whoever tells it."""

    RANGE = "range", _("“%(name)s”应在 %(low)d 到 %(high)d 之间")
    YELLOW_OVER_RED = "yellow_over_red", _("黄灯的落后点数不能大于红灯的落后点数")
    OUTSIDE = "outside", _("日期应在 %(start)s 之后、%(due)s 之前")
    DAY_ORDER = "day_order", _("日期应晚于上一个阶段目标")
    PERCENT_ORDER = "percent_order", _("百分比应大于上一个阶段目标")
    PERCENT_RANGE = "percent_range", _("百分比应在 1 到 99 之间，起始日为 0、完成时限为 100，不用填")
