"""How the unit cells of official documents are read, and how a name is matched to a unit.

Pure functions: they know names, not tables. The caller brings the vocabulary (the names and
aliases of one jurisdiction) and decides what to do with a name that nothing matches.
"""

import re
from collections.abc import Collection, Sequence

from tasks_app.lib.text import mend_misread, normalise, squeeze

_SEPARATORS = "、，,；;/／|｜"
_OPENING = "（(〔[［【"
_CLOSING = "）)〕]］】"

# What a cell may carry around the names: "责任单位：…", a closing full stop, "按职责分工负责".
_LABEL = re.compile(r"^\s*(?:牵头|主办|责任|配合|协办|参与)(?:责任)?(?:单位|部门)\s*[：:]")
_TAIL = re.compile(r"(?:按照?(?:各自)?职责分工(?:分别)?(?:负责|落实)?|分别负责)?[。．.\s]*$")
_ET_CETERA = re.compile(r"等(?:\d+个?|[一二三四五六七八九十]+个?)?(?:单位|部门)?$")

_CONNECTOR = re.compile(r"以及|及(?!其|时)|等(?=有关|相关|市直)")
_SOFT_CONNECTOR = re.compile(r"会同|[和与]")

# Endings that a list of places may share: 乐都区、平安区、互助县、民和县政府.
_SHARED_ENDINGS = ("人民政府", "政府", "管理委员会", "管委会")
_PLACE = re.compile(r".[区县市旗州盟]$")
_NOT_A_PLACE = re.compile(r"(?:园区|新区|开发区|景区|社区|灌区|林区|矿区|保护区)$")

_UNIT_ENDING = re.compile(
    r"(?:局|委|办|厅|部|处|院|队|站|会|社|行|厂|校|府|署|馆|所|关|联|中心|公司|集团|银行|大学|医院|办公室|单位|部门|企业|机构|专班)$"
)
# All the governments below one: the separators inside belong to the name.
_COLLECTIVE = re.compile(
    r"(?:全[市省州县区]|市直|省直)?各(?:省|自治区|直辖市|地级?市|市|州|盟|地区|县级市|县|区|旗|园区|新区|开发区|功能区|行委|乡镇|镇|乡|街道"
    r"|[（(][^）)]{1,12}[）)]|[、和及与](?=[省市州盟县区旗乡镇街园新开功地自直]))+"
    r"(?:人民政府|政府|行署|管委会|党委|行委|办事处)(?:[（(][^）)]{1,12}[）)])?"
)
_COLLECTIVE_BODY = re.compile(
    r"(?:[省市州县区]直|[省市州县区]级|中央|各级)?各?(?:有关|相关)(?:部门|单位)[、和及](?:有关|相关)?(?:部门|单位)|各省[（(][^）)]*[）)]|各省、自治区、直辖市(?:人民政府)?|新疆生产建设兵团|各[省市州盟县区旗]+[（(][^）)]{1,12}[）)](?:人民政府|政府)?"
)
# Departments that every level of government has; such a name without its level takes it from the name before.
_LEVEL = re.compile(r"^(?:[省市县区州盟旗]|自治[区州县])(?=.{2,})")
_DEPARTMENT = re.compile(
    r"^(?:发展(?:和)?改革|发改|教育|科技|科学技术|工业|工信|经济和信息|民政|民族|民宗|司法|财政|人力资源|人社|自然资源|规划|生态环境|环保"
    r"|住房|住建|城乡|城市管理|城管|交通|水利|水务|农业|农牧|农村|商务|文化|文旅|文体|文广|旅游|卫生|卫健|退役军人|应急|审计|国资|市场监管|市场监督"
    r"|统计|医保|医疗保障|林业|林草|园林|乡村振兴|体育|广电|广播电视|信访|能源|粮食|数据|大数据|政务服务|行政审批|公安|税务|气象|机关事务|金融"
    r"|统战|组织部|宣传部|网信|编办|政法|投资促进|招商|供销|残联|妇联|外事|地震|消防|档案|交警).{0,14}(?:局|委|委员会|办|办公室|厅|部|中心|联|支队)$"
)
# What is done, not who does it: 新建医院1所.
_DEED = re.compile(
    r"\d(?:[个所家处座项条间]|部门)$|^(?:建设(?!银行|局|厅|委|部|集团|公司|单位|管理)|新建|改建|推进|推动|加快|完善|开展|制定|落实(?!单位|部门)|加强|做好|组织(?!部|委)"
    r"|建立|健全|优化|提升|深化|改造|引进|培育|打造|完成|修缮|实施(?!单位|部门|主体))"
)
_STRONG_ENDING = re.compile(
    r"(?:局|委|厅|部|办|政府|管委会|委员会|公司|集团|银行|医院|办公室|法院|检察院|单位|部门|大队|支队|总队|海关|总局)$"
)
_STARTS_A_NAME = re.compile(r"^(?:[省市县区州盟旗]|各|有关|相关|其他|国家|中国|中央|国务院|自治)")


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

    6. *A shared beginning is given back*: in 市发展改革委、教育局、财政局 the level 市 is said once. A
       department that every level has takes it when no name but the first carries a level.
    7. Where the vocabulary does not help, 和 and 与 separate two names that are each complete: the left
       ends as units do, the right begins as they do (省教育厅和省财政厅, but 市工业和信息化局 stays).

    A collective (各县区政府, 各市、县（区）人民政府) is one name; expanding it is for groups, not for words.
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
    return _once_each(_give_back_level(_give_back_endings(names, known), known))


def looks_like_unit(name: str) -> bool:
    """Whether a name is built as names of units are: short, without a stop, ending in 局, 委, 政府, 公司 …

    A place alone (乐都区, 各地区) counts, as does a name with something in brackets after it.
    """
    plain = re.sub(r"[（(〔\[][^）)〕\]]*[）)〕\]]", "", squeeze(name))
    if not 2 <= len(plain) <= 30 or _DEED.search(plain) or re.search(r"[。；：！？“”《》=]", plain):
        return False
    return bool(
        _UNIT_ENDING.search(plain)
        or re.search(r"(?:[县区市州盟旗乡镇]|街道|地区|园区|高校|学校|学院|院校|法人)$", plain)
    )


def ends_as_unit(name: str) -> bool:
    """Whether a name ends as only names of units do: 局, 委, 政府, 公司 … Stricter than looks_like_unit."""
    plain = re.sub(r"[（(〔\[][^）)〕\]]*[）)〕\]]", "", squeeze(name))
    return (
        looks_like_unit(name)
        and len(plain) > 2
        and bool(_STRONG_ENDING.search(plain) or _COLLECTIVE.fullmatch(squeeze(name)))
    )


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
    if text[at] in "各全市省州县区有相中":
        whole = _COLLECTIVE.match(text, at) or _COLLECTIVE_BODY.match(text, at)
        if whole:
            return whole.end()
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
    if readings:
        return readings[0]
    complete = [names for names in soft if _both_complete(names)]
    return complete[0] if complete else [part]


def _both_complete(names: Sequence[str]) -> bool:
    """Whether two names beside 和 are each whole: 省教育厅 | 省财政厅, not 市工业 | 信息化局."""
    return all(_STRONG_ENDING.search(name) and len(name) > 2 for name in names) and all(
        _STARTS_A_NAME.search(name) or len(name) > 4 for name in names[1:]
    )


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


def _give_back_level(names: Sequence[str], known: Collection[str]) -> list[str]:
    """Put 市 before the departments that follow 市发展改革委 without a level of their own.

    Only when the first name carries a level, no later one does, and nobody knows the bare name.
    """
    level = _LEVEL.match(names[0]) if names else None
    if not level or not _DEPARTMENT.match(names[0][level.end() :]) or any(_LEVEL.match(name) for name in names[1:]):
        return list(names)
    return [
        level[0] + name if place and _DEPARTMENT.match(name) and normalise(name) not in known else name
        for place, name in enumerate(names)
    ]


def _once_each(names: Sequence[str]) -> list[str]:
    """Without repetition, first place kept."""
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(normalise(name), name)
    return list(first.values())
