"""Lists written as prose: numbered items under headings, each with its unit clause.

Numbers make a tree (`marks`). A kind of number that is open closes what is deeper; a new kind opens
a level below. Then:

1. What owns a clause is an item. Text before it and after it, up to the next number, is its content.
2. Several clauses in one node make several items, each with the text before its clause.
3. A node whose children own no clause takes their text as its own.
4. A clause alone in its paragraph behind the last of several siblings that own none is taken for
   all of them; each says so. Where another level usually carries the clauses, it belongs to that one.
5. A heading on a line of its own with unnumbered text and a clause below is one item with the
   heading's number.
6. A numbered paragraph without a clause, most of whose siblings own one, is an item without units.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field

from tasks_app.intake.readers.document import Table
from tasks_app.intake.understanding.clauses import Clause, find_clauses, mend_doubled
from tasks_app.intake.understanding.labels import FIRST_LEADS, LEAD, RESPONSIBLE
from tasks_app.intake.understanding.marks import WEAK, NumberMark
from tasks_app.intake.understanding.paragraphs import Passage
from tasks_app.intake.understanding.results import Item

_TITLE_LONGEST = 45
_HEADING_LONGEST = 80
_END = re.compile(
    r"^(?:附件[一二三四五六七八九十\d]*[：:]?|附表|抄\s*送|主\s*送|印\s*发|此件|（此件|注[：:]|备注[：:]|来源[：:]|责任编辑)|^.{0,30}(?:20\d\d年\d{1,2}月\d{1,2}日)(?:印发)?$"
)
_NO_TASK = re.compile(
    r"总体要求|总体思路|总体目标|指导思想|基本原则|工作目标|主要目标|组织领导|组织实施|保障措施|工作要求|有关要求|总则|附则|工作机制|背景"
)
_SENTENCE = re.compile(r"[。！？]")


@dataclass
class Piece:
    """A stretch of a node's own text, or a clause in it."""

    text: str
    passage: Passage
    clause: Clause | None = None
    heading: bool = False


@dataclass
class Node:
    """A numbered paragraph with what stands under it. The root has no mark."""

    mark: NumberMark | None = None
    parent: "Node | None" = None
    heading: str = ""
    pieces: list[Piece] = field(default_factory=list)
    children: list["Node"] = field(default_factory=list)

    def walk(self) -> Iterator["Node"]:
        """This node and all below, in printed order."""
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def clauses(self) -> list[Clause]:
        return [piece.clause for piece in self.pieces if piece.clause and piece.clause.names_units]

    @property
    def path(self) -> list[str]:
        """Headings above this node, outermost first."""
        above = self.parent
        found: list[str] = []
        while above is not None:
            if above.heading:
                found.insert(0, above.heading)
            above = above.parent
        return found


def read_prose(blocks: Sequence[Passage | Table]) -> list[Item]:
    """The items of a stretch of passages; tables in it end what stands before them."""
    root = _tree(blocks)
    if not any(node.clauses for node in root.walk()):
        return []
    _lift_and_share(root)
    items = [item for node in root.walk() for item in (_items(node) or _without_units(node))]
    _apply_first_leads(items, root)
    return [item for item, _clause in items]


def _tree(blocks: Sequence[Passage | Table]) -> Node:
    root = Node()
    at = root
    for block in blocks:
        if isinstance(block, Table):
            at = root
            continue
        if block.mark is None and _END.match(block.text) and not find_clauses(block.text):
            at = root
            continue
        if block.mark is not None:
            at = _place(at, block)
        _add(at, block)
    return root


def _place(at: Node, passage: Passage) -> Node:
    """Open a node for a numbered paragraph below its parent."""
    mark = passage.mark
    assert mark is not None
    open_nodes: list[Node] = []
    above: Node | None = at
    while above is not None:
        open_nodes.append(above)
        above = above.parent
    same = next((node for node in open_nodes if node.mark and node.mark.kind == mark.kind), None)
    if same is not None and same.parent is not None:
        parent = same.parent
    elif mark.kind in {"han", "chapter", "part"}:
        parent = next(
            (node for node in open_nodes if node.mark is None or _outer(node.mark.kind, mark.kind)), open_nodes[-1]
        )
    else:
        parent = next((node for node in open_nodes if node.mark is None or node.mark.kind not in WEAK), at)
    node = Node(mark, parent)
    parent.children.append(node)
    return node


def _outer(kind: str, inner: str) -> bool:
    order = ("part", "chapter", "section", "han")
    return kind in order and order.index(kind) < order.index(inner)


def _add(node: Node, passage: Passage) -> None:
    """Cut a passage into text and clauses and hand them to its node."""
    text, mended = mend_doubled(passage.text)
    if mended:
        passage.doubts.append("原文重复印字，已合并为一遍")
    if passage.mark and not node.pieces:
        text = text[passage.mark.length :]
        node.heading = _heading(passage.mark, text)
    at = 0
    for clause in find_clauses(text):
        _append_text(node, text[at : clause.start], passage)
        before = node.pieces[-1] if node.pieces else None
        if before and before.clause:
            before.clause.absorb(clause)
        else:
            node.pieces.append(Piece("", passage, clause))
        at = clause.end
        while text[at : at + 1] in {"。", "；", "）", ")"}:
            at += 1
    _append_text(node, text[at:], passage)


def _append_text(node: Node, text: str, passage: Passage) -> None:
    text = text.strip(" \n")
    if text.strip("。；;，,"):
        lone = not node.pieces and text == passage.body and not _SENTENCE.search(text[:-1])
        node.pieces.append(Piece(text, passage, heading=lone and len(text) <= _HEADING_LONGEST))


def _heading(mark: NumberMark, text: str) -> str:
    first = _SENTENCE.split(text, maxsplit=1)[0] if _SENTENCE.search(text) else text
    first = re.split(r"[（(〔【](?=牵头|责任)", first)[0].rstrip("：:；;。")
    return mark.printed + (first if len(first) <= _HEADING_LONGEST else first[:_HEADING_LONGEST] + "…")


def _lift_and_share(root: Node) -> None:
    """Rules 3 and 4: a clause behind the last sibling, where the others have none."""
    usual = Counter(node.mark.kind for node in root.walk() if node.mark and node.clauses)
    for node in list(root.walk()):
        family = node.children
        if len(family) < 2 or node.clauses:
            continue
        owners = [child for child in family if _owns(child)]
        if owners != family[-1:] or not family[-1].clauses:
            _share_lone(family)
            continue
        kind = family[-1].mark.kind if family[-1].mark else ""
        usual_above = bool(node.mark) and usual[node.mark.kind if node.mark else ""] > 2 * usual[kind]
        if usual_above:
            _lift(node)
        elif _comparable(family):
            _share(family[:-1], family[-1])


def _owns(node: Node) -> bool:
    return any(one.clauses for one in node.walk())


def _lift(node: Node) -> None:
    """Make a node with all below it one item."""
    for child in node.children:
        for below in child.walk():
            for piece in below.pieces:
                if below.mark and piece is below.pieces[0] and not piece.clause:
                    piece.text = below.mark.printed + piece.text
                piece.heading = False
                node.pieces.append(piece)
    node.children = []


def _share_lone(family: Sequence[Node]) -> None:
    """A label on a line of its own covers the numbered items before it that have no clause."""
    waiting: list[Node] = []
    for child in family:
        if not _owns(child):
            waiting.append(child)
        else:
            lone = child.clauses and not child.clauses[0].bracketed
            if waiting and lone and _comparable([*waiting, child]):
                _share(waiting, child)
            waiting = []


def _comparable(family: Sequence[Node]) -> bool:
    """Whether siblings are tasks alike: all have text of their own beyond a bare heading."""
    return all(node.pieces and not node.children for node in family)


def _share(nodes: Sequence[Node], owner: Node) -> None:
    for node in nodes:
        shared = deepcopy(owner.clauses[-1])
        no = owner.mark.no if owner.mark else ""
        shared.doubts.append(f"本项后没有写责任单位，取同组第{no}项后所写的单位")
        node.pieces.append(Piece("", node.pieces[-1].passage, shared))


def _items(node: Node) -> list[tuple[Item, Clause]]:
    """The items of one node: one for each clause that names units."""
    if not node.clauses:
        return []
    parts, texts = _parts(node)
    found = []
    tail, doubt = _tail(node, texts)
    for place, (own, clause) in enumerate(parts):
        last = place == len(parts) - 1
        item = _item(node, own + (tail if last else []), clause, first=place == 0)
        if place:
            item.doubt("同一编号下有几处责任单位，按出现的先后分为几项")
        if last and doubt:
            item.doubt(doubt)
        found.append((item, clause))
    if len(parts) == 1:
        _take_children(node, found[0][0])
    return found


def _parts(node: Node) -> tuple[list[tuple[list[Piece], Clause]], list[Piece]]:
    """The texts before each clause that names units, with that clause; and the texts behind the last."""
    parts: list[tuple[list[Piece], Clause]] = []
    texts: list[Piece] = []
    waiting: Clause | None = None  # a deadline that stands before the units
    for piece in node.pieces:
        if piece.clause and piece.clause.names_units:
            if waiting is not None:
                piece.clause.absorb(waiting)
                waiting = None
            parts.append((texts, piece.clause))
            texts = []
        elif not piece.clause:
            texts.append(piece)
        elif parts:
            parts[-1][1].absorb(piece.clause)
        else:
            waiting = piece.clause
    return parts, texts


def _tail(node: Node, texts: Sequence[Piece]) -> tuple[list[Piece], str]:
    """What stands behind the last clause: in its paragraph it belongs to the item, and so do paragraphs before the
    next number; behind the last item of a group further paragraphs are the document's again.
    """
    ends = max((at for at, piece in enumerate(node.pieces) if piece.clause), default=0)
    own = [piece for piece in texts if piece.passage is node.pieces[ends].passage]
    further = [piece for piece in texts if piece.passage is not node.pieces[ends].passage]
    if not further:
        return own, ""
    is_last = node.parent is None or node.parent.children[-1:] == [node]
    if is_last:
        return own, f"责任单位之后另起一段的“{further[0].text[:20]}…”没有算作本项内容"
    return [*own, *further], "责任单位之后还有文字，已算作本项内容"


def _without_units(node: Node) -> list[tuple[Item, Clause]]:
    """Rule 6: a numbered task among such as have units, without any: an item that says so."""
    family = node.parent.children if node.parent and node.mark else []
    alike = [one for one in family if one.mark and node.mark and one.mark.kind == node.mark.kind]
    owners = sum(bool(one.clauses) for one in alike)
    texts = [piece for piece in node.pieces if not piece.clause]
    if owners < 2 or owners * 2 < len(alike) or not texts or _owns(node) or _NO_TASK.search(node.heading):
        return []
    clause = Clause(0, 0, "", doubts=["没有写责任单位"])
    item = _item(node, texts, clause, first=True)
    _take_children(node, item)
    return [(item, clause)]


def _take_children(node: Node, item: Item) -> None:
    """Rule 3: numbered points below an item that own no clause are part of it."""
    if any(_owns(child) for child in node.children):
        return
    points = [
        (below.mark.printed if below.mark else "") + "".join(piece.text for piece in below.pieces if not piece.clause)
        for child in node.children
        for below in child.walk()
    ]
    item.content = "\n".join([item.content, *points]) if points else item.content


def _item(node: Node, own: Sequence[Piece], clause: Clause, *, first: bool) -> Item:
    own = list(own)
    headed = first and len(own) > 1 and own[0].heading
    path = node.path
    title = ""
    if headed:
        title = own.pop(0).text.rstrip("。：:")
    if node.heading and (headed or not first):
        path = [*path, node.heading]
    content = _joined(own)
    item = Item(
        no=node.mark.no if node.mark else "",
        path=path,
        title=title or _title(content),
        content=content,
        lead_units=list(clause.units[LEAD]),
        assist_units=list(clause.units["assist"]),
        responsible_units=list(clause.units[RESPONSIBLE]),
        units_text=clause.text,
        deadline_text=clause.deadline_text,
        doubts=list(clause.doubts),
    )
    passages = [piece.passage for piece in own] or [node.pieces[0].passage]
    item.source = passages[0].source()
    if "lines" in item.source:
        last = max(
            [piece.last.line for piece in [*passages, *(one.passage for one in node.pieces if one.clause is clause)]]
        )
        item.source["lines"][1] = last  # type: ignore[index]
    for doubt in (doubt for piece in passages for doubt in piece.doubts):
        item.doubt(doubt)
    if not content:
        item.doubt("只有责任单位，没有任务内容")
    if not node.mark:
        item.doubt("原文没有编号")
    return item


def _joined(pieces: Sequence[Piece]) -> str:
    whole = ""
    before: Passage | None = None
    for piece in pieces:
        whole += ("\n" if whole and before is not piece.passage else "") + piece.text
        before = piece.passage
    return whole


def _title(content: str) -> str:
    """The first sentence when it is short and more follows: 健全…机制。加强…"""
    first, stop, rest = content.partition("。")
    return first if stop and rest and len(first) <= _TITLE_LONGEST and not re.search(r"[，；]", first) else ""


def _apply_first_leads(items: Sequence[tuple[Item, Clause]], root: Node) -> None:
    """排在第一位的为牵头单位: the first of the responsible units leads; from there on, with 下同."""
    text = "".join(piece.text for node in root.walk() for piece in node.pieces if not piece.clause)
    note = FIRST_LEADS.search(text)
    everywhere = bool(note)
    for item, clause in items:
        everywhere |= clause.first_leads and clause.same_below
        if (clause.first_leads or everywhere) and not item.lead_units and item.responsible_units:
            item.lead_units = [item.responsible_units.pop(0)]
