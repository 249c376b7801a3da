"""总览: what it says, what its numbers open, to whom, and when it says nothing new."""

import csv
import html
import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tasks_app.accounts.choices import Role
from tasks_app.accounts.models import Membership
from tasks_app.catalogue.actions import save_list
from tasks_app.catalogue.models import Task
from tasks_app.closing.actions import close_period
from tasks_app.outbox.actions import deliver_waiting, enqueue
from tasks_app.reporting.actions import accept_entries, refresh_standings
from tasks_app.units.models import Unit
from tests.factories import START, beijing

URL = "/leader/"
NOW = "2024-09-10 10:00"


def page(client, address=URL, **headers):
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200, address
    return answer.content.decode()


def table(answer):
    text = b"".join(answer.streaming_content).decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def hand_in(world, who, percent, at):
    report = world.submit(who, percent=percent, at=at)
    ids = list(report.entries.values_list("pk", flat=True))
    accept_entries(report=report, entry_ids=ids, by=world.people["coordinator"], at=beijing(at))


@pytest.fixture
def played(world, now):
    """August is closed; September runs and is past its deadline, two of five units are in."""
    hand_in(world, "liaison", 30, "2024-08-03 09:00")
    hand_in(world, "colleague", 40, "2024-08-03 09:00")
    hand_in(world, "school", 60, "2024-08-03 09:00")
    august = world.task_list.periods.get(month=8)
    close_period(period=august, by=world.people["coordinator"], at=beijing("2024-08-20 09:00"))
    world.open("2024-09-02 00:00")
    hand_in(world, "liaison", 70, "2024-09-03 09:00")
    hand_in(world, "school", 45, "2024-09-07 09:00")
    now.move_to(beijing(NOW))
    refresh_standings(today=beijing(NOW).date())
    return world


def plain(text):
    """The words of a piece of HTML."""
    return html.unescape(re.sub(r"<[^>]+>", " ", text))


# ---- what it says


def test_the_strip_says_where_the_list_stands_with_denominator_and_moment(played, signed_in):
    words = plain(page(signed_in("leader")))
    progress = list(Task.objects.counted().values_list("standing__progress", flat=True))
    assert f"{sum(progress) / 4:.0f}%" in words
    assert "共 4 项" in words
    assert "数据截至 2024年9月10日 10:00" in words
    assert "2024年9月期" in words
    assert "已报 2 / 5 个单位" in words
    assert "缺报 3" in re.sub(r"\s+", " ", words)
    assert "乐都区政府" in words


def test_changes_and_movers_are_told_against_the_last_published_figures(played, signed_in):
    words = re.sub(r"\s+", " ", plain(page(signed_in("leader"))))
    assert "较 2024年8月期公布数" in words
    assert "30% → 70% ↑40" in words
    assert "60% → 45% ↓15" in words
    assert "进度上升 2" in words
    assert "进度下降 1" in words


def test_changes_are_listed_by_kind_each_with_the_way_to_the_task(played, signed_in):
    text = page(signed_in("leader"), "/leader/changes/")
    assert 'id="advanced"' in text
    assert 'id="fell"' in text
    assert reverse("task", args=[played.task(3).pk]) in text
    assert "乡村" in text


def test_the_county_that_is_furthest_behind_is_named_and_its_tile_opens_the_reasons(played, signed_in):
    client = signed_in("leader")
    text = page(client)
    unit = played.units["平安区政府"]
    address = f"/leader/county/{unit.pk}/?list=test-2024"
    assert "最落后：平安区，落后 36 个百分点" in text
    assert address in text
    words = re.sub(r"\s+", " ", plain(page(client, address)))
    assert "落后 20 个百分点以上的 2 项" in words
    assert "没有通过的报送 2 项" in words
    assert reverse("task", args=[played.task(1).pk]) in page(client, address)


def test_the_matrix_has_departments_in_its_rows_and_counties_in_its_columns(played, signed_in):
    shown = signed_in("leader").get("/leader/").context
    # 海东工业园区管委会 leads a task, too.
    assert {row.label for row in shown["lines"]} == {"市住房建设局", "市教育局"}
    assert [tile.unit.name for tile in shown["tiles"]] == ["乐都区政府", "平安区政府", "海东工业园区管委会"]


def test_a_silent_county_s_tile_is_grey_and_says_so(played, signed_in):
    text = page(signed_in("leader"))
    assert re.search(r'class="tile none furthest"', text)
    assert "未报" in text


# ---- every number opens what it counts


def behind(client, address):
    """How many rows the ledger has at an address."""
    return len(table(client.get(address.replace("/tasks/?", "/tasks.csv?")))) - 1


NUMBERED = re.compile(r'<a[^>]*href="(/tasks/\?[^"]*)"[^>]*>(.*?)</a>', re.S)


@pytest.mark.parametrize("address", [URL, "/leader/matrix/", "county"])
def test_every_count_equals_the_ledger_that_it_opens(played, signed_in, address):
    client = signed_in("leader")
    if address == "county":
        address = reverse("leader_county", args=[played.units["乐都区政府"].pk])
    text = page(client, address)
    checked = 0
    for link, words in NUMBERED.findall(text):
        number = re.search(r"(?<![\d年第])(\d+)(?![\d%月])", plain(words).split("/")[0])
        if number and "%" not in plain(words):
            checked += 1
            assert behind(client, html.unescape(link)) == int(number[1]), (link, plain(words))
    assert checked >= 5


def test_who_is_in_and_who_is_not_open_the_same_reports(played, signed_in):
    client = signed_in("leader")
    period = played.task_list.periods.get(month=9)
    for state, count in (("in", 2), ("out", 3), ("on_time", 1), ("late", 1)):
        address = f"/reports/?list={played.task_list.pk}&period={period.pk}&state={state}"
        assert html.escape(address) in page(client)
        rows = page(client, address).split("<tbody")[1].split("</tbody>")[0]
        assert len(re.findall(r"<tr[ >]", rows)) == count


def test_files_say_the_same_as_the_screen(played, signed_in):
    client = signed_in("leader")
    rows = table(client.get("/leader/trend.csv"))
    assert rows[0][:5] == ["期", "数据截至", "平均进度（%）", "序时进度（%）", "任务数"]
    assert [row[0] for row in rows[1:]] == ["2024年8月期", "今日"]
    counties = {row[0]: row[1:3] for row in table(client.get("/leader/counties.csv"))[1:]}
    assert counties["乐都区政府"] == ["3", "40.0"]
    assert table(client.get("/leader/matrix.csv"))[0][:3] == ["牵头单位", "任务数", "其中滞后"]
    assert len(table(client.get("/leader/chapters.csv"))) == 3
    assert client.get("/leader/nonsense.csv").status_code == 404


# ---- to whom


@pytest.mark.parametrize("who", ["leader", "supervisor", "administrator", "coordinator"])
def test_who_oversees_or_coordinates_reads_it(played, signed_in, who):
    assert "总览" in page(signed_in(who))


@pytest.mark.parametrize("who", ["liaison", "head", "stranger"])
@pytest.mark.parametrize("address", [URL, "/leader/matrix/", "/leader/changes/", "/leader/trend.csv", "county"])
def test_everybody_else_is_told_whose_page_it_is(played, signed_in, who, address):
    if address == "county":
        address = reverse("leader_county", args=[played.units["乐都区政府"].pk])
    answer = signed_in(who).get(address)
    assert answer.status_code == 403
    assert "总览由领导、督查、汇总和管理岗位查看" in answer.content.decode()


def test_a_list_or_a_county_of_elsewhere_is_not_found(played, signed_in):
    client = signed_in("leader")
    elsewhere = Unit.objects.get(jurisdiction__code="632801")
    for address in ("/leader/?list=nowhere", reverse("leader_county", args=[elsewhere.pk]), "/leader/county/999999/"):
        assert client.get(address).status_code == 404


def test_a_coordinator_of_another_list_does_not_reach_this_one(played, signed_in):
    Membership.objects.filter(user=played.people["coordinator"]).update(unit=played.units["市教育局"])
    client = signed_in("coordinator")
    assert "还没有任务清单" in page(client)
    assert client.get("/leader/?list=test-2024").status_code == 404
    assert client.get("/leader/matrix/").status_code == 404


# ---- when there is little to say


def another_list(world, **values):
    return save_list(
        slug="other-2024",
        document={"number": "东政办〔2024〕1号", "title": "空", "issuer": "海东市人民政府办公室", "issued_on": START},
        values={
            "title": "另一份清单",
            "jurisdiction": world.task_list.jurisdiction,
            "coordinating_unit": world.task_list.coordinating_unit,
            "year": 2024,
            "starts_on": START,
            "order": 0,
            **values,
        },
        by=None,
        at=beijing("2024-08-02 10:00"),
    )


def test_before_the_first_closing_the_page_says_what_will_be_here(world, signed_in):
    text = page(signed_in("leader"))
    assert "还没有关过账" in text
    assert "data-plot" not in text
    assert "没有可比的上期" in page(signed_in("leader"), "/leader/changes/")


def test_an_empty_list_says_so_and_the_reported_one_begins(world, signed_in):
    another_list(world)
    client = signed_in("leader")
    assert 'value="test-2024" selected' in page(client)
    text = page(client, "/leader/?list=other-2024")
    assert "这份清单还没有任务" in text
    assert "本清单还没有开始的报送期" in text


def test_without_counties_the_lead_units_stand_with_their_lights(world, signed_in):
    Unit.objects.filter(kind__in=["county_government", "park_committee"]).update(kind="municipal_department")
    text = page(signed_in("leader"))
    assert 'class="tiles"' not in text
    assert "牵头单位 × 县区" not in text
    assert re.search(r'href="/tasks/\?list=test-2024&amp;unit=\d+&amp;role=lead&amp;light=\w+"', text)


def test_a_tile_stands_where_the_data_puts_it_and_in_official_order_without(world, signed_in):
    client = signed_in("leader")
    assert not re.search(r'class="r\d c\d"', page(client))
    Unit.objects.filter(name="乐都区政府").update(tile_row=2, tile_column=3)
    assert 'class="r2 c3"' in page(client)


# ---- what it costs, and when it says nothing new


def queries(client, address=URL, **headers):
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        client.get(address, headers=headers)
    return len(found)


def test_the_page_stays_within_fifteen_queries(played, signed_in):
    assert queries(signed_in("leader")) <= 15
    assert queries(signed_in("coordinator")) <= 15


def test_an_unchanged_page_is_answered_with_304_and_few_queries(played, signed_in):
    client = signed_in("leader")
    answer = client.get(URL)
    assert set(answer["Cache-Control"].split(", ")) == {"private", "no-cache"}
    assert "Cookie" in answer["Vary"]
    again = client.get(URL, headers={"if-none-match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == answer["ETag"]
    assert queries(client, **{"if-none-match": answer["ETag"]}) <= 7


def test_the_tag_changes_with_the_data_the_day_and_the_deadline(world, signed_in, now, settings):
    settings.SESSION_COOKIE_AGE = 30 * 24 * 3600
    client = signed_in("leader")
    seen = [client.get(URL)["ETag"]]

    def changed():
        tag = client.get(URL)["ETag"]
        assert tag not in seen
        assert client.get(URL, headers={"if-none-match": seen[-1]}).status_code == 200
        seen.append(tag)

    hand_in(world, "liaison", 30, "2024-08-02 10:00")
    changed()
    now.move_to(beijing("2024-08-05 17:59"))
    changed()
    now.move_to(beijing("2024-08-05 18:01"))
    changed()
    now.move_to(beijing("2024-08-06 09:00"))
    changed()
    refresh_standings(today=beijing("2024-08-06 09:00").date())
    changed()
    enqueue(
        recipient=world.people["leader"], key="k", subject="请阅", body="请阅。", path="/", topic="t", at=beijing(NOW)
    )
    deliver_waiting(at=beijing(NOW))
    changed()


def test_the_tag_differs_by_person_language_list_and_session(played, signed_in):
    another_list(played)
    client = signed_in("leader")
    tags = [
        client.get(URL)["ETag"],
        client.get("/leader/?list=other-2024")["ETag"],
        client.get(URL, headers={"accept-language": "en"})["ETag"],
        signed_in("supervisor").get(URL)["ETag"],
        signed_in("coordinator").get(URL)["ETag"],
        signed_in("leader").get(URL)["ETag"],
    ]
    assert len(set(tags)) == len(tags)


def test_a_change_of_role_changes_the_tag(played, signed_in):
    client = signed_in("leader")
    before = client.get(URL)["ETag"]
    unit = played.units["市住房建设局"]
    Membership.objects.create(user=played.people["leader"], unit=unit, role=Role.LIAISON)
    assert client.get(URL)["ETag"] != before


def test_the_page_carries_no_inline_style_or_script(played, signed_in):
    text = page(signed_in("leader"))
    assert " style=" not in text
    assert not re.search(r"<script(?![^>]*(src=|type=\"application/json\"))", text)
    assert not re.search(r"\son\w+=", text)


def test_of_those_that_are_silent_a_few_are_named_and_the_others_counted(played, signed_in, monkeypatch):
    monkeypatch.setattr("tasks_app.web.leader.board.SILENT_SHOWN", 1)
    running = signed_in("leader").get("/leader/").context["reporting"]
    assert running.missing.count > 1
    assert (len(running.silent), running.more) == (1, running.missing.count - 1)
