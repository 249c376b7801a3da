"""Deadlines in words. In an item's content only what says *until* counts; a deadline cell says it by standing there.

1. A day, a month, a quarter, a half-year or a year with 前, 底, 末 or 内 is a deadline; its last day is meant.
2. 年底前, 年内, 全年 mean the year the list is for. A month without a year means that year too, or the
   year named just before it in the same item; when that day was past on the day of issue, the next
   year, which is *inferred* and doubted; unless the list's title names its year.
3. A year at the beginning of a clause (2024年，完成… 到2025年…) means its end. Years elsewhere are names.
4. X日内 counts from the day of issue when the words say 印发之日起: *inferred*.
5. 长期, 持续推进, 每季度 in a deadline cell have no day. In a content they say nothing.
6. Several deadlines: the first is the item's, the others are kept as further stages, and it is doubted.
7. A start is no end: when the first day stands beside 开工, 动工, 启动 or 开始 and another that is not earlier
   beside 完工, 建成, 竣工, 完成 …, the latter is the item's. 3月底前开工、10月底前建成 → 31 October, with
   3月底前 kept and the row doubted. The words of the day's own clause count, those behind it before those
   in front; the last one where there are several (完成招标并开工 is a start). A start alone stays the
   deadline. In a content a bare month counts behind a start: 2025年3月开工，10月完工.
8. Where the item says nothing, the list's own year makes the *default*: its 31 December.
"""

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tasks_app.intake.understanding.results import Deadline
from tasks_app.lib.numerals import from_chinese

EXPLICIT, INFERRED, DEFAULT = "explicit", "inferred", "default"
_Y = r"(?:(?P<{0}>20\d\d)\s*年|(?P<{0}w>今年|本年度?|当年|明年|次年)\s*)"
_UNTIL = r"(?:之\s*前|以\s*前|前|止)"
_HAN = "一二三四五六七八九十"
_PATTERNS = (
    ("iso", r"(?<![\d.])(?P<y>20\d\d)[-/.](?P<m>\d{1,2})(?:[-/.](?P<d>\d{1,2}))?(?![\d%％])"),
    (
        "years",
        r"(?<!\d)20\d\d\s*年?\s*[-—–~～至]+\s*(?P<y>20\d\d)\s*年(?!\s*\d{1,2}\s*月)(?P<until>\s*(?:底|末)?\s*(?:之?前)?)",
    ),
    (
        "months",
        r"(?<!\d)"
        + _Y.format("y")
        + r"?(?P<from>\d{1,2})\s*月?\s*[-—–~～至]+\s*(?P<m>\d{1,2})\s*月(?!\s*\d{1,2}\s*日)(?:份)?",
    ),
    (
        "day",
        r"(?<!\d)" + _Y.format("y") + r"?\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*日"
        r"(?:\s*(?P<h>\d{1,2})\s*(?:时|点|[:：](?P<min>\d\d)))?\s*(?P<until>" + _UNTIL + r"|下班前|内)?",
    ),
    (
        "month",
        r"(?<!\d)"
        + _Y.format("y")
        + r"?\s*(?P<m>\d{1,2})\s*月\s*(?:份\s*)?(?P<part>底|末|上旬|中旬|下旬|内|中)?\s*(?P<until>"
        + _UNTIL
        + r")?",
    ),
    (
        "part",
        _Y.format("y")
        + rf"?\s*(?P<p>上半年|下半年|第?\s*(?P<q>[{_HAN}1-4])\s*季度)\s*(?P<until>(?:底|末|内)?\s*"
        + _UNTIL
        + r"|底|末|内)?",
    ),
    (
        "year_end",
        r"(?<!每)(?<!\d)" + _Y.format("y") + r"?\s*(?:(?<=年)|年)\s*(?:底|末|终)\s*(?P<until>" + _UNTIL + r")?",
    ),
    (
        "within",
        r"(?<!往)(?<!近)(?<![\d两几多每])(?:" + _Y.format("y") + r"\s*(?:内|全年)|年内|全年(?!龄|制|性|四季)|年度内)",
    ),
    ("before_year", r"(?<!\d)(?P<y>20\d\d)\s*年\s*" + _UNTIL),
    (
        "year",
        r"(?:(?<=^)|(?<=[。；;，,：:\n])|(?P<to>到|至|力争))\s*(?P<y>20\d\d)\s*年\s*(?![—\-–~～至度\d]|以来|起|版|修订|月|开始)",
    ),
    (
        "days",
        rf"(?P<since>(?:自|从)?[^，。；]{{0,14}}(?:之日起|日起|后)\s*)?(?<![\d.])(?P<n>\d{{1,3}}|[{_HAN}两]{{1,3}})\s*(?P<u>个?工作日|日|天|个月|周|年)\s*(?:之|以)?内",
    ),
    (
        "none",
        r"长期(?:坚持|推进|任务|实施|开展)?|(?:持续|常态化?|动态|滚动|不断)(?:化)?(?:推进|开展|实施|进行|坚持|落实|更新)?|立即(?:整改|实施|开展)?|即时|适时|随时|全过程|按(?:时序|计划|进度|要求|国家|省)[^，。；]{0,12}",
    ),
)
_COMPILED = tuple((kind, re.compile(pattern)) for kind, pattern in _PATTERNS)
_RECURRING = re.compile(r"(?:每|逐|上)\s*(?:个|一)?(?:年度?|月|季度?|周|半年)?\s*$")
_REPEATED = re.compile(r"每(?:年|月|季度?|周|半年|旬|日)|按(?:年|月|季度?|周)")
_NOT_AFTER = re.compile(r"\s*(?:起|以来|以后|开始|出台|印发|发布|实施的|建成的|的(?!基础))")
_SERIAL = re.compile(r"[3-6]\d{4}(?:\.0)?")
_DONE = re.compile(
    r"\s*(?:，|,)?\s*(?:力争|基本|全部|全面)?(?:完成|建成|完工|竣工|实现|投用|投产|通车|开工|启动|出台|报送|提交)"
)
_ENDS = re.compile(
    r"(?P<start>开工|动工|启动|开始)|(?P<end>完工|建成|竣工|完成|投用|投入使用|投入运营|投产|通车|交付使用)"
)
_SENTENCES = re.compile(r"[。；;\n]")
_CLAUSES = re.compile(r"[，,；;。、\n]")


@dataclass(frozen=True)
class Year:
    """The year undated deadlines mean, and the day the document was issued (either may be unknown).

    `named`: the list's title says its year, so that a month before the day of issue still means it.
    """

    year: int | None
    issued: dt.date | None = None
    named: bool = False


@dataclass(frozen=True)
class _Hit:
    start: int
    end: int
    kind: str
    match: re.Match[str]
    beside: str = ""  # "start" or "end": what its clause says happens on that day


def read_cell(text: str, base: Year) -> tuple[Deadline | None, list[str]]:
    """A deadline cell or label: what it says, and doubts. Text that says nothing readable is doubted."""
    text = text.strip().strip("。；;")
    if not text or text in {"-", "—", "/", "无", "--"}:
        return None, []
    if _SERIAL.fullmatch(text):
        day = dt.date(1899, 12, 30) + dt.timedelta(days=int(float(text)))
        return Deadline(day.isoformat(), INFERRED, text, "表格软件的日期序号"), [
            f"时限“{text}”是表格的日期序号，换算为 {day.isoformat()}，请核对"
        ]
    found, doubts = _several(text, base, strict=False)
    if found is None:
        if repeated := _REPEATED.search(text):
            return Deadline(None, EXPLICIT, text, f"“{repeated[0]}”反复进行，没有截止日期"), doubts
        return Deadline(None, INFERRED, text, "看不懂的时限"), [f"看不懂时限“{text[:30]}”"]
    return found, doubts


def read_content(text: str, base: Year) -> tuple[Deadline | None, list[str]]:
    """The deadlines an item's content names, first one first; None when it names none."""
    return _several(text, base, strict=True)


def default(base: Year, sentence: str = "") -> Deadline | None:
    """The list's own year end; None when its year is unknown."""
    if base.year is None:
        return None
    return Deadline(f"{base.year}-12-31", DEFAULT, sentence, "本项没有写时限，按清单年度的年底")


def _several(text: str, base: Year, *, strict: bool) -> tuple[Deadline | None, list[str]]:
    found: list[tuple[Deadline, str]] = []  # with what stands beside it
    doubts: list[str] = []
    year = base.year
    hits = list(_hits(text, strict))
    for index, hit in enumerate(hits):
        named = hit.match.groupdict().get("y")
        year = int(named) if named else year
        if (
            not strict
            and index + 1 < len(hits)
            and re.fullmatch(r"\s*[-—–~～至]+\s*", text[hit.end : hits[index + 1].start])
        ):
            continue  # the beginning of a stretch of time
        one = _understand(hit, year, base, doubts)
        if one is not None and all((one.date, one.text) != (other.date, other.text) for other, _ in found):
            found.append((one, hit.beside))
    found = [stage for stage in found if stage[0].date] or found
    if not found:
        return None, doubts
    first, meant = found[0][0], _meant(found)
    meant.further = [one for one, _ in found if one.date != meant.date]
    if meant.further:
        why = f"以最先写的“{first.text}”为准"
        if meant is not first:
            why = f"“{first.text}”是开工或启动的时间，以写明完成的“{meant.text}”为准"
        doubts.append(f"写了 {len(meant.further) + 1} 个时限，{why}")
    return meant, doubts


def _meant(stages: list[tuple[Deadline, str]]) -> Deadline:
    """The first; where that is a start, the first end that is not before it."""
    first, beside = stages[0]
    if beside == "start":
        for one, other in stages[1:]:
            if other == "end" and (one.date or "") >= (first.date or ""):
                return one
    return first


def _hits(text: str, strict: bool) -> Iterator[_Hit]:
    """What the patterns find, in order of place, the earlier pattern winning where two overlap."""
    taken: list[_Hit] = []
    for kind, pattern in _COMPILED:
        for match in pattern.finditer(text):
            if match[0].strip() and all(match.end() <= hit.start or match.start() >= hit.end for hit in taken):
                hit = _Hit(match.start(), match.end(), kind, match)
                taken.append(hit)
    taken.sort(key=lambda one: one.start)
    begun = None  # where the start ends that was read last
    for index, hit in enumerate(taken):
        if _RECURRING.search(text[: hit.start]) and hit.kind != "none":
            continue
        until = next((other.start for other in taken[index + 1 :] if other.kind != "none"), len(text))
        since = next((other.end for other in taken[:index][::-1] if other.kind != "none"), 0)
        hit = replace(hit, beside=_beside(text[since : hit.start], text[hit.end : until]))
        goes_on = hit.beside == "end" and begun is not None and not _SENTENCES.search(text[begun : hit.start])
        if not strict or _says_until(hit, text, goes_on=goes_on):
            begun = hit.end if hit.beside == "start" else None
            yield hit


def _beside(before: str, behind: str) -> str:
    """Whether a day is the start or the end of the work: by the last word of the nearest clause of its sentence."""
    near, *later = _CLAUSES.split(_SENTENCES.split(behind)[0])
    for clause in (near, _CLAUSES.split(before)[-1], *later):
        said = [str(hit.lastgroup) for hit in _ENDS.finditer(clause)]
        if said:
            return said[-1]
    return ""


def _says_until(hit: _Hit, text: str, *, goes_on: bool = False) -> bool:
    """Whether a date in running text sets an end to the work; `goes_on`: a start was read before it."""
    groups = hit.match.groupdict()
    if hit.kind in {"none", "iso", "years", "months"} or _NOT_AFTER.match(text, hit.end):
        return False
    if hit.kind == "days":
        return bool(groups["since"]) and bool(re.search(r"印发|发文|下发|发布|本通知|本方案|收到", groups["since"]))
    if hit.kind in {"day", "part"}:
        return bool(groups["until"]) or bool(hit.kind == "part" and _DONE.match(text, hit.end))
    if hit.kind == "month":
        return bool(groups["until"] or groups["part"] in {"底", "末", "上旬", "中旬", "下旬", "内"}) or bool(
            (groups["y"] or goes_on) and _DONE.match(text, hit.end)
        )
    if hit.kind == "within":
        return not re.match(r"\s*(?:可|均可)", text[hit.end :])
    return True


def _understand(hit: _Hit, year: int | None, base: Year, doubts: list[str]) -> Deadline | None:
    text = hit.match[0].strip().lstrip("到至").strip() if hit.kind != "year" else hit.match[0].strip()
    if hit.kind == "none":
        return Deadline(None, EXPLICIT, text, "没有截止日期")
    if hit.kind == "days":
        return _after_days(hit, text, base, doubts)
    groups = hit.match.groupdict()
    word = groups.get("yw") or ""
    if word in {"明年", "次年"} and base.year:
        year = base.year + 1
    if year is None:
        doubts.append(f"“{text}”没有年份，文件里也找不到年份")
        return Deadline(None, INFERRED, text, "没有年份")
    day = _last_day(hit.kind, groups, year)
    if day is None:
        doubts.append(f"日历上没有“{text}”这一天")
        return Deadline(None, INFERRED, text, "日历上没有这一天")
    found = Deadline(day.isoformat(), EXPLICIT, text, _rule(hit.kind, groups, day))
    if groups.get("h"):
        found.time = f"{int(groups['h']):02d}:{groups.get('min') or '00'}"
    undated = not groups.get("y") and not word
    if (
        undated
        and hit.kind in {"day", "month", "part"}
        and base.issued
        and day < base.issued
        and year == base.issued.year
    ):
        later = None if base.named else _last_day(hit.kind, groups, year + 1)
        if base.named:
            doubts.append(f"“{text}”在印发时已过，请核对年份")
        if later:
            found.date, found.basis = later.isoformat(), INFERRED
            doubts.append(f"“{text}”在印发时已过，推断为 {year + 1} 年")
    return found


def _last_day(kind: str, groups: dict[str, str | None], year: int) -> dt.date | None:
    """The last day that a phrase allows; None when the calendar has no such day."""
    if kind == "before_year":
        return dt.date(year - 1, 12, 31)
    if kind in {"year", "years", "year_end", "within"}:
        return dt.date(year, 12, 31)
    if kind == "part":
        quarter = groups.get("q")
        number = (int(quarter) if quarter.isdigit() else from_chinese(quarter)) if quarter else None
        month = number * 3 if number else 6 if groups["p"] == "上半年" else 12
    else:
        month = int(groups["m"] or 0)
    if not 1 <= month <= 12:
        return None
    last = calendar.monthrange(year, month)[1]
    part = groups.get("part")
    day = int(groups.get("d") or 0) or {"上旬": 10, "中旬": 20, "中": 20}.get(part or "", last)
    return dt.date(year, month, day) if 1 <= day <= last else None


def _rule(kind: str, groups: dict[str, str | None], day: dt.date) -> str:
    if kind == "within":
        return "年内、全年，指清单年度的最后一天"
    if kind in {"year", "years", "year_end"}:
        return "指该年最后一天" if groups.get("y") else "没有写年份，按清单年度"
    if kind == "before_year":
        return "指上一年最后一天"
    if kind in {"month", "months", "part"}:
        return f"指{day.month}月{day.day}日" + ("" if groups.get("y") else "，没有写年份，按清单年度")
    return "写明的日期" if groups.get("y") or kind == "iso" else "没有写年份，按清单年度"


def _after_days(hit: _Hit, text: str, base: Year, doubts: list[str]) -> Deadline:
    count = hit.match["n"]
    number = int(count) if count.isdigit() else from_chinese(count)
    if base.issued is None or not number or "工作日" in hit.match["u"]:
        doubts.append(f"“{text}”从哪天算起要由人确定")
        return Deadline(None, INFERRED, text, "相对时限，起算日不明")
    unit = hit.match["u"]
    if unit in {"个月", "年"}:
        months = base.issued.month - 1 + number * (12 if unit == "年" else 1)
        year, month = base.issued.year + months // 12, months % 12 + 1
        day = dt.date(min(year, 9999), month, min(base.issued.day, calendar.monthrange(min(year, 9999), month)[1]))
    else:
        day = base.issued + dt.timedelta(days=number * (7 if unit == "周" else 1))
    doubts.append(f"“{text}”从印发日 {base.issued.isoformat()} 起算，推断为 {day.isoformat()}")
    return Deadline(day.isoformat(), INFERRED, text, "从印发日起算")
