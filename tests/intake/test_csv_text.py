"""Files as they really come: many kinds, many ways to be wrong, and always an answer."""

import codecs
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks_app.intake.layout import column_of, layout_of
from tasks_app.intake.readers import Sheet, Unreadable
from tasks_app.intake.readers.csv_text import MAX_BYTES, MAX_CELL, MAX_ROWS, read
from tests.intake.files import HEADINGS, ROWS, csv_of, text_of, with_cell

GOOD = csv_of(encoding="utf-8")
TITLE = "海东市2024年重点任务清单\r\n（共4项）,,,\r\n\r\n"


def sheet_of(content: bytes) -> Sheet:
    return read(content, column_of=column_of)


def zipped(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return out.getvalue()


def fails(content: bytes) -> str:
    """The code of the answer to a file that cannot be read."""
    with pytest.raises(Unreadable) as caught:
        layout_of(sheet_of(content).headings)
    return caught.value.problem.code


# Whole files, by the answer they get.
UNREADABLE = {
    "nothing": (b"", "file_empty"),
    "only blanks": (b"\r\n \r\n", "file_empty"),
    "only a BOM": (codecs.BOM_UTF8, "file_empty"),
    "only commas": (b",,,\r\n,,,\r\n", "file_empty"),
    "headings without rows": (text_of(rows=()).encode(), "no_rows"),
    "headings and blank rows": (text_of(rows=[[""] * 8] * 3).encode(), "no_rows"),
    "no headings": (text_of(headings=["甲"] * 8).encode(), "header_missing"),
    "one known heading": ("序号,姓名\n1,无\n".encode(), "header_missing"),
    "prose": ("海东市人民政府办公室关于印发任务清单的通知\n各县区人民政府：\n".encode(), "header_missing"),
    "no content column": ("序号,牵头单位\n1,市教育局\n".encode(), "column_missing"),
    "no lead column": ("序号,工作事项\n1,做事\n".encode(), "column_missing"),
    "two content columns": ("序号,工作事项,主要任务,牵头单位\n1,a,b,c\n".encode(), "column_twice"),
    "three unit columns": ("序号,工作事项,牵头单位,配合单位,责任单位\n1,a,b,c,d\n".encode(), "column_twice"),
    "workbook": (zipped("[Content_Types].xml", "xl/workbook.xml"), "is_xlsx"),
    "word document": (zipped("[Content_Types].xml", "word/document.xml"), "is_document"),
    "zip": (zipped("清单.csv"), "is_archive"),
    "rar": (b"Rar!\x1a\x07\x01\x00rest", "is_archive"),
    "old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 512, "is_old_office"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3", "is_pdf"),
    "rtf": (b"{\\rtf1\\ansi", "is_document"),
    "picture": (b"\x89PNG\r\n\x1a\n", "is_picture"),
    "web page named xls": ("<html><table><tr><td>序号</td></tr></table></html>".encode(), "is_web_page"),
    "spreadsheet xml": (b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', "is_web_page"),
    "UTF-16 without BOM": (text_of().encode("utf-16-le"), "is_binary"),
    "NUL inside": (GOOD.replace(b"2000", b"20\x000"), "is_binary"),
    "random bytes": (bytes(range(256)) * 4, "is_binary"),
    "Big5": (text_of().encode("big5", "ignore"), "encoding_unknown"),
    "Shift-JIS": (("日本語の文字列です、重点任務の一覧。" * 20).encode("shift-jis"), "encoding_unknown"),
    "UTF-8 cut off": (GOOD[:-7], "bad_bytes"),
    "UTF-8 with BOM and a bad byte": (codecs.BOM_UTF8 + GOOD.replace("改造".encode(), b"\xff\xfe"), "bad_bytes"),
    "UTF-8 with a lone bad byte": (GOOD.replace("改造".encode(), b"\xe6\x94"), "bad_bytes"),
    "too big": (GOOD + b"x" * MAX_BYTES, "file_too_big"),
    "too many rows": (("序号,工作事项,牵头单位\n" + "1,a,b\n" * (MAX_ROWS + 1)).encode(), "too_many_rows"),
    "too many columns": (("序号,工作事项,牵头单位" + ",x" * 300 + "\n1,a,b\n").encode(), "too_many_columns"),
}

# Files that can be read but for a row or two, by line and code of the problem.
BAD_ROWS = {
    "quote opened before a cell": (
        text_of().replace("改造城镇", '"改造城镇').encode(),
        (2, "quote_open"),
    ),
    "quote opened in the last row": (text_of().replace("开工建设", '"开工建设').encode(), (5, "quote_open")),
    "quote closed too early": (text_of().replace("改造城镇", '"改造"城镇').encode(), (2, "quote_open")),
    "quotes in two rows that pair up": (
        text_of().replace("改造城镇", '"改造城镇').replace("主要道路。", '主要道路。"').encode(),
        (2, "quote_open"),
        (5, "quote_open"),
    ),
    "comma inside a cell": (text_of().replace("套。,", "套,其中,").encode(), (2, "too_many_cells")),
    "replacement characters": (text_of().replace("改造", "\ufffd\ufffd").encode(), (2, "garbled")),
    "control characters": (text_of().replace("改造", "\x02改造").encode(), (2, "garbled")),
    "twice converted": (text_of().replace("改造", "锟斤拷").encode(), (2, "garbled")),
    "endless cell": (text_of().replace("改造", "改" * (MAX_CELL + 1)).encode(), (2, "too_long")),
}  # fmt: skip


@pytest.mark.parametrize(("content", "code"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_wrong_file_is_named_for_what_it_is(content, code):
    assert fails(content) == code


@pytest.mark.parametrize("case", BAD_ROWS.values(), ids=BAD_ROWS)
def test_bad_rows_are_reported_and_the_others_are_read(case):
    content, *where = case
    sheet = sheet_of(content)
    problems = [(problem.line, problem.code) for row in sheet.rows for problem in row.problems]
    assert problems == where
    assert [row.line for row in sheet.rows] == [2, 3, 4, 5]
    good = [row for row in sheet.rows if not row.problems]
    assert all(row.cells == ROWS[row.line - 2] for row in good)


def test_the_line_of_a_bad_byte_is_said():
    with pytest.raises(Unreadable) as caught:
        sheet_of(GOOD.replace("新增".encode(), b"\xe6\x96"))
    assert caught.value.problem.line == 4


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8 (BOM)"),
        ("gb18030", "GB18030"),
        ("gbk", "GB18030"),
        ("utf-16", "UTF-16"),
    ],
)
def test_the_usual_encodings_give_the_same_rows(encoding, said):
    sheet = sheet_of(csv_of(encoding=encoding))
    assert sheet.encoding == said
    assert tuple(row.cells for row in sheet.rows) == ROWS


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("title", ["", TITLE])
def test_delimiters_line_ends_and_titles_do_not_matter(delimiter, ends, title):
    text = title + text_of(delimiter=delimiter)
    sheet = sheet_of(text.replace("\r\n", ends).encode())
    assert tuple(row.cells for row in sheet.rows) == ROWS
    assert sheet.delimiter == delimiter
    assert sheet.header_line == (4 if title else 1)


def test_mixed_line_ends_count_as_lines():
    lines = text_of().split("\r\n")
    text = "\n".join(lines[:2]) + "\r\n" + "\r".join(lines[2:])
    assert [row.line for row in sheet_of(text.encode()).rows] == [2, 3, 4, 5]


def test_blank_rows_and_repeated_headings_are_passed_over():
    rows = [ROWS[0], ("",) * 8, HEADINGS, *ROWS[1:], ("", " ") + ("",) * 6]
    sheet = sheet_of(csv_of(rows))
    assert tuple(row.cells for row in sheet.rows) == ROWS
    assert sheet.skipped == {"title": 0, "repeated": 1, "blank": 2}


def test_a_cell_may_hold_line_breaks_commas_and_quotes():
    words = '一、第一段,"引号"；\n二、第二段。'
    sheet = sheet_of(csv_of(with_cell(0, "工作事项和年度目标成果", words)))
    assert sheet.rows[0].cells[4] == words
    assert [row.line for row in sheet.rows] == [2, 4, 5, 6]


def test_headings_may_be_broken_bracketed_and_blank_at_the_end():
    headings = (
        "序 号",
        "章",
        "节",
        "重点任务",
        "工作事项和\n年度目标成果",
        "牵头单位（盖章）",
        "配合单位",
        "完成时限*",
        "",
        "",
    )
    sheet = sheet_of(csv_of([(*row, "", "") for row in ROWS], headings))
    assert len(layout_of(sheet.headings).columns) == 8


def test_repeated_and_blank_headings_keep_their_cells_apart():
    headings = ("序号", "备注", "", "工作事项", "备注", "牵头单位")
    sheet = sheet_of(csv_of([("1", "甲", "乙", "做事", "丙", "市教育局")], headings))
    assert sheet.headings == ("序号", "备注", "第3列", "工作事项", "备注（5）", "牵头单位")
    assert layout_of(sheet.headings).unknown == ("第3列",)


@pytest.mark.parametrize(
    ("synonym", "column"),
    [
        ("工作事项", "content"), ("主要任务", "content"), ("任务内容", "content"), ("目标任务", "content"),
        ("2024年工作事项和年度目标成果", "content"), ("责任单位", "responsible"), ("责任部门", "responsible"),
        ("牵头部门", "lead_units"), ("配合部门", "assist_units"), ("完成时间", "deadline"), ("时限", "deadline"),
        ("完成时限（年月日）", "deadline"), ("编号", "number"), ("重点工作", "key_task"), ("备注", None), ("", None),
    ],
)  # fmt: skip
def test_a_heading_goes_by_many_names(synonym, column):
    assert column_of(synonym) == column


def test_a_file_with_leads_and_responsible_units_lets_the_latter_assist():
    layout = layout_of(["序号", "工作事项", "责任单位", "牵头单位"])
    assert {heading: column.name for _place, heading, column in layout.columns} == {
        "序号": "number", "工作事项": "content", "责任单位": "assist_units", "牵头单位": "lead_units",
    }  # fmt: skip


def test_columns_nobody_knows_are_named():
    assert layout_of([*HEADINGS, "分管领导", "备注"]).unknown == ("分管领导",)


@settings(max_examples=300, deadline=None)
@given(
    cuts=st.lists(st.tuples(st.integers(0, len(GOOD)), st.integers(0, 6), st.binary(max_size=6)), max_size=5),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16", "big5"]),
)
def test_a_mutated_file_is_read_or_refused_and_nothing_else(cuts, encoding):
    content = text_of().encode(encoding, "ignore")
    for at, length, inserted in cuts:
        content = content[:at] + inserted + content[at + length :]
    try:
        sheet = sheet_of(content)
        layout_of(sheet.headings)
    except Unreadable:
        return
    assert all(len(row.cells) == len(sheet.headings) for row in sheet.rows)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from(['"', ",", "\n", "\r\n", '""', '",', '\n"', "1,", "；", "市教育局"]), max_size=30).map(
        "".join
    )
)
def test_text_of_quotes_and_delimiters_never_loses_a_row_silently(noise):
    """Whatever stands in one row, the last row of the file is still there, or a problem says why not."""
    text = text_of(ROWS[:1]) + noise + "\r\n" + text_of(ROWS[1:]).split("\r\n", 1)[1]
    sheet = sheet_of(text.encode())
    there = any(row.cells == ROWS[-1] for row in sheet.rows)
    assert there or any(row.problems for row in sheet.rows)
