"""The moves of the month."""

import pytest

from tasks_app.audit.actions import first_broken
from tasks_app.closing.actions import exempt_task
from tasks_app.evidence.actions import attach
from tasks_app.lib.errors import Conflict, Refused
from tasks_app.outbox.models import Message
from tasks_app.reporting.actions import EntryDraft, accept_entries, return_entries, save_entries, submit_report
from tasks_app.reporting.choices import ReportStatus
from tasks_app.reporting.models import MonthlyReport
from tasks_app.reporting.queries import with_counts
from tasks_app.reporting.withdrawal import clear_empty_entries, reported
from tasks_app.schedule.models import Period
from tests.factories import beijing

AT = "2024-08-03 09:00"


def draft(entry, **words):
    typed = {"percent": 10, "done_text": "x", "problem_text": "", "next_text": "", "no_progress": False}
    return EntryDraft(entry_id=entry.pk, version=entry.version, **{**typed, **words})


def test_every_unit_that_owes_gets_one_report_with_an_entry_per_task(world):
    owed = {
        report.unit.name: [entry.task.no for entry in report.entries.all()]
        for report in world.task_list.periods.get(month=8).reports.all()
    }
    assert owed == {
        "市住房建设局": ["1", "2"],
        "市教育局": ["3"],
        "海东工业园区管委会": ["4"],
        "乐都区政府": ["1", "2", "3"],
        "平安区政府": ["1", "2"],
    }


def test_opening_periods_twice_opens_nothing_new(world):
    before = world.task_list.periods.count()
    world.open("2024-08-02 11:00")
    assert world.task_list.periods.count() == before == 2


def test_submitting_stamps_the_moment_and_gives_a_receipt(world):
    report = world.submit("liaison", percent=30, at=AT)
    assert report.first_submitted_at == beijing(AT)
    assert report.receipt_no.startswith("TEST-2024-202408-")
    assert {e.status for e in report.entries.all()} == {ReportStatus.SUBMITTED}


def test_an_incomplete_month_is_refused_and_each_item_is_named(world):
    with pytest.raises(Refused, match="第 1、2 项"):
        submit_report(report=world.report("liaison"), by=world.people["liaison"], at=beijing(AT))


def test_what_two_people_typed_at_once_is_not_overwritten(world):
    report = world.report("liaison")
    entry = report.entries.first()
    by = world.people["liaison"]
    save_entries(report=report, drafts=[draft(entry, done_text="先到")], by=by, at=beijing(AT))
    with pytest.raises(Conflict) as refused:
        save_entries(report=report, drafts=[draft(entry, done_text="后到")], by=by, at=beijing(AT))
    assert refused.value.theirs[entry.pk].done_text == "先到"
    entry.refresh_from_db()
    assert entry.done_text == "先到"


def test_submitted_words_cannot_be_edited_by_the_unit(world):
    report = world.submit("liaison", percent=30, at=AT)
    entry = report.entries.first()
    with pytest.raises(Refused, match="不能再修改"):
        save_entries(report=report, drafts=[draft(entry, percent=99)], by=world.people["liaison"], at=beijing(AT))


def test_returned_entry_can_be_submitted_again_and_stays_on_time(world):
    report = world.submit("liaison", percent=30, at=AT)
    entry = report.entries.first()
    by = world.people["coordinator"]
    return_entries(report=report, entry_ids=[entry.pk], reason="请补充数量", by=by, at=beijing(AT))
    report.refresh_from_db()
    assert report.status == ReportStatus.RETURNED
    assert Message.objects.filter(recipient=world.people["liaison"], subject__contains="退回").count() == 2
    again = submit_report(report=report, by=world.people["liaison"], at=beijing("2024-08-09 09:00"))
    assert again.first_submitted_at == beijing(AT)
    assert again.status == ReportStatus.SUBMITTED


def test_accepting_makes_the_percent_the_tasks_progress(world):
    report = world.submit("liaison", percent=30, at=AT)
    ids = list(report.entries.values_list("pk", flat=True))
    accept_entries(report=report, entry_ids=ids, by=world.people["coordinator"], at=beijing(AT))
    report.refresh_from_db()
    assert report.status == ReportStatus.ACCEPTED
    assert world.task(1).standing.progress == 30


def test_accepting_twice_is_refused(world):
    report = world.submit("liaison", percent=30, at=AT)
    ids = list(report.entries.values_list("pk", flat=True))
    accept_entries(report=report, entry_ids=ids, by=world.people["coordinator"], at=beijing(AT))
    with pytest.raises(Refused, match="已通过"):
        accept_entries(report=report, entry_ids=ids, by=world.people["coordinator"], at=beijing(AT))


def test_the_next_month_starts_from_the_last_percent(world):
    world.submit("liaison", percent=30, at=AT)
    world.open("2024-09-01 00:00")
    report = world.report("liaison")
    assert report.period.month == 9
    assert {e.percent for e in report.entries.all()} == {30}
    assert {e.done_text for e in report.entries.all()} == {""}


def test_every_move_is_in_an_unbroken_audit_chain(world):
    world.submit("liaison", percent=30, at=AT)
    assert first_broken() is None


def test_what_is_excused_counts_neither_as_asked_for_nor_as_filled(world):
    report = world.report("liaison")
    world.fill(report, percent=30, text="已启动。", by="liaison", at="2024-08-02 09:00")
    by, at = world.people["coordinator"], beijing("2024-08-02 10:00")
    exempt_task(period=report.period, task=world.task(1), reason="暂缓", by=by, at=at)
    found = with_counts(MonthlyReport.objects.filter(pk=report.pk)).get()
    assert (found.total, found.filled) == (1, 1)


def test_an_entry_with_a_file_counts_as_reported_and_is_not_cleared_away(world, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    report, task = world.report("liaison"), world.task(1)
    entry = report.entries.get(task=task)
    assert not reported([task.pk])
    attach(
        report=report,
        entry=entry,
        name="照片.pdf",
        content=b"%PDF-1.4",
        by=world.people["liaison"],
        at=beijing("2024-08-02 10:00"),
    )
    assert list(reported([task.pk])) == [task]
    clear_empty_entries([task.pk])
    assert report.entries.filter(pk=entry.pk).exists()


def test_the_receipt_names_list_month_and_unit_and_the_second_round_of_a_month(world):
    unit = world.units["市住房建设局"]
    assert world.submit("liaison", percent=30, at="2024-08-02 10:00").receipt_no == f"TEST-2024-202408-{unit.pk:04}"
    report = world.report("school")
    Period.objects.filter(pk=report.period_id).update(number=2)
    second = world.submit("school", percent=30, at="2024-08-02 10:00").receipt_no
    assert second == f"TEST-2024-202408.2-{report.unit_id:04}"
