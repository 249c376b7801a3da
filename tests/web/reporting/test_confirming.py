"""Assisting units say whether the lead's report is true; silence is shown and blocks nothing."""

from dataclasses import replace

import pytest
from django.urls import reverse

from tasks_app.audit.models import Event
from tasks_app.catalogue.actions import apply_items
from tasks_app.confirming.models import Confirmation
from tasks_app.outbox.models import Message
from tasks_app.reporting.actions import EntryDraft, accept_entries, return_entries, save_entries, submit_report
from tasks_app.schedule.actions import derive_obligations
from tests.factories import ITEMS, beijing

AT = "2024-08-02 10:00"


@pytest.fixture
def report(world):
    return world.submit("liaison", percent=30, at=AT, text="乐都区已开工。")


@pytest.fixture
def version(report):
    return report.submissions.get().versions.get(entry__task__seq=1)


def answer(client, version, **form):
    return client.post(reverse("confirmation", args=[version.pk]), form, follow=True)


def test_the_assisting_unit_is_asked_on_desk_list_and_task_page(world, report, signed_in):
    client = signed_in("colleague")
    assert "有 2 项配合的任务等本单位确认" in client.get(reverse("desk")).text
    html = client.get(reverse("confirmations")).text
    assert "乐都区已开工。" in html
    assert "请于 8月6日 18:00 前确认" in html
    assert "请于 8月6日 18:00 前确认是否属实" in client.get(reverse("task", args=[world.task(1).pk])).text


def test_a_word_is_recorded_and_seen_at_review(report, version, signed_in):
    assert "已记“属实”" in answer(signed_in("colleague"), version, answer="true").text
    review = signed_in("coordinator").get(reverse("report", args=[report.pk])).text
    assert "乐都区政府：" in review
    assert "属实" in review
    assert "待确认，8月6日 18:00 前" in review
    assert Event.objects.get(verb="confirming.confirm").after["answer"] == "true"


def test_a_dispute_says_why_and_the_lead_is_told(world, report, version, signed_in):
    client = signed_in("colleague")
    refused = answer(client, version, answer="disputed")
    assert refused.status_code == 409
    assert "请写明哪里与实际不符" in refused.text
    answer(client, version, answer="disputed", reason="只开工一个小区")
    assert "只开工一个小区" in signed_in("coordinator").get(reverse("report", args=[report.pk])).text
    assert Message.objects.filter(recipient=world.people["liaison"], subject__contains="有异议").exists()


def test_silence_is_shown_and_holds_nothing_up(world, report, signed_in, now):
    now.move_to(beijing("2024-08-06 18:00:01"))
    assert "未回应" in signed_in("coordinator").get(reverse("report", args=[report.pk])).text
    ids = list(report.entries.values_list("pk", flat=True))
    assert accept_entries(report=report, entry_ids=ids, by=world.people["coordinator"], at=beijing(AT)) == 2
    assert "现在仍可补" in signed_in("colleague").get(reverse("confirmations")).text


def test_an_answer_is_to_one_version(world, report, version, signed_in):
    answer(signed_in("colleague"), version, answer="true")
    entry = version.entry
    by = world.people["coordinator"]
    return_entries(report=report, entry_ids=[entry.pk], reason="请补", by=by, at=beijing(AT))
    assert answer(signed_in("colleague"), version, answer="true").status_code == 404
    entry.refresh_from_db()
    draft = EntryDraft(entry.pk, entry.version, 40, "第二稿", "", "", False)
    save_entries(report=report, drafts=[draft], by=world.people["liaison"], at=beijing(AT))
    submit_report(report=report, by=world.people["liaison"], at=beijing(AT))
    html = signed_in("colleague").get(reverse("confirmations")).text
    assert "40%" in html
    assert Confirmation.objects.count() == 1


@pytest.mark.parametrize("who", ["liaison", "school", "stranger", "coordinator", "leader"])
def test_nobody_else_is_asked_or_reads_by_this_way(report, version, signed_in, who):
    client = signed_in(who)
    assert "乐都区已开工。" not in client.get(reverse("confirmations")).text
    assert answer(client, version, answer="true").status_code == 404


def test_a_draft_of_the_lead_is_not_shown_to_who_assists(world, signed_in):
    world.fill(world.report("liaison"), percent=30, text="外人不得见的草稿", by="liaison", at=AT)
    html = signed_in("colleague").get(reverse("confirmations")).text
    assert "外人不得见的草稿" not in html
    assert "没有待确认的事项" in html


def test_the_number_of_queries_does_not_grow_with_the_questions(world, signed_in, django_assert_max_num_queries):
    more = [replace(ITEMS[0], seq=seq, no=str(seq), key_task=f"第{seq}类") for seq in range(10, 50)]
    apply_items(task_list=world.task_list, items=more, by=None, at=beijing(AT))
    derive_obligations(task_list=world.task_list, by=None, at=beijing(AT))
    world.task_list.periods.all().delete()
    world.open(AT)
    report = world.submit("liaison", percent=30, at=AT)
    colleague, coordinator = signed_in("colleague"), signed_in("coordinator")
    with django_assert_max_num_queries(13):
        assert colleague.get(reverse("confirmations")).text.count("<h2") >= 42
    with django_assert_max_num_queries(22):
        assert "第11类" in coordinator.get(reverse("report", args=[report.pk])).text
