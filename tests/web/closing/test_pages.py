"""The round as a whole: who may see and run it, what was published, what changed."""

import csv
import io

import pytest
from django.urls import reverse

from tasks_app.closing.actions import close_period
from tasks_app.closing.models import PeriodSnapshot
from tasks_app.outbox.models import Message
from tasks_app.reporting.actions import accept_entries
from tests.factories import beijing

DURING, AFTER = "2024-08-03 09:00", "2024-08-06 09:00"


@pytest.fixture
def august(world):
    """市住房建设局 reported 30 %, accepted; nobody else reported."""
    report = world.submit("liaison", percent=30, at=DURING)
    ids = [entry.pk for entry in report.entries.all()]
    accept_entries(report=report, entry_ids=ids, by=world.people["coordinator"], at=beijing(DURING))
    return report.period


@pytest.fixture
def after(now):
    now.move_to(beijing(AFTER))
    return now


def at(name, period):
    return reverse(name, args=[period.pk])


def text_of(response):
    return b"".join(response.streaming_content).decode("utf-8-sig")


def test_the_coordinator_sees_who_is_in_and_who_is_not(august, after, signed_in):
    html = signed_in("coordinator").get(at("period", august)).text
    assert "缺报 4" in html
    assert "按时 1" in html
    assert "没有在任联络员" in html
    assert "关账并公布" in html


@pytest.mark.parametrize("who", ["supervisor", "leader", "administrator"])
def test_who_oversees_looks_on_without_buttons(august, after, signed_in, who):
    html = signed_in(who).get(at("period", august)).text
    assert "缺报 4" in html
    assert "关账并公布" not in html
    assert at("period_chase", august) not in html


def test_closing_publishes_and_the_page_shows_the_moment(august, after, signed_in):
    client = signed_in("coordinator")
    html = client.post(at("period_close", august), {"note": "八月"}, follow=True).text
    assert "已关账，公布第 1 版" in html
    page = client.get(at("period_figures", august)).text
    assert "数据截至 <b>2024年8月6日</b>，2024年8月6日 09:00 关账，第 1 版" in page
    assert "校验值不符" not in page
    assert "平均进度" in page


def test_closing_too_early_is_refused_with_the_rule(august, signed_in):
    html = signed_in("coordinator").post(at("period_close", august), follow=True).text
    assert "还没有到截止时间，不能关账" in html
    assert not PeriodSnapshot.objects.exists()


def test_figures_that_were_tampered_with_are_called_out(world, august, after, signed_in):
    snapshot = close_period(period=august, by=world.people["coordinator"], at=beijing(AFTER))
    snapshot.tasks.filter(no="1").update(progress=99)
    assert "校验值不符" in signed_in("leader").get(at("period_figures", august)).text


def test_a_liaison_reads_published_tasks_but_of_units_months_only_the_own(world, august, after, signed_in):
    close_period(period=august, by=world.people["coordinator"], at=beijing(AFTER))
    html = signed_in("school").get(at("period_figures", august)).text
    assert "另有 4 个单位" in html
    assert html.count("缺报") == 2, "the own month, in the number and in the row"
    assert "推动城乡公共资源均衡配置" in html


def test_excusing_a_unit_shows_it_with_its_reason_and_can_be_taken_back(world, august, after, signed_in):
    client, report = signed_in("coordinator"), world.report("school")
    html = client.post(at("period_exempt", august), {"report": report.pk, "reason": "机构改革"}, follow=True).text
    assert "免报 1" in html
    assert "机构改革" in html
    assert "免" in signed_in("leader").get(reverse("progress")).text
    assert "免报 1" in client.get(reverse("reports")).text.replace("</b>", "")
    html = client.post(at("period_withdraw", august), {"report": report.pk, "reason": "已恢复"}, follow=True).text
    assert "缺报 4" in html


def test_a_task_is_excused_for_all_units_at_once(world, august, signed_in):
    words = {"task": world.task(3).pk, "reason": "暂缓"}
    html = signed_in("coordinator").post(at("period_exempt", august), words, follow=True).text
    assert "第 3 项本期免报，涉及 2 家单位" in html
    assert "第 3 项 · 乐都区政府：暂缓" in html


def test_chasing_sends_one_message_per_person_and_names_who_cannot_be_reached(world, august, after, signed_in):
    html = signed_in("coordinator").post(at("period_chase", august), {"all": "1"}, follow=True).text
    assert "已催报 4 家单位，发给 2 人" in html
    assert "平安区政府、海东工业园区管委会没有在任的联络员" in html
    told = Message.objects.filter(subject__startswith="催报")
    assert set(told.values_list("recipient__username", flat=True)) == {"colleague", "school"}
    one = {"unit": world.units["市住房建设局"].pk}
    assert "不用催报" in signed_in("coordinator").post(at("period_chase", august), one, follow=True).text


def test_a_chase_pressed_twice_is_sent_once(world, august, after, signed_in):
    client, school = signed_in("coordinator"), {"unit": world.units["市教育局"].pk}
    assert "已催报 1 家单位，发给 1 人" in client.post(at("period_chase", august), school, follow=True).text
    assert "刚刚（10 分钟内）已经催过" in client.post(at("period_chase", august), school, follow=True).text
    assert "已催报 3 家单位，发给 1 人" in client.post(at("period_chase", august), {"all": "1"}, follow=True).text
    told = Message.objects.filter(subject__startswith="催报", channel="site")
    assert sorted(told.values_list("recipient__username", flat=True)) == ["colleague", "school"]
    after.move_to(beijing("2024-08-06 09:11"))
    assert "已催报 1 家单位" in client.post(at("period_chase", august), school, follow=True).text


def test_reopening_one_unit_and_closing_again_keeps_both_versions(world, august, after, signed_in):
    client = signed_in("coordinator")
    client.post(at("period_close", august))
    words = {"report": world.report("school").pk, "reason": "系统故障"}
    assert "已重开：市教育局" in client.post(at("period_reopen", august), words, follow=True).text
    assert "公布第 2 版" in client.post(at("period_close", august), follow=True).text
    assert client.get(at("period_figures", august), {"version": "1"}).status_code == 200
    assert client.get(at("period_figures", august), {"version": "3"}).status_code == 404


@pytest.mark.parametrize("name", ["period_close", "period_reopen", "period_exempt", "period_withdraw", "period_chase"])
def test_only_the_coordinator_runs_the_month(world, august, signed_in, name):
    words = {"report": world.report("school").pk, "reason": "试", "all": "1"}
    for who in ("liaison", "supervisor", "leader", "administrator"):
        assert signed_in(who).post(at(name, august), words).status_code == 403
    assert signed_in("stranger").post(at(name, august), words).status_code == 404


def test_what_changed_is_a_page_and_a_file(world, august, after, signed_in):
    by = world.people["coordinator"]
    close_period(period=world.task_list.periods.earliest("opens_at"), by=by, at=beijing("2024-07-20 09:00"))
    close_period(period=august, by=by, at=beijing(AFTER))
    html = signed_in("leader").get(at("period_changes", august)).text
    assert "进度上升 2" in html
    shown = signed_in("leader").get(at("period_changes", august)).context
    assert shown["kinds"] == [kind for kind, _changes in shown["groups"]]
    assert all(changes for _kind, changes in shown["groups"])
    assert all(len(counts) == len(shown["kinds"]) for _name, counts in shown["by_unit"])
    assert "0% " in html.replace("</span>", " ")
    rows = list(csv.reader(io.StringIO(text_of(signed_in("leader").get(at("period_changes_csv", august))))))
    assert ["进度上升", "1", "推动城乡公共资源均衡配置", "市住房建设局", "0%", "30%"] in rows
    own = text_of(signed_in("school").get(at("period_changes_csv", august)))
    assert "市住房建设局,,,缺报,按时" not in own


def test_before_anything_is_closed_the_pages_say_so(august, signed_in):
    client = signed_in("leader")
    assert "本期还没有关账" in client.get(at("period_figures", august)).text
    assert "本期还没有关账" in client.get(at("period_changes", august)).text
    assert client.get(at("period_figures_csv", august)).status_code == 404


def test_the_first_closed_round_has_nothing_to_be_compared_with(world, august, after, signed_in):
    close_period(period=august, by=world.people["coordinator"], at=beijing(AFTER))
    assert "没有可比的上期" in signed_in("leader").get(at("period_changes", august)).text


def test_the_unit_with_the_most_changes_stands_first(world, now, signed_in):
    by = world.people["coordinator"]
    for who in ("school", "liaison"):  # one task of the one, two of the other
        report = world.submit(who, percent=30, at="2024-08-03 09:00")
        accept_entries(
            report=report, entry_ids=[e.pk for e in report.entries.all()], by=by, at=beijing("2024-08-03 09:00")
        )
    close_period(period=world.task_list.periods.earliest("opens_at"), by=by, at=beijing("2024-07-20 09:00"))
    close_period(period=report.period, by=by, at=beijing("2024-08-06 09:00"))
    now.move_to(beijing("2024-08-06 09:00"))
    rows = signed_in("leader").get(reverse("period_changes", args=[report.period.pk])).context["by_unit"]
    totals = [sum(counts) for _name, counts in rows]
    assert totals == sorted(totals, reverse=True)
    assert len(set(totals)) > 1


def test_a_closed_round_offers_no_chase(world, now, signed_in):
    august = world.task_list.periods.latest("opens_at")
    now.move_to(beijing("2024-08-06 09:00"))
    client, page = signed_in("coordinator"), reverse("period", args=[august.pk])
    assert reverse("period_chase", args=[august.pk]) in client.get(page).text
    close_period(period=august, by=world.people["coordinator"], at=beijing("2024-08-06 09:00"))
    assert reverse("period_chase", args=[august.pk]) not in client.get(page).text


def test_the_file_of_a_round_holds_what_was_frozen_of_each_task_and_blanks_where_there_is_nothing(
    world, august, after, signed_in
):
    frozen = close_period(period=august, by=world.people["coordinator"], at=beijing(AFTER))
    frozen.tasks.filter(no="4").update(due_on=None, expected=None)
    rows = list(csv.reader(io.StringIO(text_of(signed_in("leader").get(at("period_figures_csv", august))))))
    one, four = (frozen.tasks.get(no=no) for no in ("1", "4"))
    assert rows[1] == [
        "1", one.headline, "市住房建设局", "2024-12-31", "30", str(one.expected), one.get_light_display(),
        one.reason_text,
    ]  # fmt: skip
    assert rows[4][2:6] == ["海东工业园区管委会", "", str(four.progress), ""]
    assert [row[0] for row in rows[1:]] == ["1", "2", "3", "4"]
