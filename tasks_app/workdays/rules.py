"""Reading a year's working-day calendar from a file, and knowing when one is missing. Pure.

A day is worked from Monday to Friday unless a row says otherwise: 调休 makes Saturdays and Sundays worked
and weekdays free. The State Council publishes next year's arrangement in late autumn. Until its rows
are here, next year is taken as Monday to Friday (the fallback): "1 working day before" 2027-10-05 would be
2027-10-04, in the holiday, so from November on the missing year is a warning.

Worked examples, with rows of 2024–2026: 2024-10-05 is a Saturday and free, the working day before is Monday
2024-09-30, the one after Tuesday 2024-10-08. 2025-01-26 is a Sunday and worked. 2026-12-05 is a Saturday and
free by the week alone.
"""

import csv
import datetime as dt
import io
from collections.abc import Collection
from dataclasses import dataclass

COLUMNS = ("date", "is_workday", "name")
WORKED = {"1": True, "0": False, "上班": True, "放假": False, "是": True, "否": False, "true": True, "false": False}
WARN_FROM_MONTH = 11


@dataclass(frozen=True)
class Day:
    """One row of the file: a day that differs from Monday-to-Friday."""

    day: dt.date
    is_workday: bool
    name: str


class BadRows(ValueError):
    """The file is refused whole; `errors` are sentences, each with its row, for whoever made the file."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("\n".join(errors))
        self.errors = errors


def read_days(data: bytes) -> list[Day]:
    """The days of a CSV file with columns date, is_workday (1/0, 上班/放假) and name; UTF-8 or GB18030.

    Raises BadRows naming every row that cannot be read, repeats a day, or says what the week says anyway.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", errors="replace")
    reader = csv.DictReader(io.StringIO(text, newline=""))
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise BadRows([f"第 1 行：缺少列 {'、'.join(missing)}。首行应为 date,is_workday,name。"])
    days: dict[dt.date, Day] = {}
    errors = []
    for row in reader:
        try:
            day = _read(row)
            if day.day in days:
                raise ValueError(f"{day.day} 出现了两次，请只留一行")
            days[day.day] = day
        except ValueError as error:
            errors.append(f"第 {reader.line_num} 行：{error}。")
    if not days and not errors:
        errors.append("文件里没有日期。")
    if errors:
        raise BadRows(errors)
    return sorted(days.values(), key=lambda day: day.day)


def _read(row: dict[str, str | None]) -> Day:
    written = (row["date"] or "").strip()
    try:
        day = dt.date.fromisoformat(written.replace("/", "-"))
    except ValueError as error:
        raise ValueError(f"日期“{written}”无法识别，应为 2027-01-01 的形式") from error
    word = (row["is_workday"] or "").strip().lower()
    if word not in WORKED:
        raise ValueError(f"is_workday“{word}”无法识别，上班填 1，放假填 0")
    name = (row["name"] or "").strip()
    if not name or len(name) > 30:
        raise ValueError("name 要填节日名称，不超过 30 字")
    if WORKED[word] == (day.weekday() < 5):
        usual = "上班" if day.weekday() < 5 else "休息"
        raise ValueError(f"{day} 是星期{'一二三四五六日'[day.weekday()]}，本来就{usual}，不用列出，请核对日期")
    return Day(day, WORKED[word], name)


def missing_year(*, known_years: Collection[int], today: dt.date) -> int | None:
    """The year whose calendar is missing and is needed soon: this one at any time, the next from November on."""
    if today.year not in known_years:
        return today.year
    if today.month >= WARN_FROM_MONTH and today.year + 1 not in known_years:
        return today.year + 1
    return None
