"""Unit clauses of prose: where they stand in a passage, and who does what by their words.

A clause is known by a label before a colon (责任单位：市教育局、市财政局) or, inside brackets, by a verb
at its end (国家发展改革委牵头，财政部、商务部等按职责分工负责). Within a clause:

1. A label gives its role to the names after it, up to the next label.
2. A verb gives its role to the names before it, back to the last verb or stop; it outranks the label.
3. （牵头） behind a name makes this one name lead.
4. 会同 makes the names before it lead and those after it assist.
5. 排在第一位的为牵头单位 makes the first name lead; with 下同 this holds for the following clauses too.
6. 分别负责, 按职责分工负责 and plain 负责 mean *responsible*: the words do not say who leads.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tasks_app.intake.understanding.labels import (
    ASSIST,
    DEADLINE,
    FIRST_LEADS,
    LABEL,
    LEAD,
    PERSON,
    RESPONSIBLE,
    ROLES,
    SAME_BELOW,
    VERB,
    VERB_END,
    WITH,
)
from tasks_app.units.rules import ends_as_unit, looks_like_unit, split_units

_BRACKETS = {"（": "）", "(": ")", "〔": "〕", "［": "］", "[": "]", "【": "】"}
_CLOSING = "）)〕］]】"
_LONGEST = 700
# Bold print came out twice, the second time broken: （责任（责任单位：
_TWICE = re.compile(r"([（(〔［\[【])\s*([\u4e00-\u9fff]{1,6})\s*[（(〔［\[【]?\s*(?=\2)")
_OPENED_TWICE = re.compile(rf"[（(]\s*(?=[（(]\s*(?:{LABEL.pattern}))")
_ROLE_MARK = re.compile(
    r"[（(〔\[]\s*(?:(?P<lead>牵头|主办|总牵头)|(?P<assist>配合|协办|参与)|(?P<responsible>负责))(?:单位|部门)?\s*[）)〕\]]"
)
_PLAIN_LABEL = {LEAD: "牵头单位", ASSIST: "配合单位", RESPONSIBLE: "责任单位"}
_NO_CLAUSE = re.compile(r"以下|简称|含|包括|即|指|其中|如|不")
# …按职责分工负责，2025年12月底前完成）
_DUE_END = re.compile(
    r"[，,；;。](?P<due>[^，,；;。（）()]{0,12}(?:20\d\d年|\d{1,2}月|年底|年内|全年|季度|半年|长期|持续|常态)[^，,；;。（）()]{0,12})$"
)
_ASIDE = re.compile(r"不再|下同|不分先后|均涉及|以下均|另有")
_STOP = re.compile(r"[；;。]")
_NO_NAMES = re.compile(r"^(?:由|以上|上述|其中|并|且|和|及|与|以及|等|分别|共同|，|、|\s)+")
_LABEL_START = re.compile(r"(?:^|(?<=[。；;！？”）)\s]))(?=\S)")


@dataclass
class Clause:
    """One clause: where it stands in its text, and what it says. `first_leads`: its note on the first name."""

    start: int
    end: int
    text: str
    units: dict[str, list[str]] = field(default_factory=lambda: {role: [] for role in ROLES})
    deadline_text: str = ""
    first_leads: bool = False
    same_below: bool = False
    bracketed: bool = False
    doubts: list[str] = field(default_factory=list)

    def absorb(self, other: "Clause") -> None:
        """Take in a clause that stands directly behind this one (责任单位：… then 完成时限：…)."""
        for role in ROLES:
            self.units[role] += [name for name in other.units[role] if name not in self.units[role]]
        self.deadline_text = self.deadline_text or other.deadline_text
        self.text += other.text
        self.first_leads |= other.first_leads
        self.same_below |= other.same_below
        self.bracketed &= other.bracketed
        self.doubts += other.doubts

    @property
    def names_units(self) -> bool:
        return any(self.units.values())


def mend_doubled(text: str) -> tuple[str, bool]:
    """The text with （责任（责任单位： made （责任单位：, and whether that was needed."""
    mended = _OPENED_TWICE.sub("", _TWICE.sub(r"\1", text))
    return mended, mended != text


def read_cell(text: str, role: str) -> Clause | None:
    """A unit cell that says roles itself (市教育局牵头，市财政局配合; 牵头：…); None for a plain list of names.

    `role` is what the column says of names without a word of their own.
    """
    telling = LABEL.search(text) or _ROLE_MARK.search(text) or FIRST_LEADS.search(text) or VERB_END.search(text)
    if not telling and not re.search(rf"(?:{VERB.pattern})[，,；;]", text):
        return None
    named = LABEL.match(text.strip())
    return _read(text if named else f"{_PLAIN_LABEL[role]}：{text}", 0, len(text), bracketed=False)


def find_clauses(text: str) -> list[Clause]:
    """The clauses of a passage in order; they do not overlap."""
    found: list[Clause] = []
    at = 0
    for start, end, inner in _brackets(text):
        if start >= at and (_is_clause(inner) or _only_names(inner, text[:start], text[end:])):
            found += _labelled(text, at, start)
            found.append(_read(inner, start, end, bracketed=True))
            at = end
    return found + _labelled(text, at, len(text))


def _brackets(text: str) -> Iterator[tuple[int, int, str]]:
    """Outermost brackets with what they hold; one that is never closed runs to the end."""
    at = 0
    while at < len(text):
        if text[at] not in _BRACKETS:
            at += 1
            continue
        depth = 0
        for end in range(at, min(len(text), at + _LONGEST)):
            depth += (text[end] in _BRACKETS) - (text[end] in _CLOSING)
            if depth == 0:
                yield at, end + 1, text[at + 1 : end]
                at = end
                break
        else:
            if LABEL.match(text, at + 1):
                yield at, len(text), text[at + 1 :].rstrip(_CLOSING)
                return
        at += 1


def _is_clause(inner: str) -> bool:
    """Whether a bracket assigns work: it begins with a label, or names units and ends in a verb."""
    bare = _DUE_END.sub("", FIRST_LEADS.sub("", inner).strip(" 。；;，,"))
    label = LABEL.search(bare)
    if label and not bare[: label.start()].strip("，,；; "):
        return label.lastgroup != PERSON or any(hit.lastgroup != PERSON for hit in LABEL.finditer(bare))
    if not VERB_END.search(bare) or len(bare) > _LONGEST or _NO_CLAUSE.match(bare):
        return False
    before = VERB.sub("、", bare)
    names = split_units(before.replace("会同", "、"), ())
    return bool(names) and sum(map(looks_like_unit, names)) * 2 >= len(names) and looks_like_unit(names[0])


def _only_names(inner: str, before: str, after: str) -> bool:
    """Whether a bracket at the end of a paragraph holds nothing but names of units: …。（市教育局、市财政局）"""
    names = split_units(_DUE_END.sub("", inner), ())
    if after.strip("。；; ") or not names or not all(map(ends_as_unit, names)):
        return False
    return before.rstrip().endswith(("。", "；")) or len(names) > 1 or bool(_DUE_END.search(inner))


def _labelled(text: str, start: int, end: int) -> list[Clause]:
    """Clauses without brackets between `start` and `end`: a label at the beginning of a sentence.

    The clause ends at the full stop before which it began, unless another label follows there.
    """
    found: list[Clause] = []
    at = start
    while at < end:
        hit = next((one for one in LABEL.finditer(text, at, end) if _at_sentence(text, one.start())), None)
        if hit is None:
            break
        stop = _end_of_labelled(text, hit.end(), end)
        inner = text[hit.start() : stop]
        if hit.lastgroup != PERSON or LABEL.search(text, hit.end(), stop):
            found.append(_read(inner, hit.start(), stop, bracketed=False))
        else:
            found.append(Clause(hit.start(), stop, inner))
        at = stop
    return found


def _at_sentence(text: str, at: int) -> bool:
    return not text[:at].strip() or text[:at].rstrip()[-1] in "。；;！？”）)】]〕"


def _end_of_labelled(text: str, at: int, end: int) -> int:
    while at < end:
        stop = text.find("。", at, end)
        if stop < 0:
            return end
        at = stop + 1
        if not LABEL.match(text[at:end].lstrip()) and not FIRST_LEADS.match(text[at:end].lstrip()):
            return at
    return end


def _read(inner: str, start: int, end: int, *, bracketed: bool) -> Clause:
    clause = Clause(start, end, inner, bracketed=bracketed)
    note = FIRST_LEADS.search(inner)
    if note:
        clause.first_leads = True
        clause.same_below = bool(SAME_BELOW.search(note[0]))
        inner = inner[: note.start()] + ("、" if inner[note.end() :] else "") + inner[note.end() :]
    due = _DUE_END.search(inner.rstrip("。；; ")) if bracketed and DEADLINE not in _labels_in(inner) else None
    if due:
        clause.deadline_text = due["due"]
        inner = inner[: due.start()]
    labels = list(LABEL.finditer(inner))
    head = inner[: labels[0].start()] if labels else inner
    if head.strip("，,；;。 "):
        _names(clause, head, None)
    for label, after in zip(labels, [*labels[1:], None], strict=False):
        said = inner[label.end() : after.start() if after else len(inner)].strip("，,；;。 \n")
        if label.lastgroup == DEADLINE:
            clause.deadline_text = clause.deadline_text or said
        elif label.lastgroup in ROLES:
            _names(clause, said, label.lastgroup)
    return clause


def _labels_in(text: str) -> set[str | None]:
    return {hit.lastgroup for hit in LABEL.finditer(text)}


def _names(clause: Clause, said: str, role: str | None) -> None:
    """Sort the names of one stretch of a clause into roles."""
    said = _marked_names(clause, said, role)
    for piece in _STOP.split(said):
        if _ASIDE.search(piece):
            clause.doubts.append(f"单位之后有附注“{piece[:40]}”，没有当作单位")
            continue
        at = 0
        for verb in VERB.finditer(piece):
            if not _ends_a_group(piece, verb.end()):
                continue
            _add(clause, piece[at : verb.start()], verb.lastgroup or RESPONSIBLE)
            at = verb.end()
        rest = piece[at:].strip("，,、。 ")
        if rest:
            if role is None:
                clause.doubts.append(f"“{rest[:30]}”没有写明是牵头、配合还是责任单位，暂作责任单位")
            _add(clause, rest, role or RESPONSIBLE)


def _ends_a_group(piece: str, at: int) -> bool:
    """A verb counts only before a stop or the end: 市农业农村局负责人 has none."""
    return not piece[at:].strip() or piece[at] in "，,、 ）)及和"


def _marked_names(clause: Clause, said: str, role: str | None) -> str:
    """Take out the names with a role in brackets behind them: 市教育局（牵头）."""
    rest = said
    for mark in _ROLE_MARK.finditer(said):
        name = re.split(r"[、，,；;。\s）)]", said[: mark.start()])[-1]
        if name:
            _put(clause, name, mark.lastgroup or role or RESPONSIBLE)
            rest = rest.replace(name + mark[0], "", 1)
    return rest


def _add(clause: Clause, said: str, role: str) -> None:
    said = _NO_NAMES.sub("", said)
    with_ = WITH.search(said)
    if with_ and role in {LEAD, RESPONSIBLE} and with_.start():
        for name in split_units(said[: with_.start()], ()):
            _put(clause, name, LEAD)
        said, role = said[with_.end() :], ASSIST
    for name in split_units(said, ()):
        _put(clause, name, role)


def _put(clause: Clause, name: str, role: str) -> None:
    if name and name not in clause.units[role]:
        clause.units[role].append(name)
