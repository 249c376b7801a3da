"""Three readings side by side on a task's page, and months that were made up."""

import datetime as dt

import pytest
from django.urls import reverse

from tasks_app.progress.actions import set_verified
from tasks_app.reporting.actions import EntryDraft, accept_entries, save_entries, submit_report
from tests.factories import beijing

AT = "2024-08-02 10:00"


def accepted_month(world, *, light="", at=AT, period=None):
    report = world.report("liaison", period)
    drafts = [
        EntryDraft(e.pk, e.version, 30, "已完成招标。", "", "", False, own_light=light) for e in report.entries.all()
    ]
    save_entries(report=report, drafts=drafts, by=world.people["liaison"], at=beijing(at))
    submit_report(report=report, by=world.people["liaison"], at=beijing(at))
    ids = list(report.entries.values_list("pk", flat=True))
    accept_entries(report=report, entry_ids=ids, by=world.people["coordinator"], at=beijing(at))


@pytest.fixture
def page(world, signed_in):
    return lambda who="leader": signed_in(who).get(reverse("task", args=[world.task(1).pk])).text


def test_a_task_that_nobody_judged_yet_says_so(page):
    html = page()
    assert "三方读数" in html
    assert "没有自评" in html
    assert "没有核查过" in html
    assert "这本身就是问题" not in html


def test_a_step_of_difference_is_called_a_finding(world, page):
    accepted_month(world, light="green")
    assert world.task(1).standing.light == "yellow"
    assert "三方读数相差 1 级，这本身就是问题" in page()


def test_what_was_found_on_the_spot_names_day_and_person(world, page):
    by = world.people["supervisor"]
    set_verified(task=world.task(1), light="red", on=dt.date(2024, 8, 1), by=by)
    html = page()
    assert f"2024年8月1日 {by}" in html
    assert "三方读数相差 1 级" in html


def test_the_reading_of_a_month_under_review_is_not_shown_yet(world, page):
    report = world.report("liaison")
    entry = report.entries.get(task__seq=1)
    draft = EntryDraft(entry.pk, entry.version, 30, "x", "", "", False, own_light="red")
    save_entries(report=report, drafts=[draft], by=world.people["liaison"], at=beijing(AT))
    assert "没有自评" in page()


def test_a_month_that_was_made_up_says_so_beside_its_words(world, page, now):
    first = world.task_list.periods.earliest("opens_at")
    accepted_month(world, period=first)
    assert "缺报已补" in page()


def test_a_month_in_time_has_no_such_mark(world, page):
    accepted_month(world)
    assert "缺报已补" not in page()
