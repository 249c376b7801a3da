"""Made-up documents in the manner of many offices: documents/ holds each with what must be understood of it."""

import pytest

from tasks_app.intake.understanding.lists import understand
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
