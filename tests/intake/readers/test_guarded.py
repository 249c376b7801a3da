"""A file that would take its reader down takes down nothing else."""

import io
import zipfile

import docx
import openpyxl
import pytest

from tasks_app.intake.readers import Unreadable, files, guarded, limits, workbook
from tasks_app.intake.readers.reasons import explain
from tasks_app.lib import apart


def book(*places):
    made, out = openpyxl.Workbook(), io.BytesIO()
    made.active.title = "任务"
    for place in places:
        made.active[place] = place
    made.save(out)
    return out.getvalue()


def word():
    made, out = docx.Document(), io.BytesIO()
    made.add_paragraph("一、标题")
    table = made.add_table(2, 2)
    table.cell(0, 0).merge(table.cell(1, 0)).text = "合并"
    made.save(out)
    return out.getvalue()


def column_of(heading):
    return heading if heading in {"序号", "责任单位"} else None


def read(name, content):
    return guarded.read(name, content, column_of=column_of)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("表.xlsx", book("A1", "C7")),
        ("文.docx", word()),
        ("表.csv", "序号,责任单位\n1,甲\n".encode()),
        ("文.txt", "一、二".encode()),
    ],
)
def test_the_guarded_reader_reads_what_the_reader_reads(name, content):
    assert read(name, content) == files.read(name, content, column_of=column_of)


def test_a_refusal_is_the_readers_own():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("OFD.xml", "x")
    with pytest.raises(Unreadable) as refused:
        read("版式.ofd", out.getvalue())
    assert refused.value.problem.code == "is_ofd"


# The corner just outside of what is read: 600,001 cells of one column, and 774 columns by 776 rows.
@pytest.mark.parametrize("corner", ["A600001", "ACT776"])
def test_a_sheet_that_reaches_just_too_far_is_refused_before_a_library_makes_room_for_it(corner):
    with pytest.raises(Unreadable) as refused:
        read("表.xlsx", book("A1", corner))
    assert explain(refused.value.problem)["reason"] == f"“任务”的单元格超过 {limits.MAX_CELLS} 个。"


@pytest.mark.parametrize("kind", ["xls", "xlsx"])
@pytest.mark.parametrize(
    ("corner", "too_far"), [("C4", False), ("L1", False), ("A12", False), ("M1", True), ("A13", True), ("B7", True)]
)
def test_as_many_cells_as_are_allowed_are_read_and_not_one_more(monkeypatch, kind, corner, too_far):
    """Twelve are allowed here. An .xls has no archive to look into before: what calamine says of it is counted."""
    monkeypatch.setattr(workbook, "MAX_CELLS", 12)
    content = book("A1", corner)
    archive = zipfile.ZipFile(io.BytesIO(content)) if kind == "xlsx" else None
    if not too_far:
        (table,) = workbook.read(f"表.{kind}", content, archive).blocks
        assert table.rows[-1].cells[-1].text == corner
        return
    with pytest.raises(Unreadable) as refused:
        workbook.read(f"表.{kind}", content, archive)
    assert refused.value.problem.code == "sheet_too_large"


def changed(content, old, new):
    """The workbook with other words in its parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as whole, zipfile.ZipFile(out, "w") as made:
        for part in whole.namelist():
            made.writestr(part, whole.read(part).decode().replace(old, new))
    assert out.getvalue() != content
    return out.getvalue()


def test_the_same_is_said_of_what_a_sheet_merges():
    merged = '</sheetData><mergeCells count="1"><mergeCell ref="A1:A600001"/></mergeCells>'
    with pytest.raises(Unreadable) as refused:
        read("表.xlsx", changed(book("A1"), "</sheetData>", merged))
    assert refused.value.problem.code == "sheet_too_large"


def test_an_area_that_is_only_claimed_and_borders_below_the_list_are_passed_over():
    content = book("A1")
    borders = '<row r="600001"><c r="A600001" s="0"/></row></sheetData>'
    for old, new in (('ref="A1:A1"', 'ref="A1:A600001"'), ("</sheetData>", borders)):
        document = read("表.xlsx", changed(content, old, new))
        assert len(document.blocks) == 1, new


@pytest.mark.parametrize(("name", "content"), [("表.xlsx", book("A1")), ("文.docx", word())])
def test_a_reader_that_ends_is_a_refusal_in_chinese(monkeypatch, name, content):
    # A valid file for which there is too little room.
    monkeypatch.setattr(apart, "MEMORY", 16 * apart.MEGABYTE)
    with pytest.raises(Unreadable) as refused:
        read(name, content)
    problem = explain(refused.value.problem)
    assert "内存或时间超过了限制" in problem["reason"]
    assert "另存一份" in problem["remedy"]
    monkeypatch.undo()
    assert read(name, content).blocks


def test_the_directory_of_an_archive_is_counted_before_it_is_read(monkeypatch):
    monkeypatch.setattr(limits, "MAX_ENTRIES", 5)
    monkeypatch.setattr(zipfile, "ZipFile", None)
    with pytest.raises(Unreadable) as refused:
        limits.open_zip(b"PK\x01\x02" * 6)
    assert refused.value.problem.code == "zip_entries"
