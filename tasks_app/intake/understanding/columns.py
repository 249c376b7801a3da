"""Which column holds what: headings in any order and wording, in one row or two.

A heading says what its column holds by words (序号, 牵头单位, 完成时限 …). Two columns of text (重点任务 and
主要内容) both say 任务; which one is the content and which the heading over it is settled by the words
that are plainly one or the other, else by the length of what stands below.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from tasks_app.intake.readers.document import LEFT, Row
from tasks_app.intake.understanding.cleaning import flow
from tasks_app.intake.understanding.labels import ASSIST, DEADLINE, LEAD, PERSON, RESPONSIBLE, role_of_label

NUMBER, HEADING, CONTENT, TEXT, TARGET, REMARK, OTHER = (
    "number",
    "heading",
    "content",
    "text",
    "target",
    "remark",
    "other",
)
UNITS = (LEAD, ASSIST, RESPONSIBLE)
HEADER_WITHIN = 40
_NOISE = re.compile(r"[\s*＊：:、.．]|[（(][^）)]*[）)]|^(?:20\d\d年?度?|本年度?|各)")
_WORDS = (
    (NUMBER, r"^(?:序号|编号|序|项次|序列|任务序号|任务编号|总序号|No|NO|no|号|排序|项目编号|序号№|№)$"),
    (REMARK, r"^(?:备注|说明|附注|其他|备考)$"),
    (
        OTHER,
        r"进展|完成情况|落实情况|存在问题|下一步|下步|完成率|得分|分值|评分|投资|资金|进度|状态|来源|依据|是否|佐证|联系方式|开工|建设年限|建设性质|地点|级别|检查|编码|代码",
    ),
    (PERSON, r"领导|责任人|负责人|联系人|联络员|电话|包抓|分管|手机"),
    (LEAD, r"牵头|主办|主责"),
    (ASSIST, r"配合|协办|协同|参与|参加|协助|会办"),
    (
        RESPONSIBLE,
        r"(?:责任|承办|落实|实施|负责|承担|主管|推进|执行|建设).{0,3}(?:单位|部门|主体|处室|科室|股室|地区|分工)|^(?:分工|单位|部门|责任|责任市县|任务分工|职责分工|责任县区|实施主体)$",
    ),
    (DEADLINE, r"时限|期限|时间|节点|截止|日期"),
    (TARGET, r"目标值|指标值|计划数|目标数|量化|任务数|任务量|数量"),
    (
        CONTENT,
        r"(?:具体|主要|工作|任务|重点|建设|整改|推进|改革|措施)(?:任务)?(?:内容|措施|举措|事项|要求)|(?:具体|细化)(?:任务|工作|目标)|措施|举措|内容|要求|年度目标|工作目标|目标成果",
    ),
    (TEXT, r"任务|工作|事项|项目|目标|指标|要点|行动|工程|名称|问题|诉求|政策|清单|成果|职责"),
    (
        HEADING,
        r"^(?:类别|分类|领域|板块|章节|方面|类型|专项|分项|大类|项|一级|二级|维度|模块)|类别|领域|分类|板块|^[章节]$",
    ),
)
_PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in _WORDS)
# One column for two things: 工作内容及时限 is read as the content, 责任单位及责任人 as the unit.
_WITH_DEADLINE = re.compile(r"(?:内容|任务|措施|目标|事项|举措).*[及和、与].*(?:时限|时间|节点|期限)")
_WITH_PERSON = re.compile(r"(?:单位|部门)[及和、与/].*(?:人|领导)$")
_LONGEST_HEADING = 24
_LEAST_CONTENT = 12
# Words that no other cell of a table consists of.
_SURE = {NUMBER, LEAD, ASSIST, RESPONSIBLE, DEADLINE, REMARK, PERSON, CONTENT}


@dataclass
class Columns:
    """The columns of a table: kind and printed heading of each. `ends` is the row index below the headings."""

    kinds: list[str]
    names: list[str]
    starts: int
    ends: int
    keys: list[tuple[str, ...]] = field(default_factory=list)

    def of(self, *kinds: str) -> list[int]:
        """Indices of the columns of these kinds."""
        return [index for index, kind in enumerate(self.kinds) if kind in kinds]

    @property
    def content(self) -> int:
        return self.kinds.index(CONTENT) if CONTENT in self.kinds else -1


def kind_of(heading: str) -> str | None:
    """What a heading says its column holds; None when it is not the wording of a heading."""
    key = _NOISE.sub("", flow(heading))
    if not key or len(key) > _LONGEST_HEADING or re.search(r"[。；，]", key):
        return None
    role = role_of_label(key)
    if role:
        return role
    if _WITH_DEADLINE.search(key):
        return CONTENT
    if _WITH_PERSON.search(key):
        return LEAD if key.startswith(("牵头", "主办")) else RESPONSIBLE
    return next((kind for kind, pattern in _PATTERNS if pattern.search(key)), None)


def column_of(heading: str) -> str | None:
    """As kind_of, for readers that only ask whether two columns are the same."""
    kind = kind_of(heading)
    return kind if kind is None or kind not in {TEXT, OTHER, CONTENT, HEADING} else f"{kind}:{flow(heading)}"


def find_columns(rows: Sequence[Row]) -> Columns | None:
    """The heading row with most kinds among the first rows, read together with a second one; None without any.

    A heading row has at least two different kinds, one of them plain (序号, a unit, 时限, 内容), and a
    column of text.
    """
    best: tuple[int, int] | None = None
    for index, row in enumerate(rows[:HEADER_WITHIN]):
        score = _score(row)
        if score and (best is None or score > best[0]):
            best = (score, index)
    if best is None:
        return None
    columns = _with_second_row(rows, best[1])
    _settle_content(columns, rows)
    return columns if columns.content >= 0 and (columns.of(*UNITS) or len(set(columns.kinds)) > 2) else None


def is_heading_row(row: Row, columns: Columns) -> bool:
    """Whether a row repeats the headings (after a page break)."""
    key = tuple(_NOISE.sub("", flow(text)) for text in row.texts if text.strip())
    if not key:
        return False
    return key in columns.keys or (
        len(key) > 2 and _score(row) >= 3 and all(kind_of(text) for text in row.texts if text.strip())
    )


def _score(row: Row) -> int:
    """How many kinds the cells of a row name; 0 for a row of data."""
    texts = [text for text in row.texts if text.strip()]
    kinds = [kind_of(text) for text in texts]
    known = {kind for kind in kinds if kind}
    if row.loose or len(known) < 2 or not known & _SURE or len([kind for kind in kinds if kind]) * 2 < len(texts):
        return 0
    return len([kind for kind in kinds if kind])


def _with_second_row(rows: Sequence[Row], at: int) -> Columns:
    """The headings of row `at`, joined with those of the row above or below when these divide them."""
    top = _spread(rows[at])
    keys = [tuple(_NOISE.sub("", flow(text)) for text in rows[at].texts if text.strip())]
    below = rows[at + 1] if at + 1 < len(rows) else None
    above = rows[at - 1] if at else None
    if below is not None and _divides(below, top):
        keys.append(tuple(_NOISE.sub("", flow(text)) for text in below.texts if text.strip()))
        return Columns(*_joined(top, below), starts=at, ends=at + 2, keys=keys)
    if (
        above is not None
        and not above.loose
        and _divides(rows[at], _spread(above))
        and len([t for t in above.texts if t.strip()]) > 2
    ):
        keys.append(tuple(_NOISE.sub("", flow(text)) for text in above.texts if text.strip()))
        return Columns(*_joined(_spread(above), rows[at]), starts=at - 1, ends=at + 1, keys=keys)
    return Columns([kind_of(text) or OTHER for text in top], top, starts=at, ends=at + 1, keys=keys)


def _spread(row: Row) -> list[str]:
    """Headings with a merged one repeated over the columns it covers."""
    names: list[str] = []
    for cell in row.cells:
        names.append(names[-1] if cell.merged == LEFT and names else flow(cell.text))
    return names


def _divides(row: Row, top: Sequence[str]) -> bool:
    """Whether a row stands below a heading and divides it: 责任单位 over 牵头单位 | 配合单位.

    Every cell of it either continues the cell above or is a heading itself, and some heading is new.
    """
    new = [
        (index, cell.text)
        for index, cell in enumerate(row.cells)
        if cell.text.strip() and not (cell.merged or (index < len(top) and flow(cell.text) == top[index]))
    ]
    if not new or len(new) == len([name for name in top if name]) == len(row.cells):
        return False
    under_empty = all(
        index >= len(top)
        or not top[index]
        or _repeated(top, index)
        or kind_of(top[index]) in {*UNITS, TEXT, DEADLINE, OTHER, CONTENT, TARGET, None}
        for index, _text in new
    )
    return (
        under_empty
        and all(len(text) <= _LONGEST_HEADING and not re.search(r"[\d。；]", text) for _i, text in new)
        and any(kind_of(text) for _index, text in new)
    )


def _repeated(names: Sequence[str], index: int) -> bool:
    return names.count(names[index]) > 1


def _joined(top: Sequence[str], second: Row) -> tuple[list[str], list[str]]:
    """Kinds and names of two heading rows; the lower word decides, the upper one helps out."""
    kinds, names = [], []
    last = ""
    for index in range(max(len(top), len(second.cells))):
        upper = top[index] if index < len(top) else ""
        lower = flow(second.cells[index].text) if index < len(second.cells) else ""
        last = upper or (last if lower else "")
        lower = "" if lower == last else lower
        names.append(f"{last} {lower}".strip())
        kinds.append((kind_of(lower) if lower else None) or kind_of(last) or OTHER)
    return kinds, names


def _settle_content(columns: Columns, rows: Sequence[Row]) -> None:
    """Make one text column the content and those before it headings; later ones are targets."""
    texts = columns.of(CONTENT, TEXT)
    if not texts:
        others = [index for index in columns.of(OTHER) if columns.names[index]]
        texts = [index for index in others if _usual_length(index, rows[columns.ends :]) >= _LEAST_CONTENT][:1]
    if not texts:
        return
    lengths = {index: _usual_length(index, rows[columns.ends :]) for index in texts}
    sure = [index for index in texts if columns.kinds[index] == CONTENT] or texts
    content = max(sure, key=lambda index: (lengths[index], index))
    longest = max(texts, key=lambda index: lengths[index])
    if lengths[longest] > 2 * lengths[content] + 10:
        content = longest
    for index in texts:
        columns.kinds[index] = CONTENT if index == content else HEADING if index < content else TARGET


def _usual_length(index: int, rows: Sequence[Row]) -> int:
    lengths = sorted(
        len(row.cells[index].text) for row in rows[:200] if index < len(row.cells) and row.cells[index].text
    )
    return lengths[len(lengths) // 2] if lengths else 0
