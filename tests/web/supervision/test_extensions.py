"""延期 on the pages: asked for, decided, taken back, listed."""

import datetime as dt

import pytest
from django.urls import reverse

from tasks_app.supervision.choices import ExtensionStatus
from tasks_app.supervision.models import Extension
from tests.factories import beijing

WHY = "冬季停工，来年开春后完成。"


def asking(world, no=1):
    return reverse("extension_request", args=[world.task(no).pk])


def typed(world, **other):
    return {"unit": world.units["市住房建设局"].pk, "asked_due_on": "2025-03-31", "reason": WHY} | other


@pytest.fixture
def extension(world, signed_in):
    signed_in("liaison").post(asking(world), typed(world))
    return Extension.objects.get()


def page(extension):
    return reverse("extension", args=[extension.pk])


def test_the_lead_units_liaison_asks_and_sees_the_request(world, signed_in):
    client = signed_in("liaison")
    assert asking(world) in client.get(f"/tasks/{world.task(1).pk}/").text
    answer = client.post(asking(world), typed(world), follow=True)
    assert answer.redirect_chain == [(page(Extension.objects.get()), 302)]
    assert WHY in answer.text
    assert asking(world) not in client.get(f"/tasks/{world.task(1).pk}/").text


@pytest.mark.parametrize("who", ["colleague", "head", "school", "coordinator", "supervisor", "leader"])
def test_nobody_else_asks(world, signed_in, who):
    for method in ("get", "post"):
        answer = getattr(signed_in(who), method)(asking(world), typed(world))
        assert answer.status_code == 403
        assert "牵头单位联络员申请" in answer.text
    assert not Extension.objects.exists()


def test_after_the_deadline_the_page_quotes_the_rule_and_the_date_and_keeps_what_was_typed(world, signed_in, now):
    now.move_to(beijing("2025-01-01 09:00"))
    client = signed_in("liaison")
    assert "2024年12月31日" in client.get(asking(world)).text
    assert asking(world) not in client.get(f"/tasks/{world.task(1).pk}/").text
    answer = client.post(asking(world), typed(world))
    assert answer.status_code == 409
    assert "延期须在完成时限之前申请" in answer.text
    assert WHY in answer.text
    assert not Extension.objects.exists()


def test_a_day_that_cannot_be_read_is_told_at_its_field(world, signed_in):
    answer = signed_in("liaison").post(asking(world), typed(world, asked_due_on="明年三月"))
    assert "日期应为 2024-11-05 的形式" in answer.text
    assert WHY in answer.text


def test_the_supervisor_grants_an_earlier_day_and_the_task_shows_both(world, signed_in, extension):
    client = signed_in("supervisor")
    posted = {"decision": "grant", "new_due_on": "2025-02-28", "decision_text": "请抓紧"}
    assert "同意延期" in client.post(page(extension), posted, follow=True).text
    shown = signed_in("school").get(f"/tasks/{world.task(1).pk}/").text
    assert "原定" in shown
    assert "第1次延期" in shown
    assert "2025年2月28日" in shown
    assert world.task(1).due_on == dt.date(2025, 2, 28)


def test_a_later_day_than_was_asked_for_is_refused_and_the_words_stay(signed_in, extension):
    posted = {"decision": "grant", "new_due_on": "2025-04-01", "decision_text": "多给一天"}
    answer = signed_in("supervisor").post(page(extension), posted)
    assert answer.status_code == 409
    assert "多给一天" in answer.text


@pytest.mark.parametrize("who", ["liaison", "coordinator", "leader", "administrator"])
def test_only_a_supervisor_decides(signed_in, extension, who):
    assert signed_in(who).post(page(extension), {"decision": "grant"}).status_code == 403
    extension.refresh_from_db()
    assert extension.status == ExtensionStatus.REQUESTED


def test_decided_twice_the_second_is_refused_and_its_words_are_shown(signed_in, extension):
    client = signed_in("supervisor")
    client.post(page(extension), {"decision": "refuse", "decision_text": "可以按期"})
    answer = client.post(page(extension), {"decision": "grant", "decision_text": "另一位督查员的意见"})
    assert answer.status_code == 409
    assert "另一位督查员的意见" in answer.text


@pytest.mark.parametrize(
    ("who", "reads"), [("liaison", True), ("coordinator", True), ("leader", True), ("colleague", False)]
)
def test_that_it_was_asked_for_is_for_all_of_the_city_why_for_who_is_concerned(signed_in, extension, who, reads):
    text = signed_in(who).get(page(extension)).text
    assert "2025年3月31日" in text
    assert (WHY in text) is reads


def test_the_unit_takes_it_back_and_nobody_else_can(signed_in, extension):
    address = reverse("extension_withdraw", args=[extension.pk])
    assert signed_in("supervisor").post(address).status_code == 403
    assert "已撤回" in signed_in("liaison").post(address, follow=True).text
    assert "已经办过" in signed_in("liaison").post(address, follow=True).text


def test_what_waits_is_listed_first_and_the_filters_stand_in_the_address(world, signed_in, extension):
    client = signed_in("supervisor")
    client.post(page(extension), {"decision": "refuse", "decision_text": "可以按期"})
    signed_in("liaison").post(asking(world, 2), typed(world))
    waiting = Extension.objects.latest("pk")
    text = client.get("/requests/").text
    assert text.index(page(waiting)) < text.index(page(extension))
    assert page(extension) not in client.get("/requests/?state=waiting").text
    assert page(waiting) not in client.get("/requests/?state=decided").text
    assert "没有符合条件的申请" in client.get("/requests/?kind=closure").text
    assert page(waiting) in client.get("/requests/?kind=其他&unit=x").text


def test_the_list_of_another_city_is_empty(signed_in, extension):
    client = signed_in("stranger")
    assert "还没有延期和销号申请" in client.get("/requests/").text
    assert client.get(page(extension)).status_code == 404
    assert client.post(reverse("extension_withdraw", args=[extension.pk])).status_code == 404
