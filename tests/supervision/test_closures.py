"""销号 in depth: values, files, assisting units heard, several leads, taken back, opened again."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tasks_app.audit.models import Event
from tasks_app.catalogue.actions import apply_items
from tasks_app.catalogue.items import Target
from tasks_app.lib.errors import Refused
from tasks_app.outbox.models import Message
from tasks_app.schedule.actions import derive_obligations
from tasks_app.supervision.actions import decide_closure, reopen_closure, request_closure, withdraw_closure
from tasks_app.supervision.choices import ClosureStatus, Opinion
from tasks_app.supervision.hearing import attach_to_closure, give_opinion, remove_from_closure
from tasks_app.supervision.requests import own_targets
from tests.factories import ITEMS, beijing

AT = beijing("2024-08-02 10:00")
PDF = b"%PDF-1.4\n"


def ask(world, *, no=1, who="liaison", unit="市住房建设局", values=None):
    return request_closure(
        task=world.task(no), unit=world.units[unit], evidence_text="已验收。", values=values,
        by=world.people[who], at=AT,
    )  # fmt: skip


def decide(world, closure, *, granted=True, text=""):
    by = world.people["supervisor"]
    return decide_closure(closure=closure, granted=granted, decision_text=text, by=by, at=AT)


def told(world, who):
    return Message.objects.filter(recipient=world.people[who], topic__startswith="closure:").exists()


def relist(world, *items):
    """Put other items in the place of the list's first ones."""
    at = beijing("2024-08-02 09:00")
    apply_items(task_list=world.task_list, items=[*items, *ITEMS[len(items) :]], by=None, at=at)
    derive_obligations(task_list=world.task_list, by=None, at=at)


def test_values_stand_beside_their_targets_and_a_shortfall_blocks_nothing(world):
    target = own_targets(world.task(1), world.units["市住房建设局"])[0]
    closure = ask(world, values={target.pk: Decimal(1800)})
    value = closure.values.get()
    assert (value.subject, value.target, value.value, value.reached) == ("改造城镇老旧小区", 2000, 1800, False)
    assert decide(world, closure).status == ClosureStatus.GRANTED


def test_the_comparator_of_the_target_is_respected(world):
    target = Target(text="单位能耗不超过 35", subject="单位能耗", value=Decimal(35), unit="千克", comparator="<=")
    relist(world, replace(ITEMS[0], targets=(target,)))
    indicator = own_targets(world.task(1), world.units["市住房建设局"])[0]
    assert ask(world, values={indicator.pk: Decimal(30)}).values.get().reached


def test_a_county_that_leads_speaks_of_its_own_share(world):
    relist(world, ITEMS[0], replace(ITEMS[1], lead_units=("乐都区政府", "平安区政府"), assist_units=()))
    rows = own_targets(world.task(2), world.units["乐都区政府"])
    assert [(row.county.short_name, row.value) for row in rows] == [("乐都区", 10)]


def test_values_of_another_tasks_targets_are_not_kept(world):
    foreign = own_targets(world.task(2), world.units["市住房建设局"])[0]
    assert not ask(world, values={foreign.pk: Decimal(15)}).values.exists()


def test_assisting_units_are_asked_until_the_evening_of_the_second_working_day(world):
    closure = ask(world)
    heard = [(one.unit.name, one.due_at) for one in closure.hearings.all()]
    # Asked on a Friday.
    assert heard == [("乐都区政府", beijing("2024-08-06 18:00")), ("平安区政府", beijing("2024-08-06 18:00"))]
    assert told(world, "colleague")


def opine(world, closure, opinion, reason=""):
    hearing = closure.hearings.get(unit=world.units["乐都区政府"])
    return give_opinion(hearing=hearing, opinion=opinion, reason=reason, by=world.people["colleague"], at=AT)


def test_an_objection_needs_its_reason_and_reaches_supervisor_and_lead(world):
    closure = ask(world)
    Message.objects.all().delete()
    with pytest.raises(Refused, match="有异议的"):
        opine(world, closure, Opinion.DISPUTED, " ")
    opine(world, closure, Opinion.DISPUTED, "还有 20 套没有完工")
    assert told(world, "supervisor")
    assert told(world, "liaison")
    assert opine(world, closure, Opinion.AGREED).reason == ""


def test_silence_and_objection_hold_nothing_up(world):
    closure = ask(world)
    opine(world, closure, Opinion.DISPUTED, "没有完工")
    assert decide(world, closure).status == ClosureStatus.GRANTED
    with pytest.raises(Refused, match="不能再增减"):
        opine(world, closure, Opinion.AGREED)


def test_each_of_several_leads_may_ask_and_the_others_are_told_who_did(world):
    relist(world, replace(ITEMS[0], lead_units=("市住房建设局", "市教育局")))
    closure = ask(world, who="school", unit="市教育局")
    assert closure.unit.name == "市教育局"
    assert told(world, "liaison")
    with pytest.raises(Refused, match="市教育局提出"):
        ask(world)


def test_a_unit_that_does_not_lead_cannot_ask(world):
    with pytest.raises(Refused, match=r"不是.*牵头单位"):
        ask(world, who="school", unit="市教育局")


def test_files_come_and_go_while_it_waits_and_stay_after(world, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    closure, by = ask(world), world.people["liaison"]
    file = attach_to_closure(closure=closure, name="验收.pdf", content=PDF, by=by, at=AT)
    other = attach_to_closure(closure=closure, name="照片.pdf", content=PDF + b"2", by=by, at=AT)
    remove_from_closure(file=other, by=by, at=AT)
    decide(world, closure)
    with pytest.raises(Refused, match="不能再增减"):
        remove_from_closure(file=file, by=by, at=AT)
    assert [kept.name for kept in closure.files.all()] == ["验收.pdf"]


def test_taken_back_the_supervisor_can_no_longer_decide(world):
    closure = ask(world)
    withdraw_closure(closure=closure, reason="材料不全", by=world.people["liaison"], at=AT)
    with pytest.raises(Refused, match="单位撤回"):
        decide(world, closure)
    assert ask(world).status == ClosureStatus.REQUESTED


def reopen(world, closure, reason="回访发现未完工"):
    at = beijing("2024-08-20 10:00")
    return reopen_closure(closure=closure, reason=reason, by=world.people["supervisor"], at=at)


def test_opened_again_the_task_is_open_its_light_is_computed_and_the_history_keeps_both(world):
    closure = decide(world, ask(world))
    Message.objects.all().delete()
    with pytest.raises(Refused, match="写明理由"):
        reopen(world, closure, " ")
    reopened = reopen(world, closure)
    task = world.task(1)
    assert (task.closed_on, task.standing.light != "blue") == (None, True)
    assert (reopened.status, reopened.decided_at, reopened.reopen_text) == (
        ClosureStatus.REOPENED, AT, "回访发现未完工",
    )  # fmt: skip
    assert told(world, "liaison")
    assert told(world, "coordinator")
    assert ask(world).status == ClosureStatus.REQUESTED


def test_only_a_closure_in_force_is_undone_and_only_once(world):
    closure = ask(world)
    with pytest.raises(Refused, match="只有已同意的销号"):
        reopen(world, closure)
    decide(world, closure)
    reopen(world, closure)
    with pytest.raises(Refused, match="只有已同意的销号"):
        reopen(world, closure)


def test_undoing_is_in_the_log_with_before_after_and_why(world):
    reopen(world, decide(world, ask(world)))
    event = Event.objects.get(verb="supervision.reopen_closure")
    assert (event.before, event.after, event.reason) == (
        {"status": "granted"}, {"status": "reopened"}, "回访发现未完工",
    )  # fmt: skip
    assert Event.objects.filter(verb="catalogue.reopen_task").exists()


def test_who_agrees_after_all_leaves_no_reason_behind(world):
    closure = ask(world)
    opine(world, closure, Opinion.DISPUTED, "没有完工")
    # The page's form comes filled with what was answered before.
    assert opine(world, closure, Opinion.AGREED, "没有完工").reason == ""


def test_each_unit_that_objects_is_told_of(world):
    closure = ask(world)
    for hearing in closure.hearings.all():
        give_opinion(hearing=hearing, opinion=Opinion.DISPUTED, reason="没有完工", by=world.people["colleague"], at=AT)
    told = Message.objects.filter(recipient=world.people["supervisor"], channel="site", subject__contains="有异议")
    assert sorted(one.subject[:5] for one in told) == ["乐都区政府", "平安区政府"]
