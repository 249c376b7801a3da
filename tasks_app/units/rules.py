"""How the unit cells of official documents are read, and how a name is matched to a unit.

Pure functions: they know names, not tables. The caller brings the vocabulary (the names and
aliases of one jurisdiction) and decides what to do with a name that nothing matches.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import TypeVar

from tasks_app.lib.text import mend_misread, normalise, squeeze

T = TypeVar("T")

_SEPARATORS = "、，,；;/／|｜"
_OPENING = "（(〔[［【"
_CLOSING = "）)〕]］】"

# What a cell may carry around the names: "责任单位：…", a closing full stop, "按职责分工负责".
_LABEL = re.compile(r"^\s*(?:牵头|主办|责任|配合|协办|参与)(?:责任)?(?:单位|部门)\s*[：:]")
_TAIL = re.compile(r"(?:按照?(?:各自)?职责分工(?:分别)?(?:负责|落实)?|分别负责)?[。．.\s]*$")
_ET_CETERA = re.compile(r"等(?:\d+个?|[一二三四五六七八九十]+个?)?(?:单位|部门)?$")

_CONNECTOR = re.compile(r"以及|及(?!其|时)|等(?=有关|相关|市直)")
_SOFT_CONNECTOR = re.compile(r"[和与]")

# Endings that a list of places may share: 乐都区、平安区、互助县、民和县政府.
_SHARED_ENDINGS = ("人民政府", "政府", "管理委员会", "管委会")
_PLACE = re.compile(r".[区县市旗州盟]$")
_NOT_A_PLACE = re.compile(r"(?:园区|新区|开发区|景区|社区|灌区|林区|矿区|保护区)$")

_UNIT_ENDING = re.compile(
    r"(?:局|委|办|厅|部|处|院|队|站|会|社|行|厂|校|府|中心|公司|集团|银行|大学|医院|办公室|单位|部门)$"
)


def match_name(name: str, by_name: Mapping[str, T]) -> T | None:
    """The unit that is written exactly so, apart from width, blanks and look-alike characters.

    ``by_name`` is keyed by ``normalise(name or alias)``. There is no guessing: 民和县政府 and
    互助县政府 differ by two characters and are two governments. None when nothing matches.
    """
    return by_name.get(normalise(name))


def split_units(cell: str, vocabulary: Collection[str]) -> list[str]:
    """The unit names in one cell, in printed order, each once; names not known are kept too.

    ``vocabulary`` holds every name and alias of the jurisdiction. The rules:

    1. *Known names stay whole*, even with a separator, 及 or 和 inside them
       (各县（市、区）政府, 市工业和信息化局). What stands in brackets is never cut.
    2. ``、，,；;`` and a slash always separate. 及 and 以及 separate unless 其 or 时 follows;
       和 and 与 separate only where a known name stands on both sides, since many names
       contain them (民和县).
    3. A blank or a line break separates complete names (市商务局 各县区政府) but not the
       parts of a broken one (市 自然资源规划局): the reading with the fewest unknown names
       wins.
    4. *A shared ending is given back*: in 化隆县、循化县政府 the first name means 化隆县政府.
       A place directly before a government, or before other such places, takes that ending
       when the longer name is known, or when neither form is known and it ends in 区, 县, 市 ….
    5. A leading 责任单位：, a closing full stop, 按职责分工负责 and a closing 等, 等单位 say
       nothing about names and are dropped.

    A collective (各县区政府, 园区管委会) is one name; expanding it is for groups, not for words.
    An empty cell or a dash gives an empty list.
    """
    known = {normalise(name) for name in vocabulary}
    text = _TAIL.sub("", _LABEL.sub("", mend_misread(cell)))
    whole_names = sorted(map(squeeze, vocabulary), key=len, reverse=True)
    names = [
        name
        for chunk in _cut_at_separators(text, whole_names)
        for part in _cut_at_blanks(chunk, known)
        for name in _cut_at_words(part, known)
    ]
    return _once_each(_give_back_endings(names, known))


def _cut_at_separators(text: str, whole_names: Sequence[str]) -> list[str]:
    """Chunks between separators; brackets and known names that contain a separator are skipped."""
    protected = [name for name in whole_names if any(sign in _SEPARATORS for sign in name)]
    chunks, start, at = [], 0, 0
    while at < len(text):
        end = _end_of_protected(text, at, protected)
        if end > at:
            at = end
        elif text[at] in _SEPARATORS:
            chunks.append(text[start:at])
            at += 1
            start = at
        else:
            at += 1
    chunks.append(text[start:])
    return [chunk for chunk in (chunk.strip() for chunk in chunks) if chunk.strip("-—–－无")]


def _end_of_protected(text: str, at: int, protected: Sequence[str]) -> int:
    """Where the bracket or the known name beginning at ``at`` ends; ``at`` when none begins."""
    for name in protected:
        if text.startswith(name, at):
            return at + len(name)
    if text[at] in _OPENING:
        depth = 0
        for position in range(at, len(text)):
            depth += (text[position] in _OPENING) - (text[position] in _CLOSING)
            if depth == 0:
                return position + 1
    return at


def _cut_at_blanks(chunk: str, known: Collection[str]) -> list[str]:
    """Join or cut the blank-separated parts so that the fewest names stay unknown.

    Among equals the reading with more names wins, so 市商务局 各县区政府 stays two.
    """
    parts = chunk.split()
    # best[n]: (unknown names, minus names, the names) of the first n parts
    best: list[tuple[int, int, list[str]]] = [(0, 0, [])]
    for end in range(1, len(parts) + 1):
        readings = []
        for start in range(end):
            if _may_be_joined(parts[start:end], known):
                unknown, fewer, names = best[start]
                joined = "".join(parts[start:end])
                cost = 0 if _is_understood(joined, known) else 1
                readings.append((unknown + cost, fewer - 1, [*names, joined]))
        best.append(min(readings, key=lambda reading: reading[:2]))
    return best[-1][2]


def _may_be_joined(parts: Sequence[str], known: Collection[str]) -> bool:
    """Whether blank-separated parts can be one broken name.

    One part always can. Several can when together they are known, when a bracket follows its
    name, or when only the last part ends as units do.
    """
    joined = "".join(parts)
    if len(parts) == 1 or _is_understood(joined, known):
        return True
    if len(parts) == 2 and parts[1][0] in _OPENING:
        return True
    return bool(_UNIT_ENDING.search(joined)) and not any(
        _UNIT_ENDING.search(part) or _is_understood(part, known) for part in parts[:-1]
    )


def _is_understood(text: str, known: Collection[str]) -> bool:
    """Whether the text is a known name, or known names joined by 及 or 和."""
    if normalise(text) in known:
        return True
    pieces = _cut_at_words(text, known)
    return all(normalise(piece) in known for piece in pieces) and bool(pieces)


def _cut_at_words(part: str, known: Collection[str]) -> list[str]:
    """Cut one blank-free piece at 及, 以及 and (between known names) 和, 与; drop 等.

    Where several cuts are possible the first that leaves only known names wins, so that a
    known name with 及 inside survives beside another unit.
    """
    if normalise(part) in known:
        return [part]
    if (shorter := _ET_CETERA.sub("", part)) != part and shorter:
        return _cut_at_words(shorter, known)
    readings = [
        [*_cut_at_words(left, known), *_cut_at_words(right, known)] if left else _cut_at_words(right, known)
        for left, right in _sides(_CONNECTOR, part)
    ]
    soft = [
        [*_cut_at_words(left, known), *_cut_at_words(right, known)]
        for left, right in _sides(_SOFT_CONNECTOR, part)
        if left
    ]
    for names in [*readings, *soft]:
        if all(normalise(name) in known for name in names):
            return names
    return readings[0] if readings else [part]


def _sides(connector: re.Pattern[str], part: str) -> list[tuple[str, str]]:
    """What stands left and right of each connector outside brackets; the right is never empty."""
    return [
        (part[: hit.start()], part[hit.end() :])
        for hit in connector.finditer(part)
        if part[hit.end() :] and not _inside_brackets(part, hit.start())
    ]


def _inside_brackets(text: str, at: int) -> bool:
    before = text[:at]
    return sum(sign in _OPENING for sign in before) > sum(sign in _CLOSING for sign in before)


def _give_back_endings(names: Sequence[str], known: Collection[str]) -> list[str]:
    """Walk backwards, handing 政府 or 管委会 on to the bare places directly before it."""
    given: list[str] = []
    ending = ""
    for name in reversed(names):
        full = name + ending if ending else name
        if ending and _takes_ending(name, full, known):
            given.append(full)
            continue
        given.append(name)
        # The longer ending is listed first: 人民政府 also ends in 政府.
        ending = next((e for e in _SHARED_ENDINGS if name.endswith(e) and name != e), "")
    return given[::-1]


def _takes_ending(name: str, full: str, known: Collection[str]) -> bool:
    if name.endswith(_SHARED_ENDINGS):
        return False
    if normalise(full) in known:
        return True
    # Parks, too, end in 区, so a place nobody knows takes only a government's ending.
    is_place = bool(_PLACE.search(name)) and not _NOT_A_PLACE.search(name)
    return full.endswith("政府") and is_place and normalise(name) not in known


def _once_each(names: Sequence[str]) -> list[str]:
    """Without repetition, first place kept."""
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(normalise(name), name)
    return list(first.values())
