"""One press for many: 与上期相同 and 本月无进展, per row, for what is picked, for all that is empty."""

import pytest
from django.urls import reverse

from tasks_app.reporting.actions import return_entries
from tests.factories import beijing

AT = "2024-08-02 10:00"


@pytest.fixture
def september(world):
    """The September report, after August said 30 % and a text."""
    world.submit("liaison", percent=30, at=AT, text="完成项目前期。")
    world.open("2024-09-01 00:00")
    return world.report("liaison")


def press(client, report, button, *which, **form):
    """Press one of the buttons of the month's form."""
    return client.post(reverse(button, args=[report.pk, *which]), form, follow=True)


def said(report):
    return [(e.percent, e.done_text, e.no_progress) for e in report.entries.order_by("task__seq")]


def test_what_is_picked_gets_last_months_words_and_numbers(september, signed_in):
    first = september.entries.order_by("task__seq")[0]
    answer = press(signed_in("liaison"), september, "report_same", scope="picked", pick=[first.pk])
    assert "已照上期填写 1 项" in answer.text
    assert said(september) == [(30, "完成项目前期。", False), (30, "", False)]


def test_values_come_along(world, september, signed_in):
    last = world.task_list.periods.get(month=8).reports.get(unit=september.unit)
    entry = last.entries.get(task__seq=1)
    entry.values.create(indicator=entry.task.indicators.get(), value=412)
    press(signed_in("liaison"), september, "entry_same", september.entries.get(task__seq=1).pk)
    assert september.entries.get(task__seq=1).values.get().value == 412


def test_a_row_s_own_button_fills_that_row(september, signed_in):
    second = september.entries.order_by("task__seq")[1]
    press(signed_in("liaison"), september, "entry_same", second.pk)
    assert said(september) == [(30, "", False), (30, "完成项目前期。", False)]


def test_one_reason_serves_for_all_that_is_empty(september, signed_in):
    press(signed_in("liaison"), september, "report_none", scope="empty", bulk_reason="汛期停工")
    assert said(september) == [(30, "汛期停工", True)] * 2


def test_without_progress_the_percent_is_what_was_typed_else_that_of_last_month_else_nothing(world, signed_in):
    school = world.report("school")
    press(signed_in("school"), school, "report_none", scope="empty", bulk_reason="汛期停工")
    assert said(school) == [(0, "汛期停工", True)]
    school.entries.update(percent=None, done_text="", no_progress=False)
    world.fill(school, percent=45, text="", by="school", at=AT)
    press(signed_in("school"), school, "report_none", scope="picked", pick=school.entries.get().pk, bulk_reason="停工")
    assert said(school) == [(45, "停工", True)]


def test_no_progress_without_a_reason_changes_nothing_and_says_so(september, signed_in):
    picked = [entry.pk for entry in september.entries.all()]
    answer = press(signed_in("liaison"), september, "report_none", scope="picked", pick=picked)
    assert "请先写明无进展的原因" in answer.text
    assert {text for _percent, text, _flag in said(september)} == {""}


def test_nothing_picked_is_said(september, signed_in):
    assert "没有选中" in press(signed_in("liaison"), september, "report_same", scope="picked").text


def test_what_was_never_reported_is_named(world, signed_in):
    report = world.report("liaison")
    answer = press(signed_in("liaison"), report, "report_same", scope="empty")
    assert "第 1、2 项以前没有报过" in answer.text


def test_words_typed_elsewhere_in_the_form_are_saved_by_the_same_press(september, signed_in):
    first, second = september.entries.order_by("task__seq")
    typed = {f"e{second.pk}-version": 0, f"e{second.pk}-percent": "40", f"e{second.pk}-done_text": "开工。"}
    press(signed_in("liaison"), september, "report_same", scope="picked", pick=[first.pk], **typed)
    assert said(september) == [(30, "完成项目前期。", False), (40, "开工。", False)]


def test_another_units_entry_cannot_be_picked(world, september, signed_in):
    theirs = world.report("school").entries.get()
    press(signed_in("liaison"), september, "report_none", scope="picked", pick=[theirs.pk], bulk_reason="越权")
    theirs.refresh_from_db()
    assert theirs.done_text == ""


def test_help_needed_is_saved_shown_and_reviewed(world, signed_in):
    report = world.report("liaison")
    entry = report.entries.get(task__seq=1)
    client, page = signed_in("liaison"), reverse("report", args=[report.pk])
    words = {"version": 0, "percent": "30", "done_text": "开工。", "help_text": "请自然资源局办理用地手续"}
    client.post(page, {f"e{entry.pk}-{word}": text for word, text in words.items()})
    assert "请自然资源局办理用地手续" in client.get(page).text
    other = report.entries.get(task__seq=2)
    client.post(
        reverse("report_submit", args=[report.pk]),
        {f"e{other.pk}-version": 0, f"e{other.pk}-percent": "1", f"e{other.pk}-done_text": "x"},
    )
    assert "需协调事项：</span>请自然资源局办理用地手续" in signed_in("coordinator").get(page).text


def test_the_page_names_who_else_may_fill(world, signed_in):
    html = signed_in("liaison").get(reverse("report", args=[world.report("liaison").pk])).text
    assert "本单位只有您一位联络员" in html


def test_returned_work_says_until_when(world, signed_in):
    report = world.submit("liaison", percent=30, at=AT)
    by = world.people["coordinator"]
    # Friday 2 August, two working days: Tuesday the 6th at the rule's hour.
    return_entries(
        report=report, entry_ids=[report.entries.first().pk], reason="请补充", by=by, at=beijing("2024-08-02 16:00")
    )
    client = signed_in("liaison")
    for url in (reverse("report", args=[report.pk]), reverse("reports"), reverse("desk")):
        assert "8月6日 18:00" in client.get(url).text, url
