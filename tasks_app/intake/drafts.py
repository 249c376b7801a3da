"""A list that does not exist yet: what its first upload says about it."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from tasks_app.lib.dates import at_beijing, day_of_month, next_month
from tasks_app.lib.text import normalise

DUE_TIME = dt.time(18)
# Who reports beside the leads where the order itself does not say: those who govern a place (domain §4).
ASSISTING_KINDS = ["county_government", "park_committee"]


@dataclass(frozen=True)
class NewList:
    """The list to be made when its batch is applied. `report_day` None: no monthly report."""

    title: str
    number: str
    issuer: str
    issued_on: dt.date
    year: int
    coordinating_unit_id: int
    starts_on: dt.date
    default_due_on: dt.date | None = None
    default_due_text: str = ""
    report_day: int | None = None

    def as_json(self) -> dict[str, Any]:
        days = ("issued_on", "starts_on", "default_due_on")
        return {**asdict(self), **{name: day.isoformat() for name in days if (day := getattr(self, name))}}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "NewList":
        days = {name: dt.date.fromisoformat(data[name]) for name in ("issued_on", "starts_on")}
        default = data["default_due_on"]
        return cls(**{**data, **days, "default_due_on": dt.date.fromisoformat(default) if default else None})


def slug_of(*, code: str, year: int, number: str) -> str:
    """The list's address from jurisdiction, year and 文号: 630200, 2024, 东政办〔2024〕69号 → 630200-2024-69."""
    behind_year = re.sub(r"\[\d{4}\]", "", normalise(number))
    digits = "-".join(re.findall(r"\d+", behind_year))
    return "-".join(part for part in (code, str(year), digits) if part)[:40]


def first_due_at(*, report_day: int, not_before: dt.date, at: dt.datetime) -> dt.datetime:
    """The first 18:00 on the reporting day that is still to come and not before `not_before`."""
    year, month = not_before.year, not_before.month
    while True:
        due_on = day_of_month(year, month, report_day)
        moment = at_beijing(due_on, DUE_TIME)
        if due_on >= not_before and moment > at:
            return moment
        year, month = next_month(year, month)
