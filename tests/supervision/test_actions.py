"""办结销号 as actions."""

import pytest

from tasks_app.audit.models import Event
from tasks_app.lib.errors import Refused
from tasks_app.outbox.models import Message
from tasks_app.supervision.actions import decide_closure, request_closure
from tasks_app.supervision.choices import ClosureStatus
from tests.factories import beijing

AT = beijing("2024-08-02 10:00")


def ask(world, *, text="已验收，文号东建验〔2024〕1号"):
    return request_closure(
        task=world.task(1), unit=world.units["市住房建设局"], evidence_text=text, by=world.people["liaison"], at=AT
    )


def decide(world, closure, *, granted, text=""):
    by = world.people["supervisor"]
    return decide_closure(closure=closure, granted=granted, decision_text=text, by=by, at=AT)


def test_a_request_tells_the_supervisor_and_closes_nothing(world):
    closure = ask(world)
    assert closure.status == ClosureStatus.REQUESTED
    assert world.task(1).closed_on is None
    assert Message.objects.filter(recipient=world.people["supervisor"], topic=f"closure:{closure.pk}").exists()


def test_a_granted_request_closes_the_task_from_that_day_and_tells_who_asked(world):
    closure = decide(world, ask(world), granted=True)
    task = world.task(1)
    assert (closure.status, task.closed_on.isoformat()) == (ClosureStatus.GRANTED, "2024-08-02")
    assert (task.standing.light, task.standing.progress) == ("blue", 100)
    assert Message.objects.filter(recipient=world.people["liaison"], topic=f"closure:{closure.pk}").exists()


def test_a_refusal_needs_its_reason_and_leaves_the_task_open(world):
    closure = ask(world)
    with pytest.raises(Refused, match="写明理由"):
        decide(world, closure, granted=False, text="  ")
    assert decide(world, closure, granted=False, text="缺验收文件").status == ClosureStatus.REFUSED
    assert world.task(1).closed_on is None


def test_after_a_refusal_it_can_be_asked_again(world):
    decide(world, ask(world), granted=False, text="缺验收文件")
    assert ask(world).status == ClosureStatus.REQUESTED


def test_twice_asked_twice_decided_and_asked_without_evidence_are_refused(world):
    with pytest.raises(Refused, match="依据"):
        ask(world, text=" ")
    closure = ask(world)
    with pytest.raises(Refused, match="请等待结果"):
        ask(world)
    decide(world, closure, granted=True)
    with pytest.raises(Refused, match="已经审批过"):
        decide(world, closure, granted=True)
    with pytest.raises(Refused, match="不用再申请"):
        ask(world)


def test_each_act_is_in_the_audit_log(world):
    decide(world, ask(world), granted=True)
    verbs = set(Event.objects.filter(verb__startswith="supervision.").values_list("verb", flat=True))
    assert verbs == {"supervision.request_closure", "supervision.decide_closure"}
