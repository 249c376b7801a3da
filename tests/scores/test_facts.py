"""What of a round becomes an event: each kind read from the room that it happened in."""

import datetime as dt

import pytest
from django.utils import translation

from tasks_app.closing.actions import exempt_task, reopen_unit
from tasks_app.closing.models import SnapshotUnit
from tasks_app.evidence.actions import attach
from tasks_app.inspection.actions import Seen, correct_spot_check, make_spot_check
from tasks_app.notices.actions import issue_notices, judge_notice, reply_notice, withdraw_notice
from tasks_app.notices.choices import NoticeLevel
from tasks_app.notices.issuing import NoticeDraft
from tasks_app.reporting.actions import EntryDraft, refresh_standings, return_entries, save_entries, submit_report
from tasks_app.reporting.choices import Timeliness
from tasks_app.schedule.models import Period
from tasks_app.scores.facts import events, scored
from tasks_app.supervision.actions import decide_closure, reopen_closure, request_closure
from tests.factories import beijing
from tests.scores.conftest import AFTER, DURING

ISSUED = "2024-07-22 10:00"


def found(snapshot, *kinds):
    """(kind, unit, day) of the events of these kinds, in order."""
    units = dict(snapshot.units.values_list("unit_id", "name"))
    rows = [(e.kind, units[e.unit_id], e.day.isoformat()) for e in events(snapshot) if e.kind in kinds]
    return sorted(rows)


def texts(snapshot, kind):
    return [event.text for event in events(snapshot) if event.kind == kind]


# ---- the month


def test_a_month_made_up_is_a_miss_and_a_making_up(world, scorer):
    world.open("2024-09-02 09:00")
    august = world.task_list.periods.get(month=8)
    report = august.reports.get(unit__name="市教育局")
    world.fill(report, percent=20, text="已签约。", by="school", at="2024-09-03 09:00")
    submit_report(report=report, by=scorer.people["school"], at=beijing("2024-09-03 10:00"))
    scorer.accept(report, at="2024-09-03 11:00")
    snapshot = scorer.close(august, at="2024-09-04 09:00")
    assert ("missing", "市教育局", "2024-08-05") in found(snapshot, "missing")
    assert found(snapshot, "made_up") == [("made_up", "市教育局", "2024-09-03")]
    assert texts(snapshot, "made_up") == ["缺报的2024年8月期月报于 2024年9月3日 10:00 补报"]


@pytest.fixture
def september(world, scorer):
    """市住房建设局 reported in August; September is open."""
    scorer.accept(world.submit("liaison", percent=30, at=DURING, text="完成招标，施工单位已进场。"))
    scorer.close()
    return world.open("2024-09-02 09:00")


def report_again(world, scorer, percent=30, text="完成招标，施工单位已进场。", at="2024-09-03 10:00"):
    scorer.accept(world.submit("liaison", percent=percent, at=at, text=text), at="2024-09-03 12:00")


def test_a_report_that_repeats_the_month_before_is_empty(world, scorer, september):
    report_again(world, scorer)
    snapshot = scorer.close(at="2024-09-06 09:00")
    assert found(snapshot, "empty") == [("empty", "市住房建设局", "2024-09-03")]
    assert texts(snapshot, "empty") == ["2024年9月期月报 2 项文字均与2024年8月期相同，进度、指标没有变化，没有附件"]


def test_the_month_before_is_read_as_it_was_handed_in_last(world, scorer):
    report, first = world.submit("liaison", percent=30, at=DURING, text="已启动。"), {"at": beijing(DURING)}
    ids = list(report.entries.values_list("pk", flat=True))
    return_entries(report=report, entry_ids=ids, reason="请补充", by=scorer.people["coordinator"], **first)
    scorer.accept(world.submit("liaison", percent=30, at=DURING, text="完成招标，施工单位已进场。"))
    scorer.close()
    world.open("2024-09-02 09:00")
    report_again(world, scorer)
    assert len(found(scorer.close(at="2024-09-06 09:00"), "empty")) == 1


@pytest.mark.parametrize("new", [{"percent": 31}, {"text": "主体封顶，正在装修。"}])
def test_a_report_that_says_something_new_is_not_empty(world, scorer, september, new):
    report_again(world, scorer, **new)
    assert found(scorer.close(at="2024-09-06 09:00"), "empty") == []


def test_a_report_with_a_file_is_not_empty(world, scorer, september):
    report = world.report("liaison")
    attach(
        report=report, entry=report.entries.first(), name="a.pdf", content=b"%PDF-1.4",
        by=scorer.people["liaison"], at=beijing("2024-09-03 09:00"),
    )  # fmt: skip
    report_again(world, scorer)
    assert found(scorer.close(at="2024-09-06 09:00"), "empty") == []


def test_a_repeating_report_that_is_late_is_late_and_not_empty(world, scorer, september):
    scorer.accept(world.submit("liaison", percent=30, at="2024-09-05 19:00", text="完成招标，施工单位已进场。"), at=
                  "2024-09-05 20:00")  # fmt: skip
    snapshot = scorer.close(at="2024-09-06 09:00")
    assert found(snapshot, "empty") == []
    assert found(snapshot, "late") == [("late", "市住房建设局", "2024-09-05")]


# ---- tasks


def test_red_tasks_are_their_leads_and_what_is_overdue_is_not_red_besides(world, scorer):
    """On 2024-11-06 task 3 (10月底前) is overdue, the others are silent and red."""
    world.open("2024-11-02 09:00")
    refresh_standings(today=dt.date(2024, 11, 6))
    snapshot = scorer.close(at="2024-11-06 09:00")
    assert found(snapshot, "overdue") == [("overdue", "市教育局", "2024-11-06")]
    assert [unit for _kind, unit, _day in found(snapshot, "red")] == [
        "市住房建设局", "市住房建设局", "海东工业园区管委会",
    ]  # fmt: skip
    assert texts(snapshot, "overdue") == ["第3项 深化教育合作：已超过完成时限 6 天"]


def test_a_unit_excused_from_a_task_is_not_scored_for_it(world, scorer):
    world.open("2024-11-02 09:00")
    period = world.task_list.periods.latest("opens_at")
    unit, by = world.units["市住房建设局"], scorer.people["coordinator"]
    exempt_task(period=period, task=world.task(1), unit=unit, reason="暂缓", by=by, at=beijing("2024-11-03 09:00"))
    snapshot = scorer.close(at="2024-11-06 09:00")
    assert [text[:3] for text in texts(snapshot, "red")] == ["第2项", "第4项"]


def test_what_was_sent_back_on_a_task_that_the_unit_is_excused_from_counts_for_nothing(world, scorer):
    report, by, at = world.submit("liaison", percent=30, at=DURING), scorer.people["coordinator"], beijing(DURING)
    ids = list(report.entries.values_list("pk", flat=True))
    return_entries(report=report, entry_ids=ids, reason="请补充", by=by, at=at)
    unit = world.units["市住房建设局"]
    exempt_task(period=report.period, task=world.task(1), unit=unit, reason="暂缓", by=by, at=at)
    assert [text[:3] for text in texts(scorer.close(), "returned")] == ["第2项"]


def test_only_who_owed_something_and_was_not_excused_is_scored():
    asked = ("on_time", "late", "made_up", "missing")
    assert {one for one in Timeliness.values if scored(SnapshotUnit(timeliness=one, owed=1))} == set(asked)
    assert not any(scored(SnapshotUnit(timeliness=one, owed=0)) for one in Timeliness.values)


def test_a_granted_closure_counts_in_the_month_in_which_it_was_granted(world, scorer):
    unit, liaison, supervisor = world.units["市住房建设局"], scorer.people["liaison"], scorer.people["supervisor"]
    for no, day in ((1, "2024-07-10 18:00"), (2, "2024-08-05 18:01")):
        asked = request_closure(
            task=world.task(no), unit=unit, evidence_text="已验收。", by=liaison, at=beijing("2024-07-10 09:00")
        )
        decide_closure(closure=asked, granted=True, decision_text="", by=supervisor, at=beijing(day))
    july = scorer.close(world.task_list.periods.earliest("opens_at"), at="2024-07-11 09:00")
    assert found(july, "closed") == [("closed", "市住房建设局", "2024-07-10")]
    assert found(scorer.close(), "closed") == []


def test_a_closure_reopened_before_the_round_is_closed_counts_for_nothing(world, scorer):
    unit, supervisor = world.units["市住房建设局"], scorer.people["supervisor"]
    asked = request_closure(
        task=world.task(1), unit=unit, evidence_text="已验收。", by=scorer.people["liaison"], at=beijing(DURING)
    )
    decide_closure(closure=asked, granted=True, decision_text="", by=supervisor, at=beijing(DURING))
    reopen_closure(closure=asked, reason="核查不实", by=supervisor, at=beijing("2024-08-05 09:00"))
    assert found(scorer.close(), "closed") == []


# ---- notices


@pytest.fixture
def notice(world, scorer):
    """A 督办单 to 市住房建设局 of 2024-07-22, to be answered within five working days."""
    draft = NoticeDraft(world.units["市住房建设局"], NoticeLevel.ORDER, (world.task(1),), "请倒排工期。")
    by = scorer.people["supervisor"]
    return issue_notices(task_list=world.task_list, drafts=[draft], by=by, at=beijing(ISSUED))[0]


def reply(scorer, notice, at, version=0):
    reply_notice(notice=notice, reply_text="已倒排工期。", version=version, by=scorer.people["liaison"], at=beijing(at))


def test_a_notice_without_an_answer_in_time_counts_once(scorer, notice):
    snapshot = scorer.close()
    due = notice.rounds.get().due_at.date().isoformat()
    assert found(snapshot, "notice_late") == [("notice_late", "市住房建设局", due)]
    assert texts(snapshot, "notice_late")[0].endswith("关账时没有回复")
    reply(scorer, notice, "2024-08-07 10:00")
    assert texts(snapshot, "notice_late")[0].endswith("关账时没有回复")


def test_a_notice_answered_late_stays_late(scorer, notice):
    reply(scorer, notice, "2024-08-02 10:00")
    snapshot = scorer.close()
    assert texts(snapshot, "notice_late")[0].endswith("2024年8月2日 10:00 回复")


def test_a_notice_answered_in_time_and_sent_back_counts_as_sent_back(scorer, notice):
    reply(scorer, notice, "2024-07-24 10:00")
    judge_notice(
        notice=notice, closed=False, judge_text="没有写明工期。", workdays=20,
        by=scorer.people["supervisor"], at=beijing("2024-07-25 10:00"),
    )  # fmt: skip
    snapshot = scorer.close()
    assert found(snapshot, "notice_late", "notice_back") == [("notice_back", "市住房建设局", "2024-07-25")]


def test_a_notice_that_was_withdrawn_counts_for_nothing(scorer, notice):
    withdraw_notice(notice=notice, reason="发错单位", by=scorer.people["supervisor"], at=beijing("2024-08-02 10:00"))
    assert found(scorer.close(), "notice_late") == []


# ---- spot checks


@pytest.fixture
def praised(world, scorer):
    """市住房建设局 calls its tasks green in August, accepted."""
    report = world.report("liaison")
    drafts = [
        EntryDraft(e.pk, e.version, 30, "完成招标。", "", "", False, own_light="green") for e in report.entries.all()
    ]
    save_entries(report=report, drafts=drafts, by=scorer.people["liaison"], at=beijing(DURING))
    submit_report(report=report, by=scorer.people["liaison"], at=beijing(DURING))
    scorer.accept(report)


def check(world, scorer, light, unit="市住房建设局"):
    seen = Seen("乐都区碾伯街道", dt.date(2024, 8, 4), "两栋楼尚未进场。", light)
    chosen = world.units[unit] if unit else None
    by, at = scorer.people["supervisor"], beijing("2024-08-04 15:00")
    return make_spot_check(task=world.task(1), unit=chosen, seen=seen, by=by, at=at)


@pytest.mark.parametrize("unit", ["市住房建设局", None])
def test_a_check_that_finds_worse_than_the_unit_said_is_a_misreport(world, scorer, praised, unit):
    check(world, scorer, "red", unit)
    snapshot = scorer.close()
    assert found(snapshot, "misreport") == [("misreport", "市住房建设局", "2024-08-04")]
    assert "自报“正常”，乐都区碾伯街道现场核查为“滞后”" in texts(snapshot, "misreport")[0]


def test_a_check_that_finds_the_same_is_none(world, scorer, praised):
    check(world, scorer, "green")
    assert found(scorer.close(), "misreport") == []


def test_a_check_counts_as_it_read_when_the_round_was_closed(world, scorer, praised):
    made = check(world, scorer, "red")
    snapshot = scorer.close()
    for version, light in enumerate(("green", "yellow")):
        correct_spot_check(
            check=made, seen=Seen(made.place, made.day, made.finding, light), reason="看错楼栋", version=version,
            by=scorer.people["supervisor"], at=beijing(f"2024-08-0{7 + version} 09:00"),
        )  # fmt: skip
        assert texts(snapshot, "misreport")[0].endswith("现场核查为“滞后”")


# ---- in general


def test_what_comes_after_the_closing_changes_no_event(world, scorer, praised):
    snapshot = scorer.close()
    before = events(snapshot)
    report = world.report("liaison")
    reopen_unit(
        report=report, reason="更正", correct=True, by=scorer.people["coordinator"], at=beijing("2024-08-07 09:00")
    )
    world.open("2024-09-02 09:00")
    assert events(snapshot) == before


def test_reading_costs_the_same_however_many_units(world, scorer, praised, django_assert_max_num_queries):
    snapshot = scorer.close()
    snapshot.period = Period.objects.select_related("task_list").get(pk=snapshot.period_id)
    with django_assert_max_num_queries(20):
        events(snapshot)


def test_words_are_kept_in_the_language_of_the_house(world, scorer):
    snapshot = scorer.close(at=AFTER)
    with translation.override("en"):
        assert texts(snapshot, "missing")[0].startswith("2024年8月期月报截止")


def test_a_closure_reopened_after_the_freeze_keeps_its_points(world, scorer, august):
    by = world.people["supervisor"]
    closure = request_closure(
        task=world.task(1),
        unit=world.units["市住房建设局"],
        evidence_text="已验收。",
        by=world.people["liaison"],
        at=beijing("2024-08-02 10:00"),
    )
    decide_closure(closure=closure, granted=True, decision_text="", by=by, at=beijing("2024-08-03 10:00"))
    snapshot = august.snapshots.get()
    assert [e.kind for e in events(snapshot) if e.thing == "closure"] == ["closed"]
    reopen_closure(closure=closure, reason="回访", by=by, at=beijing("2024-09-20 10:00"))
    assert [e.kind for e in events(snapshot) if e.thing == "closure"] == ["closed"]
