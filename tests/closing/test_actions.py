"""Excusing, closing, reopening: what was published for a round never changes."""

import pytest

from tasks_app.accounts.permissions import viewer_of
from tasks_app.analytics.queries import read_board
from tasks_app.audit.actions import first_broken
from tasks_app.audit.models import Event
from tasks_app.closing.actions import close_period, exempt_task, exempt_unit, reopen_unit, withdraw_exemption
from tasks_app.closing.models import PeriodSnapshot
from tasks_app.closing.queries import compare, is_intact, published
from tasks_app.lib.errors import Refused
from tasks_app.progress.models import Standing
from tasks_app.reminders.actions import send_due
from tasks_app.reminders.models import Reminder
from tasks_app.reporting.actions import EntryDraft, accept_entries, refresh_standings, save_entries, submit_report
from tasks_app.reporting.choices import ReportStatus, Timeliness
from tasks_app.reporting.queries import standing_facts, timeliness_of
from tests.factories import beijing

DURING, AFTER = "2024-08-03 09:00", "2024-08-06 09:00"


def accept(world, report, at=DURING):
    by = world.people["coordinator"]
    ids = [entry.pk for entry in report.entries.filter(status=ReportStatus.SUBMITTED)]
    accept_entries(report=report, entry_ids=ids, by=by, at=beijing(at))


@pytest.fixture
def month(world):
    """August: 市住房建设局 reported 30 % and 乐都区政府 40 %, accepted; nobody else reported."""
    for who, percent in (("liaison", 30), ("colleague", 40)):
        accept(world, world.submit(who, percent=percent, at=DURING))
    return world.task_list.periods.latest("opens_at")


def close(world, period, at=AFTER, **more):
    return close_period(period=period, by=world.people["coordinator"], at=beijing(at), **more)


def figures(snapshot):
    tasks = list(snapshot.tasks.values_list("no", "progress", "light", "due_on", "leads"))
    return tasks, list(snapshot.units.values_list("name", "timeliness", "owed", "accepted", "mean"))


# ---- closing


def test_closing_freezes_what_the_board_shows(world, month):
    refresh_standings(today=beijing(AFTER).date())
    snapshot = close(world, month)
    board = read_board(world.task_list, today=beijing(AFTER).date())
    assert snapshot.mean == board.total.mean
    assert snapshot.expected == board.total.expected
    live = {s.task_id: (s.progress, s.light, s.reason) for s in Standing.objects.all()}
    assert {row.task_id: (row.progress, row.light, row.reason) for row in snapshot.tasks.all()} == live
    assert {u.name: u.mean for u in snapshot.units.all() if u.mean is not None} == {
        group.label: group.mean for group in board.counties
    }
    assert {u.name: u.timeliness for u in snapshot.units.all()} == {
        "乐都区政府": "on_time",
        "平安区政府": "missing",
        "海东工业园区管委会": "missing",
        "市住房建设局": "on_time",
        "市教育局": "missing",
    }
    assert is_intact(snapshot)


def test_a_round_is_not_closed_before_its_deadline_nor_while_something_waits_nor_twice(world, month):
    with pytest.raises(Refused, match="还没有到截止时间"):
        close(world, month, at="2024-08-05 18:00")
    report = world.submit("school", percent=10, at=DURING)
    with pytest.raises(Refused, match="市教育局"):
        close(world, month)
    accept(world, report)
    close(world, month)
    with pytest.raises(Refused, match="已经关账"):
        close(world, month)


def test_after_closing_nothing_moves_in_the_round(world, month):
    close(world, month)
    report = world.report("school")
    with pytest.raises(Refused, match="关账"):
        world.fill(report, percent=20, text="补报", by="school", at=AFTER)
    with pytest.raises(Refused, match="关账"):
        submit_report(report=report, by=world.people["school"], at=beijing(AFTER))
    with pytest.raises(Refused, match="关账"):
        exempt_unit(report=report, reason="机构改革", by=world.people["coordinator"], at=beijing(AFTER))


def test_what_happens_later_leaves_the_published_figures_alone(world, month):
    snapshot = close(world, month)
    before = figures(snapshot)
    world.open("2024-09-02 09:00")
    accept(world, world.submit("liaison", percent=80, at="2024-09-03 09:00"), at="2024-09-03 10:00")
    task = world.task(1)
    task.due_on, task.key_task = task.due_on.replace(month=11, day=30), "改了名"
    task.save()
    assert figures(published(month)) == before
    assert is_intact(published(month))


def test_one_unit_is_reopened_reports_and_the_second_freeze_changes_only_what_it_touches(world, month):
    first = close(world, month)
    by = world.people["coordinator"]
    report = world.report("school", month)
    reopen_unit(report=report, reason="系统故障，确认可补报", by=by, at=beijing("2024-08-07 09:00"))
    with pytest.raises(Refused, match="关账"):
        world.fill(world.report("liaison", month), percent=99, text="也想改", by="liaison", at="2024-08-07 09:30")
    world.open("2024-09-02 09:00")
    later = world.submit("liaison", percent=90, at="2024-09-03 09:00")
    accept(world, later, at="2024-09-03 10:00")
    report.refresh_from_db()
    world.fill(report, percent=60, text="已结对 20 所。", by="school", at="2024-09-04 09:00")
    submit_report(report=report, by=world.people["school"], at=beijing("2024-09-04 09:10"))
    accept(world, report, at="2024-09-04 09:20")
    second = close(world, month, at="2024-09-04 10:00", note="教育局补报")
    assert (first.version, second.version, first.as_of, second.as_of) == (1, 2, first.as_of, first.as_of)
    assert is_intact(PeriodSnapshot.objects.get(pk=first.pk))
    assert is_intact(second)
    old = {row.no: row for row in first.tasks.all()}
    new = {row.no: row for row in second.tasks.all()}
    assert (old["3"].progress, new["3"].progress) == (0, 60)
    assert (old["1"].progress, new["1"].progress) == (30, 30), "September's 90 % is not August's"
    states = {row.name: row.timeliness for row in second.units.all()}
    assert states["市教育局"] == Timeliness.MADE_UP
    assert states["平安区政府"] == Timeliness.MISSING
    with pytest.raises(Refused, match="关账"):
        world.fill(report, percent=61, text="再改", by="school", at="2024-09-05 09:00")
    reopened = Event.objects.get(verb="closing.reopen")
    assert reopened.reason == "系统故障，确认可补报"


def test_reopening_for_correction_gives_back_what_was_accepted(world, month):
    close(world, month)
    report = world.report("liaison", month)
    reopen_unit(
        report=report, reason="数字填错", correct=True, by=world.people["coordinator"], at=beijing("2024-08-07 09:00")
    )
    assert set(report.entries.values_list("status", flat=True)) == {ReportStatus.RETURNED}
    assert Standing.objects.get(task=world.task(1)).progress == 0
    assert published(month).tasks.get(no="1").progress == 30, "what is published stays until it is closed anew"


@pytest.mark.parametrize("act", [reopen_unit, exempt_unit, withdraw_exemption])
def test_every_exception_needs_its_reason(world, act):
    with pytest.raises(Refused, match="理由"):
        act(report=world.report("school"), reason=" ", by=world.people["coordinator"], at=beijing(DURING))


def test_an_open_round_is_not_reopened(world):
    with pytest.raises(Refused, match="还没有关账"):
        reopen_unit(report=world.report("school"), reason="试", by=world.people["coordinator"], at=beijing(DURING))


# ---- excusing


def test_an_excused_unit_is_exempt_not_missing_and_is_not_reminded(world):
    report = world.report("school")
    exempt_unit(report=report, reason="机构改革，职责移交中", by=world.people["coordinator"], at=beijing(DURING))
    report.refresh_from_db()
    assert timeliness_of(report, beijing("2024-08-20 09:00")) == Timeliness.EXEMPT
    send_due(at=beijing("2024-08-05 09:00"))
    reminded = set(
        Reminder.objects.filter(period=report.period, unit__isnull=False).values_list("unit__name", flat=True)
    )
    assert "市教育局" not in reminded
    assert "市住房建设局" in reminded


def test_an_excused_month_is_no_miss_in_the_light(world):
    world.submit("liaison", percent=30, at=DURING)
    by = world.people["coordinator"]
    for period in world.task_list.periods.all():
        exempt_unit(report=world.report("school", period), reason="机构改革", by=by, at=beijing(DURING))
    facts = standing_facts(today=beijing("2024-08-20 09:00").date())
    assert facts[world.task(3).pk][0].misses == 0
    assert facts[world.task(4).pk][0].misses == 2


def test_what_was_handed_in_late_is_not_excused_afterwards(world):
    report = world.submit("school", percent=10, at="2024-08-06 09:00")
    with pytest.raises(Refused, match="已经报送"):
        exempt_unit(report=report, reason="照顾", by=world.people["coordinator"], at=beijing("2024-08-06 10:00"))


def test_an_excused_task_may_be_left_open_and_the_rest_is_handed_in(world):
    period = world.task_list.periods.latest("opens_at")
    by = world.people["coordinator"]
    count = exempt_task(period=period, task=world.task(2), reason="项目暂缓", by=by, at=beijing(DURING))
    assert count == 3
    report = world.report("liaison")
    entry = report.entries.get(task__seq=1)
    save_entries(
        report=report,
        drafts=[EntryDraft(entry.pk, 0, 20, "完成招标。", "", "", False)],
        by=world.people["liaison"],
        at=beijing(DURING),
    )
    submit_report(report=report, by=world.people["liaison"], at=beijing(DURING))
    accept(world, report)
    report.refresh_from_db()
    assert report.status == ReportStatus.ACCEPTED


def test_a_unit_with_nothing_left_to_report_is_excused_whole_and_back(world):
    period = world.task_list.periods.latest("opens_at")
    by = world.people["coordinator"]
    unit = world.units["市教育局"]
    exempt_task(period=period, task=world.task(3), unit=unit, reason="项目暂缓", by=by, at=beijing(DURING))
    report = world.report("school")
    assert report.exempt_reason == "项目暂缓"
    withdraw_exemption(report=report, reason="项目恢复", by=by, at=beijing(DURING))
    report.refresh_from_db()
    assert timeliness_of(report, beijing(DURING)) == Timeliness.PENDING
    assert not report.entries.filter(exempt_at__isnull=False).exists()
    assert first_broken() is None


# ---- what changed


def test_two_freezes_show_what_moved_between_them(world, month):
    by = world.people["coordinator"]
    july = world.task_list.periods.earliest("opens_at")
    close(world, july)
    close(world, month)
    found = compare(published(month), viewer_of(by))
    assert found.before == published(july)
    assert {(c.task.no, c.kind) for c in found.tasks if c.kind == "advanced"} == {("1", "advanced"), ("2", "advanced")}
    assert {county.name: county.delta for county in found.counties}["乐都区政府"] == 40.0
    assert ("市住房建设局", "missing", "on_time") in found.timeliness
