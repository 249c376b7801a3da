"""The official document: its measures as the standard says, opened for real, and edited like any other."""

import datetime as dt
import io
import re
import zipfile

import pytest
from docx import Document
from openpyxl import load_workbook

from tasks_app.paper.documents import OfficialDocument, Series, balanced, width_of
from tests.support.office import all_converted, pdf_pages, pdf_text

DAY = dt.date(2024, 9, 9)
COUNTIES = ["乐都区政府", "平安区政府", "民和县政府"]
# Paragraphs before a signature: each of them ends elsewhere on its page.
SIGNED_AFTER = [3, 4, 5, 6]


def document(words=1, number="东督通〔2024〕3期"):
    paper = OfficialDocument(issuer_mark="海东市督查工作通报", number=number, title="关于重点任务8月期进展情况的通报")
    paper.addressee("各县区人民政府").heading("一、总体情况").heading("（一）县区", 2)
    paper.heading("1.指标", 3).heading("（1）其他", 4)
    for _ in range(words):
        paper.paragraph("各单位要对照清单，逐项查找差距，加快推进，确保年底前全面完成目标任务。" * 3)
    paper.table(["县区", "滞后"], [[name, "3"] for name in COUNTIES], [3, 1], "表1　各县区情况", [1])
    paper.chart(COUNTIES, [Series("滞后", [3, 0, 1], "8E1B12", "FFFFFF"), Series("正常", [5, 8, 7], "6BA587")], "图1")
    paper.signature("海东市人民政府办公室", DAY)
    return paper.imprint("市委办公室", "海东市人民政府办公室", DAY)


def part(content, name):
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return parts.read(name).decode()


@pytest.fixture(scope="module")
def content():
    return document(words=6).to_bytes()


def full_page():
    paper = OfficialDocument(issuer_mark="通报", number="", title="通报")
    return paper.paragraph("一二三四五六七八九十" * 200)


def signed_after(words):
    paper = OfficialDocument(issuer_mark="通报", number="", title="通报").addressee("各单位")
    for _ in range(words):
        paper.paragraph("各单位要对照清单，逐项查找差距，加快推进，确保年底前全面完成目标任务。" * 3)
    return paper.signature("市政府办公室", DAY).imprint("", "市政府办公室", DAY)


@pytest.fixture(scope="module")
def pdfs(content):
    """Every document of this file that is opened by the office suite, in one go."""
    papers = {"full": full_page()} | {f"signed-{words}": signed_after(words) for words in SIGNED_AFTER}
    papers = {name: paper.to_bytes() for name, paper in papers.items()}
    return all_converted({"usual": content} | papers, suffix="docx", to="pdf")


def test_the_page_and_the_type_are_those_of_the_standard(content):
    found = Document(io.BytesIO(content))
    section = found.sections[0]
    page = [round(length.mm) for length in (section.page_width, section.page_height)]
    assert page == [210, 297]
    assert [round(length.mm) for length in (section.top_margin, section.left_margin)] == [37, 28]
    block = section.page_width - section.left_margin - section.right_margin
    assert round(block / 36000) == 156
    assert round((section.page_height - section.top_margin - section.bottom_margin) / 36000) == 225
    styles = part(content, "word/styles.xml")
    body = re.search(r'w:styleId="Body".*?</w:style>', styles)[0]
    assert 'w:eastAsia="仿宋_GB2312"' in body
    assert 'w:sz w:val="32"' in body, "size 3 is 16 points"
    assert 'w:line="560" w:lineRule="exact"' in styles, "lines of 28 points"
    title = re.search(r'w:styleId="DocTitle".*?</w:style>', styles)[0]
    assert 'w:eastAsia="方正小标宋简体"' in title
    assert 'w:sz w:val="44"' in title, "size 2 is 22 points"


def test_a_font_that_is_missing_has_others_named_in_its_place(content):
    fonts = part(content, "word/fontTable.xml")
    for name, other in (
        ("方正小标宋简体", "华文中宋"),
        ("仿宋_GB2312", "仿宋"),
        ("楷体_GB2312", "楷体"),
        ("黑体", "SimHei"),
    ):
        assert re.search(rf'w:name="{name}"><w:altName w:val="[^"]*{other}', fonts)


def test_the_document_names_no_person_and_no_program(content):
    properties = part(content, "docProps/core.xml") + part(content, "docProps/app.xml")
    assert "python" not in properties.lower()
    assert "Microsoft" not in properties
    assert Document(io.BytesIO(content)).core_properties.author == ""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert not [name for name in parts.namelist() if "thumbnail" in name or "theme" in name]


def test_the_chart_is_drawn_by_the_office_suite_from_a_workbook_of_its_own(content):
    chart = part(content, "word/charts/chart1.xml")
    assert '<c:barDir val="bar"/><c:grouping val="stacked"/>' in chart
    assert "乐都区政府" in chart
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheet = load_workbook(io.BytesIO(parts.read("word/embeddings/chart1.xlsx"))).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        [None, "滞后", "正常"], ["乐都区政府", 3, 5], ["平安区政府", 0, 8], ["民和县政府", 1, 7],
    ]  # fmt: skip


@pytest.mark.slow
def test_office_opens_it_on_a4_with_numbered_pages_and_the_imprint_at_the_end(pdfs):
    pdf = pdfs["usual"]
    pages = pdf_pages(pdf)
    assert all(abs(width - 595) < 2 and abs(height - 842) < 2 for width, height in pages)
    texts = pdf_text(pdf).split("\f")
    for number in range(1, len(pages) + 1):
        assert re.sub(r"\s", "", texts[number - 1]).endswith(f"—{number}—")
    said = re.sub(r"\s", "", texts[0])
    assert said.startswith(
        "海东市督查工作通报东督通〔2024〕3期关于重点任务8月期进展情况的通报各县区人民政府：一、总体情况"
    )
    last = re.sub(r"\s", "", texts[len(pages) - 1])
    assert last.endswith(f"抄送：市委办公室。海东市人民政府办公室2024年9月9日印发—{len(pages)}—")
    assert "2024年9月9日抄送" in last, "signed on the page of the imprint"


@pytest.mark.slow
def test_a_page_holds_twenty_two_lines_of_twenty_eight_characters(pdfs):
    lines = [line.strip() for line in pdf_text(pdfs["full"]).split("\f")[1].splitlines() if line.strip()]
    full = [line for line in lines if not line.startswith("—")]
    assert len(full) == 22
    assert {len(line) for line in full} == {28}


@pytest.mark.slow
@pytest.mark.parametrize("words", SIGNED_AFTER)
def test_the_signature_never_stands_on_a_page_without_words(pdfs, words):
    last = pdf_text(pdfs[f"signed-{words}"]).rstrip("\f").split("\f")[-1]
    assert "目标任务" in last
    assert "印发" in last


def test_what_xml_cannot_hold_is_left_out_and_signs_of_markup_stay_words():
    paper = OfficialDocument(issuer_mark="通\x0b报", number="<1>", title="A & B")
    paper.paragraph("甲\x00乙\ud800丙 <b>&amp;</b>").table(["x"], [["<w:p/>"]])
    found = Document(io.BytesIO(paper.imprint("", "甲 & 乙", DAY).to_bytes()))
    words = [paragraph.text for paragraph in found.paragraphs]
    assert "甲乙丙 <b>&amp;</b>" in words
    assert "A & B" in words
    assert found.tables[0].cell(1, 0).text == "<w:p/>"


def test_rows_and_numbers_of_another_length_are_refused():
    paper = OfficialDocument(issuer_mark="通报", number="", title="通报")
    with pytest.raises(ValueError, match="one cell per column"):
        paper.table(["a", "b"], [["1"]])
    with pytest.raises(ValueError, match="one value per category"):
        paper.chart(["a", "b"], [Series("x", [1], "000000")])


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("关于进展情况的通报", ["关于进展情况的通报"]),
        ("关于《海东市推进都市圈任务清单》，进展情况的通报", ["关于《海东市推进都市圈任务清单》，", "进展情况的通报"]),
    ],
)
def test_a_long_title_breaks_where_the_eye_rests(line, parts):
    assert balanced(line) == parts


def test_no_line_of_a_title_is_too_wide_or_a_lone_character():
    title = "关于《海东市推进西宁—海东都市圈一体化发展2024年重点任务清单》2024年10月期进展情况的通报"
    parts = balanced(title)
    assert "".join(parts) == title
    assert all(5 < width_of(part) <= 19 for part in parts)
