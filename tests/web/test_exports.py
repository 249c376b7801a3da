"""What a spreadsheet would compute leaves as text: every CSV, every workbook, cells and headings."""

import csv
import io
import re
from operator import itemgetter
from pathlib import Path

import openpyxl
import pytest

from tasks_app.web.shared.export import ExportColumn, csv_response, xlsx_response

SIGNS = ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"]
APP = Path(__file__).parents[2] / "tasks_app"


def csv_cells(rows, headings=("列",)):
    columns = [ExportColumn(heading, itemgetter(place)) for place, heading in enumerate(headings)]
    response = csv_response(filename="a.csv", columns=columns, rows=rows)
    content = b"".join(response.streaming_content).decode()
    assert content.startswith("\ufeff")
    return list(csv.reader(io.StringIO(content[1:], newline="")))


@pytest.mark.parametrize("sign", SIGNS, ids=ascii)
def test_a_text_that_begins_like_a_formula_is_led_by_an_apostrophe(sign):
    assert csv_cells([[f"{sign}1+1"]]) == [["列"], [f"'{sign}1+1"]]


@pytest.mark.parametrize("sign", SIGNS, ids=ascii)
def test_so_is_a_heading(sign):
    assert csv_cells([], headings=[f"{sign}列"]) == [[f"'{sign}列"]]


def test_other_texts_and_numbers_are_left_as_they_are():
    assert csv_cells([["道路=12", -3, 2.5, None, ""]], headings="一二三四五")[1] == ["道路=12", "-3", "2.5", "", ""]


def test_all_rows_are_written_in_their_order():
    assert csv_cells([[str(n)] for n in range(300)])[1:] == [[str(n)] for n in range(300)]


@pytest.mark.parametrize("sign", SIGNS, ids=ascii)
def test_in_a_workbook_a_text_stays_a_text(sign):
    columns = [ExportColumn(f"{sign}列", itemgetter(0), 20), ExportColumn("数", itemgetter(1), 5)]
    response = xlsx_response(filename="a.xlsx", sheet="表", columns=columns, rows=[[f"{sign}1+1", 7], ["末", 8]])
    sheet = openpyxl.load_workbook(io.BytesIO(response.content))["表"]
    texts = [sheet["A1"], sheet["A2"]]
    assert [cell.data_type for cell in texts] == ["s", "s"]
    assert [cell.value.lstrip("\t\r\n") for cell in texts] == [f"{sign}列".lstrip(), f"{sign}1+1".lstrip()]
    assert [sheet["B2"].value, sheet["B3"].value] == [7, 8]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:B3"
    assert [sheet.column_dimensions[letter].width for letter in "AB"] == [20, 5]


def test_no_page_writes_a_csv_by_another_way():
    """`import_template` and `import_example` write what stands in the code."""
    writers = [path for path in APP.rglob("*.py") if re.search(r"csv\.(Dict)?[wW]riter\(", path.read_text())]
    assert {path.relative_to(APP).as_posix() for path in writers} == {
        "web/shared/export.py", "web/intake/views.py", "intake/annotated.py",
    }  # fmt: skip
