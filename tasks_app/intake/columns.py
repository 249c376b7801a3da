"""The columns of an uploaded list: one small class each.

A column knows the headings it goes by, cleans a cell into a value, and assigns the value to an
item. Adding a column to the import is adding a class and naming it in COLUMNS.
"""

import datetime as dt
import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _

from tasks_app.catalogue.items import Item, Target
from tasks_app.intake import rules
from tasks_app.intake.readers import Unreadable
from tasks_app.intake.rules import CellProblem, heading_key
from tasks_app.intake.understanding import labels
from tasks_app.intake.understanding.columns import CONTENT, HEADING, NUMBER
from tasks_app.lib.text import normalise, squeeze
from tasks_app.units.queries import NameBook
from tasks_app.units.rules import split_units

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


@dataclass(frozen=True)
class Context:
    """What a cell is understood against: the jurisdiction's names, the list's year and default deadline.

    `headings` maps the matching key of a chapter or section of the list to its stored spelling;
    `counties` are the short names of the jurisdiction's counties.
    """

    names: NameBook
    year: int
    default_due_on: dt.date | None
    default_due_text: str
    headings: dict[str, str]
    counties: frozenset[str] = frozenset()
    # Splitting and guessing cost milliseconds, and a list repeats the same cells all along.
    _written: dict[str, list[str]] = field(default_factory=dict)
    _near: dict[str, list[tuple[str, int]]] = field(default_factory=dict)

    @cached_property
    def spellings(self) -> dict[str, str]:
        """Every written form, normalised → the unit's name: what suggestions are drawn from."""
        return {name: unit.name for name in self.names.vocabulary if (unit := self.names.find(name))}

    def units_in(self, cell: str) -> list[str]:
        """The names written in a cell (units.rules.split_units)."""
        if cell not in self._written:
            self._written[cell] = split_units(cell, self.spellings)
        return self._written[cell]

    def suggest(self, name: str) -> list[str]:
        """Up to three units whose name or alias is written much like `name`."""
        return [unit for unit, _score in self.scored(name)]

    def scored(self, name: str) -> list[tuple[str, int]]:
        """The same with how alike they are written, in percent; never more than a hint."""
        if name not in self._near:
            key = normalise(name)
            near = difflib.get_close_matches(key, self.spellings, n=6, cutoff=0.5)
            best: dict[str, int] = {}
            for written in near:
                score = round(100 * difflib.SequenceMatcher(None, written, key).ratio())
                best[self.spellings[written]] = max(score, best.get(self.spellings[written], 0))
            self._near[name] = list(best.items())[:3]
        return self._near[name]


class Column:
    """Base of all columns: a text that may be blank and goes into the item's field `name`."""

    name: ClassVar[str]
    title: ClassVar[str]
    synonyms: ClassVar[tuple[str, ...]] = ()
    required: ClassVar[bool] = False
    limit: ClassVar[int] = rules.HEADING_LENGTH
    # What to write into a cell, for the page's table of columns.
    hint: ClassVar["StrPromise | str"] = ""

    def clean(self, cell: str, context: Context) -> Any:
        """The value of a cell. Raises CellProblem."""
        text = cell.strip()
        if self.required and not text:
            raise CellProblem("cell_missing", "")
        if len(text) > self.limit:
            raise CellProblem("too_long", text[: self.limit], limit=str(self.limit), length=str(len(text)))
        return text

    def assign(self, item: Item, value: Any) -> Item:
        """The item with this column's value; what the file does not change keeps its stored form."""
        return replace(item, **{self.name: value})


class Number(Column):
    name, title, required = "number", "序号", True
    hint = _("每行不同；与清单里的序号相同的行是更正，不同的是新增。")
    synonyms = ("编号", "任务序号", "任务编号", "项目序号", "序", "No", "序列")

    def clean(self, cell: str, context: Context) -> str:
        return rules.clean_number(cell)

    def assign(self, item: Item, value: str) -> Item:
        return item if normalise(item.no) == value else replace(item, no=value)


class _Heading(Column):
    """A level of the headings above the item; `level` counts from the outermost."""

    level: ClassVar[int]

    def clean(self, cell: str, context: Context) -> str:
        text = super().clean(cell, context)
        return context.headings.get(normalise(text), text)

    def assign(self, item: Item, value: str) -> Item:
        path = list(item.path) + [""] * (self.level + 1 - len(item.path))
        path[self.level] = value
        return replace(item, path=tuple(heading for heading in path if heading))


class Chapter(_Heading):
    name, title, level = "chapter", "章", 0
    hint = _("如“一、城市建设”；合并单元格拆开后留空的，沿用上一行。")
    synonyms = ("篇章", "章标题", "章名称", "一级标题", "任务类别", "类别", "大类", "领域", "重点领域", "板块")


class SectionColumn(_Heading):
    name, title, level = "section", "节", 1
    hint = _("如“(一) 公共资源”。")
    synonyms = ("节标题", "节名称", "二级标题", "小类", "任务小类", "子类", "分类")


class KeyTask(Column):
    name, title = "key_task", "重点任务"
    hint = _("有两级的写成“重点任务 / 二级任务”，斜杠两边各空一格。")
    synonyms = ("重点工作", "重点工作任务", "任务名称", "工作任务", "重点任务名称", "重点事项", "工作名称")
    limit = 2 * rules.HEADING_LENGTH

    def clean(self, cell: str, context: Context) -> tuple[str, str]:
        parts = rules.split_key_task(cell.strip())
        if (length := max(map(len, parts))) > rules.HEADING_LENGTH:
            cut = tuple(part[: rules.HEADING_LENGTH] for part in parts)
            raise CellProblem("too_long", cut, limit=str(rules.HEADING_LENGTH), length=str(length))
        return parts

    def assign(self, item: Item, value: tuple[str, str]) -> Item:
        return replace(item, key_task=value[0], sub_task=value[1])


class Content(Column):
    name, title, required, limit = "content", "工作事项和年度目标成果", True, 10_000
    hint = _("任务全文，照原文录入。")
    synonyms = (
        "工作事项", "主要任务", "任务内容", "目标任务", "工作内容", "具体任务", "具体内容", "具体举措", "工作举措",
        "工作措施", "主要内容", "任务事项", "年度目标成果", "年度目标", "目标成果", "工作目标",
        "工作事项及年度目标成果", "工作事项和目标成果", "工作任务及目标", "主要工作任务",
    )  # fmt: skip

    def assign(self, item: Item, value: str) -> Item:
        # A converter's blanks and widths are no change of the task.
        return item if squeeze(normalise(item.content)) == squeeze(normalise(value)) else replace(item, content=value)


class Units(Column):
    """Units as the document joins them; `fields` are the item's fields for names and for the words."""

    fields: ClassVar[tuple[str, str]]

    def clean(self, cell: str, context: Context) -> tuple[tuple[str, ...], str]:
        return self.known(context.units_in(cell), cell.strip(), context)

    def known(self, written: Sequence[str], words: str, context: Context) -> tuple[tuple[str, ...], str]:
        """The units' names for names as written, with the words they came from. Raises CellProblem.

        Names that nobody knows stay as they are in the problem's `partial`.
        """
        if self.required and not written:
            raise CellProblem("cell_missing", ((), words))
        units = {name: context.names.find(name) for name in written}
        names = tuple(dict.fromkeys(unit.name if unit else name for name, unit in units.items()))
        if unknown := [name for name, unit in units.items() if unit is None]:
            near = {word: "、".join(like) for word in unknown if (like := context.suggest(word))}
            said = near.values() if len(unknown) == 1 else (f"{word} → {like}" for word, like in near.items())
            raise CellProblem("unit_unknown", (names, words), names="、".join(unknown), near="；".join(said))
        return names, words

    def assign(self, item: Item, value: tuple[tuple[str, ...], str]) -> Item:
        names, words = self.fields
        # The same units in other words or another order are no change: what was printed stays.
        if set(getattr(item, names)) == set(value[0]):
            return item
        fields: dict[str, Any] = {names: value[0], words: value[1]}
        return replace(item, **fields)


class LeadUnits(Units):
    name, title, required = "lead_units", "牵头单位", True
    hint = _("单位名录里的名称或别名，几个单位用顿号隔开。")
    fields = ("lead_units", "lead_text")
    synonyms = (
        "牵头部门", "牵头责任单位", "牵头单位及责任单位", "主办单位", "主责单位", "主责部门", "第一责任单位",
        "牵头(责任)单位", "负责单位", "承办单位",
    )  # fmt: skip


class AssistUnits(Units):
    name, title = "assist_units", "配合单位"
    hint = _("同上；留空表示没有配合单位。")
    fields = ("assist_units", "assist_text")
    synonyms = ("配合部门", "协办单位", "协助单位", "参与单位", "协同单位", "参加单位", "配合责任单位", "责任配合单位")


class Responsible(Column):
    """责任单位: the lead where the file names no lead beside it, else assisting (domain §2)."""

    name, title = "responsible", "责任单位"
    hint = _("没有“牵头单位”列时作牵头单位，有则作配合单位。")
    synonyms = ("责任部门", "落实单位", "责任主体", "完成单位")


class Due(Column):
    name, title = "deadline", "完成时限"
    hint = _("如 2024-12-31、12月31日、6月底前、年底前、长期；留空按清单默认。")
    synonyms = (
        "完成时间", "时限", "完成期限", "时限要求", "办结时限", "完成日期", "截止时间", "截止日期", "时间要求",
        "时间节点", "计划完成时间", "工作时限",
    )  # fmt: skip

    def clean(self, cell: str, context: Context) -> rules.Deadline:
        return rules.read_deadline(
            cell, year=context.year, default_on=context.default_due_on, default_text=context.default_due_text
        )

    def assign(self, item: Item, value: rules.Deadline) -> Item:
        same_day = item.due_on is not None and item.due_on == value.due_on
        if same_day or (item.due_on, str(item.due_basis)) == (value.due_on, str(value.basis)) == (None, "none"):
            return item
        return replace(item, due_on=value.due_on, due_text=value.text, due_basis=value.basis)


class Path(Column):
    """All headings above an item, outermost first; what a file has in 章 and 节, a document has in any depth."""

    name, title = "path", "章节"
    hint = _("一行一个标题，外层在前。")

    def clean(self, cell: str, context: Context) -> tuple[str, ...]:
        headings = tuple(line.strip() for line in cell.splitlines() if line.strip())
        cut = tuple(heading[: self.limit] for heading in headings)
        if cut != headings:
            raise CellProblem("too_long", cut, limit=str(self.limit), length=str(max(map(len, headings))))
        return tuple(context.headings.get(normalise(heading), heading) for heading in headings)

    def assign(self, item: Item, value: tuple[str, ...]) -> Item:
        same = [normalise(heading) for heading in item.path] == [normalise(heading) for heading in value]
        return item if same else replace(item, path=value)


class Title(Column):
    name, title = "title", "标题"
    hint = _("任务自己的小标题；没有就留空。")


class Targets(Column):
    name, title, limit = "targets", "目标指标", 10_000
    hint = _("一行一个，如“改造老旧小区 ≥ 2000 套”；分到县区的写成“乐都区：建设和美乡村 = 10 个”。")

    def clean(self, cell: str, context: Context) -> tuple[Target, ...]:
        return rules.read_targets(cell, context.counties)


COLUMNS: tuple[Column, ...] = (
    Number(), Chapter(), SectionColumn(), KeyTask(), Content(), LeadUnits(), AssistUnits(), Due(),
)  # fmt: skip
RESPONSIBLE = Responsible()
# What a document gives, and what may be edited of a row, in the order of the form.
FIELDS: tuple[Column, ...] = (
    Number(), Path(), KeyTask(), Title(), Content(), LeadUnits(), AssistUnits(), Due(), Targets(),
)  # fmt: skip
BY_NAME: dict[str, Column] = {column.name: column for column in (*FIELDS, *COLUMNS)}
# Columns that other lists and our own downloads carry and that say nothing to an import.
IGNORED = frozenset(map(heading_key, ("问题", "备注", "行号")))
_BY_KEY = {
    heading_key(name): column.name for column in (*COLUMNS, RESPONSIBLE) for name in (column.title, *column.synonyms)
}


def column_of(heading: str) -> str | None:
    """The name of the column that a heading stands for, or None."""
    return _BY_KEY.get(heading_key(heading)) if heading and len(heading) <= 60 else None


@dataclass(frozen=True)
class Layout:
    """Which heading stands for which column: (place in the row, heading, column), and what is left over."""

    columns: tuple[tuple[int, str, Column], ...]
    unknown: tuple[str, ...]


IGNORE = "-"
# What a column of a document's table is headed when a person says what it holds, and the other way round.
LABELS = {
    "number": "序号", "chapter": "领域", "section": "板块", "key_task": "分类", "content": "工作内容",
    "lead_units": "牵头单位", "assist_units": "配合单位", "responsible": "责任单位", "deadline": "完成时限",
    IGNORE: "",
}  # fmt: skip
MEANT = {
    NUMBER: "number", HEADING: "key_task", CONTENT: "content", labels.LEAD: "lead_units",
    labels.ASSIST: "assist_units", labels.RESPONSIBLE: "responsible", labels.DEADLINE: "deadline",
}  # fmt: skip


def layout_of(headings: Sequence[str], mapping: Mapping[str, str] | None = None) -> Layout:
    """Resolve the headings of a file, in whatever order. Raises Unreadable with every heading missing.

    `mapping` is what a person said: heading → column name, or IGNORE.
    """
    mapping = mapping or {}
    named = [mapping.get(heading) or column_of(heading) for heading in headings]
    stands_for: dict[str, Column] = {column.name: column for column in COLUMNS}
    if "responsible" in named:
        stands_for["responsible"] = stands_for["assist_units" if "lead_units" in named else "lead_units"]
    found: dict[str, tuple[int, str, Column]] = {}
    for place, (heading, name) in enumerate(zip(headings, named, strict=True)):
        if name is None or name not in stands_for:
            continue
        column = stands_for[name]
        if column.name in found:
            raise Unreadable("column_twice", one=found[column.name][1], other=heading, column=column.title)
        found[column.name] = (place, heading, column)
    if missing := [column.title for column in COLUMNS if column.required and column.name not in found]:
        raise Unreadable("column_missing", names="、".join(missing), found="、".join(filter(None, headings)))
    unknown = (h for h, name in zip(headings, named, strict=True) if h and not name and heading_key(h) not in IGNORED)
    return Layout(columns=tuple(found[c.name] for c in COLUMNS if c.name in found), unknown=tuple(unknown))
