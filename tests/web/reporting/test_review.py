"""The coordinator accepts or returns what was reported."""

import pytest
from django.urls import reverse

from tasks_app.reporting.choices import Flag, ReportStatus
from tasks_app.supervision.actions import decide_closure, reopen_closure, request_closure, withdraw_closure
from tests.factories import beijing
from tests.supervision.test_closures import ask

AT = "2024-08-02 10:00"


@pytest.fixture
def report(world):
    return world.submit("liaison", percent=30, at=AT)


def review(client, report, **data):
    return client.post(reverse("report_review", args=[report.pk]), data, follow=True)


def statuses(report):
    return [entry.status for entry in report.entries.order_by("task__seq")]


def test_one_entry_is_accepted_and_the_next_one_is_shown(report, signed_in):
    first, second = report.entries.order_by("task__seq")
    answer = signed_in("coordinator").post(reverse("report_review", args=[report.pk]), {"accept": first.pk})
    assert answer.url == f"{reverse('report', args=[report.pk])}#e{second.pk}"
    assert statuses(report) == [ReportStatus.ACCEPTED, ReportStatus.SUBMITTED]


def test_an_entry_is_returned_with_a_picked_phrase_and_own_words(report, signed_in):
    entry = report.entries.order_by("task__seq").first()
    data = {"return": entry.pk, "phrase": "请补充数量、地点和时间节点", "reason": "写明已完工套数"}
    html = review(signed_in("coordinator"), report, **data).text
    assert "已退回 1 项，已通知市住房建设局联络员" in html
    entry.refresh_from_db()
    assert entry.status == ReportStatus.RETURNED
    assert entry.returned_reason == "请补充数量、地点和时间节点；写明已完工套数"


def test_a_return_without_a_reason_is_refused(report, signed_in):
    entry = report.entries.first()
    assert "请写明退回理由" in review(signed_in("coordinator"), report, **{"return": entry.pk}).text
    assert set(statuses(report)) == {ReportStatus.SUBMITTED}


def test_all_that_waits_is_accepted_at_once_and_the_next_report_offered(world, report, signed_in):
    other = world.submit("school", percent=50, at=AT)
    client = signed_in("coordinator")
    html = review(client, report, accept_all="1", entry=[e.pk for e in report.entries.all()]).text
    assert "已通过 2 项" in html
    assert "下一份待审：市教育局 2024年8月期" in html
    assert reverse("report", args=[other.pk]) in html


def test_after_the_last_report_there_is_nothing_left_to_review(report, signed_in):
    html = review(signed_in("coordinator"), report, accept_all="1", entry=[e.pk for e in report.entries.all()]).text
    assert "所有月报都已审完" in html


def test_accepting_what_is_accepted_already_is_said_not_done_twice(report, signed_in):
    client, entry = signed_in("coordinator"), report.entries.first()
    review(client, report, accept=entry.pk)
    assert "现在是“已通过”" in review(client, report, accept=entry.pk).text


@pytest.mark.parametrize("who", ["supervisor", "leader", "administrator", "liaison"])
def test_who_does_not_coordinate_the_list_is_told_the_rule(report, signed_in, who):
    client, entry = signed_in(who), report.entries.first()
    answer = client.post(reverse("report_review", args=[report.pk]), {"accept": entry.pk})
    assert answer.status_code == 403
    assert "由清单的汇总单位审核" in answer.text
    assert reverse("report_review", args=[report.pk]) not in client.get(reverse("report", args=[report.pk])).text


@pytest.mark.parametrize("who", ["colleague", "stranger"])
def test_who_may_not_read_a_report_finds_nothing_to_review(report, signed_in, who):
    answer = signed_in(who).post(reverse("report_review", args=[report.pk]), {"accept": report.entries.first().pk})
    assert answer.status_code == 404


def test_an_entry_of_another_report_is_not_accepted_through_this_one(world, report, signed_in):
    other = world.submit("school", percent=50, at=AT)
    review(signed_in("coordinator"), report, accept=other.entries.get().pk)
    assert statuses(other) == [ReportStatus.SUBMITTED]


def test_a_key_that_is_no_number_is_not_found(report, signed_in):
    assert review(signed_in("coordinator"), report, accept="x").status_code == 404


def test_words_that_repeat_last_month_are_marked_for_the_coordinator(world, report, signed_in):
    world.open("2024-09-01 00:00")
    again = world.submit("liaison", percent=20, at="2024-09-02 10:00")
    html = signed_in("coordinator").get(reverse("report", args=[again.pk])).text
    assert "文字与上期 100% 相同" in html
    assert "完成百分比低于上期（" in html
    assert "请核实是否为空报" in html


def test_the_same_words_beside_a_number_reached_are_no_empty_report(world, report, signed_in):
    world.open("2024-09-01 00:00")
    again = world.submit("liaison", percent=30, at="2024-09-02 10:00")
    client = signed_in("coordinator")
    assert client.get(reverse("report", args=[again.pk])).context["empty"]
    for entry in again.entries.all():
        entry.values.create(indicator=entry.task.indicators.first(), value=7)
    assert not client.get(reverse("report", args=[again.pk])).context["empty"]


def test_a_hundred_percent_is_doubted_until_a_closure_is_asked_for_and_again_when_it_is_refused(world, signed_in):
    report = world.submit("liaison", percent=100, at=AT)

    def doubted():
        cards = signed_in("coordinator").get(reverse("report", args=[report.pk])).context["cards"]
        return {card.entry.task.no for card in cards if Flag.NOT_CLOSED in {doubt.flag for doubt in card.doubts}}

    assert doubted() == {"1", "2"}
    unit, by, at = world.units["市住房建设局"], world.people["liaison"], beijing(AT)
    closure = request_closure(task=world.task(1), unit=unit, evidence_text="已验收。", by=by, at=at)
    assert doubted() == {"2"}
    decide_closure(closure=closure, granted=False, decision_text="缺验收单", by=world.people["supervisor"], at=at)
    assert doubted() == {"1", "2"}


def test_the_keyboard_finds_its_hooks(report, signed_in):
    html = signed_in("coordinator").get(reverse("report", args=[report.pk])).text
    assert html.count("data-review-item") == html.count("data-accept") == html.count("data-return") == 2
    assert html.count("is-current") == 1


def test_the_number_of_queries_of_a_review_is_fixed(report, signed_in, django_assert_num_queries):
    client = signed_in("coordinator")
    with django_assert_num_queries(20):
        client.get(reverse("report", args=[report.pk]))


def test_a_closure_that_was_taken_back_or_reopened_is_not_asked_for(world, signed_in):
    report, by, at = world.submit("liaison", percent=100, at=AT), world.people["supervisor"], beijing(AT)
    page = reverse("report", args=[report.pk])
    shown = "已报 100%，没有申请销号"
    flagged = signed_in("coordinator").get(page).text.count(shown)
    assert flagged > 0
    closure = ask(world)
    assert signed_in("coordinator").get(page).text.count(shown) == flagged - 1
    withdraw_closure(closure=closure, reason="材料不全", by=world.people["liaison"], at=at)
    assert signed_in("coordinator").get(page).text.count(shown) == flagged
    again = decide_closure(closure=ask(world), granted=True, decision_text="", by=by, at=at)
    assert signed_in("coordinator").get(page).text.count(shown) == flagged - 1
    reopen_closure(closure=again, reason="回访", by=by, at=at)
    assert signed_in("coordinator").get(page).text.count(shown) == flagged
