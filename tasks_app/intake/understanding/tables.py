"""Lists written as tables: from rows to items.

1. Rows above the headings are titles, repeated headings are passed over, notes and sums below too.
2. A row with one filled cell that carries a number of headings (一、 （一）), or that spans the table,
   is a heading; its kind of number says how deep.
3. Every other row is laid over the columns (`alignment`). Neighbouring rows with as many cells show
   where the content stands on this page; a row that differs from them is marked.
4. A blank heading cell repeats the one above, within its section; a new heading empties the deeper ones.
5. A blank number means a merged one: the row is a further point of the same task. Units are carried
   with it, and the row says so. Units beside a number of their own are never carried.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tasks_app.intake.readers.document import ABOVE, LEFT, Row
from tasks_app.intake.understanding.alignment import Laid, is_units, lay
from tasks_app.intake.understanding.clauses import read_cell
from tasks_app.intake.understanding.cleaning import cell_text, flow, glue, mend
from tasks_app.intake.understanding.columns import (
    HEADING,
    NUMBER,
    OTHER,
    TARGET,
    UNITS,
    Columns,
    is_heading_row,
)
from tasks_app.intake.understanding.labels import ASSIST, DEADLINE, FIRST_LEADS, LEAD
from tasks_app.intake.understanding.marks import NumberMark, read_mark
from tasks_app.intake.understanding.results import Item
from tasks_app.units.rules import looks_like_unit, split_units

_NOTE = re.compile(
    r"^(?:注|备注|说明|附注|填表说明|填报说明|填表人|审核人|制表|填报单位|联系人|备\s*注)\s*\d*[：:．.、]|^(?:合\s*计|总\s*计|小\s*计|共\s*计)"
)
_END = re.compile(r"^(?:抄\s*送|主\s*送|是否宜公开|附件[：:\d]|.{0,30}20\d\d年\d{1,2}月\d{1,2}日(?:印发)?$)")
_PAGE = re.compile(r"[\s\-—–－·第]*\d{1,4}[\s\-—–－·页]*(?:[/共]\s*\d+\s*页?)?")
_HAN_NUMBER = re.compile(r"[（(]?[一二三四五六七八九十]{1,3}[)）]?[、.．]?")
_SECTION_KINDS = ("part", "chapter", "section", "han", "bracketed_han", "plain", "bracketed")
_FEW_LEADS = 0.8
_A_PAGE = 3  # rows of one shape that make it the layout of a page


@dataclass
class _State:
    """What is remembered from row to row."""

    sections: list[tuple[str, str]] = field(default_factory=list)
    headings: dict[int, str] = field(default_factory=dict)
    items: list[Item] = field(default_factory=list)
    fresh: bool = False

    def enter(self, kind: str, text: str) -> None:
        """A section heading: closes those of its kind and what is below."""
        kinds = [one for one, _text in self.sections]
        if kind in kinds:
            del self.sections[kinds.index(kind) :]
        elif kind in _SECTION_KINDS:
            outer = _SECTION_KINDS[: _SECTION_KINDS.index(kind)]
            while self.sections and self.sections[-1][0] not in outer and self.sections[-1][0] != "":
                self.sections.pop()
        self.sections.append((kind, text))
        self.headings.clear()
        self.fresh = True


class TableReader:
    """Reads one table, or several that continue one another with the same columns."""

    def __init__(self, columns: Columns, *, ragged: bool) -> None:
        self.columns = columns
        self.ragged = ragged
        self.doubts: list[str] = []
        self._state = _State()
        self._vocabulary: set[str] = set()
        self._rare: Counter[tuple[int, int]] = Counter()
        self._first_leads = any(FIRST_LEADS.search(name) for name in columns.names)

    @property
    def items(self) -> list[Item]:
        return self._state.items

    def read(self, rows: Sequence[Row], *, heading: str = "") -> None:
        """Read the rows below the headings; `heading` opens a section first (the name of a sheet)."""
        if heading:
            self._state.enter("", heading)
        rows = [row for row in rows if not is_heading_row(row, self.columns)]
        data = {index: self._lay(row) for index, row in enumerate(rows) if self._is_data(row)}
        layouts = self._layouts(rows, data)
        self._rare.update(self._shape(laid) for laid in data.values())
        self._learn_names(rows, data)
        for index, row in enumerate(rows):
            if index in data:
                self._data_row(row, data[index], layouts[index])
            elif self._other_row(row):
                break

    # -- what a row is ------------------------------------------------------------------------

    def _is_data(self, row: Row) -> bool:
        if row.loose:
            return False
        own = [index for index, cell in enumerate(row.cells) if cell.text.strip() and cell.merged != ABOVE]
        first = flow(row.cells[own[0]].text) if own else ""
        if not own or _NOTE.match(first) or _END.match(first):
            return False
        if len(own) == 1:
            spans = sum(cell.merged == LEFT for cell in row.cells) >= 2
            merged = any(cell.merged == ABOVE and cell.text for cell in row.cells)
            alone = own[0] == self.columns.content > 0 and not read_mark(first) and first.endswith("。")
            return (merged or alone) and not spans and own[0] == self.columns.content
        return not self._is_numbered_heading(row, own)

    def _is_numbered_heading(self, row: Row, own: Sequence[int]) -> bool:
        """["一", "强化产业支撑", "", ""]: a Chinese number and a name, no units."""
        number = self.columns.of(NUMBER)
        if (
            not number
            or own[0] != number[0]
            or len(own) != 2
            or not _HAN_NUMBER.fullmatch(flow(row.cells[own[0]].text))
        ):
            return False
        return len(row.cells[own[1]].text) <= 60 and not any(index in self.columns.of(*UNITS) for index in own)

    def _other_row(self, row: Row) -> bool:
        """Take in a heading, a note or a loose line; True when the table is over."""
        texts = _own_texts(row)
        text = _in_one_line(texts)
        if not text or _PAGE.fullmatch(text) or _NOTE.match(text):
            self._first_leads |= bool(FIRST_LEADS.search(text))
            return False
        if _END.match(text):
            return row.loose
        mark = read_mark(text)
        if len(text) <= 80 and not text.endswith("。") and _is_heading(row, mark):
            self._state.enter(mark.kind if mark else "", _as_printed(text, row) if len(texts) == 1 else text)
            return False
        self._continue(text, row)
        return False

    def _continue(self, text: str, row: Row) -> None:
        """A line without cells of its own goes on with the item before."""
        if not self.items or self._state.fresh:
            self.doubts.append(f"“{text[:30]}”不知属于哪一项，没有读入")
            return
        item = self.items[-1]
        item.content = glue(item.content, text)
        item.doubt(f"“{text[:20]}”单独成行，已接在本项内容之后")
        item.source.setdefault("also", []).append(row.place.as_json())

    # -- where its cells belong ----------------------------------------------------------------

    def _lay(self, row: Row) -> Laid:
        return lay([mend(text).strip() for text in row.texts], self.columns.kinds, ragged=self.ragged)

    def _layouts(self, rows: Sequence[Row], data: dict[int, Laid]) -> dict[int, tuple[int, int]]:
        """For each data row where content and first unit stand in most of the neighbouring rows of its width."""
        found: dict[int, tuple[int, int]] = {}
        stretch: list[int] = []
        for index in [*data, -1]:
            if stretch and (index < 0 or len(rows[index].cells) != len(rows[stretch[0]].cells)):
                found |= self._usual(stretch, data)
                stretch = []
            stretch.append(index)
        return found

    def _usual(self, stretch: Sequence[int], data: dict[int, Laid]) -> dict[int, tuple[int, int]]:
        """Near each row, not over the whole stretch: the columns may change from page to page."""
        shapes = [self._shape(data[index]) for index in stretch]
        answer = {}
        for place, index in enumerate(stretch):
            near = Counter(shapes[max(0, place - 3) : place + 4])
            usual, times = near.most_common(1)[0]
            answer[index] = shapes[place] if near[shapes[place]] == times else usual
        return answer

    def _shape(self, laid: Laid) -> tuple[int, int]:
        units = [laid.cells[column] for column in self.columns.of(*UNITS)]
        return laid.cells[self.columns.content], units[0] if units else -1

    def _learn_names(self, rows: Sequence[Row], data: dict[int, Laid]) -> None:
        """Names from cells that need no thought help with those that do."""
        for index, laid in data.items():
            for column in self.columns.of(*UNITS):
                text = self._at(rows[index], laid, column)
                if text and not re.search(r"\s|及|和|与", text) and is_units(text):
                    self._vocabulary.update(name for name in split_units(text, ()) if looks_like_unit(name))

    def _at(self, row: Row, laid: Laid, column: int) -> str:
        cell = laid.cells[column]
        return mend(row.cells[cell].text).strip() if 0 <= cell < len(row.cells) else ""

    # -- what it says --------------------------------------------------------------------------

    def _data_row(self, row: Row, laid: Laid, usual: tuple[int, int]) -> None:
        columns, state = self.columns, self._state
        number = self._number(row, laid)
        content_cell = laid.cells[columns.content]
        content = cell_text(self._at(row, laid, columns.content))
        if content_cell >= 0 and row.cells[content_cell].merged == ABOVE and state.items and not state.fresh:
            self._more_units(row, laid)
            return
        units = {role: "\n".join(filter(None, (self._at(row, laid, at) for at in columns.of(role)))) for role in UNITS}
        if self._is_rest(number, content, units):
            self._continue(content, row)
            return
        self._take_headings(row, laid, usual)
        if not columns.of(NUMBER):
            number, content = _number_in(content)
        path = [text for _kind, text in state.sections] + [state.headings[level] for level in sorted(state.headings)]
        item = Item(
            no=number, path=path, title=state.headings[max(state.headings)] if state.headings else "", content=content
        )
        item.source = row.place.as_json()
        if "line" in item.source:
            item.source["lines"] = [item.source["line"], item.source.pop("line")]
        item.source["cells"] = row.texts
        self._mark_moves(item, row, laid, usual)
        self._assign(item, units, laid)
        item.deadline_text = self._text_of(row, laid, DEADLINE)
        item.target_text = self._text_of(row, laid, TARGET)
        item.others = self._others(row, laid)
        self._check(item, number, row)
        state.items.append(item)
        state.fresh = False

    def _number(self, row: Row, laid: Laid) -> str:
        number = self.columns.of(NUMBER)
        text = flow(self._at(row, laid, number[0])) if number else ""
        return re.sub(r"^(\d+)\.0$|[.．、]$", r"\1", text)

    def _text_of(self, row: Row, laid: Laid, kind: str) -> str:
        return "；".join(filter(None, (cell_text(self._at(row, laid, at)) for at in self.columns.of(kind))))

    def _others(self, row: Row, laid: Laid) -> dict[str, str]:
        """The cells under headings that say nothing to the understanding; whoever asked for the list may know them."""
        named = ((self.columns.names[at], at) for at in self.columns.of(OTHER))
        return {name: cell_text(self._at(row, laid, at)) for name, at in named if name and laid.cells[at] >= 0}

    def _is_rest(self, number: str, content: str, units: dict[str, str]) -> bool:
        """Whether a row is only the rest of a content cell that a page break cut."""
        before = self.items[-1].content if self.items else ""
        return bool(
            self.columns.of(NUMBER)
            and not number
            and content
            and before
            and not self._state.fresh
            and not any(units.values())
            and not before.endswith(("。", "；", "！", ";"))
            and self.ragged
        )

    def _take_headings(self, row: Row, laid: Laid, usual: tuple[int, int]) -> None:
        """Rule 4. A heading's level follows from its distance to where the content usually stands."""
        known = self.columns.of(HEADING)
        cells = sorted({*laid.extra, *(laid.cells[at] for at in known if laid.cells[at] >= 0)})
        filled = [at for at in cells if row.cells[at].text.strip()]
        base = known[0] if known else self.columns.content
        shift = laid.cells[self.columns.content] - usual[0]
        if filled and filled[0] - shift < base:
            shift = 0
        for at in filled:
            level = max(at - shift - base, 0)
            text = cell_text(row.cells[at].text).replace("\n", "")
            if self._state.headings.get(level) != text or row.cells[at].merged != ABOVE:
                for deeper in [one for one in self._state.headings if one > level]:
                    del self._state.headings[deeper]
            self._state.headings[level] = text

    def _mark_moves(self, item: Item, row: Row, laid: Laid, usual: tuple[int, int]) -> None:
        shape = self._shape(laid)
        columns = self.columns
        by_headings = (columns.content, (columns.of(*UNITS) or [-1])[0])
        if shape != usual or (shape != by_headings and self._rare[shape] < _A_PAGE):
            item.doubt("本行的格子与上下各行错位，已按各格内容重新对应，请核对")
        elif shape[0] > self.columns.content and laid.lost:
            item.doubt("本行右移，最后一栏没有对应的格子，配合单位可能与牵头单位挤在一格或已丢失")
        if laid.close:
            item.doubt("本行的格子有两种对应方法，取了较合理的一种，请核对")
        if laid.lost and len(row.cells) <= len(self.columns.kinds) and shape != usual:
            item.doubt("本行右移后最后一栏没有格子，其内容可能已丢失")
        for remark in row.remarks:
            item.doubt(remark)

    def _assign(self, item: Item, units: dict[str, str], laid: Laid) -> None:
        for role, text in units.items():
            item.units_text = "；".join(filter(None, (item.units_text, text)))
            said = read_cell(text, role) if text else None
            if said is not None:
                for other in UNITS:
                    item.units(other).extend(name for name in said.units[other] if name not in item.units(other))
                self._first_leads |= said.first_leads and said.same_below
                if said.first_leads and not item.lead_units and item.responsible_units:
                    item.lead_units.append(item.responsible_units.pop(0))
                continue
            item.units(role).extend(self._split(text))
        no_cell = any(laid.cells[at] < 0 for at in self.columns.of(ASSIST))
        both_in_one = no_cell and (laid.lost or self.ragged) and not units[ASSIST]
        if both_in_one and len(item.lead_units) > 1 and re.search(r"\s", units[LEAD].strip()):
            self._divide_leads(item, units[LEAD])

    def _divide_leads(self, item: Item, text: str) -> None:
        """Lead and assisting units in one cell: the first is the lead where the table usually has one."""
        several = sum(len(one.lead_units) > 1 for one in self.items)
        if self.items and several > (1 - _FEW_LEADS) * len(self.items):
            item.doubt("牵头单位和配合单位可能挤在一格，分不开，暂都作牵头单位")
            return
        first, _blank, rest = text.strip().partition(re.search(r"\s+", text.strip())[0])  # type: ignore[index]
        item.lead_units[:] = self._split(first)
        item.assist_units[:] = self._split(rest)
        item.doubt("牵头单位和配合单位挤在一格，按第一个空格分开，第一家作牵头单位")

    def _split(self, text: str) -> list[str]:
        vocabulary = self._vocabulary if re.search(r"\s|及|和|与", text.strip()) else ()
        return split_units(text, vocabulary)

    def _more_units(self, row: Row, laid: Laid) -> None:
        """A row whose content continues the one above only adds units to it."""
        item = self.items[-1]
        for role in UNITS:
            for at in self.columns.of(role):
                cell = laid.cells[at]
                if cell >= 0 and row.cells[cell].merged != ABOVE:
                    item.units(role).extend(
                        name for name in self._split(self._at(row, laid, at)) if name not in item.units(role)
                    )

    def _check(self, item: Item, number: str, row: Row) -> None:
        """Carry what merged cells left blank, and say what looks wrong."""
        before = self.items[-1] if self.items and not self._state.fresh else None
        numbered = bool(self.columns.of(NUMBER))
        has_units = any(item.units(role) for role in UNITS)
        if numbered and not number:
            if before is not None:
                item.no = before.no
                item.doubt("序号为空，当作合并单元格，沿用上一行的序号")
                if not has_units:
                    for role in UNITS:
                        item.units(role).extend(before.units(role))
                    item.doubt("单位为空，沿用上一行的单位，请核对")
            else:
                item.doubt("没有序号")
        elif not has_units and self.columns.of(*UNITS):
            item.doubt("没有写单位")
        elif self.columns.of(LEAD) and not item.lead_units and not item.responsible_units:
            item.doubt("牵头单位为空")
        if not item.content:
            item.doubt("任务内容为空")
        elif is_units(item.content) and not item.content.endswith("。"):
            item.doubt("任务内容像是单位名称，可能错位")
        if self.columns.of(HEADING) and not self._state.headings and self.ragged:
            item.doubt("重点任务一栏为空，上一节的不沿用")
        self._check_sequence(item)

    def _check_sequence(self, item: Item) -> None:
        last = next((one.no for one in reversed(self.items) if one.no.isdigit()), "")
        if item.no.isdigit() and last and int(item.no) not in {int(last), int(last) + 1, 1}:
            item.doubt(f"序号从 {last} 到 {item.no} 不连续，中间可能缺行或重复")

    def finish(self, first_leads: bool) -> None:
        """After the last row: 排在第一位的为牵头单位, said in a note or anywhere in the document."""
        if not (self._first_leads or first_leads) or self.columns.of(LEAD):
            return
        for item in self.items:
            if not item.lead_units and item.responsible_units:
                item.lead_units = [item.responsible_units.pop(0)]


def _own_texts(row: Row) -> list[str]:
    """What is printed in a row itself, cell by cell; what hangs down into it from above is not its own."""
    cells = zip(row.texts, row.cells, strict=True)
    return [flow(text) for text, cell in cells if text.strip() and cell.merged != ABOVE]


def _in_one_line(texts: Sequence[str]) -> str:
    """Cells read as one text: 一 | 强化产业支撑 is 一、强化产业支撑."""
    if len(texts) == 2 and _HAN_NUMBER.fullmatch(texts[0]):
        return "、".join(part.rstrip("、.．") for part in texts)
    return "".join(texts)


def _is_heading(row: Row, mark: NumberMark | None) -> bool:
    """Whether a row without an item is a heading: by its number, or because it spans the table or begins it."""
    place = next((index for index, cell in enumerate(row.cells) if cell.text.strip() and cell.merged != ABOVE), 0)
    if mark is not None and mark.kind in _SECTION_KINDS and (mark.kind not in {"plain", "bracketed"} or place == 0):
        return True
    spans = sum(cell.merged == LEFT for cell in row.cells) >= 2
    return not row.loose and (spans or place == 0)


def _as_printed(text: str, row: Row) -> str:
    """A heading with the blank after its number, when one is printed there: (一) 全面落实…"""
    raw = mend(next(cell.text for cell in row.cells if cell.text.strip() and cell.merged != ABOVE)).strip()
    mark = read_mark(raw)
    spaced = mark is not None and mark.length < len(raw) and raw[mark.length - 1].isspace()
    return f"{mark.printed} {flow(raw[mark.length :])}" if mark and spaced else text


def _number_in(content: str) -> tuple[str, str]:
    """The number with which a content begins, and the rest: 1.开展招聘活动。"""
    mark = read_mark(content)
    return (mark.no, content[mark.length :]) if mark and len(content) > mark.length else ("", content)
