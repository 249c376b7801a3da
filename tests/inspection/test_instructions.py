"""批示 as actions."""

import pytest
from django.contrib.auth.hashers import make_password

from tasks_app.accounts.actions import add_person
from tasks_app.accounts.choices import Role
from tasks_app.accounts.permissions import viewer_of
from tasks_app.audit.models import Event
from tasks_app.handover.actions import set_place
from tasks_app.inspection.choices import InstructionStatus, ReplyKind
from tasks_app.inspection.instructing import close_instruction, issue_instruction, reply_to_instruction
from tasks_app.inspection.models import Instruction
from tasks_app.inspection.queries import owed_answers
from tasks_app.lib.errors import Refused
from tasks_app.outbox.models import Message
from tasks_app.schedule.models import Obligation
from tests.factories import beijing

AT = beijing("2024-08-02 15:00")


def issue(world, text="请加快，并报需协调事项。"):
    return issue_instruction(task=world.task(1), text=text, by=world.people["leader"], at=AT)


def reply(world, instruction, kind=ReplyKind.ANSWER, text="已增加两个班组。", unit="市住房建设局"):
    return reply_to_instruction(
        instruction=instruction, unit=world.units[unit], kind=kind, text=text, by=world.people["liaison"], at=AT
    )


def close(world, instruction, text=""):
    return close_instruction(instruction=instruction, text=text, by=world.people["supervisor"], at=AT)


def told(instruction):
    found = Message.objects.filter(topic=f"instruction:{instruction.pk}")
    return set(found.values_list("recipient__username", flat=True))


def test_it_reaches_the_leads_liaison_and_head_and_the_supervisor(world):
    assert told(issue(world)) == {"liaison", "head", "supervisor", "inspector"}


def test_it_reaches_the_person_whom_the_roster_names_and_not_the_units_other_liaisons(world):
    unit = world.units["市住房建设局"]
    other = add_person(
        username="second", name="第二联络员", email="", password_hash=make_password("x"), unit=unit,
        role=Role.LIAISON, by=None, at=AT,
    )  # fmt: skip
    set_place(task_list=world.task_list, unit=unit, liaison=other, deputy=None, by=world.people["coordinator"], at=AT)
    assert told(issue(world)) == {"second", "head", "supervisor", "inspector"}


def test_read_first_then_answered_then_closed(world):
    instruction = issue(world)
    reply(world, instruction, ReplyKind.SEEN, "")
    assert Instruction.objects.get().status == InstructionStatus.ISSUED
    Message.objects.all().delete()
    reply(world, instruction)
    assert Instruction.objects.get().status == InstructionStatus.ANSWERED
    assert told(instruction) == {"leader", "supervisor", "inspector"}
    closed = close(world, instruction)
    assert (closed.status, closed.closed_by, closed.closed_at) == (
        InstructionStatus.CLOSED, world.people["supervisor"], AT,
    )  # fmt: skip
    kinds = [one.kind for one in instruction.replies.all()]
    assert kinds == ["seen", "answer"]


def test_what_may_not_be_is_refused(world):
    with pytest.raises(Refused, match="批示内容"):
        issue(world, " ")
    instruction = issue(world)
    with pytest.raises(Refused, match="不是本项的牵头单位"):
        reply(world, instruction, unit="乐都区政府")
    with pytest.raises(Refused, match="落实情况"):
        reply(world, instruction, text=" ")
    reply(world, instruction, ReplyKind.SEEN, "")
    with pytest.raises(Refused, match="已经阅知"):
        reply(world, instruction, ReplyKind.SEEN, "")
    with pytest.raises(Refused, match="写明依据"):
        close(world, instruction)
    close(world, instruction, "已当面汇报。")
    with pytest.raises(Refused, match="已办结"):
        reply(world, instruction)
    with pytest.raises(Refused, match="已办结"):
        close(world, instruction, "再次")


def test_each_act_is_in_the_log(world):
    instruction = issue(world)
    reply(world, instruction)
    close(world, instruction)
    verbs = list(Event.objects.filter(verb__startswith="inspection.").order_by("pk").values_list("verb", flat=True))
    assert verbs == [
        "inspection.issue_instruction", "inspection.reply_to_instruction", "inspection.close_instruction",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("who", "reads"),
    [
        ("liaison", True), ("head", True), ("colleague", True), ("coordinator", True), ("supervisor", True),
        ("inspector", True), ("leader", True), ("administrator", True), ("school", False), ("neighbour", False),
        ("stranger", False), ("outsider", False), ("retired", False), ("left", False),
    ],
)  # fmt: skip
def test_it_is_read_by_who_oversees_or_coordinates_and_by_every_unit_with_a_part_in_the_task(world, who, reads):
    issue(world)
    assert Instruction.objects.readable_by(viewer_of(world.people[who])).exists() is reads


def test_an_answer_is_owed_by_each_lead_until_it_says_what_was_done(world):
    Obligation.objects.create(task=world.task(1), unit=world.units["市教育局"], role="lead")
    instruction = issue(world)

    def owing():
        return {who for who in ("liaison", "school", "colleague", "head") if owed_answers(viewer_of(world.people[who]))}

    assert owing() == {"liaison", "school"}
    reply(world, instruction, ReplyKind.SEEN, "")
    assert owing() == {"liaison", "school"}, "to have read it is no answer"
    reply(world, instruction, unit="市教育局")
    assert owing() == {"liaison"}
    close(world, instruction)
    assert owing() == set()
