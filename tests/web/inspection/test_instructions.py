"""批示 on the pages."""

import pytest
from django.urls import reverse

from tasks_app.inspection.models import Instruction

WORDS = "请加快，并报需协调事项。"


def issuing(world):
    return reverse("instruction_issue", args=[world.task(1).pk])


@pytest.fixture
def instruction(world, signed_in):
    signed_in("leader").post(issuing(world), {"text": WORDS})
    return Instruction.objects.get()


def to(name, instruction):
    return reverse(name, args=[instruction.pk])


def test_the_leader_writes_on_the_tasks_page_and_it_stands_in_what_happened(world, signed_in):
    client = signed_in("leader")
    task = f"/tasks/{world.task(1).pk}/"
    assert f'action="{issuing(world)}"' in client.get(task).text
    answer = client.post(issuing(world), {"text": WORDS}, follow=True)
    assert WORDS in answer.text
    assert "等待市住房建设局回复" in answer.text
    assert "领导批示" in client.get(task).text


@pytest.mark.parametrize("who", ["liaison", "coordinator", "supervisor", "administrator"])
def test_nobody_else_writes_one(world, signed_in, who):
    assert signed_in(who).post(issuing(world), {"text": WORDS}).status_code == 403
    assert issuing(world) not in signed_in(who).get(f"/tasks/{world.task(1).pk}/").text


def test_without_words_the_form_says_so(world, signed_in):
    assert "请写明批示内容" in signed_in("leader").post(issuing(world), {"text": " "}).text
    assert not Instruction.objects.exists()


def test_the_lead_acknowledges_then_answers_and_the_supervisor_closes(signed_in, instruction):
    liaison, address = signed_in("liaison"), to("instruction_reply", instruction)
    assert "先回" in liaison.get(to("instruction", instruction)).text
    assert "已记录：已阅知" in liaison.post(address, {"kind": "seen", "unit": _unit(instruction)}, follow=True).text
    assert "先回" not in liaison.get(to("instruction", instruction)).text
    answer = liaison.post(address, {"kind": "answer", "unit": _unit(instruction), "text": " "})
    assert answer.status_code == 409
    assert "请写明落实情况" in answer.text
    liaison.post(address, {"kind": "answer", "unit": _unit(instruction), "text": "已增加两个班组。"})
    supervisor = signed_in("supervisor")
    assert "已增加两个班组。" in supervisor.get(to("instruction", instruction)).text
    assert "批示已办结" in supervisor.post(to("instruction_close", instruction), {"text": ""}, follow=True).text
    late = liaison.post(address, {"kind": "answer", "unit": _unit(instruction), "text": "补充的话"})
    assert late.status_code == 409


def _unit(instruction):
    return instruction.task.obligations.get(role="lead").unit_id


def test_a_supervisor_who_closes_before_any_answer_says_why(signed_in, instruction):
    client, address = signed_in("supervisor"), to("instruction_close", instruction)
    assert client.post(address, {"text": ""}).status_code == 409
    assert "批示已办结" in client.post(address, {"text": "已当面汇报"}, follow=True).text


READERS = ["liaison", "head", "colleague", "coordinator", "supervisor", "leader", "administrator"]


@pytest.mark.parametrize("who", [*READERS, "school", "stranger"])
def test_it_is_read_by_every_unit_with_a_part_in_the_task_and_by_nobody_beside(signed_in, instruction, who):
    client = signed_in(who)
    assert client.get(to("instruction", instruction)).status_code == (200 if who in READERS else 404)
    assert (WORDS in client.get("/instructions/").text) is (who in READERS)


@pytest.mark.parametrize("who", ["colleague", "head", "leader", "supervisor"])
def test_only_a_lead_units_liaison_answers(signed_in, instruction, who):
    posted = {"kind": "answer", "unit": _unit(instruction), "text": "x"}
    assert signed_in(who).post(to("instruction_reply", instruction), posted).status_code == 403


def test_the_list_is_narrowed_by_the_address(signed_in, instruction):
    client = signed_in("leader")
    link = to("instruction", instruction)
    assert link in client.get("/instructions/?status=issued").text
    assert link not in client.get("/instructions/?status=closed").text
    assert "没有符合条件的批示" in client.get("/instructions/?status=answered").text
