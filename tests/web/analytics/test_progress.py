"""进展: who sees what of it, its files, its links."""

import csv
import io
import json
import re

import pytest
from django.urls import reverse

from tasks_app.catalogue.actions import save_list
from tasks_app.closing.actions import exempt_unit
from tasks_app.reporting.actions import accept_entries, return_entries
from tests.factories import START, beijing

URL = "/progress/"


def page(client, address=URL):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def table(answer):
    text = b"".join(answer.streaming_content).decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.fixture
def reported(world):
    report = world.submit("colleague", percent=40, at="2024-08-01 09:00")
    ids = list(report.entries.values_list("pk", flat=True))
    accept_entries(report=report, entry_ids=ids, by=world.people["coordinator"], at=beijing("2024-08-01 10:00"))
    return report


@pytest.mark.parametrize("who", ["liaison", "coordinator", "supervisor", "leader", "administrator"])
def test_everyone_of_the_city_reads_the_accepted_progress(reported, signed_in, who):
    text = page(signed_in(who))
    assert "40%" in text
    assert "乐都区政府" in text


def test_each_figure_has_its_twin_its_denominator_and_its_file(reported, signed_in):
    text = page(signed_in("leader"))
    for name in ("counties", "leads", "chapters"):
        assert f'id="{name}-figure"' in text
        assert reverse("progress_csv", args=[name]) in text
    assert text.count("分母：") == 4
    assert text.count('class="twin" open') == 4


def test_figures_carry_links_to_the_lists_behind_them(reported, world, signed_in):
    text = page(signed_in("leader"))
    found = re.search(r'<script id="counties-figure" type="application/json">(.*?)</script>', text, re.S)
    figure = json.loads(found[1])
    unit = world.units["乐都区政府"].pk
    assert figure["data"][0]["customdata"][0][0] == f"/tasks/?list=test-2024&unit={unit}"


def test_a_twins_numbers_open_the_same_list(reported, world, signed_in):
    unit = world.units["市住房建设局"].pk
    assert f"/tasks/?list=test-2024&amp;unit={unit}&amp;role=lead" in page(signed_in("leader"))


def test_a_unit_without_an_accepted_report_is_shown_as_such(reported, signed_in):
    rows = table(signed_in("leader").get("/progress/counties.csv"))
    assert rows[0][:5] == ["名称", "任务数", "平均进度（%）", "序时进度（%）", "无通过报送项数"]
    assert {row[0]: row[1:3] + row[4:5] for row in rows[1:]} == {
        "乐都区政府": ["3", "40.0", "0"],
        "平安区政府": ["2", "0.0", "2"],
        "海东工业园区管委会": ["1", "0.0", "1"],
    }


def test_the_matrix_says_each_units_month_in_words(reported, signed_in):
    rows = table(signed_in("supervisor").get("/progress/reports.csv"))
    assert rows[0] == ["单位", "2024年7月期", "2024年8月期", "迟报期数", "缺报期数"]
    assert ["乐都区政府", "缺报", "按时", "0", "1"] in rows
    text = page(signed_in("supervisor"))
    assert '<span class="visually-hidden">缺报</span>' in text
    assert reverse("report", args=[reported.pk]) in text


def test_a_late_report_says_by_how_many_days(world, signed_in, now):
    # At seven in the morning it is still the day before in UTC.
    world.submit("colleague", percent=40, at="2024-08-08 07:00")
    now.move_to(beijing("2024-08-09 09:00"))
    text = page(signed_in("supervisor"))
    assert "迟报 3 天" in text
    assert ">迟3<" in text


def test_a_report_of_the_same_evening_is_late_without_a_day(world, signed_in, now):
    world.submit("colleague", percent=40, at="2024-08-05 18:00:01")
    now.move_to(beijing("2024-08-06 09:00"))
    assert "当日迟报" in page(signed_in("supervisor"))


def test_what_came_after_the_next_opening_is_made_up_beside_the_miss(world, signed_in, now):
    period = world.task_list.periods.get(month=7)
    report = world.report("colleague", period)
    report.first_submitted_at = beijing("2024-08-02 09:00")
    report.save()
    rows = table(signed_in("supervisor").get("/progress/reports.csv"))
    assert next(row for row in rows if row[0] == "乐都区政府")[1:] == ["缺报已补", "未到期", "0", "1"]
    assert "m-made" in page(signed_in("supervisor"))


def test_a_liaison_sees_the_own_months_and_that_there_are_others(reported, signed_in):
    rows = table(signed_in("liaison").get("/progress/reports.csv"))
    assert [row[0] for row in rows[1:]] == ["市住房建设局"]
    text = page(signed_in("liaison"))
    assert "另有 4 个单位" in text
    assert reverse("report", args=[reported.pk]) not in text


def test_a_draft_is_linked_for_the_own_unit_alone(world, signed_in):
    address = reverse("report", args=[world.report("liaison").pk])
    assert address in page(signed_in("liaison"))
    assert address not in page(signed_in("supervisor"))


def test_returned_words_do_not_count_as_progress(reported, world, signed_in):
    report = world.submit("liaison", percent=90, at="2024-08-01 09:00")
    ids = list(report.entries.values_list("pk", flat=True))
    by = world.people["coordinator"]
    return_entries(report=report, entry_ids=ids, reason="请补充", by=by, at=beijing("2024-08-01 10:00"))
    rows = table(signed_in("leader").get("/progress/leads.csv"))
    assert next(row for row in rows if row[0] == "市住房建设局")[2] == "0.0"


def test_the_strip_counts_who_is_on_time(reported, world, signed_in):
    text = page(signed_in("leader"))
    assert "2024年8月期按时报送 1 / 5 个单位" in text
    assert "尚未报 4" in text
    by, at = world.people["coordinator"], beijing("2024-08-02 10:00")
    exempt_unit(report=world.report("school"), reason="机构改革", by=by, at=at)
    assert "尚未报 3" in page(signed_in("leader"))


def test_another_citys_liaison_finds_nothing_here(world, signed_in):
    client = signed_in("stranger")
    assert "还没有任务清单" in page(client)
    assert client.get("/progress/?list=test-2024").status_code == 404
    assert client.get("/progress/leads.csv?list=test-2024").status_code == 404


@pytest.mark.parametrize("address", ["/progress/?list=nowhere", "/progress/nonsense.csv", "/progress/leads.csv?list=x"])
def test_unknown_addresses_are_not_found(world, signed_in, address):
    assert signed_in("leader").get(address).status_code == 404


def test_without_signing_in_there_is_only_the_way_to_sign_in(world, client):
    answer = client.get(URL)
    assert answer.status_code == 302
    assert answer.url.startswith("/login/")


def test_a_list_without_tasks_or_periods_says_what_will_be_here(world, signed_in):
    save_list(
        slug="empty-2024",
        document={"number": "东政办〔2024〕1号", "title": "空", "issuer": "海东市人民政府办公室", "issued_on": START},
        values={
            "title": "空清单",
            "jurisdiction": world.task_list.jurisdiction,
            "coordinating_unit": world.task_list.coordinating_unit,
            "year": 2024,
            "starts_on": START,
            "order": 9,
        },
        by=None,
        at=beijing("2024-08-02 10:00"),
    )
    text = page(signed_in("leader"), "/progress/?list=empty-2024")
    assert "这份清单还没有任务" in text
    assert 'value="empty-2024" selected' in text


def test_the_page_carries_no_inline_style_or_script(reported, signed_in):
    text = page(signed_in("leader"))
    assert " style=" not in text
    assert not re.search(r"<script(?![^>]*(src=|type=\"application/json\"))", text)
    assert not re.search(r"\son\w+=", text)
