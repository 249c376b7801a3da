"""What happens for the second time, and what happens in between: returned again, settled in a merged line, resumed."""

import datetime as dt
from dataclasses import replace

from tasks_app.catalogue.actions import apply_items
from tasks_app.lib.dates import BEIJING
from tasks_app.outbox.actions import deliver_waiting
from tasks_app.outbox.choices import Channel
from tasks_app.outbox.models import Message
from tasks_app.reminders.actions import make_round, pause_list, resume_list
from tasks_app.reminders.choices import ReminderState, Why
from tasks_app.reminders.models import Reminder
from tasks_app.reminders.occasions import returned
from tasks_app.reminders.occasions.base import Asked
from tasks_app.reminders.occasions.report import REPORT
from tasks_app.reporting.actions import return_entries, submit_report
from tasks_app.reporting.queries import with_counts
from tasks_app.schedule.actions import derive_obligations
from tasks_app.supervision.actions import decide_closure, request_closure
from tests.factories import ITEMS, beijing


def site(person) -> list[Message]:
    return list(Message.objects.filter(recipient=person, channel=Channel.SITE).order_by("pk"))


def give_back(world, report, at, *, which=slice(1)):
    ids = list(report.entries.order_by("task__seq").values_list("pk", flat=True))[which]
    by = world.people["coordinator"]
    return_entries(report=report, entry_ids=ids, reason="请补充数量", by=by, at=beijing(at))


def test_returned_handed_in_and_returned_again_it_is_chased_again(staffed, tick):
    report = staffed.submit("liaison", percent=10, at="2024-08-02 11:00")
    give_back(staffed, report, "2024-08-02 16:00")
    tick("2024-08-05 09:00")
    submit_report(report=report, by=staffed.people["liaison"], at=beijing("2024-08-05 10:00"))
    give_back(staffed, report, "2024-08-05 16:00")
    tick("2024-08-06 09:00")
    chased = [m for m in site(staffed.people["liaison"]) if "退回待改" in m.subject + m.body]
    assert [m.digest.day for m in chased] == [dt.date(2024, 8, 5), dt.date(2024, 8, 6)]


def test_of_several_returns_the_first_to_fall_due_is_shown(staffed):
    report = staffed.submit("liaison", percent=10, at="2024-08-02 11:00")
    give_back(staffed, report, "2024-08-02 16:00", which=slice(0, 1))
    give_back(staffed, report, "2024-08-06 16:00", which=slice(1, 2))
    first, second = report.entries.order_by("task__seq").values_list("returned_due_at", flat=True)
    assert first < second
    found = with_counts(type(report).objects.filter(pk=report.pk)).get()
    assert (found.returned, found.returned_due) == (2, first)
    assert f"{first.astimezone(BEIJING):%-m月%-d日}" in _case_words(report)


def _case_words(report) -> str:
    at = beijing("2024-08-12 10:00")
    asked = Asked(at=at, since=at, until=at, days={}, list_ids=[report.period.task_list_id])
    return next(case.words["截止"] for case in returned.cases(asked) if case.report_id == report.pk)


def many_due_together(world):
    """Two tasks more of 市住房建设局, due with task 3 on 31 October: one line in the morning's digest."""
    extra = [
        replace(
            ITEMS[0], seq=50 + n, no=str(50 + n), content=f"另一件事 {n}", assist_units=(), targets=(),
            due_on=dt.date(2024, 10, 31), due_text="10月底前", due_basis="explicit",
        )
        for n in range(3)
    ]  # fmt: skip
    at = beijing("2024-08-02 10:00")
    apply_items(task_list=world.task_list, items=extra, by=None, at=at)
    derive_obligations(task_list=world.task_list, by=None, at=at)
    return list(world.task_list.tasks.filter(seq__gte=50).order_by("seq"))


def settle(world, task, at):
    closure = request_closure(
        task=task, unit=world.units["市住房建设局"], evidence_text="已验收", by=world.people["liaison"], at=beijing(at)
    )
    decide_closure(closure=closure, granted=True, decision_text="", by=world.people["supervisor"], at=beijing(at))


def test_one_task_settled_in_a_line_of_three_leaves_the_others_said(staffed):
    tasks = many_due_together(staffed)
    at = beijing("2024-10-01 09:00")
    make_round(at=at)
    ours = Reminder.objects.filter(task__in=tasks, recipient=staffed.people["liaison"], moment=at)
    assert ours.values("line").distinct().count() == 1, "the three are one line"
    settle(staffed, tasks[0], "2024-10-01 09:01")
    make_round(at=beijing("2024-10-01 09:02"))
    deliver_waiting(at=beijing("2024-10-01 09:03"))
    make_round(at=beijing("2024-10-01 09:04"))
    said = [m for m in site(staffed.people["liaison"]) if m.digest and m.digest.day == dt.date(2024, 10, 1)]
    assert any("10月31日" in m.body for m in said), "the line of the other two was still said"
    assert dict(ours.values_list("task__no", "state")) == {
        "50": ReminderState.SUPPRESSED, "51": ReminderState.SENT, "52": ReminderState.SENT,
    }  # fmt: skip


def test_all_tasks_of_a_line_settled_nothing_of_it_is_said(staffed):
    tasks = many_due_together(staffed)
    at = beijing("2024-10-01 09:00")
    make_round(at=at)
    for task in tasks:
        settle(staffed, task, "2024-10-01 09:01")
    make_round(at=beijing("2024-10-01 09:02"))
    deliver_waiting(at=beijing("2024-10-01 09:03"))
    make_round(at=beijing("2024-10-01 09:04"))
    ours = Reminder.objects.filter(task__in=tasks, recipient=staffed.people["liaison"], moment=at)
    assert set(ours.values_list("state", "why")) == {(ReminderState.SUPPRESSED, Why.SETTLED)}


def test_what_fell_due_in_a_pause_is_not_sent_although_no_round_was_made_in_between(staffed, tick):
    by = staffed.people["coordinator"]
    tick("2024-08-02 10:00")
    pause_list(task_list=staffed.task_list, reason="统一部署", by=by, at=beijing("2024-08-05 08:30"))
    resume_list(task_list=staffed.task_list, by=by, at=beijing("2024-08-05 12:00"))
    assert tick("2024-08-05 12:01") == 0
    fell_due = Reminder.objects.filter(moment=beijing("2024-08-05 09:00"), occasion=REPORT.code)
    assert set(fell_due.values_list("state", "why")) == {(ReminderState.SKIPPED, Why.PAUSED)}


def test_a_task_whose_day_was_moved_is_announced_again_before_the_new_day(staffed, tick):
    tick("2024-10-30 09:00")
    staffed.task_list.tasks.filter(seq=3).update(due_on=dt.date(2024, 11, 15))
    tick("2024-11-14 09:00")
    told = Reminder.objects.filter(occasion="task", step__offset=-1, recipient=staffed.people["school"])
    assert [f"{row.moment.astimezone(BEIJING):%m-%d}" for row in told.order_by("moment")] == ["10-30", "11-14"]
