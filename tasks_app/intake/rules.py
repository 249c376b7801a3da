"""How the cells of an uploaded list are read. Pure: words in, answers out."""

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tasks_app.catalogue.choices import DueBasis, TargetKind
from tasks_app.catalogue.items import Target
from tasks_app.intake.understanding import deadlines
from tasks_app.lib.text import normalise

NUMBER_LENGTH = 20
HEADING_LENGTH = 200


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


def read_deadline(text: str, *, year: int, default_on: dt.date | None, default_text: str) -> Deadline:
    """A 完成时限 cell; without a year the list's `year` is meant, blank is the list's default.

    Nothing is guessed (`understanding.deadlines`): raises CellProblem for what names no day for certain.
    """
    printed = text.strip()
    try:
        if len(printed) > HEADING_LENGTH:
            raise CellProblem("too_long", limit=str(HEADING_LENGTH), length=str(len(printed)))
        found = _certain(printed, year)
    except CellProblem as problem:
        problem.partial = Deadline(None, printed[:HEADING_LENGTH], DueBasis.NONE)
        raise
    if found is None:
        basis = DueBasis.DEFAULT if default_on else DueBasis.NONE
        return Deadline(default_on, default_text if default_on else "", basis)
    return found


def _certain(printed: str, year: int) -> Deadline | None:
    try:
        found, _doubts = deadlines.read_cell(printed, deadlines.Year(year), guess=False)
    except deadlines.Unsure as unsure:
        details = {"year": str(year), "date": unsure.date, "other": unsure.other, "said": unsure.said}
        raise CellProblem(f"deadline_{unsure.code}", **details) from unsure
    if found is None:
        return None
    return Deadline(dt.date.fromisoformat(found.date) if found.date else None, printed, found.basis)


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
