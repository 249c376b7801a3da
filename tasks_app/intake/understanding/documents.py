"""Where the documents in a file begin, and what each says of itself: number, title, issuer, date.

1. A document number (东政办〔2024〕45号) on a line of its own begins a document. The title stands in the
   short lines before it, or between it and the addressees (…：), as in documents with a red head.
2. Without any number the file is one document; its title is the first short lines that end as titles
   do (通知, 意见, 方案, 清单 …).
3. The issuer is what the title says before 关于; else the red head (…文件); else the line above the date.
4. The date is the first one on a line of its own; else 成文日期; else …印发.
5. The year of the list is the one its title names, else the one its date is in.
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from tasks_app.intake.readers.document import Table
from tasks_app.intake.understanding.cleaning import flow
from tasks_app.intake.understanding.paragraphs import Passage
from tasks_app.intake.understanding.results import Heading
from tasks_app.lib.numerals import from_chinese

Block = Passage | Table
_NUMBER = re.compile(
    r"^(?:(?:发文字号|文\s*号|发文号|文件编号|字号)[：:]?\s*)?[（(]?"
    r"(?P<number>[\u4e00-\u9fffA-Za-z]{1,16}[〔\[［【(（](?:19|20)\d\d[〕\]］】)）]第?\d{1,5}号)[）)]?(?:\s*签发人.{0,10})?$"
)
_HAN = "〇○零一二三四五六七八九"
_DAY = re.compile(
    rf"(?P<y>20\d\d|[{_HAN}]{{4}})年(?P<m>\d{{1,2}}|[一二三四五六七八九十]{{1,2}})月(?P<d>\d{{1,2}}|[一二三四五六七八九十]{{1,3}})日"
)
_LABELLED_DAY = re.compile(rf"(?:成文日期|印发日期|发布日期|发文日期|日期)[：:]?\s*{_DAY.pattern}")
_PRINTED_DAY = re.compile(rf"{_DAY.pattern}\s*印发")
_TITLE_END = re.compile(
    r"(?:通知|意见|方案|清单|计划|措施|办法|分工|规划|任务|要点|细则|台账|安排|决定|报告|函|批复|通报|公告|纲要|行动|若干政策|任务书|一览表|分解表|分工表|任务表|表)"
    r"(?:[（(][^）)]{1,20}[）)])?$"
)
_ADDRESSEES = re.compile(r"^.{2,200}[：:]")
_ISSUER = re.compile(r"^(?P<who>[\u4e00-\u9fff、\s（）]{2,60}?)(?=关于)")
_RED_HEAD = re.compile(r"^(?P<who>[\u4e00-\u9fff]{3,30})文件$")
_OFFICE = re.compile(r"(?:政府|办公室|办公厅|委员会|局|厅|部|院|委|中心|领导小组|指挥部)$")
_ISSUED_LIST = re.compile(r"(?:印发|下发|发布)《?(?P<what>[^》]{4,80}?)》?(?:的通知|的函|已经|$)")
_BOOK = re.compile(r"《(?P<what>[^》]{4,80})》")
_YEAR = re.compile(r"(20\d\d)\s*年")
_ATTACHMENT = re.compile(r"附件[一二三四五六七八九十\d]*[：:]?")
_LONGEST_TITLE_LINE = 60
_TITLE_LINES = 8


@dataclass
class Section:
    """The blocks of one document with what it says of itself. `body`: index of the first block after its head."""

    blocks: list[Block]
    heading: Heading
    issued: dt.date | None
    year_named: bool


def split_documents(blocks: Sequence[Block]) -> list[Section]:
    """The documents of a file in order; what stands before the first number belongs to the first."""
    numbers = [index for index, block in enumerate(blocks) if isinstance(block, Passage) and _NUMBER.match(block.text)]
    starts = [_title_start(blocks, index) for index in numbers]
    if not starts:
        return [_section(list(blocks), None)]
    sections = []
    for place, (start, number) in enumerate(zip(starts, numbers, strict=True)):
        stop = starts[place + 1] if place + 1 < len(starts) else len(blocks)
        start = 0 if place == 0 else start
        if stop > number:
            sections.append(_section(list(blocks[start:stop]), number - start))
    return sections


def _title_start(blocks: Sequence[Block], number: int) -> int:
    """The first of the short lines directly before a number that can be its title or red head."""
    start = number
    while start and number - start < _TITLE_LINES:
        before = blocks[start - 1]
        if not isinstance(before, Passage) or not _may_be_title(before) or _NUMBER.match(before.text):
            break
        start -= 1
    return start


def _may_be_title(passage: Passage) -> bool:
    text = passage.text
    return (
        passage.mark is None
        and not _ATTACHMENT.fullmatch(text)
        and len(text) <= _LONGEST_TITLE_LINE
        and not text.endswith(("。", "；", "：", ":", "，", "）。"))
        and not _DAY.fullmatch(text)
    )


def _section(blocks: list[Block], number_at: int | None) -> Section:
    texts = [block.text if isinstance(block, Passage) else "" for block in blocks]
    heading = Heading()
    if number_at is not None and (hit := _NUMBER.match(texts[number_at])):
        heading.number = hit["number"]
    before = [block.text for block in blocks[: number_at or 0] if isinstance(block, Passage) and _may_be_title(block)]
    lines = [text for text in before if not _RED_HEAD.match(text)]
    after = _title_after(blocks, 0 if number_at is None else number_at + 1)
    heading.title = _title(lines, after, numbered=number_at is not None)
    issued, day_at = _issued(blocks, texts)
    heading.issuer = _issuer(heading.title, before) or _signature(texts, day_at)
    heading.issue_date = issued.isoformat() if issued else ""
    heading.list_title = _list_title(heading.title, texts)
    named = _year_named(heading)
    heading.year = named or (issued.year if issued else _year_of_number(heading.number))
    return Section(blocks, heading, issued, named is not None)


def _issuer(title: str, before: Sequence[str]) -> str:
    """Who issues: as the title begins, else as the red head over it says."""
    said = _ISSUER.match(title)
    red_head = next((hit["who"] for text in before if (hit := _RED_HEAD.match(text))), "")
    return (said["who"].strip() if said else "") or red_head


def _year_named(heading: Heading) -> int | None:
    """The year that the titles name; several years (2024—2026) name none."""
    named = _YEAR.search(heading.list_title) or _YEAR.search(heading.title)
    several = re.search(r"20\d\d\s*[-—–~～至]\s*20\d\d", heading.list_title or heading.title)
    return int(named[1]) if named and not several else None


def _title_after(blocks: Sequence[Block], at: int) -> list[str]:
    """The lines between a number and the addressees."""
    lines: list[str] = []
    for block in blocks[at : at + _TITLE_LINES]:
        if isinstance(block, Passage) and _ATTACHMENT.fullmatch(block.text):
            continue
        if not isinstance(block, Passage) or block.mark is not None or _DAY.fullmatch(block.text):
            break
        if not _may_be_title(block) and not (len(block.text) <= 120 and _TITLE_END.search(block.text)):
            break
        lines.append(block.text)
        if _TITLE_END.search(block.text):
            break
    return lines


def _title(before: Sequence[str], after: Sequence[str], *, numbered: bool) -> str:
    """One of the two groups of lines: the one that ends as titles do, the one before the number first."""
    for lines in (before, after):
        lines = [line for line in lines if not _NUMBER.match(line)]
        ends = [index for index, line in enumerate(lines) if _TITLE_END.search(line)]
        if ends:
            last = ends[0] if lines is not before or not numbered else ends[-1]
            return flow("".join(lines[_first_line(lines, last) : last + 1]))
    return ""


def _first_line(lines: Sequence[str], last: int) -> int:
    """Where a title that ends at `last` begins: at its issuer, at 关于, or at the first line."""
    for index in range(last, -1, -1):
        if index < last and _TITLE_END.search(lines[index]):
            return index + 1
    for index in range(last + 1):
        if "关于" in lines[index] and index and _OFFICE.search(lines[index - 1]) and lines[index].startswith("关于"):
            return next((at for at in range(index) if _OFFICE.search(lines[at])), index)
    return 0


def _issued(blocks: Sequence[Block], texts: Sequence[str]) -> tuple[dt.date | None, int]:
    """The day of issue and the index of the block that says it."""
    for index, text in enumerate(texts):
        bare = text.strip("（）()")
        hit = _DAY.fullmatch(bare) or (
            re.fullmatch(rf"[\u4e00-\u9fff]{{2,40}}{_DAY.pattern}", bare) if len(bare) < 60 else None
        )
        day = _day(hit) if hit else None
        if day:
            return day, index
    for pattern in (_LABELLED_DAY, _PRINTED_DAY):
        for index, text in enumerate(texts):
            hit = pattern.search(text)
            day = _day(hit) if hit else None
            if day:
                return day, index
    return None, -1


def _day(hit: re.Match[str]) -> dt.date | None:
    year = hit["y"]
    digits = "".join(str(_HAN.replace("○零", "").find(sign.replace("○", "〇").replace("零", "〇"))) for sign in year)
    month, day = from_chinese(hit["m"]), from_chinese(hit["d"])
    try:
        return dt.date(int(year if year.isdigit() and year.isascii() else digits), month or 0, day or 0)
    except ValueError:
        return None


def _signature(texts: Sequence[str], day_at: int) -> str:
    for index in range(day_at - 1, max(day_at - 4, -1), -1):
        if len(texts[index]) <= 30 and _OFFICE.search(texts[index]):
            return texts[index]
    if day_at >= 0:
        return (
            re.sub(_DAY.pattern, "", texts[day_at]).strip("（）() ")
            if _OFFICE.search(_DAY.sub("", texts[day_at]))
            else ""
        )
    return ""


def _list_title(title: str, texts: Sequence[str]) -> str:
    """The title of what is issued: in 关于印发…的通知, else in the first sentence's 《…》."""
    said = _ISSUED_LIST.search(title)
    if said:
        return said["what"].strip("《》")
    if title and not title.endswith(("通知", "函")):
        return title
    first = next((hit for text in texts if (hit := _BOOK.search(text)) and ("印发" in text or "现将" in text)), None)
    return first["what"] if first else ""


def _year_of_number(number: str) -> int | None:
    hit = re.search(r"(?:19|20)\d\d", number)
    return int(hit[0]) if hit else None
