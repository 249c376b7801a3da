"""The whole way: a Document in, all its lists out."""

import re
from collections.abc import Sequence
from dataclasses import replace

from tasks_app.intake.readers.document import ABOVE, Cell, Document, Row, Table
from tasks_app.intake.understanding import deadlines
from tasks_app.intake.understanding.cleaning import flow
from tasks_app.intake.understanding.columns import find_columns
from tasks_app.intake.understanding.deadlines import Year
from tasks_app.intake.understanding.documents import Section, split_documents
from tasks_app.intake.understanding.guessing import guess_columns
from tasks_app.intake.understanding.labels import FIRST_LEADS
from tasks_app.intake.understanding.layouts import recover_tables
from tasks_app.intake.understanding.paragraphs import Passage, passages
from tasks_app.intake.understanding.prose import read_prose
from tasks_app.intake.understanding.reporting import find_rule
from tasks_app.intake.understanding.results import Deadline, Item, Reporting, TaskList, Understood
from tasks_app.intake.understanding.tables import TableReader
from tasks_app.intake.understanding.targets import check_shares, read_targets
from tasks_app.units.rules import looks_like_unit

_LIST_TITLE = re.compile(
    r"(?:清单|台账|分工|分解表|任务表|一览表|计划表|安排表|任务|表|方案|计划|措施|要点)(?:[（(][^）)]{1,20}[）)])?$"
)
_GOAL = re.compile(r"(?:力争)?(?:到|至)?(?P<y>20\d\d)年(?:年)?底(?:之?前)?")
_LONGEST_TITLE = 60


def understand(document: Document) -> Understood:
    """Every list of tasks in a document, in printed order. A document without any gives one empty list."""
    blocks = _titles_of_tables(passages(recover_tables(document)))
    sections = split_documents(blocks)
    lists = [one for section in sections for one in _lists(section)]
    notes = list(document.notes)
    if not lists:
        lists = [
            TaskList(
                sections[0].heading, [], _reporting(sections[0], []), ["没有找到任务：没有认出表头，也没有找到责任单位"]
            )
        ]
    return Understood(lists, notes)


def _titles_of_tables(blocks: Sequence[Passage | Table]) -> list[Passage | Table]:
    """Rows above the headings of a workbook's table are titles: they become passages before it."""
    found: list[Passage | Table] = []
    for block in blocks:
        columns = find_columns(block.rows) if isinstance(block, Table) else None
        if isinstance(block, Table) and columns and columns.starts:
            for row in block.rows[: columns.starts]:
                texts = [flow(cell.text) for cell in row.cells if cell.text.strip() and cell.merged != ABOVE]
                for text in dict.fromkeys(texts):
                    found.append(Passage(text, row.place, row.place))
            block = replace(block, rows=block.rows[columns.starts :])
        elif isinstance(block, Table) and columns is None:
            found += _passages_of(block)
        found.append(block)
    return found


def _passages_of(table: Table) -> list[Passage]:
    """A table without headings of tasks may hold the head of the document (发文字号：…): short cells as passages."""
    cells = [
        (flow(cell.text), row.place)
        for row in table.rows[:12]
        for cell in row.cells
        if cell.text.strip() and not cell.merged
    ]
    return [
        Passage(text, place, place)
        for text, place in cells
        if re.search(r"号$|20\d\d年\d{1,2}月\d{1,2}日$", text) and len(text) <= 40
    ]


def _lists(section: Section) -> list[TaskList]:
    """Tables of one document that have the same columns and follow one another are one list; prose is one list."""
    prose: list[Passage | Table] = []
    lists: list[TaskList] = []
    text = "\n".join(block.text for block in section.blocks if isinstance(block, Passage))
    first_leads = bool(FIRST_LEADS.search(text))
    current: TableReader | None = None
    near: list[Passage] = []
    for block in section.blocks:
        if isinstance(block, Passage):
            near.append(block)
            prose.append(block)
            continue
        reader = _read_table(block, current, near)
        if reader is not None and reader is not current and reader.items:
            lists.append(
                TaskList(
                    replace(section.heading, list_title=_title_near(near) or section.heading.list_title),
                    reader.items,
                    None,
                    reader.doubts,
                )
            )
        if reader is not None:
            reader.finish(first_leads)
            prose = prose[: len(prose) - len(near)] + _continued(near, reader, current)
            current = reader
        prose.append(block)
        near = []
    items = read_prose(prose)
    if items:
        lists.insert(0, TaskList(section.heading, items))
    for one in lists:
        _complete(one, section)
    rule = _reporting(section, lists)
    for one in lists:
        one.reporting_rule = rule
    return lists


def _continued(near: Sequence[Passage], reader: TableReader, current: TableReader | None) -> list[Passage | Table]:
    """Passages between two tables of one list are its headings, no prose."""
    return [] if reader is current else list(near)


def _read_table(table: Table, current: TableReader | None, near: Sequence[Passage]) -> TableReader | None:
    """Read a table with a new reader, or with the current one where it goes on."""
    columns = find_columns(table.rows)
    goes_on = current is not None and not any(
        _LIST_TITLE.search(passage.text) and passage.mark is None for passage in near
    )
    if columns is None and current is None:
        columns = guess_columns(table.rows)
        if columns is not None:
            reader = TableReader(columns, ragged=table.ragged)
            reader.doubts.append("表格没有表头，各列含义是按内容推断的，请核对")
            reader.read(table.rows)
            return reader
    if columns is None:
        width = max((len(row.cells) for row in table.rows), default=0)
        if current is not None and goes_on and not near and width == len(current.columns.kinds):
            current.read(table.rows)
            return current
        return None
    if current is not None and goes_on and columns.kinds == current.columns.kinds and not table.place.sheet:
        current.read([*_as_rows(near), *table.rows[columns.ends :]])
        return current
    reader = TableReader(columns, ragged=table.ragged)
    reader.read([*_as_rows(_headings_near(near)), *table.rows[columns.ends :]])
    return reader


def _headings_near(near: Sequence[Passage]) -> list[Passage]:
    """The numbered headings that stand directly above a table: 一、产业发展（12项）."""
    found: list[Passage] = []
    for passage in reversed(near[-3:]):
        if (
            passage.mark is None
            or passage.mark.kind not in {"han", "bracketed_han", "chapter"}
            or len(passage.text) > _LONGEST_TITLE
        ):
            break
        if passage.text.endswith("。"):
            break
        found.insert(0, passage)
    return found


def _as_rows(near: Sequence[Passage]) -> list[Row]:
    return [Row((Cell(passage.text),), passage.place, loose=True) for passage in near]


def _title_near(near: Sequence[Passage]) -> str:
    """The title directly above a table."""
    for passage in reversed(near[-4:]):
        if passage.mark is None and len(passage.text) <= _LONGEST_TITLE and _LIST_TITLE.search(passage.text):
            return re.sub(r"^附件\s*[一二三四五六七八九十\d]*\s*[：:]?", "", passage.text)
    return ""


def _complete(one: TaskList, section: Section) -> None:
    """Deadlines, targets and doubts of every item, once all of them are known."""
    titled = re.search(r"(20\d\d)\s*年", one.document.list_title)
    spans = re.search(r"20\d\d\s*年?\s*[-—–~～至]", one.document.list_title)
    year = int(titled[1]) if titled and not spans else one.document.year
    base = Year(year, section.issued, section.year_named or bool(titled))
    fallback = _default(section, base)
    for item in one.items:
        _set_deadline(item, base, fallback)
        item.targets = read_targets(item.content) + (read_targets(item.target_text) if item.target_text else [])
        for doubt in check_shares(item.targets):
            item.doubt(doubt)
        _doubt_units(item)
    numbers = [item.no for item in one.items if item.no]
    if not numbers:
        one.doubts.append("各项都没有编号")


def _set_deadline(item: Item, base: Year, fallback: Deadline | None) -> None:
    found: Deadline | None = None
    doubts: list[str] = []
    if item.deadline_text:
        found, doubts = deadlines.read_cell(item.deadline_text, base)
    if found is None:
        found, doubts = deadlines.read_content(item.content, base)
    if found is None and item.target_text:
        found, doubts = deadlines.read_content(item.target_text, base)
    for doubt in doubts:
        item.doubt(doubt)
    item.deadline = found or (replace(fallback) if fallback else None)


def _default(section: Section, base: Year) -> Deadline | None:
    """What holds for an item that names no deadline: the year in the list's title, else the last goal of the document.

    The goal is looked for under a heading with 目标 only: 到2024年底，… 2025年底前，…
    """
    if base.named:
        return deadlines.default(base)
    in_goals = False
    goal: tuple[int, str] | None = None
    for block in section.blocks:
        if not isinstance(block, Passage):
            continue
        if block.mark is not None:
            in_goals = "目标" in block.body[:12]
        if in_goals:
            for hit in _GOAL.finditer(block.text):
                sentence = block.text[hit.start() :].split("。")[0]
                if goal is None or int(hit["y"]) > goal[0]:
                    goal = (int(hit["y"]), sentence)
    return (
        Deadline(f"{goal[0]}-12-31", deadlines.DEFAULT, goal[1], "本项没有写时限，按文件的工作目标") if goal else None
    )


def _doubt_units(item: Item) -> None:
    for role in ("lead", "assist", "responsible"):
        for name in item.units(role):
            if not looks_like_unit(name):
                item.doubt(f"“{name[:30]}”不像单位名称，请核对")
    for name in item.assist_units:
        if name in item.lead_units:
            item.doubt(f"“{name}”既是牵头单位又是配合单位")


def _reporting(section: Section, lists: Sequence[TaskList]) -> Reporting | None:
    """The rule stated outside the items; only when there is none, inside them."""
    contents = {item.content for one in lists for item in one.items}
    texts = [text for block in section.blocks for text in _running_text(block)]
    outside = [
        text
        for text in texts
        if not any(text[-40:] in content or content[:40] in text for content in contents if content)
    ]
    base = Year(section.heading.year, section.issued, section.year_named)
    return find_rule(outside, base)


def _running_text(block: Passage | Table) -> list[str]:
    """A passage; of a table the rows that hold one text only, as the notes below it do."""
    if isinstance(block, Passage):
        return [block.text]
    rows = ({flow(text) for text in row.texts if text.strip()} for row in block.rows)
    return [text for texts in rows if len(texts) == 1 for text in texts]
