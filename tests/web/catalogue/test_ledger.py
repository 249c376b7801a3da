"""The ledger: who sees which rows, by which filter, in which order, in which file."""

import csv
import datetime as dt
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from tasks_app.catalogue.actions import apply_items, mark_closed, move_deadline
from tasks_app.catalogue.items import Item
from tasks_app.catalogue.models import Assignment, Section, Task
from tasks_app.reporting.actions import accept_entries, refresh_standings, return_entries
from tasks_app.schedule.actions import derive_obligations
from tasks_app.supervision.actions import decide_closure, request_closure
from tests.factories import START, YEAR_END, beijing
from tests.support.neighbours import with_neighbours

AT = "2024-08-03 09:00"


def numbers(response):
    """The printed numbers of the rows on a page, in order."""
    assert response.status_code == 200
    return [row.no for row in response.context["rows"]]


def read_csv(response):
    body = b"".join(response.streaming_content)
    assert body.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))


@pytest.fixture
def leader(signed_in):
    return signed_in("leader")


@pytest.fixture
def unit(world):
    return lambda name: world.units[name].pk


def accept(world, who, percent):
    report = world.submit(who, percent=percent, at=AT)
    ids = [entry.pk for entry in report.entries.all()]
    accept_entries(report=report, entry_ids=ids, by=world.people["coordinator"], at=beijing(AT))
    refresh_standings(today=beijing(AT).date())


def test_the_rows_stand_under_their_chapters_and_sections_in_list_order(leader):
    response = leader.get("/tasks/")
    assert numbers(response) == ["1", "2", "3", "4"]
    assert [row.chapter for row in response.context["rows"]] == ["一、城市建设", "", "二、公共服务", ""]
    assert [row.section for row in response.context["rows"]] == ["(一) 公共资源", "", "(一) 教育", "(二) 园区"]


def test_all_lists_stand_one_after_the_other(world, leader):
    with_neighbours(world)
    assert numbers(leader.get("/tasks/?list=all")) == ["1", "2", "3", "4", "1", "2"]


def test_headings_are_left_out_when_sorted_otherwise(leader):
    response = leader.get("/tasks/?sort=-seq")
    assert numbers(response) == ["4", "3", "2", "1"]
    assert not any(row.chapter or row.section for row in response.context["rows"])


def test_the_chapter_filter_shows_one_chapter(leader):
    chapter = Section.objects.get(heading="二、公共服务")
    assert numbers(leader.get(f"/tasks/?chapter={chapter.pk}")) == ["3", "4"]


@pytest.mark.parametrize(
    ("name", "role", "expected"),
    [
        ("市住房建设局", "", ["1", "2"]),
        ("市住房建设局", "lead", ["1", "2"]),
        ("市住房建设局", "assist", []),
        ("市发展改革委", "assist", ["3"]),
        # In the group of 各县区政府; item 3 names 乐都区 only.
        ("乐都区政府", "assist", ["1", "2", "3"]),
        ("平安区政府", "assist", ["1", "2"]),
        ("平安区政府", "lead", []),
        ("各县区政府", "", ["1", "2", "3"]),
    ],
)
def test_the_unit_filter_knows_roles_and_groups(leader, unit, name, role, expected):
    assert numbers(leader.get(f"/tasks/?unit={unit(name)}&role={role}")) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("乐都区政府", ["1", "2", "3"]), ("平安区政府", ["1", "2"]), ("海东工业园区管委会", ["4"])],
)
def test_the_county_filter_shows_what_its_government_or_committee_has_to_do(leader, unit, name, expected):
    assert numbers(leader.get(f"/tasks/?county={unit(name)}")) == expected


def test_the_county_filter_offers_counties_and_the_park_only(leader):
    (county,) = [each for each in leader.get("/tasks/").context["fields"] if each.name == "county"]
    assert [label for _value, label in county.choices] == ["全部县区", "乐都区政府", "平安区政府", "海东工业园区管委会"]


def test_groups_are_narrowed_by_county_even_where_nothing_is_owed(leader, world, unit):
    world.task(3).obligations.all().delete()
    assert numbers(leader.get(f"/tasks/?county={unit('平安区政府')}")) == ["1", "2"]
    assert numbers(leader.get(f"/tasks/?county={unit('乐都区政府')}")) == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("query", "moment", "expected"),
    [
        ("due=overdue", "2024-11-05 10:00", ["3"]),
        ("due=overdue", "2024-08-02 10:00", []),
        ("due=soon", "2024-10-05 10:00", ["3"]),
        ("due=soon", "2024-12-05 10:00", ["1", "2", "4"]),
        ("due=year", "2024-08-02 10:00", ["1", "2", "3", "4"]),
        ("due=year", "2025-02-01 10:00", []),
        ("due=none", "2024-08-02 10:00", []),
        ("due_to=2024-10-31", "2024-08-02 10:00", ["3"]),
        ("due_from=2024-12-31", "2024-08-02 10:00", ["1", "2", "4"]),
        ("due_from=2024-10-01&due_to=2024-10-30", "2024-08-02 10:00", []),
    ],
)
def test_the_deadline_filters(signed_in, now, query, moment, expected):
    now.move_to(beijing(moment))
    assert numbers(signed_in("leader").get(f"/tasks/?{query}")) == expected


def test_the_light_filter_shows_one_light_and_the_strip_still_counts_all(leader, world):
    mark_closed(task=world.task(3), closed_on=beijing(AT).date(), by=None, at=beijing(AT), reason="")
    refresh_standings(today=beijing(AT).date())
    response = leader.get("/tasks/?light=blue")
    assert numbers(response) == ["3"]
    assert response.context["totals"].by_light == {"blue": 1, "yellow": 3}
    assert response.context["total"] == 1
    assert [each["light"] for each in response.context["strip"]] == ["blue", "yellow"]
    chosen = leader.get("/tasks/?light=red").context["strip"]
    assert [(each["light"], each["count"]) for each in chosen if each["chosen"]] == [("red", 0)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("和美乡村", ["2"]),
        ("乐都区 乡村", ["2"]),
        ("2000套", ["1"]),
        ("２０００ 套", ["1"]),
        ("市教育局", ["3"]),
        ("没有这个词", []),
        ("100%", []),
    ],
)
def test_each_word_of_a_search_must_occur(leader, words, expected):
    assert numbers(leader.get("/tasks/", {"q": words})) == expected


def test_filters_add_up(leader, unit):
    assert numbers(leader.get(f"/tasks/?unit={unit('乐都区政府')}&q=乡村&due=year")) == ["2"]


@pytest.mark.parametrize("column", ["seq", "due", "progress", "light", "lead"])
@pytest.mark.parametrize("sign", ["", "-"])
def test_every_sortable_column_sorts_both_ways(leader, world, column, sign):
    accept(world, "liaison", 90)
    shown = leader.get(f"/tasks/?sort={sign}{column}").context["rows"]
    keys = {
        "seq": lambda row: int(row.no),
        "due": lambda row: row.due_on,
        "progress": lambda row: row.percent,
        "light": lambda row: ["red", "yellow", "grey", "green", "blue"].index(row.light),
        "lead": lambda row: ["海东工业园区管委会", "市住房建设局", "市教育局"].index(row.leads),
    }
    values = [keys[column](row) for row in shown]
    assert values == sorted(values, reverse=bool(sign))
    assert len(values) == 4


def test_a_page_shows_its_share_and_the_count(leader, world):
    grow(world, 60)
    response = leader.get("/tasks/?page=3&per_page=25")
    assert len(numbers(response)) == 60 + 4 - 50
    assert "共 64 项" in response.content.decode()


@pytest.mark.parametrize(
    "query", ["", "sort=-due", "q=乡村", "sort=lead&per_page=25&page=2", "light=foo&sort=progress"]
)
def test_the_files_hold_exactly_the_rows_of_the_address_on_all_its_pages(leader, world, query):
    grow(world, 30)
    shown = numbers(leader.get(f"/tasks/?{query}&per_page=200&page=1"))
    rows = read_csv(leader.get(f"/tasks.csv?{query}"))
    assert [row["序号"] for row in rows] == shown
    book = load_workbook(io.BytesIO(leader.get(f"/tasks.xlsx?{query}").content))
    head, *cells = book.active.iter_rows(values_only=True)
    assert list(head) == list(rows[0])
    assert [row[0] for row in cells] == shown
    assert book.active.freeze_panes == "A2"


def test_the_files_give_figures_and_days_as_a_spreadsheet_reads_them(leader, world):
    accept(world, "liaison", 90)
    row = read_csv(leader.get("/tasks.csv"))[1]
    assert row["完成时限"] == "2024-12-31"
    assert row["时限依据"] == "原文：年内"
    assert row["进度（%）"] == "90"
    assert row["配合单位"] == "各县区政府"
    sheet = load_workbook(io.BytesIO(leader.get("/tasks.xlsx").content)).active
    assert sheet["J3"].value == 90


@pytest.mark.parametrize("text", ["=1+1", "+86", "-2", "@here", "＝1+1"])
def test_texts_never_become_formulas(leader, world, text):
    extra = Item(seq=5, no="5", content=text, path=("二、公共服务",), lead_units=("市教育局",))
    apply_items(task_list=world.task_list, items=[extra], by=None, at=beijing(AT))
    assert read_csv(leader.get("/tasks.csv"))[-1]["工作事项和年度目标成果"] == "'" + text
    cell = load_workbook(io.BytesIO(leader.get("/tasks.xlsx").content)).active["E6"]
    assert (cell.value, cell.data_type) == (text, "s")


@pytest.mark.parametrize(
    ("query", "note"),
    [
        ("light=foo", "灯色"),
        ("list=zzz", "清单"),
        ("chapter=99999", "章节"),
        ("unit=abc", "单位"),
        ("county=-1", "县区"),
        ("kind=x", "类别"),
        ("role=boss", "分工"),
        ("due=never", "完成时限"),
        ("due_from=2024-13-45", "时限不早于"),
        ("q=" + "字" * 101, "搜索"),
        ("sort=evil", "evil"),
        ("page=abc", "abc"),
        ("page=0", "第 1 页"),
        ("page=99", "第 1 页"),
        ("page=²", "第 1 页"),
        ("per_page=7", "每页"),
    ],
)
def test_what_makes_no_sense_is_left_out_and_named(leader, query, note):
    response = leader.get(f"/tasks/?{query}")
    assert numbers(response) == ["1", "2", "3", "4"]
    assert note in "".join(str(message) for message in response.context["messages"])


def test_a_stranger_of_another_city_sees_nothing_at_all(signed_in, world):
    stranger = signed_in("stranger")
    response = stranger.get("/tasks/?list=test-2024")
    assert numbers(response) == []
    assert "和美乡村" not in response.content.decode()
    assert "还没有任务清单" in response.content.decode()
    assert read_csv(stranger.get("/tasks.csv?list=all")) == []
    assert stranger.get(f"/tasks/{world.task(1).pk}/").status_code == 404


def test_the_lists_of_another_city_are_not_even_named(signed_in, world):
    (lists,) = [each for each in signed_in("stranger").get("/tasks/").context["fields"] if each.name == "list"]
    assert [value for value, _label in lists.choices] == ["all"]


def test_the_report_column_tells_the_state_and_nothing_else(leader, signed_in, world, now):
    def states(browser):
        return [row.report.word for row in browser.get("/tasks/").context["rows"]]

    assert states(leader) == ["未报"] * 4
    report = world.submit("liaison", percent=30, at=AT)
    assert states(leader)[:2] == ["8月3日 待审"] * 2
    accept_entries(
        report=report,
        entry_ids=[report.entries.first().pk],
        by=world.people["coordinator"],
        at=beijing(AT),
    )
    assert states(leader)[:2] == ["8月3日 已审", "8月3日 待审"]
    now.move_to(beijing("2024-08-05 18:00:01"))
    assert states(signed_in("leader"))[2:] == ["逾期未报"] * 2


def test_that_an_entry_was_returned_is_seen_by_its_unit_and_its_reviewers_only(signed_in, world):
    report = world.submit("liaison", percent=30, at=AT)
    return_entries(
        report=report,
        entry_ids=[report.entries.first().pk],
        reason="请补充数量",
        by=world.people["coordinator"],
        at=beijing(AT),
    )
    seen = {
        who: signed_in(who).get("/tasks/").context["rows"][0].report.word for who in ("liaison", "leader", "school")
    }
    assert seen == {"liaison": "8月3日 已退回", "leader": "8月3日 已退回", "school": "8月3日 待审"}


def test_a_closed_task_is_blue_and_no_longer_overdue(signed_in, world, now):
    now.move_to(beijing("2024-11-05 10:00"))
    leader = signed_in("leader")
    closure = request_closure(
        task=world.task(3),
        unit=world.units["市教育局"],
        evidence_text="已验收。",
        by=world.people["school"],
        at=beijing("2024-11-04 09:00"),
    )
    decide_closure(
        closure=closure, granted=True, decision_text="", by=world.people["supervisor"], at=beijing("2024-11-05 09:00")
    )
    assert numbers(leader.get("/tasks/?due=overdue")) == []
    assert numbers(leader.get("/tasks/?light=blue")) == ["3"]


def test_words_of_a_draft_are_found_nowhere(signed_in, world):
    world.fill(world.report("liaison"), percent=55, text="CANARY-7391", by="liaison", at=AT)
    for who in ("colleague", "coordinator", "supervisor", "leader", "administrator"):
        browser = signed_in(who)
        assert "CANARY" not in browser.get("/tasks/").content.decode()
        assert "CANARY" not in browser.get(f"/tasks/{world.task(1).pk}/").content.decode()
        assert "CANARY" not in str(read_csv(browser.get("/tasks.csv")))
        assert numbers(browser.get("/tasks/?q=CANARY-7391")) == []


def test_empty_states_say_what_to_do(leader):
    assert "没有符合条件的任务" in leader.get("/tasks/?q=没有这个词").content.decode()
    assert "请换一份清单" in leader.get("/tasks/?kind=duty").content.decode()


def grow(world, count):
    """Add tasks with leads, assisting groups, obligations and standings."""
    items = [
        Item(
            seq=100 + number,
            no=str(100 + number),
            path=("二、公共服务", f"({number % 7})"),
            content=f"事项{number}",
            lead_units=("市教育局", "市住房建设局"),
            assist_units=("各县区政府",),
            due_on=YEAR_END,
            due_basis="default",
        )
        for number in range(count)
    ]
    at = beijing("2024-07-09 09:00")
    apply_items(task_list=world.task_list, items=items, by=None, at=at)
    derive_obligations(task_list=world.task_list, by=None, at=at)
    refresh_standings(today=START)


@pytest.mark.parametrize("address", ["/tasks/?per_page=200", "/tasks.csv?list=all", "/tasks.xlsx", "/tasks/?sort=lead"])
def test_the_number_of_queries_does_not_grow_with_the_rows(leader, world, address):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            response = leader.get(address)
            if response.streaming:
                b"".join(response.streaming_content)
        return len(captured)

    grow(world, 4)
    few = queries()
    grow(world, 196)
    assert Task.objects.count() == 200
    assert queries() == few <= 12


def test_the_reports_of_several_leads_are_counted(signed_in, world, now):
    grow(world, 1)
    now.move_to(beijing("2024-09-02 10:00"))
    world.open("2024-09-02 10:00")
    world.submit("school", percent=10, at="2024-09-02 09:00")
    row = signed_in("leader").get("/tasks/?q=事项0").context["rows"][0]
    assert row.report.word == "未报 1 · 待审 1"


def test_an_extended_deadline_is_not_said_to_be_the_list_s(leader, world):
    """The basis belongs to the day that the list set; beside the new day stands that it was moved, and from where."""
    coordinator = world.people["coordinator"]
    move_deadline(task=world.task(1), due_on=dt.date(2025, 3, 1), by=coordinator, at=beijing(AT), reason="雨季长")
    row = next(row for row in leader.get("/tasks/").context["rows"] if row.no == "1")
    assert row.due == "2025年3月1日"
    assert row.basis == "已延期，原定12月31日"
    assert read_csv(leader.get("/tasks.csv"))[0]["时限依据"] == "已延期，原定12月31日"
    assert "已延期。原定时限" in leader.get(f"/tasks/{world.task(1).pk}/").content.decode()
    assert "已延期" not in leader.get(f"/tasks/{world.task(2).pk}/").content.decode()


def test_the_ledger_is_sorted_by_leads_alone(world, signed_in):
    # Named first, but only assisting: 乐都区政府 stands before all others in the official order.
    Assignment.objects.filter(task=world.task(3)).update(order=5)
    Assignment.objects.create(task=world.task(3), unit=world.units["乐都区政府"], role="assist", order=0)
    rows = signed_in("leader").get("/tasks/?sort=lead").context["rows"]
    assert [row.no for row in rows] == ["4", "1", "2", "3"]
