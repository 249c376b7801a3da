"""A document as understood (docs/intake.md), made into rows and proposals for the workbench.

Input is the JSON of `understanding`: {document, reporting_rule, items, doubts}. Units are names as
printed there; here they meet the jurisdiction's names.
"""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from tasks_app.catalogue.choices import Comparator, DueBasis, TargetKind
from tasks_app.catalogue.items import Item, Target, in_charge
from tasks_app.intake import rules
from tasks_app.intake.column import Column
from tasks_app.intake.columns import BY_NAME, ROW_COLUMNS, AssistUnits, LeadUnits
from tasks_app.intake.context import Context
from tasks_app.intake.layout import column_of
from tasks_app.intake.matching import Match, Understood, settle
from tasks_app.intake.problem import Problem
from tasks_app.intake.readers.document import Document, Place, Table
from tasks_app.intake.rules import CellProblem, Deadline
from tasks_app.intake.understanding.marks import read_mark
from tasks_app.lib.text import normalise, squeeze

_LEAD, _ASSIST = LeadUnits(), AssistUnits()
_COMPARATORS = {">": Comparator.AT_LEAST, "<": Comparator.AT_MOST}
_LARGEST_VALUE = Decimal(10) ** 13
# Words by which a doubt tells the field that it is about.
_ABOUT = (
    ("lead_units", ("单位", "牵头", "配合", "责任")),
    ("deadline", ("时限", "日期", "期限", "年份", "日历", "哪天", "推断为", "反复进行")),
    ("targets", ("合计", "之和", "指标", "分解", "数值")),
    ("path", ("标题", "章", "节")),
)


def blocks_of(document: Document) -> list[dict[str, Any]]:
    """The document for the left side of the workbench: {text | cells, place}, in printed order."""
    found: list[dict[str, Any]] = []
    for block in document.blocks:
        if isinstance(block, Table):
            found += [{"cells": row.texts, "place": _place(row.place)} for row in block.rows]
        elif block.text.strip():
            found.append({"text": block.text.strip(), "place": _place(block.place)})
    return found


def rows_of(
    items: Sequence[Mapping[str, Any]], blocks: Sequence[Mapping[str, Any]], context: Context, match: Match
) -> Iterator[Understood]:
    """One row per item, in printed order."""
    where = _Where(blocks)
    read = [_values(item, context) for item in items]
    known = _meant([values for values, _problems in read], match)
    for line, (item, (values, problems), meant) in enumerate(zip(items, read, known, strict=True), start=1):
        row = Understood(line=line, place=dict(item.get("source") or {}))
        row.blocks = where.find(row.place)
        row.doubts = [{"text": text, "field": _field_of(text), "accepted": ""} for text in _doubts(item)]
        row.problems = [
            Problem(found.code, line, BY_NAME[name].title, value, found.details, name)
            for name, value, found in problems
        ]
        if meant is not None and _words(meant.content) == _words(values["content"]):
            # The task's text is unchanged; its targets may have been edited by hand since.
            del values["targets"]
        settle(row, values, ROW_COLUMNS, meant, context, match)
        yield row


def _doubts(item: Mapping[str, Any]) -> list[str]:
    """The doubts from `understanding`, given as sentences or as {text}."""
    return [str(doubt["text"] if isinstance(doubt, Mapping) else doubt) for doubt in item.get("doubts") or ()]


def _place(place: Place) -> dict[str, Any]:
    return place.as_json()


def _values(item: Mapping[str, Any], context: Context) -> tuple[dict[str, Any], list[tuple[str, str, CellProblem]]]:
    """Column name → value, and what is wrong with which column's value."""
    problems: list[tuple[str, str, CellProblem]] = []

    def checked(name: str, text: str, clean: Any) -> Any:
        try:
            return clean()
        except CellProblem as problem:
            problems.append((name, text[:200], problem))
            return problem.partial

    path, key_task = _split_path(item)
    leads, assists = in_charge(item)
    lead_text, assist_text = "、".join(leads), "、".join(assists)
    no = str(item.get("no") or "")
    # A table's title is its key task.
    title = "" if (item.get("title") or "") in (item.get("path") or ()) else str(item["title"])
    values = {
        "number": no[: rules.NUMBER_LENGTH],
        "path": checked("path", " ".join(path), lambda: BY_NAME["path"].clean("\n".join(path), context)),
        "key_task": checked("key_task", key_task, lambda: BY_NAME["key_task"].clean(key_task, context)),
        "title": checked("title", title, lambda: BY_NAME["title"].clean(title, context)),
        "content": checked("content", "", lambda: BY_NAME["content"].clean(item["content"], context)),
        "lead_units": checked("lead_units", lead_text, lambda: _LEAD.known(leads, lead_text, context)),
        "assist_units": checked("assist_units", assist_text, lambda: _ASSIST.known(assists, assist_text, context)),
        "targets": tuple(filter(None, (_target(target, context) for target in item.get("targets") or ()))),
    }
    if deadline := _deadline(item.get("deadline")):
        values["deadline"] = deadline
    for column, text in _carried(item):
        values[column.name] = checked(column.name, text, partial(column.clean, text, context))
    return values, problems


def _carried(item: Mapping[str, Any]) -> Iterator[tuple[Column, str]]:
    """The columns that documents bring under their own headings, each with its text."""
    for heading, text in (item.get("others") or {}).items():
        column = BY_NAME.get(column_of(heading) or "")
        if column is not None and column.carried:
            yield column, text


def _split_path(item: Mapping[str, Any]) -> tuple[list[str], str]:
    """Headings and key task: a table's path ends with its key task and second-level one, which carry no number."""
    path = [" ".join(str(heading).split()) for heading in item.get("path") or () if str(heading).strip()]
    source = item.get("source") or {}
    keys: list[str] = []
    if "row" in source or "table" in source or "cells" in source:
        while path and len(keys) < 2 and read_mark(path[-1]) is None:
            keys.insert(0, path.pop())
    if printed := item.get("key_task"):
        keys = [printed, *filter(None, [item.get("sub_task")])]
    return path, " / ".join(keys)


def _deadline(data: Mapping[str, Any] | None) -> Deadline | None:
    """The deadline as read; None where the item says nothing, so that the list's default holds."""
    if not data or (not data.get("date") and not data.get("text")):
        return None
    basis = data.get("basis") if data.get("basis") in DueBasis.values else DueBasis.INFERRED
    if basis == DueBasis.DEFAULT:
        return None
    day = dt.date.fromisoformat(str(data["date"])[:10]) if data.get("date") else None
    return Deadline(day, str(data.get("text") or "")[: rules.HEADING_LENGTH], str(basis))


# Words that repeat the target's sign: 不少于 20 个 is “≥ 20 个”.
_AMONG = re.compile(r"^其中[：:，,]?")
_COMPARED = re.compile(
    r"(?:不得?(?:少于|低于|小于|超过|高于|大于|多于)|至少|达到?|超过|突破|控制在|稳定在|保持在|约|大约)\s*(?:全[省市县])?\s*$"
)
_COMPARED_BEHIND = re.compile(r"^\s*(?:及?以上|及?以下|以内|之内|左右|上下)")


def _target(data: Mapping[str, Any], context: Context) -> Target | None:
    try:
        value = Decimal(str(data["value"]))
        top = Decimal(str(data["value_max"])) if data.get("value_max") is not None else None
    except InvalidOperation:
        return None
    if not abs(value) < _LARGEST_VALUE or (top is not None and not abs(top) < _LARGEST_VALUE):
        return None
    sign = data.get("comparator") or "="
    place = data.get("county") or data.get("place") or ""
    kind = data.get("kind") or TargetKind.TARGET
    return Target(
        text=data["text"],
        subject=str(data.get("subject") or _subject(data["text"], value, str(data.get("unit") or "")))[:200],
        value=round(value, 4),
        value_max=None if top is None else round(top, 4),
        unit=str(data.get("unit") or "")[:20],
        comparator=_COMPARATORS.get(sign, sign if sign in Comparator.values else Comparator.EQUAL),
        kind=kind if kind in TargetKind.values else TargetKind.TARGET,
        county=place if place in context.counties else "",
    )


def _subject(text: str, value: Decimal, unit: str) -> str:
    """其中改造食堂不少于20个 → 改造食堂: what is counted, without how much; the comparison has its own sign."""
    number = re.escape(f"{value.normalize():f}")
    printed = re.search(rf"\s*{number}(?:\s*[-—–~～至到]+\s*\d[\d.]*)?\s*{re.escape(unit)}", text)
    if printed is None:
        return text.strip("，,：: ") or text
    before, after = text[: printed.start()], text[printed.end() :]
    counted = _COMPARED.sub("", _AMONG.sub("", before)) + _COMPARED_BEHIND.sub("", after)
    return counted.strip("，,：: ") or text


def _meant(rows: Sequence[Mapping[str, Any]], match: Match) -> list[Item | None]:
    """The list's item that each row is: first the one with the same words, then the one with the same number.

    The same words under another number are the same task, so a version with an item put in between
    shows one new item, not two hundred changed ones.
    """
    by_words: dict[str, list[Item]] = defaultdict(list)
    for item in match.unseen.values():
        by_words[_words(item.content)].append(item)
    found: list[Item | None] = []
    for values in rows:
        same = [item for item in by_words.get(_words(values["content"]), ()) if item.seq in match.unseen]
        same.sort(key=lambda item: normalise(item.no) != normalise(values["number"]))
        found.append(match.take(same[0]) if same else None)
    for place, values in enumerate(rows):
        if found[place] is None and values["number"]:
            numbered = [i for i in match.by_number.get(normalise(values["number"]), ()) if i.seq in match.unseen]
            under = [i for i in numbered if _keys(i.path) == _keys(values["path"])]
            if choice := under if len(numbered) > 1 else numbered:
                found[place] = match.take(choice[0])
    return found


def _words(text: str) -> str:
    return squeeze(normalise(text))


def _keys(path: Sequence[str]) -> list[str]:
    return [_words(heading) for heading in path]


def _field_of(doubt: str) -> str:
    return next((name for name, words in _ABOUT if any(word in doubt for word in words)), "")


class _Where:
    """Which blocks of the source a place means."""

    def __init__(self, blocks: Sequence[Mapping[str, Any]]) -> None:
        self._lines: list[tuple[int, int]] = []
        self._rows: dict[tuple[str, int, int], int] = {}
        self._paragraphs: dict[int, int] = {}
        for index, block in enumerate(blocks):
            place = block["place"]
            if place.get("line"):
                self._lines.append((place["line"], index))
            if place.get("row"):
                self._rows[place.get("sheet", ""), place.get("table", 0), place["row"]] = index
            elif place.get("paragraph"):
                self._paragraphs[place["paragraph"]] = index

    def find(self, place: Mapping[str, Any]) -> list[int]:
        """First and last index, empty when the place is unknown."""
        if place.get("row"):
            index = self._rows.get((place.get("sheet", ""), place.get("table", 0), place["row"]))
            if index is not None:
                return [index, index]
        if lines := place.get("lines") or ([place["line"]] * 2 if place.get("line") else None):
            inside = [index for line, index in self._lines if lines[0] <= line <= lines[-1]]
            return [inside[0], inside[-1]] if inside else []
        if (first := place.get("paragraph")) in self._paragraphs:
            last = place.get("last_paragraph") or first
            return [self._paragraphs[first], self._paragraphs.get(last, self._paragraphs[first])]
        return []
