"""Coded words of units."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class JurisdictionKind(models.TextChoices):
    PROVINCE = "province", _("省")
    PREFECTURE = "prefecture", _("市（州）")
    COUNTY = "county", _("县（市、区）")


class UnitKind(models.TextChoices):
    DEPARTMENT = "municipal_department", _("市级部门")
    COUNTY_GOVERNMENT = "county_government", _("县区政府")
    PARK_COMMITTEE = "park_committee", _("园区管委会")
    STATE_ENTERPRISE = "state_enterprise", _("国有企业")
    PUBLIC_INSTITUTION = "public_institution", _("事业单位")
    VERTICAL_AGENCY = "vertical_agency", _("垂直管理单位")
    OFFICE = "office", _("办公机构")
    GROUP = "group", _("单位集合")
