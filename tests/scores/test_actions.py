"""Rules kept, sheets published, objections filed and decided: what is allowed and what is refused."""

import datetime as dt
from decimal import Decimal

import pytest

from tasks_app.audit.actions import first_broken
from tasks_app.audit.models import Event
from tasks_app.closing.actions import exempt_unit, reopen_unit
from tasks_app.lib.errors import Conflict, Refused
from tasks_app.outbox.models import Message
from tasks_app.reporting.actions import return_entries, submit_report
from tasks_app.scores.actions import attach_to_objection, decide_objection, file_objection
from tasks_app.scores.choices import Per
from tasks_app.scores.drafts import RuleDraft
from tasks_app.scores.models import Objection, ScoreLine, ScoreScheme, ScoreSheet, ScoreUnit
from tasks_app.scores.proving import differences
from tasks_app.scores.queries import (
    newest_sheet,
    newest_sheets,
    objection_limit,
    ranking,
    scheme_for,
    simulate,
    struck_keys,
    unscored,
)
from tasks_app.scores.rules import Scheme
from tests.factories import beijing
from tests.scores.conftest import AFTER, DURING, LATER


def object_to(scorer, line, who="school", at=LATER, text="当日平台故障"):
    return file_objection(line=line, text=text, by=scorer.people[who], at=beijing(at))


def decide(scorer, objection, upheld, at="2024-08-08 10:00", reason="情况属实"):
    by = scorer.people["supervisor"]
    return decide_objection(objection=objection, upheld=upheld, reason=reason, by=by, at=beijing(at))


def late_line(sheet):
    return sheet.lines.select_related("sheet").get(kind="late")


def consistent():
    assert list(differences(ScoreSheet.objects.all())) == []
    assert first_broken() is None


# ---- rules


def test_rules_are_kept_in_versions_with_reason_and_log(scorer):
    first = scorer.scheme()
    second = scorer.scheme(RuleDraft("late", True, Decimal(-2), Per.UNIT), version=1, reason="迟报加重")
    assert [first.version, second.version] == [1, 2]
    assert [s.rules.get(kind="late").points for s in (first, second)] == [-1, -2]
    event = Event.objects.get(verb="scores.save_scheme", target_id=second.pk)
    assert event.reason == "迟报加重"
    assert event.before["rules"]["late"][1] == "-1.0"
    assert event.after["rules"]["late"][1] == "-2.0"


def test_nobody_overwrites_rules_that_somebody_else_kept_meanwhile(scorer):
    scorer.scheme()
    with pytest.raises(Conflict, match="别人修改过考核规则"):
        scorer.scheme(RuleDraft("late", True, Decimal(-3), Per.UNIT), version=0)
    assert ScoreScheme.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "more", "sentence"),
    [
        ((), {"reason": "  "}, "请写明修改理由"),
        ((RuleDraft("late", True, Decimal("-0.3"), Per.UNIT),), {}, "“迟报”的分值和上限要以 0.5 分为单位"),
        ((RuleDraft("late", True, Decimal(-1), Per.UNIT, Decimal(0)),), {}, "上限大于 0"),
        ((), {"base": Decimal(0)}, "基础分要大于 0"),
    ],
)
def test_what_is_no_rule_is_refused(scorer, change, more, sentence):
    with pytest.raises(Refused, match=sentence):
        scorer.scheme(*change, **more)


def test_saving_without_a_change_makes_no_version(scorer):
    scorer.scheme()
    with pytest.raises(Refused, match="规则没有变化"):
        scorer.scheme(version=1)


def test_new_rules_do_not_reach_back_over_a_scored_round(scorer, august):
    scorer.scheme()
    scorer.publish()
    heavier = RuleDraft("late", True, Decimal(-5), Per.UNIT)
    with pytest.raises(Refused, match="2024年8月期已经公布考核结果"):
        scorer.scheme(heavier, version=1, starts="2024-08-01")
    scorer.scheme(heavier, version=1, starts="2024-09-01")
    assert scheme_for(august).version == 1


def test_a_round_is_scored_by_the_newest_rules_that_hold_in_it(scorer, august):
    scorer.scheme()
    scorer.scheme(RuleDraft("late", True, Decimal(-5), Per.UNIT), version=1, starts="2024-08-01")
    scorer.scheme(RuleDraft("late", True, Decimal(-9), Per.UNIT), version=2, starts="2024-09-01")
    assert scheme_for(august).version == 2


# ---- sheets


def test_a_sheet_names_what_each_unit_lost_points_for(scorer, august):
    scorer.scheme()
    sheet = scorer.publish()
    assert scorer.lines(sheet, "市住房建设局") == []
    assert scorer.lines(sheet, "市教育局") == [("late", -1.0, "counted")]
    assert scorer.lines(sheet, "平安区政府") == [("missing", -10.0, "counted")]
    line = late_line(sheet)
    assert line.text == "2024年8月期月报截止 2024年8月5日 18:00，2024年8月5日 20:00 报送"
    assert (line.day, line.thing) == (dt.date(2024, 8, 5), "report")
    assert line.path == f"/reports/{line.thing_id}/"
    consistent()


def test_the_units_are_told_their_score_and_up_to_when_they_may_object(scorer, august):
    scorer.scheme()
    sheet = scorer.publish()
    message = Message.objects.filter(recipient=scorer.people["school"], dedupe_key__startswith="score:").first()
    score = sheet.units.get(unit__name="市教育局").score
    assert message.subject == f"2024年8月期考核：市教育局 {score} 分"
    assert "5 个工作日内申诉" in message.body


def test_a_round_is_scored_once_it_is_closed_and_has_rules(scorer, world):
    with pytest.raises(Refused, match="还没有关账"):
        scorer.publish()
    july = world.task_list.periods.earliest("opens_at")
    scorer.close(july)
    with pytest.raises(Refused, match="还没有适用的考核规则"):
        scorer.publish(july)
    scorer.scheme()
    assert unscored(world.task_list) == [july]
    open_again = july.reports.get(unit__name="市教育局")
    reopen_unit(report=open_again, reason="系统故障", by=scorer.people["coordinator"], at=beijing(AFTER))
    assert unscored(world.task_list) == []
    scorer.close(july)
    scorer.publish(july)
    assert unscored(world.task_list) == []
    with pytest.raises(Refused, match="已经公布，没有新的变化"):
        scorer.publish(july)


def test_who_was_excused_has_no_score_and_no_place(scorer, world):
    scorer.scheme()
    exempt_unit(report=world.report("school"), reason="机构改革", by=scorer.people["coordinator"], at=beijing(DURING))
    scorer.close()
    sheet = scorer.publish()
    assert not sheet.units.filter(unit__name="市教育局").exists()
    assert not sheet.lines.filter(unit__name="市教育局").exists()
    assert "市教育局" not in [place.name for places in ranking([sheet]).values() for place in places]


def test_a_round_closed_anew_has_a_new_version_and_keeps_the_old(scorer, world, august):
    scorer.scheme()
    first = scorer.publish()
    scorer.scheme(RuleDraft("missing", True, Decimal(-20), Per.UNIT), version=1, starts="2024-09-01")
    report = august.reports.get(unit__name="海东工业园区管委会")
    reopen_unit(report=report, reason="系统故障", by=scorer.people["coordinator"], at=beijing("2024-08-08 09:00"))
    with pytest.raises(Refused, match="已对海东工业园区管委会重开"):
        scorer.publish(at="2024-08-08 10:00")
    world.fill(report, percent=10, text="已开工。", by="liaison", at="2024-08-09 09:00")
    submit_report(report=report, by=scorer.people["liaison"], at=beijing("2024-08-09 10:00"))
    scorer.accept(report, at="2024-08-09 11:00")
    scorer.close(august, at="2024-08-09 12:00")
    second = scorer.publish(august, at="2024-08-09 13:00")
    assert (second.version, second.cause, second.scheme.version) == (2, "reclosed", 1)
    assert scorer.lines(first, "海东工业园区管委会") == [("missing", -10.0, "counted")]
    assert scorer.lines(second, "海东工业园区管委会") == [("late", -1.0, "counted")]
    kept = {line.key: line.since for line in second.lines.all()}
    assert kept[first.lines.get(unit__name="平安区政府", kind="missing").key] == beijing(LATER)
    consistent()


def test_returns_count_entry_by_entry_and_stay_when_mended(scorer, world):
    scorer.scheme()
    report = world.submit("liaison", percent=30, at=DURING)
    coordinator = scorer.people["coordinator"]
    for round_of in ("2024-08-03 10:00", "2024-08-03 12:00"):
        ids = [report.entries.get(task__seq=1).pk]
        return_entries(report=report, entry_ids=ids, reason="请补充数量", by=coordinator, at=beijing(round_of))
        submit_report(report=report, by=scorer.people["liaison"], at=beijing(round_of) + dt.timedelta(hours=1))
    scorer.accept(report)
    scorer.close()
    sheet = scorer.publish()
    assert scorer.lines(sheet, "市住房建设局") == [("returned", -2.0, "counted")] * 2
    assert "第1项" in sheet.lines.filter(kind="returned").first().text
    consistent()


# ---- trying rules


def test_trying_rules_shows_who_moves_and_keeps_nothing(scorer, august):
    scorer.scheme()
    scorer.publish()
    snapshot = august.snapshots.get()
    candidate = Scheme(base=Decimal(100), rules=[])
    moves = {move.name: move for group in simulate([snapshot], candidate).values() for move in group}
    assert moves["平安区政府"].rank_before > moves["平安区政府"].rank_after == 1
    assert moves["平安区政府"].climbs > 0
    assert (ScoreSheet.objects.count(), ScoreScheme.objects.count()) == (1, 1)


# ---- objections


def test_an_objection_that_is_upheld_strikes_the_line_in_a_new_version(scorer, august):
    scorer.scheme()
    sheet = scorer.publish()
    before = sheet.units.get(unit__name="市教育局").score
    scorer.scheme(RuleDraft("missing", True, Decimal(-20), Per.UNIT), version=1, starts="2024-09-01")
    objection = object_to(scorer, late_line(sheet))
    assert Message.objects.filter(recipient=scorer.people["supervisor"], subject__startswith="市教育局申诉").exists()
    decide(scorer, objection, upheld=True)
    newest = newest_sheet(august)
    assert (newest.version, newest.cause) == (2, "objection")
    assert scorer.lines(newest, "市教育局") == [("late", 0.0, "struck")]
    assert newest.units.get(unit__name="市教育局").score == before + 1
    assert scorer.lines(sheet, "市教育局") == [("late", -1.0, "counted")]
    assert scorer.lines(newest, "平安区政府") == [("missing", -10.0, "counted")]
    july = scorer.list.periods.earliest("opens_at")
    # A red task has the same key in each round.
    assert (struck_keys(august), struck_keys(july)) == ({objection.key}, set())
    told = Message.objects.filter(recipient=scorer.people["school"]).values_list("subject", flat=True)
    assert any(subject.startswith("申诉成立：市教育局") for subject in told)
    assert [sheet.version for sheet in newest_sheets(scorer.list)] == [2]
    consistent()


def test_an_objection_that_is_dismissed_leaves_the_sheet_as_it_is(scorer, august):
    scorer.scheme()
    objection = object_to(scorer, late_line(scorer.publish()))
    decide(scorer, objection, upheld=False, reason="记录无误")
    assert newest_sheet(august).version == 1
    event = Event.objects.get(verb="scores.decide_objection")
    assert (event.before["status"], event.after["status"], event.reason) == ("filed", "dismissed", "记录无误")
    consistent()


def test_what_was_struck_stays_struck_when_the_round_is_closed_anew(scorer, world, august):
    scorer.scheme()
    decide(scorer, object_to(scorer, late_line(scorer.publish())), upheld=True)
    report = august.reports.get(unit__name="平安区政府")
    reopen_unit(report=report, reason="系统故障", by=scorer.people["coordinator"], at=beijing("2024-08-09 09:00"))
    scorer.close(august, at="2024-08-09 12:00")
    sheet = scorer.publish(august, at="2024-08-09 13:00")
    assert (sheet.version, sheet.cause) == (3, "reclosed")
    assert scorer.lines(sheet, "市教育局") == [("late", 0.0, "struck")]
    consistent()


def test_a_line_is_objected_to_once_and_decided_once(scorer, august):
    scorer.scheme()
    line = late_line(scorer.publish())
    objection = object_to(scorer, line)
    with pytest.raises(Refused, match="已经提出申诉"):
        object_to(scorer, line)
    decide(scorer, objection, upheld=False)
    with pytest.raises(Refused, match="已经裁定：维持原扣分"):
        object_to(scorer, line)
    with pytest.raises(Refused, match="已经裁定过"):
        decide(scorer, objection, upheld=True)
    assert Objection.objects.count() == 1


def test_the_term_for_objections_is_the_lists(scorer, august):
    """Published on Wednesday 2024-08-07, two working days: up to the end of Friday."""
    scorer.scheme(objection_workdays=2)
    line = late_line(scorer.publish())
    with pytest.raises(Refused, match="已于 2024年8月9日截止"):
        object_to(scorer, line, at="2024-08-10 00:00")
    object_to(scorer, line, at="2024-08-09 23:59")


def test_only_lines_of_the_newest_sheet_that_take_points_can_be_objected_to(scorer, august):
    scorer.scheme(RuleDraft("late", True, Decimal(1), Per.UNIT))
    sheet = scorer.publish()
    with pytest.raises(Refused, match="没有扣分"):
        object_to(scorer, late_line(sheet))
    missing = sheet.lines.select_related("sheet").filter(kind="missing").first()
    decide(scorer, object_to(scorer, missing), upheld=True)
    with pytest.raises(Refused, match="旧版"):
        object_to(scorer, sheet.lines.select_related("sheet").filter(kind="missing").last())


def test_neither_an_objection_nor_a_decision_goes_without_words(scorer, august):
    scorer.scheme()
    line = late_line(scorer.publish())
    with pytest.raises(Refused, match="请写明申诉理由"):
        object_to(scorer, line, text=" ")
    objection = object_to(scorer, line)
    with pytest.raises(Refused, match="请写明裁定理由"):
        decide(scorer, objection, upheld=True, reason=" ")


def test_files_are_laid_beside_an_objection_until_it_is_decided(scorer, august):
    scorer.scheme()
    objection = object_to(scorer, late_line(scorer.publish()))
    add = {"objection": objection, "content": b"%PDF-1.4", "by": scorer.people["school"], "at": beijing(LATER)}
    kept = attach_to_objection(name="说明.pdf", **add)
    assert kept.name == "说明.pdf"
    decide(scorer, objection, upheld=False)
    with pytest.raises(Refused, match="已经裁定，不能再加附件"):
        attach_to_objection(name="说明.pdf", **add)


# ---- ranking


def test_counties_and_departments_are_ranked_apart_with_their_denominators(scorer, august):
    scorer.scheme(RuleDraft("red", False, Decimal(-1), Per.EVENT), RuleDraft("overdue", False, Decimal(-1), Per.EVENT))
    places = ranking([scorer.publish()])
    counties = [(p.rank, p.name, float(p.score), p.rounds, p.owed) for p in places["county"]]
    assert counties == [
        (1, "乐都区政府", 100.0, 1, 3), (2, "平安区政府", 90.0, 1, 2), (2, "海东工业园区管委会", 90.0, 1, 1),
    ]  # fmt: skip
    assert [(p.rank, p.name, float(p.score)) for p in places["department"]] == [
        (1, "市住房建设局", 100.0), (2, "市教育局", 99.0),
    ]  # fmt: skip


def test_over_several_rounds_the_mean_counts(scorer, world, august):
    july = world.task_list.periods.earliest("opens_at")
    scorer.scheme(RuleDraft("red", False, Decimal(-1), Per.EVENT), RuleDraft("overdue", False, Decimal(-1), Per.EVENT))
    scorer.close(july, at=AFTER)
    scorer.publish(july)
    scorer.publish(august)
    places = {p.name: p for group in ranking(newest_sheets(world.task_list)).values() for p in group}
    assert (places["市教育局"].score, places["市教育局"].rounds, places["市教育局"].owed) == (Decimal("94.50"), 2, 2)
    assert (places["市教育局"].minus, places["市教育局"].plus) == (-11, 0)
    # A unit of another kind since then is ranked among its like of today.
    ScoreUnit.objects.filter(sheet__period=july, unit__name="市教育局").update(group="county")
    assert "市教育局" in {p.name for p in ranking(newest_sheets(world.task_list))["department"]}


def test_the_term_to_object_counts_from_the_day_in_beijing(world, scorer, august):
    days = set()
    scorer.scheme()
    sheet = scorer.publish(at="2024-08-07 09:00")
    line = sheet.lines.first()
    for moment in ("2024-08-07 00:30", "2024-08-07 09:00", "2024-08-07 23:30"):
        ScoreLine.objects.filter(pk=line.pk).update(since=beijing(moment))
        days.add(objection_limit(ScoreLine.objects.select_related("sheet__scheme").get(pk=line.pk)))
    assert len(days) == 1


def test_new_rules_begin_after_the_last_round_that_is_published(world, scorer, august):
    scorer.scheme()
    july = world.task_list.periods.earliest("opens_at")
    scorer.close(july)
    scorer.publish(july)
    scorer.publish(august)
    with pytest.raises(Refused, match="2024年8月期"):
        scorer.scheme(version=1, at="2024-08-08 09:00", starts="2024-08-01", reason="调整", base=90)
