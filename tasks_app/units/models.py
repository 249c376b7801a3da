"""Who there is: jurisdictions, units, their other names, and groups of units."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tasks_app.units.choices import JurisdictionKind, UnitKind


class Jurisdiction(models.Model):
    """辖区: province → city or prefecture → county. `code` is the GB/T 2260 code."""

    code = models.CharField(_("行政区划代码"), max_length=6, unique=True)
    name = models.CharField(_("全称"), max_length=60)
    short_name = models.CharField(_("简称"), max_length=30)
    kind = models.CharField(_("级别"), max_length=12, choices=JurisdictionKind)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级")
    )
    order = models.PositiveIntegerField(_("排序"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("辖区")
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.short_name


class Unit(models.Model):
    """单位: a department, a county government, a park committee … or a group of them.

    A name is unique within its jurisdiction only: 市教育局 is one unit in 海东市, another in 格尔木市.
    """

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="units", verbose_name=_("辖区"))
    name = models.CharField(_("名称"), max_length=60)
    kind = models.CharField(_("类别"), max_length=24, choices=UnitKind)
    county = models.ForeignKey(
        Jurisdiction,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="governments",
        verbose_name=_("所辖县区"),
        help_text=_("县区政府所管的县（市、区）；其他单位不填。"),
    )
    members = models.ManyToManyField(
        "self", through="GroupMember", symmetrical=False, related_name="groups", verbose_name=_("成员")
    )
    order = models.PositiveIntegerField(_("排序"), default=0)
    active = models.BooleanField(_("在用"), default=True)
    short_name = models.CharField(
        _("简称"), max_length=12, blank=True, help_text=_("用在窄处；不填的，县区政府用县区简称，其他单位用全称。")
    )
    # Where the unit stands on its jurisdiction's tile map, counted from the north-west corner.
    tile_row = models.PositiveSmallIntegerField(
        _("示意图第几行"), null=True, blank=True, help_text=_("县区示意图自北向南的行数；不填的排在图后。")
    )
    tile_column = models.PositiveSmallIntegerField(
        _("示意图第几列"), null=True, blank=True, help_text=_("县区示意图自西向东的列数。")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("单位")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "name"],
                name="unit_name_unique_in_jurisdiction",
                violation_error_message=_("本辖区内已有同名单位。"),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def brief(self) -> str:
        """The shortest usual name, for column headings and tiles. Expects `county` to be loaded."""
        return self.short_name or (self.county.short_name if self.county else self.name)


class GroupMember(models.Model):
    """One unit's place in a group unit (各县区政府 has six)."""

    group = models.ForeignKey(Unit, models.CASCADE, related_name="memberships_of_group", verbose_name=_("集合"))
    member = models.ForeignKey(Unit, models.CASCADE, related_name="group_places", verbose_name=_("成员"))

    class Meta:
        verbose_name = verbose_name_plural = _("集合成员")
        constraints = [models.UniqueConstraint(fields=["group", "member"], name="member_once_in_group")]

    def __str__(self) -> str:
        return f"{self.group}：{self.member}"


class UnitAlias(models.Model):
    """别名: another written form of a unit's name, unique within the jurisdiction."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="aliases", verbose_name=_("单位"))
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+", verbose_name=_("辖区"))
    name = models.CharField(_("别名"), max_length=60)

    class Meta:
        verbose_name = verbose_name_plural = _("单位别名")
        constraints = [models.UniqueConstraint(fields=["jurisdiction", "name"], name="alias_unique_in_jurisdiction")]

    def __str__(self) -> str:
        return self.name
