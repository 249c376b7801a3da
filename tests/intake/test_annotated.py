"""The uploaded file once more, what is wrong written beside each row."""

import csv
import io

import openpyxl

from tasks_app.intake.actions import stage
from tasks_app.intake.annotated import as_csv, as_workbook, said_of
from tasks_app.lib import apart
from tests.factories import beijing
from tests.intake.files import HEADINGS, ROWS, csv_of, with_cell

AT = beijing("2024-08-02 11:00")


def staged(world, content, name):
    return stage(content=content, file_name=name, task_list=world.task_list, by=world.people["administrator"], at=AT)


def workbook(rows):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "任务"
    sheet.append(["试验任务清单"])
    sheet.append(list(HEADINGS))
    for row in rows:
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_the_workbook_comes_back_with_a_column_of_problems_and_all_its_own_cells(world):
    rows = with_cell(1, "完成时限", "快了")
    batch = staged(world, workbook(rows), "清单.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(as_workbook(batch)))["任务"]
    for number, row in enumerate(rows, start=3):
        kept = [sheet.cell(number, column).value or "" for column in range(1, len(HEADINGS) + 1)]
        assert kept == list(row)
    said = {cell.row: cell.value for cell in sheet[openpyxl.utils.get_column_letter(len(HEADINGS) + 1)] if cell.value}
    assert "快了" in said[4]
    troubled = {row.place["row"]: said_of(row) for row in batch.rows.all() if said_of(row)}
    assert {number: said[number] for number in troubled} == troubled


def test_the_table_comes_back_with_its_own_columns_and_opens_without_computing(world):
    rows = with_cell(0, "工作事项和年度目标成果", '=HYPERLINK("x")', with_cell(1, "完成时限", "快了"))
    batch = staged(world, csv_of(rows), "清单.csv")
    content = as_csv(batch)
    assert content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert lines[0][:-1] == list(HEADINGS)
    assert lines[0][-1] == "问题"
    assert len(lines) == len(ROWS) + 1
    assert "快了" in lines[2][-1]
    assert not any(cell.startswith("=") for line in lines for cell in line)


def test_a_workbook_that_cannot_be_opened_again_comes_back_as_a_plain_table(world, monkeypatch):
    batch = staged(world, workbook(with_cell(1, "完成时限", "快了")), "清单.xlsx")
    monkeypatch.setattr(apart, "MEMORY", 16 * apart.MEGABYTE)
    sheet = openpyxl.load_workbook(io.BytesIO(as_workbook(batch)))["问题"]
    assert [cell.value for cell in sheet[1]][-1] == "问题"
    assert any("快了" in str(row[-1].value) for row in sheet.iter_rows(min_row=2))
