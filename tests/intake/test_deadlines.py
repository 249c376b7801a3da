"""One grammar of deadlines for the cells of a CSV, of a document, and the content of an item."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks_app.intake.rules import CellProblem, read_deadline
from tasks_app.intake.understanding.deadlines import Unsure, Year, read_cell, read_content
from tasks_app.intake.wording import explain
from tasks_app.lib.numerals import in_chinese

YEAR = Year(2024)
DEFAULT = dt.date(2024, 12, 20)

# Cells that name their day for certain: a CSV and a document take the same.
CERTAIN = [
    ("2024-12-31", "2024-12-31"), ("2024/5/24", "2024-05-24"), ("2024.5.24", "2024-05-24"),
    ("20241231", "2024-12-31"), ("2024-1-1", "2024-01-01"), ("2024-12-31前完成", "2024-12-31"),
    ("2024/12/31 0:00", "2024-12-31"), ("2024-10-31T00:00:00", "2024-10-31"),
    ("2024年12月31日", "2024-12-31"), ("2024 年 12 月 31 日前", "2024-12-31"), ("5月24日前", "2024-05-24"),
    ("6月15号前", "2024-06-15"), ("2024年10月31日下午5点前", "2024-10-31"), ("12月31日24时", "2024-12-31"),
    ("2024年2月29日", "2024-02-29"), ("2月底", "2024-02-29"), ("2025年2月底", "2025-02-28"),
    ("年底前", "2024-12-31"), ("年内", "2024-12-31"), ("年度内", "2024-12-31"), ("2024年度内", "2024-12-31"),
    ("2024年度", "2024-12-31"), ("本年度内", "2024-12-31"), ("今年底", "2024-12-31"), ("全年", "2024-12-31"),
    ("2025年底前", "2025-12-31"), ("2025年", "2025-12-31"), ("到2025年", "2025-12-31"),
    ("6月底前", "2024-06-30"), ("10月底前", "2024-10-31"), ("2024年9月底之前", "2024-09-30"),
    ("2024年9月末", "2024-09-30"), ("当年10月底前", "2024-10-31"), ("12月底前（含）", "2024-12-31"),
    ("6月上旬", "2024-06-10"), ("6月中旬", "2024-06-20"), ("6月下旬", "2024-06-30"),
    ("12月", "2024-12-31"), ("2024年8月", "2024-08-31"), ("2024-08", "2024-08-31"), ("2024.8", "2024-08-31"),
    ("一季度末", "2024-03-31"), ("第三季度", "2024-09-30"), ("4季度", "2024-12-31"), ("2024年Q2", "2024-06-30"),
    ("Q3", "2024-09-30"), ("前三季度", "2024-09-30"), ("2024年前三季度", "2024-09-30"),
    ("上半年", "2024-06-30"), ("2024年上半年前", "2024-06-30"), ("下半年", "2024-12-31"),
    ("2024—2025年", "2025-12-31"), ("2024至2026年", "2026-12-31"), ("2024年1-6月", "2024-06-30"),
    ("2024年5月—10月", "2024-10-31"), ("2024年5月1日至10月31日", "2024-10-31"), ("2024.5-2024.10", "2024-10-31"),
    ("2024年5月-2025年3月", "2025-03-31"),
    ("２０２４年５月２４日", "2024-05-24"), ("２０２４－０５－２４", "2024-05-24"), ("６月底前", "2024-06-30"),
    ("二〇二四年十二月底", "2024-12-31"), ("二○二四年十月底前", "2024-10-31"), ("十二月三十一日前", "2024-12-31"),
    ("二〇二五年", "2025-12-31"), ("十月一日前", "2024-10-01"),
    ("25年6月底", "2025-06-30"), ("25年底前", "2025-12-31"), ("24年10月", "2024-10-31"),
    ("完成时限：2024年底", "2024-12-31"), ("力争2024年底前全部完成", "2024-12-31"), ("截至2024年12月底", "2024-12-31"),
    ("2024年10月31日前，并长期坚持", "2024-10-31"), ("全年持续推进", "2024-12-31"),
    ("2025年止", "2025-12-31"), ("2024—2026年止", "2026-12-31"), ("2024年8月止", "2024-08-31"),
    ("2023年11月—2024年3月", "2024-03-31"),
]  # fmt: skip
# Cells that say for certain that there is no day.
STANDING = ["长期", "长期坚持", "持续推进", "常态化推进", "持续实施", "动态更新", "长期推进。"]
# Doubted in a document, with the day that is inferred or taken, if any; in a CSV a problem with this code.
DOUBTED = [
    ("春节前", None, "open"), ("2025年春节前", None, "open"), ("2025年元旦前", None, "open"), ("国庆前", None, "open"),
    ("国庆节前完成", None, "open"), ("五一前", None, "open"), ("十一前", None, "open"), ("中秋前", None, "open"),
    ("两会前", None, "open"), ("2025年两会前", None, "open"), ("汛期前", None, "open"), ("2025年汛前", None, "open"),
    ("2025年供暖期", None, "open"), ("2025年高考后", None, "open"), ("2025年第二批次前", None, "open"),
    ("2025年春", None, "open"), ("2024年冬季", None, "open"), ("2025年初", None, "open"), ("2024年年中", None, "open"),
    ("每月5日前", None, "open"), ("每季度末", None, "open"), ("每年12月底前", None, "open"), ("逐月推进", None, "open"),
    ("立即", None, "open"), ("立即整改", None, "open"), ("即时", None, "open"), ("适时", None, "open"),
    ("按计划推进", None, "open"), ("本月底", None, "open"), ("下月15日前", None, "open"), ("下周五前", None, "open"),
    ("T+30个工作日", None, "open"), ("合同签订后30个工作日内", None, "open"), ("自印发之日起30日内", None, "open"),
    ("3个月内", None, "open"), ("一年内", None, "open"),
    ("明年6月底前", "2025-06-30", "open"), ("10月初", "2024-10-10", "open"), ("2024年12月初", "2024-12-10", "open"),
    ("2024年11月至3月", "2025-03-31", "open"), ("2024年11月1日至3月31日", "2025-03-31", "order"),
    ("2025年3月1日至2024年5月1日", "2024-05-01", "order"), ("6月底前（国庆前）", "2024-06-30", "open"),
    ("2024年12月31日前完成、2025年6月底前验收", "2024-12-31", "several"), ("6月底前、9月底前", "2024-06-30", "several"),
    ("13月45日", None, "no_such_day"), ("13月底", None, "no_such_day"), ("2月30日", None, "no_such_day"),
    ("2023年2月29日", None, "no_such_day"), ("2025-02-29", None, "no_such_day"), ("2024-13-01", None, "no_such_day"),
    ("五六月底前", None, "no_such_day"), ("2024年12月32日", None, "no_such_day"),
    ("45657", "2024-12-31", "serial"), ("45657.0", "2024-12-31", "serial"),
    ("2014-12-31", "2014-12-31", "far"), ("2204年12月31日", "2204-12-31", "far"), ("2204年底前", "2204-12-31", "far"),
    ("2024年前", "2023-12-31", "before"), ("2024年以前", "2023-12-31", "before"),
    ("2023-12-31", "2023-12-31", "before"), ("2023年12月底前", "2023-12-31", "before"),
    ("22年6月", "2022-06-30", "before"), ("2023年", "2023-12-31", "before"), ("二〇二三年底", "2023-12-31", "before"),
    ("6月前", "2024-06-30", "either"), ("6月份以前", "2024-06-30", "either"), ("六月之前完成", "2024-06-30", "either"),
    ("2024-08前", "2024-08-31", "either"), ("2024.8之前", "2024-08-31", "either"), ("6-9月前", "2024-09-30", "either"),
    ("6月中旬前", "2024-06-20", "either"), ("二季度前", "2024-06-30", "either"), ("Q2前", "2024-06-30", "either"),
    ("下半年前", "2024-12-31", "either"), ("2025年上半年前", "2025-06-30", "either"),
    ("2025年以前", "2024-12-31", "either"), ("二〇二五年之前", "2024-12-31", "either"),
    ("2024—2026年以前", "2026-12-31", "either"), ("2026—2025年", "2025-12-31", "order"),
    ("2024年6月开始", "2024-06-30", "start"), ("2024年6月启动", "2024-06-30", "start"),
    ("2024年6月1日动工", "2024-06-01", "start"), ("2025年3月开工", "2025-03-31", "start"),
    ("去年底", None, "unknown"), ("去年年底前", None, "unknown"), ("前年底", None, "unknown"),
    ("上年底", None, "unknown"), ("去年12月底前", None, "unknown"), ("前年6月", None, "unknown"),
    ("2024年6月1日奠基", "2024-06-01", "start"), ("2024年6月进场施工", "2024-06-30", "start"),
    ("6月底前动工", "2024-06-30", "start"), ("启动时间：2024年6月", "2024-06-30", "start"),
    ("2024.1-12", "2024-01-12", "stretch"), ("2024/1-6", "2024-01-06", "stretch"),
    ("尽快", None, "unknown"), ("2024", None, "unknown"), ("12/31/2024", None, "unknown"), ("待定", None, "unknown"),
    ("月底前", None, "unknown"), ("31日前", None, "unknown"), ("2024-2025", None, "unknown"),
    ("2024年12月31日前每月推进", "2024-12-31", "unknown"), ("12月25日左右", "2024-12-25", "unknown"),
    ("2024年10月起", "2024-10-31", "unknown"), ("2024年12月31日后", "2024-12-31", "unknown"),
]  # fmt: skip
# Words beside the day that have nothing to do with time: a document takes the day, a CSV does not.
IN_PROSE = [
    ("2024年12月底前完成主体工程", "2024-12-31"), ("2024年6月30日（第一阶段）", "2024-06-30"),
    ("县住建局6月底前报送", "2024-06-30"), ("2024年6月底完成专项行动工作方案", "2024-06-30"),
]  # fmt: skip


def of_csv(text):
    return read_deadline(text, year=2024, default_on=DEFAULT, default_text="按清单年度")


def refusal(text):
    with pytest.raises(CellProblem) as caught:
        of_csv(text)
    assert caught.value.partial.due_on is None
    assert caught.value.partial.text == text
    return caught.value


@pytest.mark.parametrize(("text", "day"), CERTAIN)
def test_a_day_named_for_certain_is_the_same_for_a_csv_and_a_document(text, day):
    of_document, doubts = read_cell(text, YEAR)
    cell = of_csv(text)
    assert (of_document.date, of_document.basis, doubts, of_document.further) == (day, "explicit", [], [])
    assert (cell.due_on, cell.basis, cell.text) == (dt.date.fromisoformat(day), "explicit", text)


@pytest.mark.parametrize("text", STANDING)
def test_a_standing_task_has_no_day_for_both(text):
    of_document, doubts = read_cell(text, YEAR)
    assert (of_document.date, of_document.basis, doubts) == (None, "explicit", [])
    assert (of_csv(text).due_on, of_csv(text).basis) == (None, "explicit")


@pytest.mark.parametrize(("text", "day", "code"), DOUBTED)
def test_what_a_document_doubts_a_csv_refuses(text, day, code):
    of_document, doubts = read_cell(text, YEAR)
    assert (of_document.date, bool(doubts)) == (day, True)
    problem = refusal(text)
    assert problem.code == f"deadline_{code}"
    reason, remedy = explain({"code": problem.code, "details": problem.details, "value": text, "line": 3})
    assert reason.endswith("。") and remedy.endswith("。")  # noqa: PT018


@pytest.mark.parametrize(("text", "day"), IN_PROSE)
def test_words_beside_the_day_are_prose_to_a_document_and_too_much_for_a_csv(text, day):
    of_document, doubts = read_cell(text, YEAR)
    assert (of_document.date, of_document.basis, doubts) == (day, "explicit", [])
    assert refusal(text).code == "deadline_unknown"


@pytest.mark.parametrize("text", ["", "  ", "-", "—", "无", "/", "－"])
def test_an_empty_cell_is_left_to_the_default_of_the_list(text):
    assert read_cell(text, YEAR) == (None, [])
    assert (of_csv(text).due_on, of_csv(text).text, of_csv(text).basis) == (DEFAULT, "按清单年度", "default")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("2025年春节前", "“2025年春节前”没有写明日期，请核对"),
        ("每月5日前", "“每月”反复进行，没有截止日期，请核对是否另有完成时限"),
        ("明年6月底前", "“明年6月底前”按清单年度的下一年，推断为 2025-06-30，请核对"),
        ("13月45日", "日历上没有“13月45日”这一天"),
        ("2024年12月31日前每月推进", "时限“2024年12月31日前每月推进”里的“每月推进”没有读懂，请核对"),
        ("2204年底前", "“2204年底前”与清单年度（2024 年）相差太远，请核对年份"),
        ("2014年底前", "“2014年底前”与清单年度（2024 年）相差太远，请核对年份"),
        ("2023-12-31", "“2023-12-31”早于清单年度（2024 年），请核对年份"),
        ("2023年", "“2023年”指 2023-12-31，早于清单年度（2024 年），请核对年份"),
        ("6月前", "“6月前”可指 2024-05-31（不含该月）或 2024-06-30（含该月），暂按 2024-06-30，请核对日期"),
        ("1月前", "“1月前”可指 2023-12-31（不含该月）或 2024-01-31（含该月），暂按 2024-01-31，请核对日期"),
        ("6月上旬前", "“6月上旬前”可指 2024-05-31（不含该旬）或 2024-06-10（含该旬），暂按 2024-06-10，请核对日期"),
        ("6月中旬前", "“6月中旬前”可指 2024-06-10（不含该旬）或 2024-06-20（含该旬），暂按 2024-06-20，请核对日期"),
        ("6月下旬前", "“6月下旬前”可指 2024-06-20（不含该旬）或 2024-06-30（含该旬），暂按 2024-06-30，请核对日期"),
        ("二季度前", "“二季度前”可指 2024-03-31（不含该季度）或 2024-06-30（含该季度），暂按 2024-06-30，请核对日期"),
        ("下半年前", "“下半年前”可指 2024-06-30（不含该半年）或 2024-12-31（含该半年），暂按 2024-12-31，请核对日期"),
        ("2025年以前", "“2025年以前”可指 2024-12-31（不含该年）或 2025-12-31（含该年），暂按 2024-12-31，请核对日期"),
        ("2026—2025年", "“2026—2025年”的起止年份颠倒，请核对年份"),
        ("6月1日动工", "“6月1日动工”写的是开始的时间，请补充完成时限"),
    ],
)
def test_a_doubt_says_what_is_uncertain(text, sentence):
    assert read_cell(text, YEAR)[1] == [sentence]


def test_a_problem_names_the_words_and_the_day():
    assert "春节前" in explain({"code": "deadline_open", "details": refusal("2025年春节前").details})[0]
    assert refusal("45657").details["date"] == "2024-12-31"
    assert refusal("2204年12月31日").details["date"] == "2204-12-31"
    either = refusal("6月前")
    assert (either.details["date"], either.details["other"]) == ("2024-06-30", "2024-05-31")
    reason, _remedy = explain({"code": either.code, "details": either.details})
    assert reason == "“6月前”可指 2024-06-30，也可指 2024-05-31。"
    assert refusal("2025年以前").details["other"] == "2025-12-31"


@pytest.mark.parametrize(
    ("content", "day"),
    [
        ("十月底前建成学校 3 所。", "2024-10-31"), ("二〇二四年六月底前开工建设。", "2024-06-30"),
        ("6月15号前完成方案。", "2024-06-15"), ("2024年9月10号前建成投用。", "2024-09-10"),
        ("25年6月底前完成验收。", "2025-06-30"), ("上半年完成。", "2024-06-30"),
        ("前三季度完成投资八成。", "2024-09-30"),
        ("7月1日起实施。", None), ("供暖面积达到 20 万平方米。", None), ("用十年内的数据建模。", None),
        ("2024年供暖面积达到 20 万平方米。", "2024-12-31"), ("加强防汛前期准备。", None),
        ("去年底建成的道路交付使用。", None), ("去年12月底前欠下的工资全部清偿。", None),
        ("前年年底前建成的学校扩建。", None),
        ("五一路前半段改造。", None), ("每年汛期前检查一次。", None),
    ],
)  # fmt: skip
def test_in_a_content_the_same_words_count_where_they_say_until(content, day):
    found, doubts = read_content(content, YEAR)
    assert ((found.date, found.basis) if found else None, doubts) == ((day, "explicit") if day else None, [])


@pytest.mark.parametrize("words", ["国庆节前", "春节前", "2025年春节前", "汛期前", "两会之前", "十一前"])
def test_a_holiday_in_a_content_is_doubted_and_never_the_years_end(words):
    found, doubts = read_content(f"{words}完成改造。", YEAR)
    assert (found.date, found.basis) == (None, "inferred")
    assert doubts == [f"“{words}”没有写明日期，请核对"]


def test_next_year_is_certain_only_where_the_day_of_issue_says_which_year_this_is():
    issued = Year(2024, dt.date(2024, 3, 1))
    assert read_cell("明年6月底前", issued)[0].basis == "explicit"
    assert read_cell("明年6月底前", Year(2024, dt.date(2023, 12, 20)))[0].basis == "inferred"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("2024-05-23", "“2024-05-23”早于印发日 2024-05-24，请核对日期"),
        ("2024年4月底前", "“2024年4月底前”早于印发日 2024-05-24，请核对日期"),
        ("今年4月底前", "“今年4月底前”早于印发日 2024-05-24，请核对日期"),
        ("2023年底", "“2023年底”指 2023-12-31，早于清单年度（2024 年），请核对年份"),
    ],
)
def test_a_dated_day_before_the_day_of_issue_is_doubted(text, sentence):
    issued = Year(2024, dt.date(2024, 5, 24))
    assert read_cell(text, issued)[1] == [sentence]
    assert read_cell("2024-05-24", issued)[1] == []


def test_a_list_issued_after_its_year_or_long_before_a_day_is_not_doubted_for_that():
    assert read_cell("2024-11-30", Year(2024, dt.date(2025, 1, 10)))[1] == []
    assert read_cell("2024-01-31", Year(2024, dt.date(2023, 12, 20)))[1] == []


def test_a_month_that_is_past_and_left_open_is_asked_about_in_the_year_it_was_moved_to():
    found, doubts = read_cell("3月前", Year(2024, dt.date(2024, 5, 24)))
    assert (found.date, found.basis) == ("2025-03-31", "inferred")
    assert doubts == [
        "“3月前”在印发时已过，推断为 2025 年",
        "“3月前”可指 2025-02-28（不含该月）或 2025-03-31（含该月），暂按 2025-03-31，请核对日期",
    ]


@pytest.mark.parametrize(
    ("content", "day", "doubted"),
    [
        ("6月前完成改造。", "2024-06-30", "含该月"), ("二季度前建成投用。", "2024-06-30", "含该季度"),
        ("2025年以前全面消除黑臭水体。", "2024-12-31", "含该年"),
        ("2023年底前清偿欠款。", "2023-12-31", "早于清单年度"),
    ],
)  # fmt: skip
def test_in_a_content_an_open_end_and_a_past_day_are_doubted_as_in_a_cell(content, day, doubted):
    found, (doubt,) = read_content(content, YEAR)
    assert found.date == day
    assert doubted in doubt


def test_a_start_alone_is_the_day_of_a_content():
    found, doubts = read_content("6月底前动工建设学校。", YEAR)
    assert (found.date, found.basis, doubts) == ("2024-06-30", "explicit", [])


def never_certain(text, year=YEAR):
    """The text is doubted where guesses are allowed, and refused where none is."""
    _found, doubts = read_cell(text, year)
    assert doubts, text
    with pytest.raises(Unsure):
        read_cell(text, year, guess=False)


YEARS = st.sampled_from(["", "2024年", "2025年", "二〇二五年", "25年", "今年", "２０２５年"])
BEFORE = st.sampled_from(["前", "以前", "之前", "之 前", " 前", "前完成", "以前全部完成"])


@given(YEARS, st.integers(1, 12), st.sampled_from(["月", "月份", " 月", "月上旬", "月中旬", "月下旬"]), BEFORE)
def test_no_month_with_a_bare_end_is_ever_certain(year, month, word, before):
    never_certain(f"{year}{month}{word}{before}")
    never_certain(f"{year}{in_chinese(month)}{word}{before}")


@given(st.integers(2024, 2039), st.integers(1, 12), st.sampled_from("-/."), BEFORE)
def test_no_month_in_figures_with_a_bare_end_is_ever_certain(year, month, sign, before):
    never_certain(f"{year}{sign}{month:02d}{before}")
    never_certain(f"{year}{sign}{month}{before}")


@given(YEARS, st.sampled_from(["一季度", "第二季度", "3季度", "四季度", "Q4", "前三季度", "下半年"]), BEFORE)
def test_no_quarter_with_a_bare_end_is_ever_certain(year, quarter, before):
    never_certain(f"{year}{quarter}{before}")


@given(st.integers(2023, 2039), st.sampled_from(["年", " 年", "年度"]), BEFORE)
def test_no_year_with_a_bare_end_is_ever_certain(year, word, before):
    never_certain(f"{year}{word}{before}")
    never_certain(f"{_in_figures(year)}{word}{before}")
    never_certain(f"2024—{year}{word}{before}")


@given(st.dates(dt.date(2000, 1, 1), dt.date(2023, 12, 31)))
def test_no_day_before_the_year_of_the_list_is_ever_certain(day):
    for text in _spellings(day):
        never_certain(text)
    never_certain(f"{day:%Y-%m}")
    never_certain(f"{day.year}年{day.month}月底前")
    never_certain(f"{day.year}年底前")


@given(st.dates(dt.date(2024, 1, 1), dt.date(2024, 12, 31)), st.dates(dt.date(2024, 1, 1), dt.date(2024, 12, 31)))
def test_no_day_before_the_day_of_issue_is_certain_where_that_is_known(day, issued):
    for text in _spellings(day):
        assert bool(read_cell(text, Year(2024, issued))[1]) == (day < issued), text


@given(st.integers(2024, 2039), st.integers(2024, 2039), st.sampled_from(["—", "-", "至", " - ", "年至", "～"]))
def test_a_stretch_of_years_is_certain_only_in_their_order(first, last, sign):
    text = f"{first}{sign}{last}年"
    if first > last:
        never_certain(text)
    else:
        assert read_cell(text, YEAR)[0].date == f"{last}-12-31"
        assert read_cell(text, YEAR)[1] == []


@given(
    st.sampled_from(["2024年6月1日", "2024-06-01", "6月", "6月底前", "2025年", "年底前", "二季度", "2024年3月-10月"]),
    st.sampled_from(["动工", "开工", "启动", "开工建设", "动工。", "破土动工", "全部启动", "正式启动"]),
)
def test_no_start_alone_is_ever_certain(day, word):
    never_certain(day + word)
    never_certain(f"{word.strip('。')}：{day}")


DAYS = st.dates(dt.date(2024, 1, 1), dt.date(2039, 12, 31))


def _in_figures(year):
    return "".join("〇一二三四五六七八九"[int(figure)] for figure in str(year))


def _spellings(day):
    y, m, d = day.year, day.month, day.day
    yield from (day.isoformat(), f"{y}/{m}/{d}", f"{y}.{m}.{d}", f"{y}年{m}月{d}日", f"{y} 年 {m} 月 {d} 日前")
    yield f"{day:%Y%m%d}"
    yield f"{_in_figures(y)}年{in_chinese(m)}月{in_chinese(d)}日前"
    yield f"{y % 100}年{m}月{d}日前完成"
    yield f"{y}年{m}月{d}日".translate({ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789"})


@given(DAYS)
def test_one_day_is_the_same_however_it_is_written(day):
    for text in _spellings(day):
        assert of_csv(text).due_on == day, text
        found, doubts = read_cell(text, YEAR)
        assert (found.date, doubts) == (day.isoformat(), []), text


@given(st.integers(2024, 2039), st.integers(1, 12))
def test_one_month_is_the_same_however_it_is_written(year, month):
    last = (dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)).isoformat()
    for text in (f"{year}-{month:02d}", f"{year}年{month}月", f"{year}年{month}月底前", f"{year % 100}年{month}月底",
                 f"{_in_figures(year)}年{in_chinese(month)}月末"):  # fmt: skip
        assert of_csv(text).due_on.isoformat() == last, text
        assert read_cell(text, YEAR)[0].date == last, text


TIMES = st.text(
    st.sampled_from("0123456789一二三十〇年月日号底前末初旬季度上半内长期春节每个工作至-—./：（），、完成 左右起"),
    max_size=18,
)


@given(TIMES)
def test_a_csv_takes_only_what_a_document_does_not_doubt(text):
    try:
        found, none = read_cell(text, YEAR, guess=False)
    except Unsure as unsure:
        assert unsure.sentence  # noqa: PT017
        return
    assert none == []
    assert found is None or found.basis == "explicit"
    assert read_cell(text, YEAR) == (found, [])


@given(
    st.sampled_from(["", "今年", "明年", "2025年", "二〇二五年"]),
    st.sampled_from(["春节", "国庆", "国庆节", "五一", "中秋", "元旦", "两会", "汛期", "开学", "供暖"]),
    st.sampled_from(["前", "之前", "以前", "前完成", "", "期间"]),
)
def test_no_holiday_or_season_ever_becomes_a_day(year, occasion, until):
    found, doubts = read_cell(year + occasion + until, YEAR)
    assert found.date is None
    assert doubts
    refusal(year + occasion + until)
