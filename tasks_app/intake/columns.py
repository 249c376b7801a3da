"""The columns of a list's rows: one small class each, and everything that the import knows of it (see column.py).

Adding a column is adding a class and naming it in COLUMNS: template, list of headings, reading, preview, editor,
changes and annotated file go through COLUMNS and nothing else.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from tasks_app.catalogue.choices import DueBasis
from tasks_app.catalogue.items import Item, Target
from tasks_app.intake import rules
from tasks_app.intake.column import Column
from tasks_app.intake.context import Context
from tasks_app.intake.rules import CellProblem
from tasks_app.intake.understanding import labels
from tasks_app.intake.understanding.columns import CONTENT, HEADING, NUMBER
from tasks_app.lib.text import normalise, squeeze


class Number(Column):
    name, label, required, beside = "number", _("序号"), True, False
    kind, printed, fields = NUMBER, "序号", {"no": label}
    hint = _("每行不同；与清单里的序号相同的行是更正，不同的是新增。")
    synonyms = ("编号", "任务序号", "任务编号", "项目序号", "序", "No", "序列")

    def clean(self, cell: str, context: Context) -> str:
        try:
            return rules.clean_number(cell)
        except CellProblem as problem:
            problem.partial = problem.partial or ""
            raise

    def assign(self, item: Item, value: str) -> Item:
        return item if normalise(item.no) == value else self.put(item, value)

    def of(self, item: Item) -> str:
        return item.no

    def put(self, item: Item, value: str) -> Item:
        return replace(item, no=value)

    def value(self, item: Item) -> str:
        return item.no


class _Heading(Column):
    """A level of the headings above the item; `level` counts from the outermost. Rows have all of them in Path."""

    level: ClassVar[int]
    in_rows = False

    def clean(self, cell: str, context: Context) -> str:
        text = super().clean(cell, context)
        return context.headings.get(normalise(text), text)

    def assign(self, item: Item, value: str) -> Item:
        path = list(item.path) + [""] * (self.level + 1 - len(item.path))
        path[self.level] = value
        return replace(item, path=tuple(heading for heading in path if heading))

    def of(self, item: Item) -> str:
        return item.path[self.level] if len(item.path) > self.level else ""

    def value(self, item: Item) -> str:
        return self.of(item)


class Chapter(_Heading):
    name, label, level, printed = "chapter", _("章"), 0, "领域"
    hint = _("如“一、城市建设”；合并单元格拆开后留空的，沿用上一行。")
    synonyms = ("篇章", "章标题", "章名称", "一级标题", "任务类别", "类别", "大类", "领域", "重点领域", "板块")


class SectionColumn(_Heading):
    name, label, level, printed = "section", _("节"), 1, "板块"
    hint = _("如“(一) 公共资源”。")
    synonyms = ("节标题", "节名称", "二级标题", "小类", "任务小类", "子类", "分类")


class Path(Column):
    """All headings above an item, outermost first; what a file has in 章 and 节, a document has in any depth."""

    name, label, in_files, beside, lines = "path", _("章节"), False, False, 2
    hint = row_hint = _("一行一个标题，外层在前。")

    def clean(self, cell: str, context: Context) -> tuple[str, ...]:
        headings = tuple(line.strip() for line in cell.splitlines() if line.strip())
        cut = tuple(heading[: self.limit] for heading in headings)
        if cut != headings:
            raise CellProblem("too_long", cut, limit=str(self.limit), length=str(max(map(len, headings))))
        return tuple(context.headings.get(normalise(heading), heading) for heading in headings)

    def assign(self, item: Item, value: tuple[str, ...]) -> Item:
        same = [normalise(heading) for heading in item.path] == [normalise(heading) for heading in value]
        return item if same else replace(item, path=value)

    def of(self, item: Item) -> str:
        return "\n".join(item.path)

    def shown(self, item: Item) -> str:
        return " › ".join(item.path)


class KeyTask(Column):
    name, label, beside = "key_task", _("重点任务"), False
    kind, printed = HEADING, "分类"
    fields = {"key_task": label, "sub_task": _("二级重点任务")}
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

    def of(self, item: Item) -> str:
        return " / ".join(filter(None, self.value(item)))

    def value(self, item: Item) -> tuple[str, str]:
        return item.key_task, item.sub_task


class Title(Column):
    name, label, in_files, beside = "title", _("标题"), False, False
    hint = _("任务自己的小标题；没有就留空。")


class Content(Column):
    name, label, required, limit = "content", _("工作事项和年度目标成果"), True, 10_000
    kind, printed, beside, lines = CONTENT, "工作内容", False, 4
    hint = _("任务全文，照原文录入。")
    synonyms = (
        "工作事项", "主要任务", "任务内容", "目标任务", "工作内容", "具体任务", "具体内容", "具体举措", "工作举措",
        "工作措施", "主要内容", "任务事项", "年度目标成果", "年度目标", "目标成果", "工作目标",
        "工作事项及年度目标成果", "工作事项和目标成果", "工作任务及目标", "主要工作任务",
    )  # fmt: skip

    def assign(self, item: Item, value: str) -> Item:
        # Different blanks and character widths, from a converter, are no change of the task.
        return item if squeeze(normalise(item.content)) == squeeze(normalise(value)) else self.put(item, value)

    def put(self, item: Item, value: str) -> Item:
        return replace(item, content=value)


class Units(Column):
    """Units as the document joins them: the item's field `name` holds their names, `words` what was printed."""

    words: ClassVar[str]

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
        # The same units in other words or another order are no change: what was printed stays.
        if set(getattr(item, self.name)) == set(value[0]):
            return item
        fields: dict[str, Any] = {self.name: value[0], self.words: value[1]}
        return replace(item, **fields)

    def of(self, item: Item) -> str:
        return "、".join(getattr(item, self.name))

    def anew(self, item: Item, context: Context) -> tuple[tuple[str, ...], str]:
        return self.known(*self.value(item), context)

    def value(self, item: Item) -> tuple[tuple[str, ...], str]:
        return getattr(item, self.name), getattr(item, self.words)


class LeadUnits(Units):
    name, label, required, words = "lead_units", _("牵头单位"), True, "lead_text"
    kind, printed, lines = labels.LEAD, "牵头单位", 1
    fields = {"lead_units": label, "lead_text": _("牵头单位（原文）")}
    hint = _("单位名录里的名称或别名，几个单位用顿号隔开。")
    synonyms = (
        "牵头部门", "牵头责任单位", "牵头单位及责任单位", "主办单位", "主责单位", "主责部门", "第一责任单位",
        "牵头(责任)单位", "负责单位", "承办单位",
    )  # fmt: skip


class AssistUnits(Units):
    name, label, words = "assist_units", _("配合单位"), "assist_text"
    kind, printed, lines = labels.ASSIST, "配合单位", 2
    fields = {"assist_units": label, "assist_text": _("配合单位（原文）")}
    hint = _("同上；留空表示没有配合单位。")
    synonyms = ("配合部门", "协办单位", "协助单位", "参与单位", "协同单位", "参加单位", "配合责任单位", "责任配合单位")


class Responsible(Column):
    """责任单位: the lead where the file names no lead beside it, else assisting (domain §2)."""

    name, label, in_rows = "responsible", _("责任单位"), False
    kind, printed = labels.RESPONSIBLE, "责任单位"
    hint = _("没有“牵头单位”列时作牵头单位，有则作配合单位。")
    synonyms = ("责任部门", "落实单位", "责任主体", "完成单位")


class Due(Column):
    name, label, kind, printed = "deadline", _("完成时限"), labels.DEADLINE, "完成时限"
    fields = {"due_on": label, "due_text": _("时限原文"), "due_basis": _("时限依据")}
    hint = row_hint = _("如 2024-12-31、12月31日、6月底前、年底前、长期；留空按清单默认。")
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

    def of(self, item: Item) -> str:
        return item.due_text if item.due_basis == DueBasis.EXPLICIT and item.due_text else self.shown(item)

    def value(self, item: Item) -> rules.Deadline:
        return rules.Deadline(item.due_on, item.due_text, item.due_basis)

    def shown(self, item: Item) -> str:
        return item.due_on.isoformat() if item.due_on else item.due_text

    def note(self, item: Item) -> str:
        words = item.due_text if item.due_on and item.due_text != self.shown(item) else ""
        return "，".join(filter(None, (words, self.change("due_basis", item.due_basis))))

    def change(self, field: str, text: str) -> str:
        return str(DueBasis(text).label) if field == "due_basis" and text in DueBasis.values else text


class Targets(Column):
    name, label, in_files, limit, lines = "targets", _("目标指标"), False, 10_000, 3
    hint = row_hint = _("一行一个，如“改造老旧小区 ≥ 2000 套”；分到县区的写成“乐都区：建设和美乡村 = 10 个”。")

    def clean(self, cell: str, context: Context) -> tuple[Target, ...]:
        return rules.read_targets(cell, context.counties)

    def of(self, item: Item) -> str:
        return "\n".join(map(rules.target_line, item.targets))

    def put(self, item: Item, value: tuple[Target, ...]) -> Item:
        # A line that nobody changed keeps the document's words and kind.
        same = {rules.target_line(target): target for target in item.targets}
        return self.assign(item, tuple(same.get(rules.target_line(target), target) for target in value))

    def shown(self, item: Item) -> str:
        return "；".join(map(rules.target_line, item.targets))


class ExternalCode(Column):
    name, label, limit = "external_code", _("外部编码"), 64
    hint = _("另一个系统（如省级平台）给这项任务的编码，清单内不重复；没有就留空。")
    synonyms = (
        "平台编码", "上级编码", "系统编码", "任务编码", "省级编码", "省平台编码", "上级平台编码", "平台任务编码",
        "系统任务编码", "外部系统编码",
    )  # fmt: skip

    def clean(self, cell: str, context: Context) -> str:
        text: str = super().clean(cell, context)
        # Spreadsheets show long numbers in this form and save only these digits.
        if re.fullmatch(r"\d(?:\.\d+)?[Ee]\+\d+", text):
            raise CellProblem("value_rounded", text)
        return text

    def assign(self, item: Item, value: str) -> Item:
        # The same code in full width is no change.
        same = normalise(item.external_code) == normalise(value)
        return item if same else self.put(item, value)

    def put(self, item: Item, value: str) -> Item:
        return replace(item, external_code=value)


# In the order of the template and of the row editor.
COLUMNS: tuple[Column, ...] = (
    Number(), Chapter(), SectionColumn(), Path(), KeyTask(), Title(), Content(), LeadUnits(), AssistUnits(), Due(),
    Targets(), ExternalCode(),
)  # fmt: skip
RESPONSIBLE = Responsible()
# What a table may carry; what a row shows, a document gives and a person edits.
FILE_COLUMNS = tuple(column for column in COLUMNS if column.in_files)
ROW_COLUMNS = tuple(column for column in COLUMNS if column.in_rows)
BY_NAME: dict[str, Column] = {column.name: column for column in COLUMNS}
# Each field of an item that an import may change → its column. The others only accompany a task
# and are no change of it.
COLUMN_OF: dict[str, Column] = {field: column for column in ROW_COLUMNS for field in column.called}
# Headings that other lists and our own downloads carry and that say nothing to an import.
IGNORED = ("问题", "备注", "行号")
