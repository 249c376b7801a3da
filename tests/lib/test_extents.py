"""How far a sheet reaches is known before a library makes room for it."""

import io
import zipfile

import openpyxl
import pytest

from tasks_app.lib.extents import NotAsItShould, TooLarge, extent_of, sheet_paths

MOST = 1_000


def archive(sheet, **parts):
    """An archive with one sheet of this XML, as far as `extents` looks at it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("sheet.xml", sheet)
        for name, content in parts.items():
            made.writestr(name, content)
    return zipfile.ZipFile(out)


def extent(body, *, empty_count=True):
    return extent_of(archive(f"<worksheet>{body}</worksheet>"), "sheet.xml", most=MOST, empty_count=empty_count)


def cells(*places):
    return "<sheetData>" + "".join(f'<row><c r="{place}"/></row>' for place in places) + "</sheetData>"


@pytest.mark.parametrize(
    ("body", "largest"),
    [
        ("", 0),
        (cells("A1"), 1),
        (cells("A1", "J100"), 1_000),
        # Excel's first cell may stand anywhere.
        (cells("J100"), 1_000),
        (cells("$j$100"), 1_000),
        ('<dimension ref="A1:J100"/>', 1_000),
        ('<dimension ref="XFD1048576"/>', 1),
        ('<sheetData><row r="100"><c/></row></sheetData>', 100),
        ('<sheetData><row r="1"><c r="I1"/><c/><c/></row></sheetData>', 11),
        ('<mergeCells><mergeCell ref="A1:J50"/><mergeCell ref="A51:J100"/></mergeCells>', 1_000),
        ('<x:sheetData xmlns:x="urn:x"><x:row><x:c r="J100"/></x:row></x:sheetData>', 1_000),
    ],
)
def test_a_sheet_up_to_the_limit_is_read(body, largest):
    assert extent(body).largest == largest


@pytest.mark.parametrize(
    "body",
    [
        cells("A1", "J101"),
        cells("K100"),
        cells("ALM1"),
        '<dimension ref="A1:J101"/>',
        '<dimension ref="J101:A1"/>',
        '<sheetData><row r="1001"><c/></row></sheetData>',
        "<sheetData><row>" + "<c/>" * 1_001 + "</row></sheetData>",
        '<sheetData><row r="1">' + '<c r="A1"/>' * 1_001 + "</row></sheetData>",
        '<mergeCells><mergeCell ref="A1:J50"/><mergeCell ref="A1:J51"/></mergeCells>',
        '<x:sheetData xmlns:x="urn:x"><x:row><x:c r="J101"/></x:row></x:sheetData>',
    ],
)
def test_a_sheet_a_little_over_the_limit_is_refused(body):
    with pytest.raises(TooLarge):
        extent(body)


@pytest.mark.parametrize("sheet", ["<worksheet>", "<!DOCTYPE x><worksheet/>", "", "\x00"])
def test_what_is_no_xml_or_brings_definitions_is_refused(sheet):
    with pytest.raises(NotAsItShould):
        extent_of(archive(sheet), "sheet.xml", most=MOST, empty_count=True)


def test_borders_and_claims_far_below_a_list_do_not_count_where_the_library_passes_over_them():
    list_ = '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><is><t>x</t></is></c></row>'
    borders = '<row r="2000"><c r="A2000" s="1"/><c r="H2000" s="1"/></row>'
    body = f'<dimension ref="A1:XFD1048576"/><sheetData>{list_}{borders}</sheetData>'
    assert extent(body, empty_count=False).largest == 4
    with pytest.raises(TooLarge):
        extent(body)


def test_the_formula_of_a_rule_after_the_cells_fills_none_of_them():
    """Excel keeps a choice from another sheet in such a place."""
    borders = '<sheetData><row r="101"><c r="J101" s="1"/></row></sheetData>'
    rule = "<extLst><ext><x:sqref xmlns:x='urn:x'>A1</x:sqref><x:f xmlns:x='urn:x'>Sheet2!A1</x:f></ext></extLst>"
    assert extent(borders + rule, empty_count=False).largest == 1


@pytest.mark.parametrize("held", ["<v>1</v>", "<is><t>x</t></is>", "<f>A1</f>", "<f>A1</f><v>1</v>"])
def test_a_cell_with_something_in_it_counts_wherever_it_lies(held):
    body = f'<sheetData><row r="101"><c r="J101">{held}</c></row></sheetData>'
    with pytest.raises(TooLarge):
        extent(body, empty_count=False)


def test_hidden_rows_are_told_on_the_way():
    body = '<row r="3" hidden="1"/><row hidden="true"/><row r="7" hidden="0"/>'
    assert extent(f"<sheetData>{body}</sheetData>").hidden == {3, 4}


def test_the_parts_of_a_workbook_are_found_by_the_names_of_its_sheets():
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.title = "甲 & <乙>"
    book.create_sheet("丙")
    book.save(out)
    assert sheet_paths(zipfile.ZipFile(out)) == {
        "甲 & <乙>": "xl/worksheets/sheet1.xml", "丙": "xl/worksheets/sheet2.xml",
    }  # fmt: skip
    parts = {
        "xl/workbook.xml": '<x:workbook xmlns:x="u" xmlns:d="v"><x:sheet d:id="a" sheetId="1" name="丁"/></x:workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Target="/Sheet.xml" Id="a"/></Relationships>',
    }
    assert sheet_paths(archive("<x/>", **parts)) == {"丁": "sheet.xml"}
    assert sheet_paths(archive("<x/>")) == {}
