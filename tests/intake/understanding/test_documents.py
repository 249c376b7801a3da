"""Made-up documents in the manner of many offices: documents/ holds each with what must be understood of it."""

import pytest

from tasks_app.intake.understanding.lists import understand
from tasks_app.intake.understanding.targets import read_targets
from tests.intake.understanding.build import DESCRIBED, brief, described, expected, lists, numbered_word, read, text


@pytest.mark.parametrize("name", DESCRIBED)
def test_a_document_is_understood_as_written_beside_it(name):
    assert [brief(one) for one in lists(described(name))] == expected(name)


def test_there_are_documents_of_every_shape():
    assert len(DESCRIBED) >= 50
    assert {name.rsplit(".", 1)[1] for name in DESCRIBED} == {"txt", "word", "book"}


def test_automatic_numbers_of_word_are_read_as_if_typed():
    levels = [("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3.")]
    paragraphs = [
        (-1, "某县乡村振兴行动方案"),
        (0, "重点任务"),
        (1, "产业振兴"),
        (2, "发展特色种植。种植面积达到10万亩。（责任单位：县农业农村局）"),
        (2, "壮大龙头企业。（责任单位：县工信局）"),
        (1, "人才振兴"),
        (2, "引进人才50名。（责任单位：县人社局）"),
    ]
    items = lists(numbered_word(levels, paragraphs))[0]["items"]
    assert [(item["no"], item["path"][-1]) for item in items] == [
        ("1", "（一）产业振兴"),
        ("2", "（一）产业振兴"),
        ("1", "（二）人才振兴"),
    ]


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_of_any_chinese_office_gives_the_same_list(coding):
    words = '某市任务清单,,,\n序号,重点任务,牵头单位,配合单位\n1,推进节能改造,市发改委,"市工信局,市财政局"\n'
    (one,) = lists(("清单.csv", words.encode(coding)))
    assert one["document"]["title"] == "某市任务清单"
    assert one["items"][0]["assist_units"] == ["市工信局", "市财政局"]


def test_a_row_moved_by_a_lost_cell_is_put_right_and_marked():
    rows = ["序号\t重点任务\t工作内容\t牵头单位\t配合单位"]
    rows += [f"{n}\t抓好第{n}件事\t完成第{n}件事的全部工作。\t市教育局\t市财政局" for n in range(1, 6)]
    rows.append("6\t\t抓好第6件事\t完成第6件事的全部工作。\t市教育局")
    last = lists(text(*rows))[0]["items"][-1]
    assert (last["content"], last["lead_units"], last["assist_units"]) == ("完成第6件事的全部工作。", ["市教育局"], [])
    assert any("错位" in doubt for doubt in last["doubts"])
    assert any("丢失" in doubt for doubt in last["doubts"])


def test_a_blank_heading_is_carried_within_its_section_only():
    rows = [
        "序号\t重点任务\t工作内容\t责任单位",
        "一、民生\t\t\t",
        "1\t就业\t新增就业。\t市人社局",
        "2\t\t开展培训。\t市人社局",
    ]
    rows += ["二、生态\t\t\t", "3\t\t植树造林。\t市林草局"]
    items = lists(text(*rows))[0]["items"]
    assert [item["path"] for item in items] == [["一、民生", "就业"], ["一、民生", "就业"], ["二、生态"]]
    assert items[2]["doubts"]


def test_shares_that_do_not_add_up_are_doubted():
    rows = ["序号\t任务\t责任单位", "1\t新建公厕20座，其中：甲县5座、乙县8座、丙县6座。\t市城管局"]
    (item,) = lists(text(*rows))[0]["items"]
    assert any("19" in doubt and "20" in doubt for doubt in item["doubts"])


def test_a_document_without_tasks_gives_an_empty_list_that_says_so():
    (one,) = lists(text("关于召开会议的通知", "请准时参加。"))
    assert one["items"] == []
    assert one["doubts"]


def test_what_is_hidden_in_a_workbook_is_left_out_with_a_note():
    understood = understand(read(described("wps_xls_noheaderno.book")))
    assert any("隐藏" in note for note in understood.notes)


@pytest.mark.parametrize(
    ("words", "comparator"),
    [
        ("资金不低于项目总投资的60%", ">="),
        ("补助不高于项目总投资（不包括征地拆迁费用）60%的标准", "<="),
        ("占比不得低于全市平均水平的80%", ">="),
        ("不超过上年同期的3%", "<="),
        ("不低于计划，完成投资20亿元", "="),
        ("不低于年度计划的90%以内", "<="),
    ],
)
def test_what_a_share_is_a_share_of_may_stand_between_it_and_its_comparison(words, comparator):
    (target,) = read_targets(words)
    assert target.comparator == comparator


def test_a_bracket_goes_on_in_the_next_line_though_another_closed_inside_it():
    items = lists(
        text(
            "某市优化营商环境若干措施",
            "一、便利准入",
            "（一）推行一照多址。（责任单位：市市场监管局、各县（市）人民政府；完成时限：2025年6月底",
            "前）",
            "（二）压缩办理时间。（责任单位：市政务服务局）",
        )
    )[0]["items"]
    assert [item["content"] for item in items] == ["推行一照多址。", "压缩办理时间。"]
    assert items[0]["responsible_units"] == ["市市场监管局", "各县（市）人民政府"]
    assert items[0]["deadline"]["text"] == "2025年6月底前"


def test_the_note_below_a_table_states_the_reporting_rule():
    rows = ["序号\t工作内容\t牵头单位", "1\t新建集中供水工程5处。\t县水务局", "2\t新增停车泊位800个。\t县城管局"]
    note = "说明：每季度末月20日前由牵头单位将进展情况报县政府督查室。"
    content = "\n".join(["某县2025年民生实事清单\t\t", *rows, f"{note}\t\t"])
    (one,) = lists(("清单.tsv", content.encode()))
    rule = one["reporting_rule"]
    assert (rule["frequency"], rule["day"], rule["receiver"]) == ("quarterly", 20, "县政府督查室")
    assert len(one["items"]) == 2


@pytest.mark.parametrize("said", ["首次报送时间为4月28日", "首次报送4月28日前完成"])
def test_the_first_report_has_its_own_day_with_or_without_until(said):
    (one,) = lists(
        text(
            "某市2025年重点任务清单",
            f"各牵头单位于每月25日前将进展情况报市政府督查室（{said}）。",
            "1.新建幼儿园10所。",
            "责任单位：市教育局",
        )
    )
    assert one["reporting_rule"]["first"]["date"] == "2025-04-28"
    assert one["reporting_rule"]["day"] == 25


def _due(column, words):
    rows = ["序号\t工作内容\t牵头单位\t完成时限", "1\t新建停车场2处。\t县城管局\t年底前"]
    rows.append(f"2\t改造县城道路。\t县住建局\t{words}" if column == "cell" else f"2\t道路{words}。\t县住建局\t")
    (one,) = lists(("清单.tsv", "\n".join(["某县2025年重点任务清单\t\t\t", *rows]).encode()))
    return one["items"][1]


@pytest.mark.parametrize("column", ["cell", "content"])
@pytest.mark.parametrize(
    ("words", "date"),
    [
        ("2025年3月开工，10月完工", "2025-10-31"),
        ("3月底前开工建设、10月底前建成", "2025-10-31"),
        ("3月底前，全面启动，10月底前，基本完成", "2025-10-31"),
        ("启动（3月底前），完成（10月底前）", "2025-10-31"),
        ("3月底前按计划开工，10月底前竣工", "2025-10-31"),
        ("3月底前完成招标并开工，年内建成投用", "2025-12-31"),
        ("一季度开工，二季度完成主体工程，四季度竣工", "2025-06-30"),
        # The first stands where it is no start, where no end is named, and where the end would come before it.
        ("6月底前完成立项，8月底前开工，10月底前建成", "2025-06-30"),
        ("3月底前开工，10月底前开工率达80%", "2025-03-31"),
        ("10月底前建成（3月底前开工）", "2025-10-31"),
        ("11月底前开工，3月底前完工", "2025-11-30"),
    ],
)
def test_where_a_start_and_an_end_are_named_the_end_is_the_deadline_and_the_row_is_doubted(column, words, date):
    item = _due(column, words)
    assert item["deadline"]["date"] == date
    assert date not in {one["date"] for one in item["deadline"]["further"]}
    assert any(f"写了 {1 + len(item['deadline']['further'])} 个时限" in doubt for doubt in item["doubts"])


def test_a_start_alone_stays_the_day_of_a_content_and_is_doubted_in_a_cell():
    item = _due("content", "2025年3月开工")
    assert (item["deadline"]["date"], item["doubts"]) == ("2025-03-31", [])
    item = _due("cell", "2025年3月开工")
    assert item["deadline"]["date"] == "2025-03-31"
    assert item["doubts"] == ["“2025年3月开工”写的是开始的时间，请补充完成时限"]


def test_the_start_that_was_passed_over_is_kept_and_named():
    item = _due("cell", "2025年3月开工，10月完工")
    assert [one["date"] for one in item["deadline"]["further"]] == ["2025-03-31"]
    assert item["doubts"] == ["写了 2 个时限，“2025年3月”是开工或启动的时间，以写明完成的“10月”为准"]
