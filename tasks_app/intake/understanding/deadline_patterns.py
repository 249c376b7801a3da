"""How documents write days and ends of time, as patterns; deadlines.py says what they mean.

The order of PATTERNS matters: where two overlap, the earlier one wins.
"""

import re

HAN = "一二三四五六七八九十"
DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
N = rf"(?:\d{{1,2}}|[{HAN}]{{1,3}})"
YEAR = r"(?:(?:19|2\d)\d\d|二[〇○零][〇○零一二三四五六七八九]{2})"
# Not in the middle of a number.
AT = rf"(?<![\d〇○零{HAN}])"
# A year as 2024年, 二〇二四年, 24年 before a month or an end, or by a word.
Y = (
    rf"(?:(?P<y>{YEAR})\s*年|(?P<short>[2-4]\d)\s*年(?=\s*(?:{N}\s*月|底|末|[上下]半年|第?\s*[{HAN}1-4]\s*季|[Qq]))"
    r"|(?P<yw>今年|本年度?|当年|明年|次年)\s*)"
)
BEFORE = r"(?:[之以]\s*)?前"
UNTIL = rf"(?:{BEFORE}|止)"
TO = r"\s*[-—–~～至到]+\s*"
NAMED = (
    r"元旦|春节|清明|端午|五一|劳动节|中秋|国庆|重阳|(?<![一二三四五六七八九第])十一(?=节|长假|假期|之?前|以前)|两会|(?<!防)汛期?|雨季|开学|高考|中考|"
    r"入冬|冬季|供暖|采暖|封冻|春耕|秋收|春运"
)
PATTERNS = (
    ("event", rf"{Y}?\s*(?:{NAMED})(?:节|长?假期?|期间|季|期)*\s*(?P<until>{UNTIL}|前夕|后)?"),
    (
        "iso",
        rf"(?<![\d.])(?P<y>(?:19|2\d)\d\d)[-/.](?P<m>\d{{1,2}})(?:[-/.](?P<d>\d{{1,2}})|\s*(?P<until>{UNTIL}))?(?![\d%％])",
    ),
    ("compact", r"(?<!\d)(?P<y>20\d\d)(?P<m>0\d|1[0-2])(?P<d>[0-3]\d)(?!\d)"),
    (
        "years",
        rf"{AT}(?P<first>{YEAR})\s*年?{TO}(?P<y>{YEAR})\s*年(?!\s*{N}\s*月)(?P<until>\s*(?:底|末)?\s*(?:{UNTIL})?)",
    ),
    (
        "months",
        rf"{AT}{Y}?(?P<from>{N})\s*月?{TO}(?P<m>{N})\s*月(?!\s*{N}\s*[日号])(?:份)?\s*(?P<until>{UNTIL})?",
    ),
    (
        "day",
        rf"{AT}{Y}?\s*(?P<m>{N})\s*月\s*(?P<d>{N})\s*(?:日|号(?![楼线文院桥]))"
        r"(?:\s*(?P<half>上午|下午|晚上?|中午)?\s*(?P<h>\d{1,2})\s*(?:时|点|[:：](?P<min>\d\d)))?"
        rf"\s*(?P<until>{UNTIL}|下班前|内)?",
    ),
    ("month", rf"{AT}{Y}?\s*(?P<m>{N})\s*月\s*(?:份\s*)?(?P<part>[底末内初]|[上中下]旬|中)?\s*(?P<until>{UNTIL})?"),
    (
        "part",
        rf"{Y}?\s*(?P<p>上半年|下半年|[前第]?\s*(?P<q>[{HAN}1-4])\s*季度|[Qq](?P<qq>[1-4])(?!\d))\s*(?P<until>(?:底|末|内)?\s*"
        rf"{UNTIL}|底|末|内)?",
    ),
    ("year_end", rf"(?<!每){AT}{Y}?\s*(?:(?<=年)|(?<!前)年)\s*(?:止|(?:底|末|终)\s*(?P<until>{UNTIL})?)"),
    ("within", rf"(?<![往近两几多每])(?<![\d{HAN}])(?:{Y}\s*度?\s*(?:内|全年)|年内|全年(?!龄|制|性|四季)|年度内)"),
    ("before_year", rf"{AT}(?P<y>{YEAR})\s*年\s*(?P<until>{BEFORE})(?![\d{HAN}两])"),
    # 2025年开学典礼前: an occasion of that year, whose day nobody wrote.
    ("occasion", rf"{Y}\s*(?!完成|建成|启动|开工|实现|全面|基本|力争)[\u4e00-\u9fff]{{1,8}}?{UNTIL}(?![期置端景沿])"),
    ("open", r"[本当下次]个?(?:月|季度?|周|旬)(?:[底末内]|[上中下]旬)?(?:之?前)?|T\s*\+\s*\d+\s*个?(?:工作日|[日天])?"),
    ("open", rf"(?:{Y}\s*年?|年)\s*(?:[初中](?![步期央心小学国])|[春夏秋冬][季天末初]*)(?:之?前)?"),
    ("year",
     rf"(?:(?<=^)|(?<=[。；;，,：:\n])|(?P<to>到|至|力争))\s*(?P<y>{YEAR})\s*年\s*(?![—\-–~～至度\d]|以来|起|版|修订|月|开始)"),
    ("bare_year", rf"{AT}(?:(?P<y>{YEAR})\s*年度|(?P<yw>今年|本年度?|当年|明年|次年)度?)(?=\s*(?:$|[，,。；;、]))"),
    ("days",
     rf"(?P<since>(?:自|从)?[^，。；]{{0,14}}(?:之日起|日起|后)\s*)?(?<![\d.])(?P<n>\d{{1,3}}|[{HAN}两]{{1,3}})\s*(?P<u>个?工作日|日|天|个月|周|年)\s*(?:之|以)?内"),
    ("none",
     r"长期(?:坚持|推进|任务|实施|开展|进行)?|(?:持续|常态化?|动态|滚动|不断)(?:化)?(?:推进|开展|实施|进行|坚持|落实|更新)?|立即(?:整改|实施|开展)?|即时|适时|随时|全过程|按(?:时序|计划|进度|要求|国家|省)[^，。；]{0,12}"),
)  # fmt: skip
# Kinds that say something in a cell alone.
CELL_ONLY = frozenset({"compact", "occasion", "bare_year", "open"})
# Kinds without a day: nobody wrote which one.
OPEN = frozenset({"event", "occasion", "open"})
COMPILED = tuple((kind, re.compile(pattern)) for kind, pattern in PATTERNS)
# Before a day that is no end: one that comes again (每年), one of a year that is over (去年底).
RECURRING = re.compile(r"(?:(?:每|逐|上)\s*(?:个|一)?(?:年度?|月|季度?|周|半年)?|去年?|前年)\s*$")
REPEATED = re.compile(r"[每逐]个?(?:年|月|季度?|周|半年|旬|日)|按(?:年|月|季度?|周)")
STANDING = re.compile(r"长期|持续|常态|动态|滚动|不断|全过程")
NOT_AFTER = re.compile(r"\s*(?:起|以来|以后|开始|出台|印发|发布|实施的|建成的|的(?!基础))")
SERIAL = re.compile(r"[3-6]\d{4}(?:\.0)?")
DONE = re.compile(
    r"\s*(?:，|,)?\s*(?:力争|基本|全部|全面)?(?:完成|建成|完工|竣工|实现|投用|投产|通车|开工|启动|出台|报送|提交)"
)
ENDS = re.compile(
    r"(?P<start>开工|动工(?![作业程资具人会艺])|启动|开始)|(?P<end>完工|建成|竣工|完成|投用|投入使用|投入运营|投产|通车|交付使用)"
)
SENTENCES = re.compile(r"[。；;\n]")
CLAUSES = re.compile(r"[，,；;。、\n]")
NOTHING = {"", "-", "--", "—", "——", "/", "无"}
# Full width to half, sign by sign, so that places stay.
WIDTHS = str.maketrans({chr(0xFEE0 + code): chr(code) for code in range(0x21, 0x7F)} | {"\u3000": " "})
STRETCH = re.compile(TO)
# What may stand in a cell beside its day and changes nothing; what would change it.
BESIDE = re.compile(
    r"^\s*(?:之前|以前|前|止|日)|[ T]?\d{1,2}:\d{2}(?::\d{2})?(?:\.0+)?|(?:完成|办结|工作)?(?:时限|时间|期限)(?:要求)?:"
    rf"|力争|确保|全[部面]|基本|预计|计划|实现|办结|到位|[并于在到至须应含]|截[至止]|不[迟晚]于|最迟|务必|{ENDS.pattern}|[\s，,。.；;、：:()\[\]【】〔〕~～—–-]"
)
OF_TIME = re.compile(r"\d|[前后底末初旬季汛每起]|左右|(?<!环)节|两会|[年月日周天](?![度常程])")
# The two signs of 2024.1-12, which is no day.
SEPARATORS = re.compile(r"\d{4}([-/.])\d{1,2}([-/.])\d")
# What stands behind a day on which something begins, beside the words of ENDS.
BEGINS = re.compile(r"\s*(?:份|前后)?\s*(?:启用|起步|奠基|进场)")
# 前 that leaves open whether the month, quarter or year before it counts; 底前 and 内 don't.
BARE_UNTIL = re.compile(rf"\s*{BEFORE}")
LONGER_THAN_A_DAY = frozenset({"iso", "month", "months", "part", "years", "before_year"})
