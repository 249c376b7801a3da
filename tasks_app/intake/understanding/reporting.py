"""The reporting rule of a document: how often, until when, to whom. A proposal with its sentence.

A sentence counts when it says both how often (每月5日前, 每季度末, 每周五, 按月) and that something is
handed in (报送, 上报, 报至, 反馈). The first one that names a day wins; those without a day are taken when
there is nothing better, and doubted.
"""

import re
from collections.abc import Sequence

from tasks_app.intake.understanding import deadlines
from tasks_app.intake.understanding.deadlines import Year
from tasks_app.intake.understanding.results import Deadline, Reporting
from tasks_app.lib.numerals import from_chinese

_HAN = "一二三四五六七八九十廿"
_DAY = rf"(?P<day>\d{{1,2}}|[{_HAN}]{{1,3}})[日号]"
_CLOCK = r"(?:\s*(?P<hour>\d{1,2})\s*(?:时|点|[:：](?P<minute>\d\d)))?"
_FREQUENCIES = (
    (
        "quarterly",
        rf"每(?:个)?季度?(?:的)?(?P<which>最后一个月|第[一二三]个?月|首月|末月|次月|下月|次季度?首月)?(?:结束后|末|底)?(?:的)?\s*(?:{_DAY})?{_CLOCK}(?P<end>月?底|月末|末)?",
    ),
    ("quarterly", rf"(?:次|下(?:一)?)季度?(?P<which>首月|第一个月|第[一二三]个?月)?\s*(?:{_DAY}){_CLOCK}"),
    ("semiannual", rf"每半年(?:末|底)?\s*(?:{_DAY})?|6月底?(?:前)?(?:和|、|及)12月底?前"),
    ("bimonthly", rf"每(?:两个|2个|双)月\s*(?:{_DAY})?{_CLOCK}"),
    ("semimonthly", r"每半(?:个)?月"),
    ("tenday", r"每旬"),
    (
        "monthly",
        rf"(?:每|逐|次)(?:个)?月(?:度)?(?P<which>上旬|中旬|下旬)?(?:的)?\s*(?:{_DAY})?{_CLOCK}(?P<end>月?底|月末|末)?",
    ),
    ("weekly", rf"每(?:个)?(?:周|星期)\s*(?P<weekday>[一二三四五六日天])?{_CLOCK}"),
    (
        "yearly",
        r"每年(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})日|(?P<end>底|末))|每年年底|每年底|年底前将[^。]{0,30}情况",
    ),
    ("daily", r"每日|每天|日报告"),
    ("monthly", r"按月|月报制|月调度|月报告"),
    ("quarterly", r"按季度?|季报制|季调度|季度报告"),
    ("weekly", r"按周|周报制|周调度"),
)
_COMPILED = tuple((name, re.compile(pattern)) for name, pattern in _FREQUENCIES)
_HANDS_IN = re.compile(
    r"报送|上报|报至|报给|报到|呈报|填报|书面报告|反馈|提交|报告(?:工作)?(?:进展|情况)|(?:情况|进展|台账|材料|信息|报表|进度|总结)[^，。；]{0,12}报|报(?=[省市县区州]?[\u4e00-\u9fff]{1,16}(?:局|委|办|厅|室|部|专班|政府|督查))"
)
_TO = re.compile(
    r"(?:报送?|上报|呈报|反馈|提交|汇总)(?:至|给|到)?(?P<to>[\u4e00-\u9fff（）()·]{2,30}?(?:督查室|办公室|办公厅|专班|领导小组|局|委|厅|部|中心|政府|处|科|室|办|组))"
    r"(?=[，。；、（(和及并]|$|备案|汇总|审核|统筹|督查)"
)
_TOWARDS = re.compile(r"向(?P<to>[\u4e00-\u9fff（）()]{2,30}?)(?:书面)?(?:报送|报告|上报|反馈|提交)")
_WHO = re.compile(
    r"(?:请|要求|由)?(?P<who>(?:各|市直|省直|县直|全市|牵头|责任)[^，。；：于每]{1,40}?)(?=要|应|须|需|于|在|将|每|按|做好|定期|负责|务必)"
)
_FIRST = re.compile(r"首次|首期|第一次|首月|本月|当月|第一期")
_CLAUSE_END = re.compile(r"[，,。；;）)]")
_SENTENCE = re.compile(r"[^。；;！\n]+[。；;！]?")
_WEEK = "一二三四五六日"


def find_rule(texts: Sequence[str], base: Year) -> Reporting | None:
    """The rule that the passages of a document state; None when they state none."""
    found = [rule for text in texts for sentence in _SENTENCE.findall(text) if (rule := _read(sentence, text, base))]
    dated = [rule for rule in found if not rule.doubts]
    return next(iter(dated or found), None)


def _read(sentence: str, around: str, base: Year) -> Reporting | None:
    if not _HANDS_IN.search(sentence):
        return None
    for frequency, pattern in _COMPILED:
        hit = pattern.search(sentence)
        if hit:
            rule = _rule(frequency, hit, sentence, around)
            break
    else:
        return None
    first = _FIRST.search(sentence)
    if first:
        rule.first = _first_day(sentence[first.start() :], base)
    return rule


def _first_day(said: str, base: Year) -> Deadline | None:
    """The exception for the first report: 首次于4月28日前报送, or a bare day behind it (首次报送时间为4月28日)."""
    found, _doubts = deadlines.read_content(said, base)
    if found is None:
        found, _doubts = deadlines.read_cell(_CLAUSE_END.split(said, maxsplit=1)[0], base)
    return found if found is not None and found.date else None


def _rule(frequency: str, hit: re.Match[str], sentence: str, around: str) -> Reporting:
    rule = Reporting(frequency=frequency, text=sentence.strip())
    _read_day(rule, hit)
    to = _TO.search(sentence) or _TOWARDS.search(sentence)
    rule.receiver = to["to"] if to else ""
    who = _WHO.search(sentence) or _WHO.search(around)
    rule.reporters = who["who"] if who else ""
    if rule.day is None and not rule.month_end and rule.weekday is None and frequency not in {"daily", "tenday"}:
        rule.doubts.append("没有写明哪一天")
    if not rule.receiver:
        rule.doubts.append("没有写明报给谁")
    return rule


def _read_day(rule: Reporting, hit: re.Match[str]) -> None:
    """Until when the period's report is due, as far as it is said."""
    groups, frequency = hit.groupdict(), rule.frequency
    day = groups.get("day")
    rule.day = from_chinese(day) if day else None
    rule.month_end = bool(groups.get("end")) or (frequency == "quarterly" and not day and hit[0].endswith(("末", "底")))
    rule.month_of_period = (groups.get("which") or "") if not rule.month_end else ""
    if frequency == "yearly" and groups.get("month"):
        rule.month_of_period = f"{groups['month']}月"
    weekday = groups.get("weekday")
    rule.weekday = _WEEK.index("日" if weekday == "天" else weekday) + 1 if weekday else None
    if groups.get("hour"):
        rule.time = f"{int(groups['hour'] or 0):02d}:{groups.get('minute') or '00'}"
    if rule.day is not None and not 1 <= rule.day <= 31:
        rule.day = None
