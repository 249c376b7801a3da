"""办结销号 on the pages: asked for, decided, read."""

import pytest
from django.urls import reverse

from tasks_app.supervision.choices import ClosureStatus
from tasks_app.supervision.models import Closure

WORDS = "已完成改造 2000 套，验收文号东建验〔2024〕1号。"


def asking(world, no=1):
    return reverse("closure_request", args=[world.task(no).pk])


@pytest.fixture
def closure(world, signed_in):
    signed_in("liaison").post(asking(world), {"unit": world.units["市住房建设局"].pk, "evidence_text": WORDS})
    return Closure.objects.get()


def deciding(closure):
    return reverse("closure_decide", args=[closure.pk])


def test_the_lead_units_liaison_asks_and_sees_the_request(world, signed_in):
    client = signed_in("liaison")
    assert "申请销号" in client.get(asking(world)).content.decode()
    posted = {"unit": world.units["市住房建设局"].pk, "evidence_text": WORDS}
    answer = client.post(asking(world), posted, follow=True)
    closure = Closure.objects.get()
    assert answer.redirect_chain == [(deciding(closure), 302)]
    assert "等待督查员审批" in answer.content.decode()
    assert closure.evidence_text == WORDS


@pytest.mark.parametrize("who", ["colleague", "school", "coordinator", "supervisor", "leader", "administrator"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_else_asks(world, signed_in, who, method):
    answer = getattr(signed_in(who), method)(asking(world), {"evidence_text": WORDS})
    assert answer.status_code == 403
    assert "市住房建设局" in answer.content.decode()
    assert not Closure.objects.exists()


def test_a_task_of_another_city_does_not_exist(world, signed_in, closure):
    client = signed_in("stranger")
    assert client.get(asking(world)).status_code == 404
    assert client.get(deciding(closure)).status_code == 404
    assert client.post(deciding(closure), {"decision": "grant"}).status_code == 404


def test_another_unit_cannot_be_asked_for(world, signed_in):
    posted = {"unit": world.units["市教育局"].pk, "evidence_text": WORDS}
    answer = signed_in("liaison").post(asking(world), posted)
    assert WORDS in answer.content.decode()
    assert not Closure.objects.exists()


def test_without_evidence_it_is_asked_for_and_nothing_is_stored(world, signed_in):
    posted = {"unit": world.units["市住房建设局"].pk, "evidence_text": "  "}
    answer = signed_in("liaison").post(asking(world), posted)
    assert "请写明完成情况与依据" in answer.content.decode()
    assert not Closure.objects.exists()


def test_asked_twice_the_words_are_kept_and_the_rule_is_told(world, signed_in, closure):
    posted = {"unit": world.units["市住房建设局"].pk, "evidence_text": "第二次写的依据"}
    answer = signed_in("liaison").post(asking(world), posted)
    assert answer.status_code == 409
    assert "请等待结果" in answer.content.decode()
    assert "第二次写的依据" in answer.content.decode()
    assert Closure.objects.count() == 1


def test_while_one_waits_the_form_is_replaced_by_the_way_to_it(world, signed_in, closure):
    text = signed_in("liaison").get(asking(world)).content.decode()
    assert "申请正在审批" in text
    assert "<textarea" not in text


def test_the_supervisor_grants_and_the_task_is_closed(world, signed_in, closure):
    client = signed_in("supervisor")
    assert WORDS in client.get(deciding(closure)).content.decode()
    answer = client.post(deciding(closure), {"decision": "grant"}, follow=True)
    assert "同意销号" in answer.content.decode()
    assert world.task(1).closed_on is not None
    assert "已销号" in signed_in("liaison").get(asking(world)).content.decode()


def test_a_refusal_without_a_reason_is_not_recorded(signed_in, closure):
    answer = signed_in("supervisor").post(deciding(closure), {"decision": "refuse"})
    assert answer.status_code == 409
    assert "请写明理由" in answer.content.decode()
    closure.refresh_from_db()
    assert closure.status == ClosureStatus.REQUESTED


def test_a_refusal_with_its_reason_is_read_by_the_unit(world, signed_in, closure):
    posted = {"decision": "refuse", "decision_text": "缺验收文件"}
    signed_in("supervisor").post(deciding(closure), posted)
    assert "缺验收文件" in signed_in("liaison").get(deciding(closure)).content.decode()
    assert "缺验收文件" in signed_in("liaison").get(asking(world)).content.decode()


def test_decided_twice_the_second_is_refused_and_its_words_are_shown(signed_in, closure):
    client = signed_in("supervisor")
    client.post(deciding(closure), {"decision": "grant"})
    answer = client.post(deciding(closure), {"decision": "refuse", "decision_text": "另一位督查员的意见"})
    assert answer.status_code == 409
    assert "已经审批过" in answer.content.decode()
    assert "另一位督查员的意见" in answer.content.decode()
    closure.refresh_from_db()
    assert closure.status == ClosureStatus.GRANTED


def test_no_decision_is_asked_for(signed_in, closure):
    answer = signed_in("supervisor").post(deciding(closure), {"decision_text": "先写意见"})
    assert "先写意见" in answer.content.decode()
    closure.refresh_from_db()
    assert closure.status == ClosureStatus.REQUESTED


@pytest.mark.parametrize("who", ["liaison", "colleague", "coordinator", "leader", "administrator"])
def test_only_a_supervisor_decides(signed_in, closure, who):
    answer = signed_in(who).post(deciding(closure), {"decision": "grant"})
    assert answer.status_code == 403
    assert "由督查员审批" in answer.content.decode()
    closure.refresh_from_db()
    assert closure.status == ClosureStatus.REQUESTED


@pytest.mark.parametrize(
    ("who", "reads"),
    [("liaison", True), ("coordinator", True), ("leader", True), ("colleague", True), ("school", False)],
)
def test_the_state_is_for_all_of_the_city_the_evidence_for_who_is_concerned(signed_in, closure, who, reads):
    text = signed_in(who).get(deciding(closure)).content.decode()
    assert "待审批" in text
    assert (WORDS in text) is reads
    assert "审批结论" not in text
