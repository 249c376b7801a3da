"""The head's signature is under the words as they were then, and under nothing else."""

import datetime as dt

import pytest

from tasks_app.accounts.models import Membership
from tasks_app.lib.errors import Refused
from tasks_app.outbox.models import Message
from tasks_app.reporting.actions import EntryDraft, return_entries, save_entries, submit_report
from tasks_app.schedule.models import ReportingRule
from tasks_app.signing.actions import ask_signature, refuse_signature, sign
from tests.factories import beijing

AT = beijing("2024-08-02 10:00")


@pytest.fixture
def report(world):
    """The filled month of 市住房建设局, on a list whose rule asks for the head's signature."""
    ReportingRule.objects.filter(task_list=world.task_list).update(head_signs=True)
    report = world.report("liaison")
    world.fill(report, percent=30, text="已招标。", by="liaison", at="2024-08-02 09:00")
    return report


def put_before_the_head(world, report):
    return ask_signature(report=report, by=world.people["liaison"], at=AT)


def signed(world, report):
    put_before_the_head(world, report)
    return sign(report=report, by=world.people["head"], at=AT)


def hand_in(world, report):
    return submit_report(report=report, by=world.people["liaison"], at=AT)


def state(report):
    report.refresh_from_db()
    return report.sign_state


def test_signed_it_is_handed_in_with_who_and_when(world, report):
    done = signed(world, report)
    assert (done.sign_state, done.sign_by, done.sign_at) == ("signed", world.people["head"], AT)
    assert hand_in(world, report).status == "submitted"


def test_without_the_signature_it_is_not_handed_in(world, report):
    with pytest.raises(Refused, match="签批"):
        hand_in(world, report)
    put_before_the_head(world, report)
    with pytest.raises(Refused, match="签批"):
        hand_in(world, report)
    refuse_signature(report=report, note="数字再核", by=world.people["head"], at=AT)
    with pytest.raises(Refused, match="签批"):
        hand_in(world, report)


def test_a_change_of_words_takes_the_signature_back(world, report):
    signed(world, report)
    world.fill(report, percent=35, text="已开工。", by="liaison", at="2024-08-02 11:00")
    assert state(report) == "none"
    with pytest.raises(Refused, match="签批"):
        hand_in(world, report)


def test_saving_the_same_words_leaves_it(world, report):
    signed(world, report)
    entry = report.entries.first()
    draft = EntryDraft(entry.pk, entry.version, 30, "已招标。", "", "", False)
    save_entries(report=report, drafts=[draft], by=world.people["liaison"], at=AT)
    assert state(report) == "signed"


def test_a_return_takes_the_signature_back(world, report):
    signed(world, report)
    hand_in(world, report)
    ids = list(report.entries.values_list("pk", flat=True))
    return_entries(report=report, entry_ids=ids[:1], reason="请补充", by=world.people["coordinator"], at=AT)
    assert state(report) == "none"
    with pytest.raises(Refused, match="签批"):
        hand_in(world, report)


def test_it_is_put_before_the_head_once_and_only_when_finished(world, report):
    entry = report.entries.first()
    draft = EntryDraft(entry.pk, entry.version, None, "", "", "", False)
    save_entries(report=report, drafts=[draft], by=world.people["liaison"], at=AT)
    with pytest.raises(Refused, match="还没有填完"):
        put_before_the_head(world, report)
    world.fill(report, percent=30, text="已招标。", by="liaison", at="2024-08-02 11:00")
    put_before_the_head(world, report)
    with pytest.raises(Refused, match="不用再送"):
        put_before_the_head(world, report)


def test_sent_back_it_may_be_put_before_the_head_again(world, report):
    put_before_the_head(world, report)
    with pytest.raises(Refused, match="要改什么"):
        refuse_signature(report=report, note=" ", by=world.people["head"], at=AT)
    refused = refuse_signature(report=report, note="数字再核", by=world.people["head"], at=AT)
    assert (refused.sign_state, refused.sign_note) == ("refused", "数字再核")
    again = put_before_the_head(world, report)
    assert (again.sign_state, again.sign_note) == ("asked", "")


@pytest.mark.parametrize("act", [sign, lambda **to: refuse_signature(note="再核", **to)], ids=["sign", "refuse"])
def test_what_was_not_put_before_the_head_is_neither_signed_nor_sent_back(world, report, act):
    with pytest.raises(Refused, match="没有要签批的"):
        act(report=report, by=world.people["head"], at=AT)
    signed(world, report)
    with pytest.raises(Refused, match="没有要签批的"):
        act(report=report, by=world.people["head"], at=AT)


def test_where_nobody_could_sign_it_is_said(world, report):
    Membership.objects.filter(user=world.people["head"]).update(active=False)
    with pytest.raises(Refused, match="单位负责人"):
        put_before_the_head(world, report)


def test_a_list_without_the_rule_asks_for_no_signature(world, report):
    ReportingRule.objects.filter(task_list=world.task_list).update(head_signs=False)
    with pytest.raises(Refused, match="不要求"):
        put_before_the_head(world, report)
    assert hand_in(world, report).status == "submitted"


def test_the_head_is_asked_and_the_liaison_answered_every_time(world, report):
    for minutes in (1, 2):
        put_before_the_head(world, report)
        at = AT + dt.timedelta(minutes=minutes)
        refuse_signature(report=report, note="数字再核", by=world.people["head"], at=at)
    told = Message.objects.filter(channel="site")
    assert told.filter(recipient=world.people["head"]).count() == 2
    assert told.filter(recipient=world.people["liaison"], body__contains="数字再核").count() == 2


def test_the_liaison_hears_that_it_is_signed(world, report):
    signed(world, report)
    told = Message.objects.filter(recipient=world.people["liaison"], channel="site")
    assert told.get().subject.endswith("已签批，可以提交")
