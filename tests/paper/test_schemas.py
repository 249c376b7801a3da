"""Every Office file that the product writes is one by the standard: Word and Excel open it without a repair."""

import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from lxml import etree

from tasks_app.bulletins.actions import recall_bulletin
from tasks_app.intake.actions import stage
from tasks_app.notices.actions import withdraw_notice
from tests.bulletins.conftest import office
from tests.factories import beijing
from tests.notices.conftest import issue
from tests.paper.test_documents import document
from tests.support.ooxml import MC, W, faults, understood

__all__ = ["issue", "office"]

AT = beijing("2024-08-02 11:00")
APP = Path(__file__).parents[2] / "tasks_app"


def changed(content, name, change):
    """The package with one part changed, or left out where `change` gives nothing."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            blob = change(old.read(part).decode()) if part == name else old.read(part)
            if blob is not None:
                new.writestr(part, blob)
    return out.getvalue()


def test_a_document_with_every_element_is_valid():
    assert faults(document(words=2).to_bytes()) == []


def test_a_bulletin_is_valid_as_a_draft_and_published_and_recalled(office, now, signed_in):
    now.move_to("2024-08-07T07:00:00Z")
    draft, client = office.draft(office.july), signed_in("coordinator")
    assert faults(client.get(f"/bulletins/{draft.pk}/docx/").content) == []
    bulletin = office.published()
    content = client.get(f"/bulletins/{bulletin.pk}/docx/").content
    assert "word/charts/chart1.xml" in zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert faults(content) == []
    at = beijing("2024-08-07 14:30")
    recall_bulletin(
        bulletin=bulletin, note="数字有误 <&>", version=bulletin.version, by=office.by("coordinator"), at=at
    )
    assert faults(client.get(f"/bulletins/{bulletin.pk}/docx/").content) == []


def test_a_notice_is_valid_in_force_and_withdrawn(world, issue, signed_in):
    notice, client = issue(1, 2, demands="请立即办理 <整改> & 报告。\n请附照片。"), signed_in("supervisor")
    assert faults(client.get(f"/notices/{notice.pk}/notice.docx").content) == []
    withdraw_notice(notice=notice, reason="情况有变", by=world.people["supervisor"], at=AT)
    assert faults(client.get(f"/notices/{notice.pk}/notice.docx").content) == []


def test_the_ledger_and_the_workbook_of_the_month_are_valid(world, signed_in):
    assert faults(signed_in("leader").get("/tasks.xlsx").content) == []
    report = world.report("liaison")
    assert faults(signed_in("liaison").get(f"/reports/{report.pk}/workbook.xlsx").content) == []


def test_the_workbook_of_problems_is_valid(world, signed_in):
    book = openpyxl.Workbook()
    for row in (["序号", "工作事项", "牵头单位", "完成时限"], [1, "办一件事", "没有这个单位", "快了"]):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    by = world.people["administrator"]
    batch = stage(content=out.getvalue(), file_name="清单.xlsx", task_list=world.task_list, by=by, at=AT)
    answer = signed_in("administrator").get(f"/imports/{batch.pk}/annotated/")
    assert faults(answer.content) == []


def test_nothing_else_writes_an_office_file():
    """Whoever writes one more adds it to the tests above."""
    makers = {
        str(path.relative_to(APP))
        for path in APP.rglob("*.py")
        if re.search(r"\b(Workbook|OfficialDocument|open_docx)\(|^from docx import Document$|load_workbook",
                     path.read_text(encoding="utf-8"), re.MULTILINE)
    }  # fmt: skip
    readers = {"intake/readers/word.py", "workbook/opening.py"}
    assert makers - readers == {
        "bulletins/layout.py", "intake/annotated.py", "intake/annotating.py", "notices/paper.py",
        "paper/blank.py", "paper/charts.py", "web/shared/export.py", "workbook/writing.py",
    }  # fmt: skip


# ---- the judge is judged


@pytest.mark.parametrize(
    ("part", "old", "new", "said"),
    [
        ("word/footer1.xml", "</w:pPr>", "</w:pPr><w:pPr/>", "pPr': This element is not expected"),
        ("word/document.xml", 'w:val="DocTitle"', 'w:val="Heading9"', "style Heading9 is not defined"),
        ("word/document.xml", "<w:sectPr", '<w:p><w:pPr><w:numPr><w:numId w:val="7"/></w:numPr></w:pPr></w:p><w:sectPr',
         "numbering 7 is not defined"),
        ("word/document.xml", 'r:id="', 'r:id="no', "no relationship no"),
        ("word/_rels/document.xml.rels", "styles.xml", "style.xml", "word/style.xml, which is not there"),
        ("word/_rels/document.xml.rels", "<Relationship ", '<Relationship X="" ', "attribute 'X' is not allowed"),
        ("[Content_Types].xml", 'Extension="xlsx"', 'Extension="xls"', "chart1.xlsx: its content type is not declared"),
        ("[Content_Types].xml", "footer+xml", "header+xml", "ftr is no root of"),
        ("word/charts/chart1.xml", '<c:axPos val="l"/>', "", "2006/chart}axPos )"),
    ],
)  # fmt: skip
def test_each_kind_of_fault_is_seen(part, old, new, said):
    content = document().to_bytes()
    broken = changed(content, part, lambda xml: xml.replace(old, new, 1))
    assert any(said in fault for fault in faults(broken)), faults(broken)


def test_a_part_that_is_missing_is_seen():
    without = changed(document().to_bytes(), "word/fontTable.xml", lambda xml: None)
    assert any("declared, but not in the package" in fault for fault in faults(without))


def test_a_workbook_with_a_format_or_a_string_that_is_not_there_is_seen():
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active["A1"], book.active["A1"].font = "甲", openpyxl.styles.Font(bold=True)
    book.save(out)
    assert faults(out.getvalue()) == []
    sheet = "xl/worksheets/sheet1.xml"
    styled = changed(out.getvalue(), sheet, lambda xml: xml.replace(' s="1"', ' s="2"'))
    assert any("A1 has the format 2 of 2" in fault for fault in faults(styled))
    lost = changed(out.getvalue(), sheet, lambda xml: re.sub(r'inlineStr"><is>.*?</is>', 's"><v>0</v>', xml))
    assert any("A1 is a string that is not there" in fault for fault in faults(lost))


def test_markup_of_others_is_taken_out_as_the_standard_says():
    other = 'xmlns:x="urn:other" xmlns:y="urn:opened" mc:Ignorable="x y" mc:ProcessContent="y:keep"'
    tree = etree.fromstring(
        f'<w:p xmlns:w="{W}" xmlns:mc="{MC}" {other} x:mark="1">'
        "<x:gone><w:r/></x:gone><y:keep><w:r><w:t>甲</w:t></w:r></y:keep>"
        '<mc:AlternateContent><mc:Choice Requires="x"><w:bad/></mc:Choice><mc:Choice Requires="w"><w:r><w:t>乙</w:t>'
        "</w:r></mc:Choice><mc:Fallback><w:worse/></mc:Fallback></mc:AlternateContent></w:p>"
    )
    seen = understood(tree)
    assert "".join(seen.itertext()) == "甲乙"
    assert [etree.QName(node).localname for node in seen.iter()] == ["p", "r", "t", "r", "t"]
    assert not seen.attrib
    with pytest.raises(AssertionError, match="must refuse"):
        understood(etree.fromstring(f'<w:p xmlns:w="{W}" xmlns:mc="{MC}" xmlns:x="urn:o" mc:MustUnderstand="x"/>'))
