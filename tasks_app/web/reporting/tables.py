"""The units of one period as a table."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _


class UnitReports(tables.Table):
    """Rows are `listing.Row`s; the template prints them."""

    unit = tables.Column(verbose_name=_("单位"), order_by="order")
    timeliness = tables.Column(verbose_name=_("报送"), order_by="rank")
    submitted = tables.Column(verbose_name=_("报送时间"), order_by="submitted_key", attrs={"td": {"class": "when"}})
    state = tables.Column(verbose_name=_("填报与审核"), order_by="waiting")
    receipt = tables.Column(verbose_name=_("回执号"), order_by="receipt_no", attrs={"td": {"class": "when"}})

    class Meta:
        template_name = "reporting/_units.html"
        orderable = True
