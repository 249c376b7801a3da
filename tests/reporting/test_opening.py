"""A round opens with what the unit handed in last, of what it still owes."""

from decimal import Decimal

from tasks_app.catalogue.models import Task
from tasks_app.progress.models import Standing
from tasks_app.reporting.actions import EntryDraft, accept_entries, save_entries, submit_report
from tasks_app.reporting.models import ReportEntry
from tests.factories import beijing


def entry(world, period, no="1"):
    return ReportEntry.objects.get(report__period=period, report__unit=world.units["市住房建设局"], task__no=no)


def hand_in(world, period, percent, at, value=None):
    report = period.reports.get(unit=world.units["市住房建设局"])
    drafts = [
        EntryDraft(
            one.pk, one.version, percent, "招标。", "", "", False,
            values={target.pk: value for target in one.task.indicators.filter(county=None)} if value else {},
        )
        for one in report.entries.select_related("task")
    ]  # fmt: skip
    save_entries(report=report, drafts=drafts, by=world.people["liaison"], at=beijing(at))
    submit_report(report=report, by=world.people["liaison"], at=beijing(at))


def test_percent_and_values_are_those_of_the_newest_round_that_was_handed_in(world):
    july, august = world.task_list.periods.order_by("opens_at")
    hand_in(world, july, 10, "2024-08-02 10:00", Decimal(100))
    hand_in(world, august, 20, "2024-08-03 10:00", Decimal(300))
    september = world.open("2024-09-02 09:00")
    opened = entry(world, september)
    assert (opened.percent, opened.done_text, opened.status) == (20, "", "draft")
    assert set(opened.values.values_list("value", flat=True)) == {Decimal(300)}


def test_a_draft_that_was_never_handed_in_is_carried_nowhere(world):
    july, august = world.task_list.periods.order_by("opens_at")
    hand_in(world, july, 10, "2024-08-02 10:00")
    report = august.reports.get(unit=world.units["市住房建设局"])
    world.fill(report, percent=55, text="草稿", by="liaison", at="2024-08-03 10:00")
    assert entry(world, world.open("2024-09-02 09:00")).percent == 10


def test_what_another_unit_said_of_the_task_is_not_carried_to_it(world):
    world.submit("colleague", percent=70, at="2024-08-03 10:00")
    assert entry(world, world.open("2024-09-02 09:00")).percent is None


def test_a_task_closed_before_the_round_opens_is_not_asked_for_and_one_closed_on_that_day_is(world):
    for no, day in (("1", "2024-08-31"), ("2", "2024-09-01")):
        Task.objects.filter(task_list=world.task_list, no=no).update(closed_on=day)
    september = world.open("2024-09-02 09:00")
    assert set(september.reports.values_list("entries__task__no", flat=True)) == {"2", "3", "4"}


def test_a_retired_task_is_not_asked_for(world):
    Task.objects.filter(pk=world.task(1).pk).update(retired_at=beijing("2024-08-20 09:00"))
    september = world.open("2024-09-02 09:00")
    assert set(september.reports.values_list("entries__task__no", flat=True)) == {"2", "3", "4"}


def test_handing_in_is_seen_in_the_light_at_once(world):
    """Silent for two rounds the task is red; with the newest one handed in, it is not silent any more."""
    world.open("2024-08-06 09:00")
    standing = Standing.objects.get(task=world.task(1))
    assert (standing.light, standing.reason) == ("red", "silent")
    world.submit("liaison", percent=30, at="2024-08-06 10:00")
    standing.refresh_from_db()
    assert standing.reason != "silent"


def test_what_is_accepted_is_the_progress_and_what_waits_is_not(world):
    report, by = world.submit("liaison", percent=30, at="2024-08-03 10:00"), world.people["coordinator"]
    ids = list(report.entries.order_by("task__seq").values_list("pk", flat=True))
    accept_entries(report=report, entry_ids=ids[:1], by=by, at=beijing("2024-08-03 11:00"))
    assert Standing.objects.get(task=world.task(1)).progress == 30
    assert Standing.objects.get(task=world.task(2)).progress == 0
