"""A round closed for the second time: what was reopened is counted anew, as of the day of the first closing."""

import datetime as dt

import pytest

from tasks_app.accounts.permissions import viewer_of
from tasks_app.catalogue.models import Task
from tasks_app.closing.actions import close_period, exempt_task, reopen_unit
from tasks_app.closing.queries import compare, published
from tasks_app.lib.errors import Refused
from tasks_app.outbox.models import Message
from tasks_app.reporting.actions import EntryDraft, accept_entries, save_entries, submit_report
from tasks_app.reporting.choices import ReportStatus
from tasks_app.units.models import Unit
from tests.factories import beijing

DURING, AFTER, LATER = "2024-08-03 09:00", "2024-08-06 09:00", "2024-12-20 09:00"


def accept(world, report, at):
    ids = report.entries.filter(status=ReportStatus.SUBMITTED).values_list("pk", flat=True)
    accept_entries(report=report, entry_ids=list(ids), by=world.people["coordinator"], at=beijing(at))


def close(world, period, at):
    return close_period(period=period, by=world.people["coordinator"], at=beijing(at))


def reopen(world, who, period, at, **more):
    report, by = period.reports.get(unit__memberships__user=world.people[who]), world.people["coordinator"]
    return reopen_unit(report=report, reason="系统故障", by=by, at=beijing(at), **more)


def facts(snapshot):
    names = ("no", "progress", "expected", "light", "reason", "due_on", "inputs", "leads")
    return {row["no"]: row for row in snapshot.tasks.values(*names)}


def test_a_second_closing_months_later_reads_line_light_and_reason_as_of_the_first(world):
    """Task 1 stands at 14 % of its line in August: green there, and deep red by December."""
    accept(world, world.submit("liaison", percent=16, at=DURING), DURING)
    period = world.task_list.periods.latest("opens_at")
    first = close(world, period, AFTER)
    reopen(world, "liaison", period, LATER)
    # What a task was due by and who led it are as published, too.
    Task.objects.filter(pk=world.task(1).pk).update(due_on=dt.date(2025, 3, 31))
    Unit.objects.filter(pk=world.units["市住房建设局"].pk).update(name="市住房和城乡建设局")
    second = close(world, period, LATER)
    assert second.version == 2
    assert facts(second) == facts(first)
    assert (second.mean, second.expected, second.as_of) == (first.mean, first.expected, first.as_of)
    assert {row.unit_id: row.timeliness for row in second.units.all()} == {
        row.unit_id: row.timeliness for row in first.units.all()
    }


def test_a_correction_changes_the_progress_and_its_light_and_nothing_of_the_line(world):
    accept(world, world.submit("liaison", percent=16, at=DURING), DURING)
    period = world.task_list.periods.latest("opens_at")
    first = facts(close(world, period, AFTER))
    report = reopen(world, "liaison", period, "2024-08-07 09:00", correct=True)
    world.fill(report, percent=0, text="更正：尚未开工。", by="liaison", at="2024-08-07 10:00")
    submit_report(report=report, by=world.people["liaison"], at=beijing("2024-08-07 10:00"))
    accept(world, report, "2024-08-07 11:00")
    second = facts(close(world, period, LATER))
    assert [second["1"][name] for name in ("progress", "expected")] == [0, first["1"]["expected"]]
    assert (first["1"]["light"], second["1"]["light"]) == ("green", "yellow")
    assert second["1"]["reason"] == "behind", "the correction is behind the line of August, not of December"
    assert {no: row for no, row in second.items() if no not in "12"} == {
        no: row for no, row in first.items() if no not in "12"
    }


def test_three_closings_are_three_versions_and_the_newest_is_what_is_published(world):
    period = world.task_list.periods.latest("opens_at")
    for version, at in enumerate((AFTER, "2024-08-07 09:00", "2024-08-08 09:00"), start=1):
        assert close(world, period, at).version == version
        reopen(world, "liaison" if version == 1 else "school", period, at)
    assert published(period).version == 3


def test_the_mean_of_the_line_is_over_the_tasks_that_have_one(world):
    """A long-term task has progress and nothing expected of it."""
    Task.objects.filter(pk=world.task(4).pk).update(due_on=None, due_text="长期")
    snapshot = close(world, world.task_list.periods.latest("opens_at"), AFTER)
    rows = list(snapshot.tasks.all())
    known = [row.expected for row in rows if row.expected is not None]
    assert len(known) == len(rows) - 1
    assert snapshot.expected == sum(known) / len(known)
    assert snapshot.mean == sum(row.progress for row in rows) / len(rows)


def test_what_was_excused_and_written_all_the_same_is_handed_in(world):
    """Excused from task 2, the unit wrote on it: it goes along, and what was left open stays open."""
    by, period = world.people["coordinator"], world.task_list.periods.latest("opens_at")
    report = world.report("liaison")
    world.fill(report, percent=20, text="完成招标。", by="liaison", at=DURING)
    exempt_task(period=period, task=world.task(2), reason="项目暂缓", by=by, at=beijing(DURING))
    submit_report(report=report, by=world.people["liaison"], at=beijing(DURING))
    assert dict(report.entries.values_list("task__no", "status")) == {"1": "submitted", "2": "submitted"}
    assert set(report.submissions.get().versions.values_list("entry__task__no", flat=True)) == {"1", "2"}


def test_what_was_excused_and_left_half_written_stays_open(world):
    by, period = world.people["coordinator"], world.task_list.periods.latest("opens_at")
    report = world.report("liaison")
    first, second = report.entries.order_by("task__seq")
    drafts = [
        EntryDraft(first.pk, 0, 20, "完成招标。", "", "", False),
        EntryDraft(second.pk, 0, 20, "", "", "", False),
    ]
    save_entries(report=report, drafts=drafts, by=world.people["liaison"], at=beijing(DURING))
    exempt_task(period=period, task=world.task(2), reason="项目暂缓", by=by, at=beijing(DURING))
    submit_report(report=report, by=world.people["liaison"], at=beijing(DURING))
    assert dict(report.entries.values_list("task__no", "status")) == {"1": "submitted", "2": "draft"}


def test_a_round_closed_at_its_very_deadline_is_refused_and_a_minute_later_not(world):
    period = world.task_list.periods.latest("opens_at")
    assert period.due_at == beijing("2024-08-05 18:00")
    with pytest.raises(Refused, match="截止时间"):
        close(world, period, "2024-08-05 18:00")
    assert close(world, period, "2024-08-05 18:01").as_of == dt.date(2024, 8, 5)


def test_what_changed_is_read_against_the_newest_freeze_of_the_round_before(world):
    """July is corrected and closed again before August is closed."""
    july, august = world.task_list.periods.order_by("opens_at")
    close(world, july, "2024-08-01 09:00")
    reopen(world, "liaison", july, "2024-08-01 10:00")
    report = july.reports.get(unit=world.units["市住房建设局"])
    world.fill(report, percent=20, text="补报。", by="liaison", at="2024-08-01 11:00")
    submit_report(report=report, by=world.people["liaison"], at=beijing("2024-08-01 11:00"))
    accept(world, report, "2024-08-01 12:00")
    second = close(world, july, "2024-08-01 13:00")
    assert second.version == 2
    accept(world, world.submit("liaison", percent=30, at=DURING), DURING)
    found = compare(close(world, august, AFTER), viewer_of(world.people["coordinator"]))
    assert found.before == second
    assert {(one.before, one.after) for one in found.tasks if one.kind == "advanced"} == {("20%", "30%")}


def test_a_published_task_names_those_who_lead_it_and_not_those_who_assist(world):
    rows = close(world, world.task_list.periods.latest("opens_at"), AFTER).tasks
    assert dict(rows.values_list("no", "leads")) == {
        "1": ["市住房建设局"], "2": ["市住房建设局"], "3": ["市教育局"], "4": ["海东工业园区管委会"],
    }  # fmt: skip


def test_one_unit_excused_from_a_task_leaves_the_others_to_report_on_it(world):
    by, period = world.people["coordinator"], world.task_list.periods.latest("opens_at")
    unit = world.units["乐都区政府"]
    assert exempt_task(period=period, task=world.task(1), unit=unit, reason="暂缓", by=by, at=beijing(DURING)) == 1
    excused = period.reports.filter(entries__task=world.task(1), entries__exempt_at__isnull=False)
    assert set(excused.values_list("unit__name", flat=True)) == {"乐都区政府"}
    with pytest.raises(Refused, match="不用免报"):
        exempt_task(period=period, task=world.task(1), unit=unit, reason="暂缓", by=by, at=beijing(DURING))
    assert exempt_task(period=period, task=world.task(1), reason="暂缓", by=by, at=beijing(DURING)) == 2


def test_a_unit_is_told_of_every_time_that_its_month_is_opened_again(world):
    period = world.task_list.periods.latest("opens_at")
    for closed_at, reopened_at in ((AFTER, "2024-08-07 09:00"), ("2024-08-08 09:00", "2024-08-09 09:00")):
        close(world, period, closed_at)
        reopen(world, "liaison", period, reopened_at)
    told = Message.objects.filter(recipient=world.people["liaison"], channel="site", subject__endswith="已重开")
    assert told.count() == 2
