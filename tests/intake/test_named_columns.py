"""A person says what the columns of a workbook or a Word table hold, and the file is read again."""

import io

import docx
import openpyxl
import pytest

from tasks_app.intake import actions
from tasks_app.intake.decisions import map_columns
from tasks_app.intake.layout import IGNORE
from tasks_app.intake.obstacles import obstacle
from tasks_app.intake.readers import files
from tasks_app.intake.understanding.columns import column_of
from tasks_app.intake.understanding.relabelling import headings_of
from tasks_app.lib.errors import Refused
from tests.factories import beijing

AT = beijing("2024-08-02 11:00")
# Headings of a town's own making: nobody could know them.
OWN = ("甲", "乙", "丙", "丁")
ROWS = (
    ("1", "新增结对校3所，开展教研活动20次。", "市教育局", "2024-10-31"),
    ("2", "改造城镇老旧小区2000套，完成竣工验收。", "市住房建设局", "2024-11-30"),
    ("3", "开工建设职教路等主要道路，年内通车。", "市住房建设局", "2024-12-31"),
)
SAID = {"甲": "number", "乙": "content", "丙": "lead_units", "丁": "deadline"}


def workbook(headings=OWN, rows=ROWS):
    book = openpyxl.Workbook()
    for row in (headings, *rows):
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def word(headings=OWN, rows=ROWS):
    document = docx.Document()
    table = document.add_table(rows=0, cols=len(headings))
    for row in (headings, *rows):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.fixture
def stage(world):
    def staged(content, name):
        by = world.people["administrator"]
        return actions.stage(content=content, file_name=name, task_list=world.task_list, by=by, at=AT)

    return staged


@pytest.mark.parametrize(("write", "name"), [(workbook, "清单.xlsx"), (word, "清单.docx")])
def test_columns_that_nobody_could_know_are_read_as_a_person_says(world, stage, write, name):
    batch = stage(write(), name)
    assert batch.reading["headings"] == list(OWN)
    assert batch.reading["sample"][0] == ["甲", "1", "2", "3"]
    map_columns(batch=batch, mapping=SAID, by=world.people["administrator"], at=AT)
    batch.refresh_from_db()
    items = [row.item for row in batch.rows.exclude(change="kept").order_by("line")]
    assert [item["content"] for item in items] == [row[1] for row in ROWS]
    assert [item["lead_units"] for item in items] == [[row[2]] for row in ROWS]
    assert [item["deadline"]["date"] for item in items] == [row[3] for row in ROWS]


def test_a_table_without_any_task_waits_for_its_columns_and_cannot_be_applied(world, stage):
    rows = [(row[1], row[0], "略", "略") for row in ROWS]
    batch = stage(workbook(OWN, rows), "清单.xlsx")
    assert batch.reading["problem"]
    assert not batch.rows.exists()
    assert obstacle(batch)


def test_what_was_taken_wrongly_can_be_said_otherwise(world, stage):
    headings = ("序号", "工作内容", "责任单位", "牵头单位")
    rows = [(no, text, unit, "市发展改革委") for no, text, unit, _day in ROWS]
    batch = stage(workbook(headings, rows), "清单.xlsx")
    assert batch.reading["taken"] == {
        "序号": "number", "工作内容": "content", "责任单位": "responsible", "牵头单位": "lead_units",
    }  # fmt: skip
    said = {"责任单位": "lead_units", "牵头单位": IGNORE}
    map_columns(batch=batch, mapping=said, by=world.people["administrator"], at=AT)
    first = batch.rows.exclude(change="kept").order_by("line").first()
    assert first.item["lead_units"] == ["市教育局"]
    assert first.item["assist_units"] == []


def test_columns_that_leave_no_task_are_refused_and_change_nothing(world, stage):
    # Without numbers the columns cannot be guessed from what they hold, either.
    rows = [("甲乙丙"[at], *row[1:]) for at, row in enumerate(ROWS)]
    batch = stage(workbook(("序号", "工作内容", "责任单位", "备注"), rows), "清单.xlsx")
    before = list(batch.rows.order_by("line").values_list("item", flat=True))
    ignored = {"工作内容": IGNORE, "责任单位": IGNORE, "序号": IGNORE}
    with pytest.raises(Refused):
        map_columns(batch=batch, mapping=ignored, by=world.people["administrator"], at=AT)
    batch.refresh_from_db()
    assert batch.mapping == {}
    assert list(batch.rows.order_by("line").values_list("item", flat=True)) == before


def test_a_heading_over_two_columns_is_joined_with_what_divides_it():
    top, below = ("序号", "工作内容", "责任单位", "责任单位"), ("", "", "牵头", "协助")
    content = workbook(top, [below, ("1", "改造小区2000套。", "甲局", "乙局")])
    found = headings_of(files.read("清单.xlsx", content, column_of=column_of))
    assert [one.name for one in found] == ["序号", "工作内容", "责任单位 牵头", "责任单位 协助"]
