"""Targets: numbers with a counting word, how they are compared, and shares that must add up.

A number is a target when a counting word follows it. Numbers behind letters (G109, PM2.5), before
kV, 年, 月, 日, 时, 号, 岁, behind 第, and numbers with nothing after them (360, 12345) are names.
"""

import re
from collections.abc import Iterator

from tasks_app.intake.understanding.results import Target

_NUMBER = r"\d{1,3}(?:[,，]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_UNIT = (
    r"个百分点|百分点|平方公里|平方千米|平方米|立方米|公里|千米|公顷|吨标准煤|吨标煤|兆瓦时|千瓦时|吉瓦|兆瓦|千瓦|标准箱|标箱|床位|张床位"
    r"|人次|户次|场次|班次|架次|车次|头只|亿斤|公斤|千克|美元|元|%|％|‰|亩|吨|米|斤|升|倍|头|只|匹|羽|尾|株|棵|套|台|辆|架|艘|座|栋|幢|间|处|条|项|件"
    r"|个(?!月|小时|工作日|星期|自然日|百分)|家|户|人(?!大|民|才|工|社|力|均|居)|名|位(?!于|置)|场|次(?!于|年|月|日)|批(?!复|准)|期(?!限|间|末)|对(?!接|口|外|比|象)|支(?!持|撑|付)|所(?!有|需|属|在)|张|份(?!额)|篇|部(?!门|分|署)|门|种|类|册|床|公升|毫克|微克"
)
_ONE = re.compile(
    rf"(?<![A-Za-z\d.．〔\[第+＋/／])(?P<a>{_NUMBER})\s*(?:(?P<a_scale>[万亿千百]*)\s*(?P<a_unit>%|％)?\s*(?:-|—|–|~|～|至|到)\s*(?P<b>{_NUMBER}))?\s*(?P<more>余|多)?\s*"
    rf"(?P<scale>百万|千万|万亿|[万亿千百])?\s*(?P<more2>余|多)?\s*(?P<unit>{_UNIT})\s*(?P<after>及?以上|及?以下|以内|之内|左右|上下)?"
)
_AT_LEAST = re.compile(
    r"(?:不少于|不低于|不小于|至少|(?<!未)达到?|增至|升至|(?:发展|增长|提高)[到至]|提升[到至]|扩大到|增加[到至]|(?<!不)超过?|突破|(?<!不)高于|稳定在|保持在|维持在|(?<!不)大于|力争达到|至少[\u4e00-\u9fff]{1,4})\s*(?:全[省市县]|国家)?\s*(?:约)?\s*$"
)
_MORE = re.compile(r"(?<!不)(?:超过?|突破|高于|大于)\s*$")
_AT_MOST = re.compile(
    r"(?:不超过|不高于|不大于|不多于|(?<!不)(?:低于|少于|小于)|控制在|降至|降低[到至]|下降[到至]|压减[到至]|压缩[到至])\s*$"
)
# What a share is a share of may stand between: 不低于项目总投资（不含征地费用）的60%.
_OF = r"[\u4e00-\u9fff]{1,14}(?:[（(][^（()）。；]{1,20}[）)])?的?\s*$"
_AT_LEAST_OF = re.compile(rf"(?:不得?少于|不得?低于|不得?小于){_OF}")
_AT_MOST_OF = re.compile(rf"(?:不得?超过|不得?高于|不得?大于|不得?多于){_OF}")
_ABOUT = re.compile(r"(?:约|大约|近)\s*$")
_FURTHER = 45
_BOUND = "，,。；;：:！？\n（(）)"
_SCALE = re.compile(r"年产|日产|装机|库容|现有|已建|已有|占地|日处理|年处理")
_PLACE = re.compile(
    r"([\u4e00-\u9fff]{1,7}?(?:自治县|自治州|新区|园区|开发区|市|县|区|州|旗|镇|乡|街道))\s*(?:各)?\s*$"
)
_SUM = re.compile(r"(?:共|合计|总计|总共)\s*$")
_AMONG = re.compile(r"其中\s*[：:，,]?|分别[为是]?\s*[：:]?")


def read_targets(text: str) -> list[Target]:
    """The targets of an item in printed order, shares marked as such."""
    found: list[Target] = []
    share_from = -1
    for hit in _ONE.finditer(text):
        target = _target(text, hit)
        if target is None:
            continue
        among = [one.end() for one in _AMONG.finditer(text, 0, hit.start())]
        if among and among[-1] != share_from and not re.search(r"[。；;]", text[among[-1] : hit.start()]):
            share_from = among[-1]
        in_share = share_from >= 0 and not re.search(r"[。；;]", text[share_from : hit.start()])
        total = next((one for one in reversed(found) if one.kind == "target"), None)
        place = _PLACE.search(text[max(0, hit.start() - 9) : hit.start()])
        is_sum = bool(_SUM.search(text[max(0, hit.start() - 4) : hit.start()]))
        if in_share and not is_sum and (place or total is not None) and (total is None or target.unit == total.unit):
            target.kind = "breakdown"
        if place and target.kind == "breakdown":
            target.place = re.split(r"其中|[^\u4e00-\u9fff]", place[1])[-1]
        found.append(target)
    return found


def _target(text: str, hit: re.Match[str]) -> Target | None:
    value = _value(hit["a"])
    if value is None or (hit["unit"] == "米" and text[hit.end() :].startswith("级")):
        return None
    upper = _value(hit["b"]) if hit["b"] else None
    unit = (hit["scale"] or "") + hit["unit"].replace("％", "%")
    before = text[max(0, hit.start() - 12) : hit.start()]
    further = text[max(0, hit.start() - _FURTHER) : hit.start()]
    start = max((text.rfind(sign, 0, hit.start()) for sign in _BOUND + "、"), default=-1) + 1
    stop = min((at for sign in _BOUND + "、" if (at := text.find(sign, hit.end())) >= 0), default=len(text))
    kind = "scale" if _SCALE.search(text[max(start, hit.start() - 6) : hit.start()]) else "target"
    if "瓦" in unit and stop - hit.end() > 2 and "装机" not in before:
        kind = "scale"
    return Target(
        text=text[start : min(stop, hit.end() + 24)].strip(),
        value=value,
        unit=unit,
        comparator=_comparator(
            before, further, hit["after"] or "", hit["more"] or hit["more2"] or "", upper is not None
        ),
        value_max=upper,
        kind=kind,
    )


def _value(number: str) -> float | None:
    digits = number.replace(",", "").replace("，", "")
    return float(digits) if len(digits) <= 15 else None


def _comparator(before: str, further: str, after: str, more: str, is_range: bool) -> str:
    """What stands behind the number decides first (左右, 以上, 以内), then what stands before it, nearest first."""
    if after in {"左右", "上下"}:
        return "~"
    if "以上" in after:
        return ">="
    if after in {"以内", "之内"} or "以下" in after or _AT_MOST.search(before):
        return "<="
    if _ABOUT.search(before):
        return "~"
    if _MORE.search(before):
        return ">"
    if more or is_range or _AT_LEAST.search(before) or _AT_LEAST_OF.search(further):
        return ">="
    return "<=" if _AT_MOST_OF.search(further) else "="


def check_shares(targets: list[Target]) -> Iterator[str]:
    """Doubts about shares by place that do not add up to their total."""
    total: Target | None = None
    shares: list[Target] = []
    for target in [*targets, None]:
        if target is not None and target.kind == "breakdown":
            shares.append(target)
            continue
        named = [share for share in shares if share.place]
        if total is not None and len(named) > 1:
            summed = round(sum(share.value for share in shares), 6)
            if summed != total.value:
                yield f"分解数之和为 {summed:g}{total.unit}，与总数 {total.value:g}{total.unit} 不符"
        total, shares = (target, []) if target is not None and target.kind == "target" else (total, [])
