"""From bytes to blocks, and files that cannot be read told what to do."""

import io
import zipfile

import openpyxl
import pytest

from tasks_app.intake.readers import Unreadable, limits
from tasks_app.intake.readers.document import Paragraph, Table
from tasks_app.intake.readers.reasons import explain
from tests.intake.understanding.build import book, described, read, text, word

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _zip(**entries):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/"), content)
    return stream.getvalue()


UNREADABLE = {
    "空.txt": (b"", "空的"),
    "空白.docx": (b"  \r\n ", "空的"),
    "通知.doc": (OLE + b"\x00" * 600, ".docx"),
    "通知.wps": (OLE + b"\x00" * 600, ".docx"),
    "表.et": (OLE + b"\x00" * 600, ".xlsx"),
    "无后缀": (OLE + "WordDocument".encode("utf-16-le"), ".docx"),
    "别的.xls": (OLE + b"\x00" * 600, "另存为"),
    "加密.docx": (OLE + "EncryptedPackage".encode("utf-16-le"), "密码"),
    "坏.xls": (OLE + "Workbook".encode("utf-16-le") + b"\x07" * 900, "另存"),
    "扫描.pdf": (b"%PDF-1.7 x", "PDF"),
    "照片.png": (b"\x89PNG\r\n", "图片"),
    "网页.xls": (b"<html><table><tr><td>1</td></tr></table></html>", "网页"),
    "压缩.docx": (_zip(**{"a.txt": "x"}), "解压"),
    "幻灯.pptx": (_zip(ppt__presentation="x"), "Office"),
    "版式.ofd": (_zip(**{"OFD.xml": "x"}), "OFD"),
    "断了.docx": (_zip(word__document="x")[:60], "损坏"),
    "假.docx": (_zip(**{"word/document.xml": "<w:document"}), "损坏"),
    "假.xlsx": (_zip(**{"xl/workbook.xml": "<workbook"}), "损坏"),
    "乱.txt": (bytes(range(128, 256)) * 20, "编码"),
    "二进制.txt": (b"abc\x00\x01\x02def", "字节"),
    "无表头.csv": ("甲,乙\n一,二\n".encode(), "表头"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_cannot_be_read_says_why_and_what_to_do(name):
    content, word_of_reason = UNREADABLE[name]
    with pytest.raises(Unreadable) as refused:
        read((name, content))
    problem = explain(refused.value.problem)
    assert word_of_reason in problem["reason"] + problem["remedy"]
    assert set(problem) == {"sheet", "line", "column", "value", "reason", "remedy"}
    assert "{" not in problem["reason"] + problem["remedy"]


def test_a_zip_that_swells_is_refused_before_a_library_opens_it(monkeypatch):
    monkeypatch.setattr(limits, "RATIO_FROM", 1024)
    with pytest.raises(Unreadable) as refused:
        read(("炸弹.xlsx", _zip(**{"xl/workbook.xml": "a" * 3_000_000})))
    assert refused.value.problem.code == "zip_bomb"


def test_too_many_parts_are_refused(monkeypatch):
    monkeypatch.setattr(limits, "MAX_ENTRIES", 3)
    with pytest.raises(Unreadable) as refused:
        read(("多.xlsx", _zip(**{f"xl/{n}": "x" for n in range(5)})))
    assert refused.value.problem.code == "zip_entries"


def test_word_gives_paragraphs_and_tables_in_printed_order_with_their_places():
    document = read(word(["标题", "|序号|任务", "|1|甲", "结尾"]))
    assert [type(block) for block in document.blocks] == [Paragraph, Table, Paragraph]
    (table,) = document.tables()
    assert [row.place.row for row in table.rows] == [1, 2]
    assert document.blocks[2].place.paragraph == 2


def test_merged_cells_of_word_and_workbooks_say_what_they_continue():
    for file in (
        word(["|a|b", "|c|d", "!merge 0 0 0 1 0"]),
        book(["=== 表", "|a|b", "||d", "!merge A1:A2"]),
    ):
        (table,) = read(file).tables()
        assert (table.rows[1].cells[0].text, table.rows[1].cells[0].merged) == ("a", "above")
        assert table.rows[1].cells[1].text == "d"


def test_formulas_give_their_stored_value_and_are_never_computed():
    workbook = openpyxl.Workbook()
    workbook.active.append(["序号", "任务", "责任单位"])
    workbook.active.append(["=1+1", '=HYPERLINK("file:///etc/passwd")', "市教育局"])
    stream = io.BytesIO()
    workbook.save(stream)
    (table,) = read(("公式.xlsx", stream.getvalue())).tables()
    assert table.rows[1].texts[:2] == ["", ""]


def test_hidden_rows_are_left_out_with_a_note():
    document = read(described("hidden_rows.book"))
    (table,) = document.tables()
    assert [row.texts[0] for row in table.rows] == ["序号", "1", "3"]
    assert "隐藏" in document.notes[0]


def test_a_table_in_a_text_keeps_the_line_of_every_row():
    (table,) = read(text("标题", "序号\t任务\t单位", "1\t甲\t乙", "", "2\t丙\t丁")).tables()
    assert [row.place.line for row in table.rows] == [2, 3, 5]
    assert table.ragged


def test_a_quoted_cell_over_several_lines_is_one_cell():
    (table,) = read(text("序号\t任务\t单位", '1\t"甲\n乙"\t丙', "2\t丁\t戊")).tables()
    assert table.rows[1].texts == ["1", "甲\n乙", "丙"]
    assert table.rows[2].place.line == 4


def test_form_feeds_count_pages():
    document = read(text("第一页", "\f第二页"))
    assert [block.place.page for block in document.blocks if block.text] == [1, 2]
