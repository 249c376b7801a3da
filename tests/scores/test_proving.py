"""verify_scores: what is stored and differs from what comes out is named, and the command ends with 1."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tasks_app.reporting.models import EntryReturn
from tasks_app.scores.models import ScoreLine, ScoreUnit
from tests.factories import beijing


@pytest.fixture
def sheet(scorer, august):
    scorer.scheme()
    return scorer.publish()


def verify(*args):
    out = StringIO()
    try:
        call_command("verify_scores", *args, stdout=out)
    except CommandError as error:
        return f"{out.getvalue()}{error}"
    return out.getvalue()


def test_scores_that_follow_from_their_events_pass(sheet):
    assert verify() == "核对 1 份考核结果，与事件一致。\n"
    assert verify("--list", "none").startswith("核对 0 份")


def test_a_line_or_a_score_that_was_changed_by_hand_is_named(sheet):
    ScoreLine.objects.filter(sheet=sheet, kind="late").update(points=0)
    ScoreUnit.objects.filter(sheet=sheet, unit__name="乐都区政府").update(score=12)
    said = verify()
    assert "存为 0.0 分，应为 -1.0 分" in said
    assert "乐都区政府存为 12.0 分，应为 100.0 分" in said
    assert "有 2 处不符" in said


def test_a_line_that_was_removed_and_an_event_that_came_from_nowhere_are_named(sheet, world, scorer):
    sheet.lines.filter(kind="late").delete()
    entry = world.report("liaison").entries.first()
    EntryReturn.objects.create(entry=entry, reason="补写", returned_at=beijing("2024-08-05 09:00"))
    said = verify()
    assert "缺少明细“迟报：" in said
    assert "缺少明细“退回：第1项" in said


def test_a_line_that_was_struck_without_an_objection_is_named(sheet):
    ScoreLine.objects.filter(sheet=sheet, kind="late").update(points=0, outcome="struck")
    assert "撤销的明细与申诉裁定不符" in verify()


def test_figures_that_were_changed_after_the_closing_are_named(sheet):
    sheet.snapshot.units.filter(name="乐都区政府").update(timeliness="late")
    assert "关账快照的校验值不符" in verify()
