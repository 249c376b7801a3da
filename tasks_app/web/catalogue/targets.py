"""A task's targets with the values that were accepted for them, and whether a split adds up."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from tasks_app.catalogue.choices import TargetKind
from tasks_app.catalogue.models import Indicator
from tasks_app.reporting.choices import ReportStatus
from tasks_app.reporting.models import IndicatorValue
from tasks_app.web.shared.targets import figure, target_text


@dataclass(frozen=True)
class Done:
    """The latest accepted value of one unit."""

    amount: Decimal
    value: str
    unit: str
    period: str


@dataclass
class TargetRow:
    """One target in words; `kind` is empty for what is simply measured.

    `shares` are its counties' rows, `shares_done` the sum of what was accepted for them, `check`
    says whether the shares add up to the whole.
    """

    subject: str
    text: str
    kind: str
    target: str
    done: Sequence[Done]
    county: str = ""
    shares: list["TargetRow"] = field(default_factory=list)
    shares_done: str = ""
    check: str = ""
    adds_up: bool = True


def target_rows(indicators: Iterable[Indicator], values: Sequence[IndicatorValue]) -> list[TargetRow]:
    """Targets as printed, county shares below theirs. `values` are oldest first; only accepted ones count."""
    latest: dict[int, dict[int, Done]] = defaultdict(dict)
    for value in values:
        entry = value.entry
        if entry.status == ReportStatus.ACCEPTED:
            latest[value.indicator_id][entry.report.unit_id] = Done(
                value.value, figure(value.value), entry.report.unit.name, entry.report.period.name
            )
    rows: dict[int, TargetRow] = {}
    shares: dict[int, list[Indicator]] = defaultdict(list)
    totals = {}
    for indicator in indicators:
        row = TargetRow(
            subject=indicator.subject,
            text=indicator.text,
            kind="" if indicator.kind == TargetKind.TARGET else str(TargetKind(indicator.kind).label),
            target=target_words(indicator),
            done=list(latest[indicator.pk].values()),
            county=indicator.county.short_name if indicator.county else "",
        )
        if indicator.parent_id in rows and indicator.county_id:
            rows[indicator.parent_id].shares.append(row)
            shares[indicator.parent_id].append(indicator)
        else:
            rows[indicator.pk] = row
            totals[indicator.pk] = indicator
    for pk, parts in shares.items():
        _check(rows[pk], totals[pk], parts)
        amounts = [done.amount for share in rows[pk].shares for done in share.done]
        rows[pk].shares_done = figure(sum(amounts, Decimal())) if amounts else ""
    return list(rows.values())


def _check(row: TargetRow, whole: Indicator, parts: Sequence[Indicator]) -> None:
    """Compare the sum of the shares in the same unit of measure with the whole."""
    same = [part for part in parts if part.unit == whole.unit]
    if len(same) != len(parts):
        return
    total = sum((part.value for part in same), Decimal())
    words = {
        "sum": figure(total),
        "unit": whole.unit,
        "total": figure(whole.value),
        "gap": figure(abs(total - whole.value)),
    }
    row.adds_up = total == whole.value
    if row.adds_up:
        row.check = _("分解合计 %(sum)s %(unit)s，与总目标一致。") % words
    else:
        row.check = _("分解合计 %(sum)s %(unit)s，与总目标 %(total)s %(unit)s相差 %(gap)s %(unit)s。") % words


def target_words(indicator: Indicator) -> str:
    return target_text(
        comparator=indicator.comparator, value=indicator.value, value_max=indicator.value_max, unit=indicator.unit
    )
