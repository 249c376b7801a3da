"""Targets and their values in words, the same on every page."""

from decimal import Decimal

from tasks_app.catalogue.choices import Comparator


def figure(value: Decimal) -> str:
    """A number without trailing zeros, thousands set apart."""
    text = f"{value:,.4f}"
    return text.rstrip("0").rstrip(".")


def target_text(*, comparator: str, value: Decimal, value_max: Decimal | None, unit: str) -> str:
    """「不少于 2,000 套」, 「90–95 %」."""
    number = figure(value)
    if value_max is not None:
        number = f"{number}–{figure(value_max)}"
    kind = Comparator(comparator)
    if kind == Comparator.ABOUT:
        return f"{number} {unit}{kind.label}".strip()
    lead = "" if kind == Comparator.EQUAL else f"{kind.label} "
    return f"{lead}{number} {unit}".strip()
