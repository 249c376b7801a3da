"""Where the list's rule asks for it, the unit's head signs before the month is handed in."""

import pytest
from django.urls import reverse

from tasks_app.lib.errors import Refused
from tasks_app.outbox.models import Message
from tasks_app.reporting.actions import submit_report
from tests.factories import beijing

AT = "2024-08-02 10:00"


@pytest.fixture
def report(world):
    """A filled month of a list whose rule asks for the head's signature."""
    rule = world.task_list.reporting_rule
    rule.head_signs = True
    rule.save()
    report = world.report("liaison")
    world.fill(report, percent=30, text="已开工。", by="liaison", at=AT)
    return report


def do(client, report, what, **words):
    return client.post(reverse("report_sign", args=[report.pk]), {"do": what, **words}, follow=True)


def submit(client, report):
    return client.post(reverse("report_submit", args=[report.pk]))


def test_nothing_is_handed_in_without_the_signature(report, signed_in):
    client = signed_in("liaison")
    assert submit(client, report).status_code == 409
    assert "送单位负责人签批" in client.get(reverse("report", args=[report.pk])).text


def test_asked_signed_handed_in(report, signed_in, world):
    liaison, head = signed_in("liaison"), signed_in("head")
    assert "已送单位负责人签批" in do(liaison, report, "ask").text
    assert Message.objects.filter(recipient=world.people["head"], subject__contains="请您签批").exists()
    assert "有 1 份月报等您签批" in head.get(reverse("desk")).text
    page = head.get(reverse("report", args=[report.pk])).text
    assert "已开工。" in page
    assert "同意，签批" in page
    assert '<textarea id="e' not in page
    assert submit(liaison, report).status_code == 409
    assert "联络员可以提交了" in do(head, report, "sign").text
    assert submit(liaison, report).status_code == 302


def test_the_head_sends_it_back_with_what_to_change(report, signed_in):
    liaison, head = signed_in("liaison"), signed_in("head")
    do(liaison, report, "ask")
    assert "请写明要改什么" in do(head, report, "refuse").text
    do(head, report, "refuse", note="第 1 项数字不对")
    assert "第 1 项数字不对" in liaison.get(reverse("report", args=[report.pk])).text
    assert submit(liaison, report).status_code == 409
    assert "已送单位负责人签批" in do(liaison, report, "ask").text


def test_a_changed_word_takes_the_signature_back(report, signed_in, world):
    do(signed_in("liaison"), report, "ask")
    do(signed_in("head"), report, "sign")
    world.fill(report, percent=31, text="又改了。", by="liaison", at=AT)
    with pytest.raises(Refused, match="签批"):
        submit_report(report=report, by=world.people["liaison"], at=beijing(AT))


def test_only_the_own_head_signs_and_only_the_liaison_asks(report, signed_in):
    do(signed_in("liaison"), report, "ask")
    assert do(signed_in("liaison"), report, "sign").status_code == 403
    assert do(signed_in("head"), report, "ask").status_code == 403
    for who in ("colleague", "coordinator", "stranger"):
        assert do(signed_in(who), report, "sign").status_code == 404


def test_the_head_writes_no_word(report, signed_in):
    entry = report.entries.first()
    form = {f"e{entry.pk}-version": entry.version, f"e{entry.pk}-done_text": "越权"}
    assert signed_in("head").post(reverse("report", args=[report.pk]), form).status_code == 403


def test_an_incomplete_month_is_not_put_before_the_head(report, signed_in, world):
    report.entries.filter(task__seq=1).update(done_text="")
    assert "第 1 项还没有填完" in do(signed_in("liaison"), report, "ask").text


def test_a_list_without_the_rule_needs_no_signature(world, signed_in):
    report = world.report("liaison")
    world.fill(report, percent=30, text="x", by="liaison", at=AT)
    assert "签批" not in signed_in("liaison").get(reverse("report", args=[report.pk])).text
    assert "不要求单位负责人签批" in do(signed_in("liaison"), report, "ask").text
    assert submit(signed_in("liaison"), report).status_code == 302
