"""Deadlines in words: one grammar for cells and for prose (docs/intake.md). In an item's content only what says
*until* counts; a deadline cell says it by standing there.

1. A day, a month, a quarter, a half-year or a year with 前, 底, 末 or 内 is a deadline; its last day is meant.
2. 年底前, 年内, 全年 mean the year the list is for. A month without a year means that year too, or the
   year named just before it in the same item; when that day was past on the day of issue, the next
   year, which is *inferred* and doubted; unless the list's title names its year.
3. A year at the beginning of a clause (2024年，完成… 到2025年…) means its end. Years elsewhere are names.
   去年底 and 前年底 are past and set no end.
4. X日内 counts from the day of issue when the words say 印发之日起: *inferred*.
5. 长期, 持续推进 in a deadline cell have no day. In a content they say nothing.
6. Several deadlines: the first is the item's, the others are kept as further stages, and it is doubted.
7. A start is no end: when the first day stands beside 开工, 启动 … and another that is not earlier beside 完工, 建成 …,
   the latter is the item's: 3月底前开工、10月底前建成 → 31 October, 3月底前 kept, the row doubted. The words of the
   day's own clause count, those behind it before those in front, the last one of several (完成招标并开工 is a start).
   A start alone stays the day of a content (2025年3月开工 is what is asked for); a cell that says only when something
   begins (6月1日动工, 6月启动) is doubted. In a content a bare month counts behind a start: 2025年3月开工，10月完工.
8. Where the item says nothing, the list's own year makes the *default*: its 31 December.
9. Holidays and seasons (春节前, 汛期前), rhythms (每月5日前), 立即, 本月底 name no day, and never become a year's end:
   they are doubted. 月初 and 明年 have a day that is *inferred* and doubted.
10. 前 behind a month, a quarter or a year without 底, 末 or 内 (6月前, 二季度前, 2025年以前) may leave that time out or
   take it in: *inferred* and doubted, both days named. Until somebody decides, a month or quarter counts as taken
   in, a year as left out. 上半年前 of the list's own year is its June: nobody means before New Year.
11. A day before the list's year, or dated and before the day of issue in the year of issue, is doubted; so are years in
   the wrong order (2026—2025年) and, in a cell, two numbers behind different signs (2024.1-12): who writes them
   hardly means that day.
12. In a cell, words about time that no pattern understood are doubted. Where no guess is allowed any other word and
   any doubt is an error.
"""

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tasks_app.intake.understanding import deadline_patterns as patterns
from tasks_app.intake.understanding.deadline_days import begins, figures, last_day, number
from tasks_app.intake.understanding.results import Deadline

EXPLICIT, INFERRED, DEFAULT = "explicit", "inferred", "default"


@dataclass(frozen=True)
class Year:
    """The year undated deadlines mean, and the day the document was issued (either may be unknown).

    `named`: the list's title says its year, so that a month before the day of issue still means it.
    """

    year: int | None
    issued: dt.date | None = None
    named: bool = False


class Unsure(ValueError):
    """What is uncertain: its kind, the sentence for the workbench, the words and the day in question.

    `other` is the second day that the words may mean. Kept as a doubt; raised where no guess is allowed.
    """

    def __init__(self, code: str, sentence: str, said: str = "", date: str = "", other: str = "") -> None:
        super().__init__(sentence)
        self.code, self.sentence, self.said, self.date, self.other = code, sentence, said, date, other


@dataclass(frozen=True)
class _Hit:
    start: int
    end: int
    kind: str
    match: re.Match[str]
    beside: str = ""  # "start" or "end": what its clause says happens on that day


def read_cell(text: str, base: Year, *, guess: bool = True) -> tuple[Deadline | None, list[str]]:
    """A deadline cell or label: what it says, and doubts; None for a blank one.

    Without `guess` raises Unsure for anything but an explicit deadline and nothing beside it.
    """
    text = text.strip().strip("。；;")
    plain = text.translate(patterns.WIDTHS)
    if plain.strip() in patterns.NOTHING:
        return None, []
    found, doubts, rest = _cell(plain, text, base)
    if not guess and (doubts or rest or found.basis != EXPLICIT):
        raise doubts[0] if doubts else Unsure("unknown", f"看不懂时限“{text[:30]}”", text)
    return found, [doubt.sentence for doubt in doubts]


def _cell(plain: str, text: str, base: Year) -> tuple[Deadline, list[Unsure], str]:
    """The deadline, doubts, and what stands beside it without being understood."""
    if patterns.SERIAL.fullmatch(plain):
        day = (dt.date(1899, 12, 30) + dt.timedelta(days=int(float(plain)))).isoformat()
        doubt = Unsure("serial", f"时限“{text}”是表格的日期序号，换算为 {day}，请核对", text, day)
        return Deadline(day, INFERRED, text, "表格软件的日期序号"), [doubt], ""
    found, doubts, hits = _several(plain, base, strict=False, printed=text)
    rest = _rest(plain, hits)
    if found is None:
        if repeated := patterns.REPEATED.search(plain):
            said = f"“{repeated[0]}”反复进行，没有截止日期"
            doubts.append(Unsure("open", f"{said}，请核对是否另有完成时限", text))
            return Deadline(None, EXPLICIT, text, said), doubts, rest
        doubts.append(Unsure("unknown", f"看不懂时限“{text[:30]}”", text))
        return Deadline(None, INFERRED, text, "看不懂的时限"), doubts, rest
    if patterns.OF_TIME.search(rest):
        doubts.append(Unsure("unknown", f"时限“{text[:30]}”里的“{rest[:30]}”没有读懂，请核对", rest))
    doubts += _unlikely(found, plain, hits)
    if found.date and base.year and not base.year - 2 <= int(found.date[:4]) <= base.year + 15:
        sentence = f"“{found.text}”与清单年度（{base.year} 年）相差太远，请核对年份"
        doubts = [Unsure("far", sentence, found.text, found.date), *(one for one in doubts if one.code != "before")]
    return found, doubts, rest


def _unlikely(found: Deadline, plain: str, hits: list[_Hit]) -> Iterator[Unsure]:
    """Days that are written out and yet hardly meant as the end of the work."""
    for hit in hits:
        if len(hits) == 1 and (hit.beside == "start" or patterns.BEGINS.match(plain, hit.end)):
            yield Unsure("start", f"“{plain}”写的是开始的时间，请补充完成时限", plain, found.date or "")
        signs = patterns.SEPARATORS.match(hit.match[0])
        if hit.kind == "iso" and signs and signs[1] != signs[2]:
            yield Unsure("stretch", f"“{hit.match[0]}”像是一段时间，请写明截止日期", hit.match[0], found.date or "")


def _rest(plain: str, hits: list[_Hit]) -> str:
    """What of a cell is neither a date nor a word that goes with one."""
    ends = [0, *(hit.end for hit in hits)]
    starts = [*(hit.start for hit in hits), len(plain)]
    return "".join(patterns.BESIDE.sub("", plain[end:start]) for end, start in zip(ends, starts, strict=True))


def read_content(text: str, base: Year) -> tuple[Deadline | None, list[str]]:
    """The deadlines an item's content names, first one first; None when it names none."""
    found, doubts, _hits = _several(text, base, strict=True, printed=text)
    return found, [doubt.sentence for doubt in doubts]


def default(base: Year, sentence: str = "") -> Deadline | None:
    """The list's own year end; None when its year is unknown."""
    if base.year is None:
        return None
    return Deadline(f"{base.year}-12-31", DEFAULT, sentence, "本项没有写时限，按清单年度的年底")


def _several(text: str, base: Year, *, strict: bool, printed: str) -> tuple[Deadline | None, list[Unsure], list[_Hit]]:
    found: list[tuple[Deadline, str]] = []  # with what stands beside it
    doubts: list[Unsure] = []
    year = base.year
    hits = list(_hits(text, strict))
    begun: Deadline | None = None
    for index, hit in enumerate(hits):
        year = _named_year(hit) or year
        said = printed[hit.start : hit.end]
        following = hits[index + 1].start if index + 1 < len(hits) else 0
        if not strict and following and patterns.STRETCH.fullmatch(text[hit.end : following]):
            begun = _understand(hit, said, year, base, [])
            continue  # the beginning of a stretch of time
        one = _understand(hit, said, year, base, doubts)
        if begun and begun.date and one.date and one.date < begun.date:
            if year and not _named_year(hit):
                one = _understand(hit, said, year + 1, base, doubts)
            one.basis = INFERRED
            doubts.append(Unsure("order", f"“{said}”早于开始的“{begun.text}”，请核对年份", said, one.date or ""))
        begun = None
        if all((one.date, one.text) != (other.date, other.text) for other, _ in found):
            found.append((one, hit.beside))
    found = [stage for stage in found if stage[0].date] or found
    if not found:
        return None, doubts, hits
    first, meant = found[0][0], _meant(found)
    if meant.basis == INFERRED and not meant.date and not doubts:
        doubts.append(Unsure("open", f"“{meant.text}”没有写明日期，请核对", meant.text))
    meant.further = [one for one, _ in found if one.date != meant.date]
    if meant.further:
        why = f"以最先写的“{first.text}”为准"
        if meant is not first:
            why = f"“{first.text}”是开工或启动的时间，以写明完成的“{meant.text}”为准"
        doubts.append(Unsure("several", f"写了 {len(meant.further) + 1} 个时限，{why}", meant.text))
    return meant, doubts, hits


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
    for kind, pattern in patterns.COMPILED:
        if strict and kind in patterns.CELL_ONLY:
            continue
        for match in pattern.finditer(text):
            # In running text a holiday is a date only where something is to be done before it.
            if strict and kind == "event" and not (match["until"] or "").endswith("前"):
                continue
            if match[0].strip() and all(match.end() <= hit.start or match.start() >= hit.end for hit in taken):
                hit = _Hit(match.start(), match.end(), kind, match)
                taken.append(hit)
    taken.sort(key=lambda one: one.start)
    begun = None  # where the start ends that was read last
    for index, hit in enumerate(taken):
        if patterns.RECURRING.search(text[: hit.start]) and hit.kind != "none":
            continue
        until = next((other.start for other in taken[index + 1 :] if other.kind != "none"), len(text))
        since = next((other.end for other in taken[:index][::-1] if other.kind != "none"), 0)
        hit = replace(hit, beside=_beside(text[since : hit.start], text[hit.end : until]))
        goes_on = hit.beside == "end" and begun is not None and not patterns.SENTENCES.search(text[begun : hit.start])
        if not strict or _says_until(hit, text, goes_on=goes_on):
            begun = hit.end if hit.beside == "start" else None
            yield hit


def _beside(before: str, behind: str) -> str:
    """Whether a day is the start or the end of the work: by the last word of the nearest clause of its sentence."""
    near, *later = patterns.CLAUSES.split(patterns.SENTENCES.split(behind)[0])
    for clause in (near, patterns.CLAUSES.split(before)[-1], *later):
        said = [str(hit.lastgroup) for hit in patterns.ENDS.finditer(clause)]
        if said:
            return said[-1]
    return ""


def _says_until(hit: _Hit, text: str, *, goes_on: bool = False) -> bool:
    """Whether a date in running text sets an end to the work; `goes_on`: a start was read before it."""
    groups = hit.match.groupdict()
    if hit.kind in {"none", "iso", "years", "months"} or patterns.NOT_AFTER.match(text, hit.end):
        return False
    if hit.kind == "days":
        return bool(groups["since"]) and bool(re.search(r"印发|发文|下发|发布|本通知|本方案|收到", groups["since"]))
    if hit.kind in {"day", "part"}:
        return bool(groups["until"]) or bool(hit.kind == "part" and patterns.DONE.match(text, hit.end))
    if hit.kind == "month":
        return bool(groups["until"] or groups["part"] in {"底", "末", "上旬", "中旬", "下旬", "内"}) or bool(
            (groups["y"] or goes_on) and patterns.DONE.match(text, hit.end)
        )
    if hit.kind == "within":
        return not re.match(r"\s*(?:可|均可)", text[hit.end :])
    return True


def _named_year(hit: _Hit) -> int | None:
    """The year in figures or Chinese figures, 24年 as 2024."""
    groups = hit.match.groupdict()
    if groups.get("short"):
        return 2000 + int(groups["short"])
    return figures(groups.get("y"))


def _understand(hit: _Hit, said: str, year: int | None, base: Year, doubts: list[Unsure]) -> Deadline:
    text = said.strip().lstrip("到至").strip() if hit.kind != "year" else said.strip()
    if hit.kind == "none":
        return Deadline(None, EXPLICIT if patterns.STANDING.match(text) else INFERRED, text, "没有截止日期")
    if hit.kind in patterns.OPEN:
        doubts.append(Unsure("open", f"“{text}”没有写明日期，请核对", text))
        return Deadline(None, INFERRED, text, "没有写明日期")
    if hit.kind == "days":
        return _after_days(hit, text, base, doubts)
    groups = hit.match.groupdict()
    word = groups.get("yw") or ""
    if word in {"明年", "次年"} and base.year:
        year = base.year + 1
    if year is None:
        doubts.append(Unsure("open", f"“{text}”没有年份，文件里也找不到年份", text))
        return Deadline(None, INFERRED, text, "没有年份")
    day = last_day(hit.kind, groups, year)
    if day is None:
        doubts.append(Unsure("no_such_day", f"日历上没有“{text}”这一天", text))
        return Deadline(None, INFERRED, text, "日历上没有这一天")
    found = Deadline(day.isoformat(), EXPLICIT, text, _rule(hit, day))
    if groups.get("h"):
        afternoon = groups.get("half") in {"下午", "晚", "晚上"} and int(groups["h"] or 0) < 12
        found.time = f"{int(groups['h'] or 0) + 12 * afternoon:02d}:{groups.get('min') or '00'}"
    _infer(found, hit, day, year, base, doubts)
    return found


def _infer(found: Deadline, hit: _Hit, day: dt.date, year: int, base: Year, doubts: list[Unsure]) -> None:
    """What makes a day a guess: 明年 of nobody knows when, 月初, a stretch over New Year, a day past on issue."""
    groups = hit.match.groupdict()
    word = groups.get("yw") or ""
    guessed = ""
    if word in {"明年", "次年"} and not (base.issued and base.issued.year == base.year):
        guessed = f"“{found.text}”按清单年度的下一年，推断为 {found.date}，请核对"
    elif groups.get("part") == "初":
        guessed = f"“{found.text}”没有写明日期，推断为 {found.date}，请核对"
    elif hit.kind == "months" and number(groups["from"]) > number(groups["m"]):
        later = last_day(hit.kind, groups, year + 1)
        found.date = later.isoformat() if later else None
        guessed = f"“{found.text}”跨年，推断为 {found.date}，请核对"
    if guessed:
        found.basis = INFERRED
        doubts.append(Unsure("open", guessed, found.text, found.date or ""))
        return
    if (first := figures(groups.get("first"))) and first > year:
        found.basis = INFERRED
        doubts.append(Unsure("order", f"“{found.text}”的起止年份颠倒，请核对年份", found.text, found.date or ""))
    if base.year and day.year < base.year:
        meaning = "" if found.text == found.date else f"指 {found.date}，"
        sentence = f"“{found.text}”{meaning}早于清单年度（{base.year} 年），请核对年份"
        doubts.append(Unsure("before", sentence, found.text, found.date or ""))
        return
    _passed(found, hit, day, year, base, doubts)
    if found.date and (either := _either(found, hit, dt.date.fromisoformat(found.date), base)):
        found.basis = INFERRED
        doubts.append(either)


def _either(found: Deadline, hit: _Hit, day: dt.date, base: Year) -> Unsure | None:
    """6月前, 二季度前, 2025年以前: before that time begins, or by its end?"""
    groups = hit.match.groupdict()
    bare = patterns.BARE_UNTIL.fullmatch(groups.get("until") or "")
    sure = groups.get("d") or groups.get("part") in {"底", "末", "内"}
    if sure or not bare or hit.kind not in patterns.LONGER_THAN_A_DAY:
        return None
    if hit.kind == "part" and "上半年" in hit.match[0] and day.year == base.year:
        return None
    span, first = begins(hit.kind, hit.match[0], groups, day)
    without, within = first - dt.timedelta(days=1), day
    if hit.kind == "before_year":
        without, within = day, day.replace(year=day.year + 1)
    other = within if day == without else without
    sentence = f"“{found.text}”可指 {without}（不含该{span}）或 {within}（含该{span}），暂按 {day}，请核对日期"
    return Unsure("either", sentence, found.text, day.isoformat(), other.isoformat())


def _passed(found: Deadline, hit: _Hit, day: dt.date, year: int, base: Year, doubts: list[Unsure]) -> None:
    """A day that was past when the document was issued: one without a year may mean the next."""
    if not base.issued or day >= base.issued or year != base.issued.year:
        return
    if _named_year(hit) or hit.match.groupdict().get("yw"):
        sentence = f"“{found.text}”早于印发日 {base.issued}，请核对日期"
        doubts.append(Unsure("before", sentence, found.text, found.date or ""))
    elif hit.kind in {"day", "month", "part"}:
        later = None if base.named else last_day(hit.kind, hit.match.groupdict(), year + 1)
        if base.named:
            doubts.append(Unsure("open", f"“{found.text}”在印发时已过，请核对年份", found.text))
        if later:
            found.date, found.basis = later.isoformat(), INFERRED
            doubts.append(Unsure("open", f"“{found.text}”在印发时已过，推断为 {year + 1} 年", found.text))


def _rule(hit: _Hit, day: dt.date) -> str:
    kind, dated = hit.kind, _named_year(hit)
    if kind in {"year", "years", "year_end", "bare_year"}:
        return "指该年最后一天" if dated else "没有写年份，按清单年度"
    if kind == "before_year":
        return "指上一年最后一天"
    if kind in {"month", "months", "part"}:
        return f"指{day.month}月{day.day}日" + ("" if dated else "，没有写年份，按清单年度")
    if kind == "within":
        return "年内、全年，指清单年度的最后一天"
    return "写明的日期" if dated else "没有写年份，按清单年度"


def _after_days(hit: _Hit, text: str, base: Year, doubts: list[Unsure]) -> Deadline:
    count = number(hit.match["n"])
    if base.issued is None or not count or "工作日" in hit.match["u"]:
        doubts.append(Unsure("open", f"“{text}”从哪天算起要由人确定", text))
        return Deadline(None, INFERRED, text, "相对时限，起算日不明")
    if (unit := hit.match["u"]) in {"个月", "年"}:
        months = base.issued.year * 12 + base.issued.month - 1 + count * (12 if unit == "年" else 1)
        year, month = min(months // 12, dt.MAXYEAR), months % 12 + 1
        day = dt.date(year, month, min(base.issued.day, calendar.monthrange(year, month)[1]))
    else:
        day = base.issued + dt.timedelta(days=count * (7 if unit == "周" else 1))
    doubts.append(Unsure("open", f"“{text}”从印发日 {base.issued.isoformat()} 起算，推断为 {day.isoformat()}", text))
    return Deadline(day.isoformat(), INFERRED, text, "从印发日起算")
