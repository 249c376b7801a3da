"""A list that does not exist yet: what its first upload says about it."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from tasks_app.lib.dates import at_beijing, beijing_day, day_of_month, next_month
from tasks_app.lib.text import normalise
from tasks_app.schedule.choices import Frequency
from tasks_app.schedule.rules import MONTHS
from tasks_app.units.queries import NameBook

DUE_TIME = dt.time(18)
# Who reports beside the leads where the order itself does not say: those who govern a place (domain §4).
ASSISTING_KINDS = ["county_government", "park_committee"]


# Without these a list cannot be made.
REQUIRED = ("title", "number", "issuer", "issued_on", "year", "coordinating_unit_id", "starts_on")
_DAYS = ("issued_on", "starts_on", "default_due_on")


@dataclass(frozen=True)
class NewList:
    """The list to be made when its batch is applied. `report_day` None: no regular report.

    `first_due_at` None: the first reporting day still to come. `rule_text` is the sentence of the
    document that orders the reports.
    """

    title: str
    number: str
    issuer: str
    issued_on: dt.date
    year: int
    coordinating_unit_id: int
    starts_on: dt.date
    default_due_on: dt.date | None = None
    default_due_text: str = ""
    report_frequency: str = Frequency.MONTHLY
    report_day: int | None = None
    report_time: dt.time = DUE_TIME
    free_day_policy: str = "keep"
    first_due_at: dt.datetime | None = None
    rule_text: str = ""
    slug: str = ""

    def as_json(self) -> dict[str, Any]:
        data = asdict(self)
        for name in (*_DAYS, "report_time", "first_due_at"):
            data[name] = data[name].isoformat() if data[name] else None
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "NewList":
        """Expects every required field: ask `missing` before."""
        read = {name: dt.date.fromisoformat(data[name]) if data.get(name) else None for name in _DAYS}
        moment, time = data.get("first_due_at"), data.get("report_time")
        return cls(
            **{
                **data,
                **read,
                "report_time": dt.time.fromisoformat(time) if time else DUE_TIME,
                "first_due_at": dt.datetime.fromisoformat(moment) if moment else None,
            }
        )


def missing(data: Mapping[str, Any]) -> list[str]:
    """Names of the required fields that a draft still lacks."""
    return [name for name in REQUIRED if not data.get(name)]


def propose(understood: Mapping[str, Any], *, names: NameBook | None, at: dt.datetime) -> dict[str, Any]:
    """A draft of `NewList` from the JSON of `understanding`; what the document does not say stays empty."""
    document, rule = understood.get("document") or {}, understood.get("reporting_rule") or {}
    title = document.get("list_title") or document.get("title") or ""
    issued_on = _day(document.get("issue_date"))
    said = re.search(r"(20\d\d)年", title)
    year = int(said[1]) if said else issued_on.year if issued_on else beijing_day(at).year
    receiver = names.find(rule["receiver"]) if names and rule.get("receiver") else None
    draft = {
        "title": title[:200],
        "number": (document.get("number") or "")[:60],
        "issuer": (document.get("issuer") or "")[:60],
        "issued_on": issued_on.isoformat() if issued_on else None,
        "year": year,
        "coordinating_unit_id": receiver.pk if receiver else None,
        "starts_on": (issued_on or beijing_day(at)).isoformat(),
        "default_due_on": dt.date(year, 12, 31).isoformat(),
        "default_due_text": "清单未写时限，按清单年度取年底",
    }
    return draft | _proposed_rule(rule)


def _proposed_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    """A monthly or quarterly rule becomes periods; of another one the sentence is kept and shown."""
    first = rule.get("first") or {}
    frequency = _frequency(rule)
    day = rule.get("day") if frequency else None
    if frequency and not day and rule.get("month_end"):
        day = 31
    time = _time(rule.get("time")) or _time(first.get("time")) or DUE_TIME
    first_on = _day(first.get("date"))
    moment = at_beijing(first_on, _time(first.get("time")) or time) if first_on else None
    return {
        "report_frequency": frequency or Frequency.MONTHLY,
        "report_day": int(day) if day else None,
        "report_time": time.isoformat(),
        "free_day_policy": rule.get("free_day_policy") or "keep",
        "first_due_at": moment.isoformat() if moment else None,
        "rule_text": rule.get("text") or "",
    }


def _frequency(rule: Mapping[str, Any]) -> Frequency | None:
    """每季度末 and 每季度最后一个月 are reported within the quarter, 每季度5日前 at the beginning of the next."""
    if rule.get("frequency") == "monthly":
        return Frequency.MONTHLY
    if rule.get("frequency") != "quarterly":
        return None
    within = rule.get("month_end") or rule.get("month_of_period") in {"最后一个月", "末月", "第三个月", "第三月"}
    return Frequency.QUARTER_END if within else Frequency.QUARTERLY


def _day(text: Any) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(text)[:10])
    except ValueError:
        return None


def _time(text: Any) -> dt.time | None:
    try:
        return dt.time.fromisoformat(str(text)) if text else None
    except ValueError:
        return None


def slug_of(*, code: str, year: int, number: str) -> str:
    """The list's address from jurisdiction, year and 文号: 630200, 2024, 东政办〔2024〕69号 → 630200-2024-69."""
    behind_year = re.sub(r"\[\d{4}\]", "", normalise(number))
    digits = "-".join(re.findall(r"\d+", behind_year))
    return "-".join(part for part in (code, str(year), digits) if part)[:40]


def first_due_at(*, frequency: str, report_day: int, not_before: dt.date, at: dt.datetime) -> dt.datetime:
    """The first 18:00 on a reporting day that is still to come and not before `not_before`."""
    year, month = not_before.year, not_before.month
    while True:
        due_on = day_of_month(year, month, report_day)
        moment = at_beijing(due_on, DUE_TIME)
        if month in MONTHS[Frequency(frequency)] and due_on >= not_before and moment > at:
            return moment
        year, month = next_month(year, month)
