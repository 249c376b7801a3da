"""The buttons of the month's form: each saves what was typed, then goes on at an address of its own."""

import pytest
from django.urls import reverse

from tests.web.reporting.test_month_page import page, typed

BUTTONS = [
    "report_check", "report_ask", "report_show", "report_same", "report_none", "entry_same", "entry_open",
    "entry_fold", "entry_to_files",
]  # fmt: skip


def button(name, report):
    entry = report.entries.order_by("task__seq")[0]
    return reverse(name, args=[report.pk, entry.pk] if name.startswith("entry") else [report.pk])


@pytest.mark.parametrize("name", BUTTONS)
def test_every_button_of_the_form_saves_what_was_typed_before_it_goes_on(world, signed_in, name):
    report = world.report("liaison")
    answer = signed_in("liaison").post(button(name, report), typed(report, percent="35", done_text="已开工。"))
    assert answer.status_code == 302
    assert {(entry.percent, entry.done_text) for entry in report.entries.all()} == {(35, "已开工。")}


@pytest.mark.parametrize("name", BUTTONS)
def test_no_button_goes_on_from_what_cannot_be_saved(world, signed_in, name):
    report = world.report("liaison")
    answer = signed_in("liaison").post(button(name, report), typed(report, percent="三成"))
    assert answer.status_code == 422
    assert "有 2 处需要更正" in answer.text
    assert "三成" in answer.text


@pytest.mark.parametrize("name", BUTTONS)
def test_who_had_to_sign_in_between_comes_back_to_the_month(world, signed_in, name):
    report = world.report("liaison")
    assert signed_in("liaison").get(button(name, report))["Location"] == page(report)


@pytest.mark.parametrize("name", ["entry_open", "entry_fold"])
def test_where_something_was_saved_it_is_said_and_where_nothing_was_it_is_not(world, signed_in, name):
    report, client = world.report("liaison"), signed_in("liaison")
    for said in (True, False):
        answer = client.post(button(name, report), typed(report, percent="35", done_text="已开工。"), follow=True)
        assert ("已保存 2 项" in answer.text) == said
