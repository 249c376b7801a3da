"""Moments as a machine reads them."""

import datetime as dt

from django import template

register = template.Library()


@register.filter(expects_localtime=True)
def iso(moment: dt.datetime | None) -> str:
    """For `<time datetime>`, to the second: HTML knows three digits of one at most, and a database keeps six."""
    return moment.isoformat(timespec="seconds") if moment else ""
