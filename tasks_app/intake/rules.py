"""How the cells of an uploaded list are read. Pure: words in, answers out."""

import calendar
import datetime as dt
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tasks_app.catalogue.choices import DueBasis, TargetKind
from tasks_app.catalogue.items import Target
from tasks_app.lib.text import normalise

NUMBER_LENGTH = 20
HEADING_LENGTH = 200


@dataclass(frozen=True)
class Problem:
    """What is wrong, where. `wording.explain` turns `code` and `details` into sentences.

    `line` is the line of the file (1 is the first), 0 the file as a whole; `column` the heading
    as the file has it, "" the row as a whole; `name` the column's own name (see `columns`).
    """

    code: str
    line: int = 0
    column: str = ""
    value: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    name: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "name": self.name,
            "column": self.column,
            "value": self.value,
            "details": dict(self.details),
        }


class CellProblem(ValueError):
    """A cell cannot be understood; the caller knows the line and the column.

    `partial` is the value as far as it was understood, so that the rest of the row can be shown.
    """

    def __init__(self, code: str, partial: Any = None, **details: str) -> None:
        super().__init__(code)
        self.code = code
        self.partial = partial
        self.details = details


@dataclass(frozen=True)
class Deadline:
    """A deadline as understood: the day (None: no day), the words it came from, and on what basis."""

    due_on: dt.date | None
    text: str
    basis: str


_BRACKETS = re.compile(r"[(\[].*?[)\]]")
_YEAR_BEFORE = re.compile(r"^(?:20\d\d)?年度?")


def heading_key(text: str) -> str:
    """The matching key of a column heading: 完成时限（年月日） and "完成\\n时限" are both 完成时限."""
    key = _BRACKETS.sub("", normalise(text)).replace(" ", "").strip("*:.、")
    return _YEAR_BEFORE.sub("", key) or key


def clean_number(text: str) -> str:
    """序号 as printed, in half-width digits: ７ → 7, 7.0 (Excel) → 7, 7、 → 7. Raises CellProblem."""
    number = normalise(text).rstrip(".、,:")
    if re.fullmatch(r"\d+\.0+", number):
        number = number.split(".")[0]
    if number.isascii() and number.isdigit():
        number = str(int(number)) if len(number) <= NUMBER_LENGTH else number
    if not number:
        raise CellProblem("number_missing")
    if len(number) > NUMBER_LENGTH:
        raise CellProblem("too_long", number[:NUMBER_LENGTH], limit=str(NUMBER_LENGTH), length=str(len(number)))
    return number


def split_key_task(text: str) -> tuple[str, str]:
    """重点任务 and, behind " / ", the second-level one (fixtures/README.md)."""
    key, _sep, sub = text.partition(" / ")
    return key.strip(), sub.strip()


_NOTHING = {"", "-", "--", "/", "无"}
_NO_DAY = re.compile(r"长期|(?:长期|持续|常态化?)(?:坚持|推进|实施|开展|进行)?|全年持续推进")
_DONE = re.compile(r"(?:完成|办结|到位)$")  # 6月底前完成
_CLOCK = re.compile(r"[ t]?\d{1,2}:\d{2}(?::\d{2})?(?:\.0+)?$")
_DAY = re.compile(r"(\d{4})(?:[-/.年])(\d{1,2})(?:[-/.月])(\d{1,2})日?(?:之?前)?")
_COMPACT = re.compile(r"(20\d\d)(\d\d)(\d\d)")
_MONTH_DAY = re.compile(r"(?:本年|当年|今年)?(\d{1,2})月(\d{1,2})日?(?:之?前)?")
_MONTH = re.compile(r"(?:(\d{4})年|本年|当年|今年)?(\d{1,2})月份?(上旬|中旬|下旬|底|末|内)?(?:之?前)?")
_YEAR_MONTH = re.compile(r"(\d{4})[-/.](\d{1,2})")
_YEAR = re.compile(r"(?:(\d{4})年度?|本年|当年|今年)?(?:年?(?:底|末|内|终)(?:之?前)?|全年)?")
_PART = re.compile(r"(?:(\d{4})年|本年|当年|今年)?(上半年|下半年|第?([一二三四1-4])季度)(?:底|末|内)?(?:之?前)?")
_SERIAL = re.compile(r"[3-6]\d{4}")
_THIRDS = {"上旬": 10, "中旬": 20}


def read_deadline(text: str, *, year: int, default_on: dt.date | None, default_text: str) -> Deadline:
    """A 完成时限 cell; without a year the list's `year` is meant, blank is the list's default.

    Raises CellProblem for what is not a date, a day that does not exist, or a year far from the list's.
    """
    try:
        return _deadline(text, year, default_on, default_text)
    except CellProblem as problem:
        problem.partial = Deadline(None, text.strip()[:HEADING_LENGTH], DueBasis.NONE)
        raise


def _deadline(text: str, year: int, default_on: dt.date | None, default_text: str) -> Deadline:
    printed = text.strip()
    key = normalise(printed).rstrip("。.;,")
    if key in _NOTHING:
        basis = DueBasis.DEFAULT if default_on else DueBasis.NONE
        return Deadline(default_on, default_text if default_on else "", basis)
    if len(printed) > HEADING_LENGTH:
        raise CellProblem("too_long", limit=str(HEADING_LENGTH), length=str(len(printed)))
    if _NO_DAY.fullmatch(key):
        return Deadline(None, printed, DueBasis.EXPLICIT)
    due_on = _day_of(_CLOCK.sub("", _DONE.sub("", key)), year)
    if not year - 2 <= due_on.year <= year + 15:
        raise CellProblem("deadline_far", year=str(year), date=due_on.isoformat())
    return Deadline(due_on, printed, DueBasis.EXPLICIT)


def _day_of(key: str, year: int) -> dt.date:
    if hit := _DAY.fullmatch(key) or _COMPACT.fullmatch(key):
        return _existing(*(int(part) for part in hit.groups()))
    if hit := _MONTH_DAY.fullmatch(key):
        return _existing(year, int(hit[1]), int(hit[2]))
    if hit := _MONTH.fullmatch(key):
        return _existing(int(hit[1] or year), int(hit[2]), _THIRDS.get(hit[3] or ""))
    if hit := _YEAR_MONTH.fullmatch(key):
        return _existing(int(hit[1]), int(hit[2]), None)
    if hit := _PART.fullmatch(key):
        quarter = "一二三四1234".index(hit[3]) % 4 + 1 if hit[3] else {"上半年": 2, "下半年": 4}[hit[2]]
        return _existing(int(hit[1] or year), quarter * 3, None)
    if hit := _YEAR.fullmatch(key):
        return _existing(int(hit[1] or year), 12, 31)
    if _SERIAL.fullmatch(key):
        meant = dt.date(1899, 12, 30) + dt.timedelta(days=int(key))
        raise CellProblem("deadline_serial", date=meant.isoformat())
    raise CellProblem("deadline_unknown")


def _existing(year: int, month: int, day: int | None) -> dt.date:
    """That day, the month's last for None. Raises CellProblem when the calendar has no such day."""
    if not (dt.MINYEAR <= year <= dt.MAXYEAR and 1 <= month <= 12):
        raise CellProblem("deadline_no_such_day")
    last = calendar.monthrange(year, month)[1]
    if day is not None and not 1 <= day <= last:
        raise CellProblem("deadline_no_such_day")
    return dt.date(year, month, day or last)


_SIGNS = {"=": "=", "≥": ">=", ">=": ">=", "≤": "<=", "<=": "<=", "≈": "~", "~": "~", "约": "~"}
_SHOWN = {">=": "≥", "<=": "≤", "~": "≈"}
_TARGET = re.compile(
    r"(?:(?P<county>[^：:=<>≥≤≈~]{2,12})[：:])?(?P<subject>[^=<>≥≤≈~]{1,200}?)\s*(?P<sign>>=|<=|[=≥≤≈~])"
    r"\s*(?P<value>\d{1,12}(?:\.\d{1,4})?)(?:\s*[-～—]\s*(?P<top>\d{1,12}(?:\.\d{1,4})?))?\s*(?P<unit>[^\s\d]\S{0,19})?"
)


def read_targets(text: str, counties: Collection[str]) -> tuple[Target, ...]:
    """One target per line, as `target_line` writes them. Raises CellProblem with the line it cannot read."""
    found: list[Target] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        hit = _TARGET.fullmatch(line)
        if hit is None or (hit["county"] and hit["county"] not in counties):
            raise CellProblem("target_unknown", tuple(found), said=line[:60])
        subject, unit = hit["subject"].strip(), hit["unit"] or ""
        found.append(
            Target(
                text=f"{subject}{hit['value']}{unit}",
                subject=subject,
                value=Decimal(hit["value"]),
                value_max=Decimal(hit["top"]) if hit["top"] else None,
                unit=unit,
                comparator=_SIGNS[hit["sign"]],
                kind=TargetKind.BREAKDOWN if hit["county"] else TargetKind.TARGET,
                county=hit["county"] or "",
            )
        )
    return tuple(found)


def target_line(target: Target) -> str:
    """A target as it is edited: 乐都区：建设和美乡村 = 10 个."""
    county = f"{target.county}：" if target.county else ""
    top = f"～{target.value_max.normalize():f}" if target.value_max is not None else ""
    subject = re.sub(r"[=<>≥≤≈~：:\n]+", "，", target.subject)
    sign = _SHOWN.get(target.comparator, target.comparator)
    return f"{county}{subject} {sign} {target.value.normalize():f}{top} {target.unit}".rstrip()
