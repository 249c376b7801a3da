"""From the file to the list: what is staged, what is applied, what is refused."""

import csv
import datetime as dt
import json

import pytest
from django.conf import settings

from tasks_app.audit.models import Event
from tasks_app.catalogue.items import from_json, to_json
from tasks_app.catalogue.models import Document, Task, TaskList
from tasks_app.catalogue.queries import current_items
from tasks_app.intake.actions import ListChanged, apply_batch, restage, stage
from tasks_app.intake.decisions import map_columns
from tasks_app.intake.drafts import NewList
from tasks_app.intake.layout import IGNORE
from tasks_app.intake.models import ImportBatch, StagedRow
from tasks_app.lib.errors import Refused
from tasks_app.progress.models import Standing
from tasks_app.schedule.models import Obligation, ReportingRule
from tasks_app.units.models import Unit
from tests.factories import World, beijing
from tests.intake.files import HEADINGS, NEW_ROW, ROWS, csv_of, with_cell

AT = beijing("2024-08-02 11:00")
HAIDONG = settings.FIXTURES_ROOT / "lists" / "haidong-2024-69.csv"


def staged(world: World, content: bytes, **target: object) -> ImportBatch:
    target = target or {"task_list": world.task_list}
    return stage(content=content, file_name="清单.csv", by=world.people["administrator"], at=AT, **target)  # type: ignore[arg-type]


def applied(world: World, batch: ImportBatch, **more: object):
    return apply_batch(batch=batch, by=world.people["administrator"], at=AT, **more)  # type: ignore[arg-type]


def counts(batch: ImportBatch) -> dict[str, int]:
    """How many rows of each change, items that the file does not mention aside."""
    changes = list(batch.rows.exclude(change="kept").values_list("change", flat=True))
    return {change: changes.count(change) for change in sorted(set(changes))}


def codes(batch: ImportBatch) -> list[tuple[int, str, str]]:
    """(line, column, code) of every problem."""
    return [(row.line, p["column"], p["code"]) for row in batch.rows.all() for p in row.problems]


def new_list(world: World, **values: object) -> NewList:
    defaults = {
        "title": "海东市2025年重点任务清单",
        "number": "东政办〔2025〕7号",
        "issuer": "海东市人民政府办公室",
        "issued_on": dt.date(2024, 7, 20),
        "year": 2024,
        "coordinating_unit_id": world.units["市发展改革委"].pk,
        "starts_on": dt.date(2024, 7, 20),
    }
    return NewList(**{**defaults, **values})  # type: ignore[arg-type]


def test_the_same_list_changes_nothing(world):
    batch = staged(world, csv_of())
    assert counts(batch) == {"unchanged": 4}
    with pytest.raises(Refused, match="完全一致"):
        applied(world, batch)


def test_printed_words_and_basis_stay_when_units_and_day_are_the_same(world):
    before = current_items(world.task_list)
    rows = with_cell(1, "牵头单位", "市住房城乡建设局")
    rows = with_cell(1, "完成时限", "2024年12月31日", rows)
    rows = with_cell(2, "配合单位", "市发展改革委，各县区政府", rows)
    assert counts(staged(world, csv_of(rows))) == {"unchanged": 4}
    assert current_items(world.task_list) == before


def test_a_file_with_few_columns_changes_only_these(world):
    places = [HEADINGS.index(name) for name in ("牵头单位", "序号", "工作事项和年度目标成果")]
    rows = [[row[place] for place in places] for row in with_cell(2, "工作事项和年度目标成果", "新增结对校 3 所。")]
    batch = staged(world, csv_of(rows, ("责任单位", "编号", "任务内容")))
    assert counts(batch) == {"changed": 1, "unchanged": 3}
    applied(world, batch)
    task = world.task(3)
    assert task.content == "新增结对校 3 所。"
    assert (task.due_on, task.due_text, task.key_task) == (dt.date(2024, 10, 31), "10月底前", "深化教育合作")
    assert task.section.heading == "(一) 教育"


def test_changed_fields_say_what_was_and_what_will_be(world):
    batch = staged(world, csv_of(with_cell(0, "牵头单位", "市教育局")))
    (row,) = batch.rows.filter(change="changed")
    assert {"field": "lead_units", "before": "市住房建设局", "after": "市教育局"} in row.changed_fields
    assert {change["field"] for change in row.changed_fields} == {"lead_units", "lead_text"}


def test_a_new_row_gets_its_obligation_and_its_standing(world):
    batch = staged(world, csv_of([*ROWS, NEW_ROW]))
    assert counts(batch) == {"added": 1, "unchanged": 4}
    applied(world, batch)
    task = world.task(5)
    assert (task.due_on, task.due_text, task.due_basis) == (None, "长期", "explicit")
    assert Obligation.objects.filter(task=task, unit__name="市发展改革委").exists()
    assert Standing.objects.filter(task=task).exists()
    assert Event.objects.filter(verb="intake.apply").count() == 1


def test_one_error_keeps_everything_out(world):
    rows = with_cell(0, "工作事项和年度目标成果", "改造 3000 套。", [*ROWS, NEW_ROW])
    rows = with_cell(4, "牵头单位", "市发改局", rows)
    batch = staged(world, csv_of(rows))
    assert codes(batch) == [(6, "牵头单位", "unit_unknown")]
    before = current_items(world.task_list)
    with pytest.raises(Refused, match="1 行有错误"):
        applied(world, batch)
    assert current_items(world.task_list) == before


def test_every_error_of_every_row_is_found_at_once(world):
    rows = with_cell(0, "牵头单位", "市住建局", [*ROWS, NEW_ROW])
    rows = with_cell(0, "完成时限", "快了", rows)
    rows = with_cell(1, "序号", "", rows)
    rows = with_cell(2, "工作事项和年度目标成果", " ", rows)
    rows = with_cell(3, "完成时限", "2024-02-30", rows)
    rows = with_cell(4, "序号", "１", rows)
    batch = staged(world, csv_of(rows))
    assert codes(batch) == [
        (2, "牵头单位", "unit_unknown"),
        (2, "完成时限", "deadline_unknown"),
        (3, "序号", "number_missing"),
        (4, "工作事项和年度目标成果", "cell_missing"),
        (5, "完成时限", "deadline_no_such_day"),
        (6, "序号", "number_twice"),
    ]
    near = batch.rows.get(line=2).problems[0]["details"]["near"]
    assert "市住房建设局" in near


def test_suggestions_stand_beside_the_name_they_are_for(world):
    batch = staged(world, csv_of(with_cell(0, "配合单位", "市住建局、市教育局、各区县政府")))
    details = batch.rows.get(line=2).problems[0]["details"]
    assert details["names"] == "市住建局、各区县政府"
    assert "市住建局 → 市住房建设局" in details["near"]
    assert "各区县政府 → 各县区政府" in details["near"]


def test_a_batch_applied_twice_writes_once(world):
    batch = staged(world, csv_of([*ROWS, NEW_ROW]))
    assert applied(world, batch).added == [5]
    events = Event.objects.count()
    assert not applied(world, batch)
    assert Event.objects.count() == events
    assert world.task_list.tasks.count() == 5


def test_a_list_changed_since_staging_is_compared_anew(world):
    first = staged(world, csv_of(with_cell(0, "牵头单位", "市教育局")))
    second = staged(world, csv_of(with_cell(0, "牵头单位", "市发展改革委")))
    applied(world, second)
    with pytest.raises(ListChanged):
        applied(world, first)
    again = restage(batch=first, by=world.people["administrator"], at=AT)
    (row,) = again.rows.filter(change="changed")
    assert row.changed_fields[0]["before"] == "市发展改革委"
    applied(world, again)
    assert current_items(world.task_list)[1].lead_units == ("市教育局",)


def test_tasks_that_the_file_lacks_stay(world):
    batch = staged(world, csv_of([ROWS[0], NEW_ROW]))
    applied(world, batch)
    assert sorted(world.task_list.tasks.values_list("seq", flat=True)) == [1, 2, 3, 4, 5]


def test_a_number_of_a_retired_task_gets_a_free_place(world):
    Task.objects.filter(task_list=world.task_list, seq=4).update(retired_at=AT)
    batch = staged(world, csv_of())
    assert counts(batch) == {"added": 1, "unchanged": 3}
    applied(world, batch)
    assert world.task_list.tasks.get(retired_at=None, no="4").seq == 5


def test_numbers_that_begin_anew_are_told_apart_by_their_headings(world):
    Task.objects.filter(task_list=world.task_list, seq=3).update(no="1")
    rows = [(*ROWS[0][:4], "改造 3000 套。", *ROWS[0][5:]), ("1", *ROWS[2][1:])]
    batch = staged(world, csv_of(rows))
    assert [row.item["seq"] for row in batch.rows.exclude(change="kept")] == [1, 3]
    assert counts(batch) == {"changed": 1, "unchanged": 1}


def test_a_number_that_means_several_tasks_is_an_error(world):
    Task.objects.filter(task_list=world.task_list, seq=3).update(no="1")
    batch = staged(world, csv_of([("1", "", "", *ROWS[0][3:])]))
    assert codes(batch) == [(2, "序号", "number_ambiguous")]


def test_a_moved_task_gets_its_new_heading(world):
    batch = staged(world, csv_of(with_cell(3, "节", "（一） 教育")))
    (row,) = batch.rows.filter(change="changed")
    assert row.item["path"] == ["二、公共服务", "(一) 教育"]
    applied(world, batch)
    assert world.task(4).section == world.task(3).section


def test_merged_headings_are_taken_from_the_row_above(world):
    rows = [ROWS[0], ("2", "", "", "", *ROWS[1][4:]), *ROWS[2:]]
    batch = staged(world, csv_of(rows))
    assert batch.reading["inherited"] == 1
    item = batch.rows.get(line=3).item
    assert item["path"] == ["一、城市建设", "(一) 公共资源"]
    assert item["key_task"] == "推动城乡公共资源均衡配置"


def test_merged_headings_of_a_file_without_sections_are_taken_from_the_row_above(world):
    headings = [name for name in HEADINGS if name != "节"]
    rows = [(row[0], row[1], *row[3:]) for row in ROWS]
    batch = staged(world, csv_of([rows[0], ("2", "", "", *rows[1][3:]), *rows[2:]], headings))
    assert batch.reading["inherited"] == 1
    assert batch.rows.get(line=3).item["key_task"] == "推动城乡公共资源均衡配置"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空的"),
        (b"PK\x03\x04....xl/workbook.xml", "损坏"),
        ("姓名,电话\n甲,1\n".encode(), "没有找到表头"),
    ],
)
def test_a_file_that_cannot_be_read_leaves_nothing_behind(world, content, words):
    events = Event.objects.count()
    with pytest.raises(Refused, match=words):
        staged(world, content)
    assert (ImportBatch.objects.count(), StagedRow.objects.count(), Event.objects.count()) == (0, 0, events)


@pytest.mark.parametrize(
    ("content", "words", "mapping"),
    [
        ("序号,牵头单位,甲\n1,市教育局,新增结对校 3 所。\n", "缺少必需的列：工作事项和年度目标成果", {"甲": "content"}),
        (
            "序号,工作事项,任务内容,牵头单位\n1,a,新增结对校 3 所。,市教育局\n",
            "无法确定以哪一列为准",
            {"工作事项": IGNORE},
        ),
    ],
)
def test_what_a_column_holds_can_be_said_where_its_heading_does_not_say_it(world, content, words, mapping):
    batch = staged(world, content.encode())
    assert words in (batch.reading.get("problem") or batch.facts["doubts"][0])
    map_columns(batch=batch, mapping=mapping, by=world.people["administrator"], at=AT)
    assert batch.rows.get(line=2).item["content"] == "新增结对校 3 所。"


def test_a_new_list_exists_only_once_it_is_applied(world):
    batch = staged(world, csv_of(), new_list=new_list(world, report_day=20))
    assert counts(batch) == {"added": 4}
    assert TaskList.objects.count() == Document.objects.count() == 1
    made = []
    applied(world, batch, on_new_list=made.append)
    batch.refresh_from_db()
    assert made == [batch.task_list]
    assert batch.task_list.slug == "630200-2024-7"
    rule = ReportingRule.objects.get(task_list=batch.task_list)
    assert rule.first_due_at == beijing("2024-08-20 18:00")
    assert Obligation.objects.filter(task__task_list=batch.task_list).count() > 4


def test_a_new_list_without_reporting_day_has_no_rule(world):
    batch = staged(world, csv_of(), new_list=new_list(world))
    applied(world, batch)
    batch.refresh_from_db()
    assert not ReportingRule.objects.filter(task_list=batch.task_list).exists()


def test_a_document_number_makes_one_list_only(world):
    with pytest.raises(Refused, match="已经有清单"):
        staged(world, csv_of(), new_list=new_list(world, number=world.task_list.document.number))
    one, two = (staged(world, csv_of(), new_list=new_list(world)) for _ in range(2))
    applied(world, one)
    with pytest.raises(Refused, match="已经有清单"):
        applied(world, two)
    assert TaskList.objects.count() == 2


def test_a_failure_while_applying_leaves_no_half_made_list(world):
    batch = staged(world, csv_of(), new_list=new_list(world))

    def fail(task_list: TaskList) -> None:
        raise Refused("停")

    with pytest.raises(Refused, match="停"):
        applied(world, batch, on_new_list=fail)
    assert TaskList.objects.count() == 1
    assert Task.objects.count() == 4


def test_blank_deadlines_take_the_new_lists_default(world):
    rows = with_cell(0, "完成时限", "")
    target = new_list(world, default_due_on=dt.date(2024, 12, 20), default_due_text="按清单年度")
    item = staged(world, csv_of(rows), new_list=target).rows.get(line=2).item
    assert item["deadline"] == {"date": "2024-12-20", "text": "按清单年度", "basis": "default"}


@pytest.fixture
def haidong_admin(haidong, django_user_model):
    return django_user_model.objects.create(username="administrator")


def test_the_haidong_csv_over_the_haidong_list_is_194_unchanged(haidong_admin):
    task_list = TaskList.objects.get(slug="haidong-2024-69")
    batch = stage(content=HAIDONG.read_bytes(), file_name=HAIDONG.name, task_list=task_list, by=haidong_admin, at=AT)
    assert counts(batch) == {"unchanged": 194}


def test_the_haidong_csv_as_a_new_list_has_the_units_of_the_data_file(haidong_admin):
    unit = Unit.objects.get(jurisdiction__code="630200", name="市发展改革委")
    target = NewList(
        title="另一份清单", number="试〔2024〕1号", issuer="海东市人民政府办公室", issued_on=AT.date(), year=2024,
        coordinating_unit_id=unit.pk, starts_on=AT.date(),
    )  # fmt: skip
    batch = stage(content=HAIDONG.read_bytes(), file_name=HAIDONG.name, new_list=target, by=haidong_admin, at=AT)
    assert counts(batch) == {"added": 194}
    assert len(apply_batch(batch=batch, by=haidong_admin, at=AT).added) == 194
    batch.refresh_from_db()
    items = current_items(batch.task_list)
    data = json.loads(HAIDONG.with_suffix(".json").read_text(encoding="utf-8"))
    for wanted in map(from_json, data["items"]):
        item = items[wanted.seq]
        assert (item.lead_units, item.assist_units) == (wanted.lead_units, wanted.assist_units)
        assert (item.path, item.key_task, item.sub_task) == (wanted.path, wanted.key_task, wanted.sub_task)
        assert item.content == wanted.content
        assert item.due_on == wanted.due_on


def test_every_real_item_survives_being_staged(haidong):
    for task_list in TaskList.objects.all():
        for item in current_items(task_list).values():
            assert from_json(json.loads(json.dumps(to_json(item)))) == item


def test_a_gb18030_file_of_the_real_list_reads_the_same(haidong_admin):
    task_list = TaskList.objects.get(slug="haidong-2024-69")
    content = HAIDONG.read_text(encoding="utf-8-sig").encode("gb18030")
    assert len(list(csv.reader(HAIDONG.read_text(encoding="utf-8-sig").splitlines()))) == 195
    batch = stage(content=content, file_name="国标.csv", task_list=task_list, by=haidong_admin, at=AT)
    assert batch.encoding == "GB18030"
    assert counts(batch) == {"unchanged": 194}
