"""阶段目标: whom a milestone is announced to, and when it is not any more."""

import datetime as dt

import pytest
from django.test import Client

from tasks_app.outbox.models import Message
from tasks_app.progress.actions import set_milestones
from tasks_app.progress.rules import version_of
from tasks_app.reminders.chasing import send_now
from tasks_app.reminders.choices import ReminderState, Why
from tasks_app.reminders.deadlines import deadlines_of
from tasks_app.reminders.models import Reminder
from tasks_app.reminders.occasions import MILESTONE
from tasks_app.reminders.queries import forecast, open_cases
from tasks_app.reporting.actions import accept_entries, refresh_standings
from tasks_app.schedule.models import Obligation
from tests.factories import beijing

AT = beijing("2024-08-02 10:00")
SEPTEMBER, OCTOBER = (dt.date(2024, 9, 30), 40, "完成结对签约"), (dt.date(2024, 10, 15), 70, "教师到岗")


@pytest.fixture
def steps_set(staffed):
    """`steps_set(SEPTEMBER)` sets the milestones of task 3, led by 市教育局 and due on 2024-10-31."""

    def put(*milestones, no=3):
        task = staffed.task(no)
        stored = list(task.milestones.values_list("due_on", "percent", "text"))
        set_milestones(
            task=task, milestones=list(milestones), version=version_of(stored), reason="前慢后快",
            by=staffed.people["coordinator"], at=AT,
        )  # fmt: skip
        refresh_standings(today=AT.date())
        return task

    return put


def told() -> list[tuple[str, str, str]]:
    rows = Reminder.objects.filter(occasion=MILESTONE.code).order_by("moment", "pk")
    return [(f"{row.moment:%m-%d}", str(row.unit or "—"), row.state) for row in rows if row.recipient]


def foreseen(until: str = "2024-11-30 00:00") -> list[str]:
    return [f"{one.moment:%m-%d}" for one in forecast(at=AT, until=beijing(until)) if one.occasion == MILESTONE.code]


def test_the_lead_hears_of_it_five_working_days_and_one_before(steps_set, tick):
    task = steps_set(SEPTEMBER, OCTOBER)
    assert foreseen() == ["09-23", "09-27", "10-08", "10-14"]
    for day in ("09-23", "09-27", "09-30", "10-01"):
        tick(f"2024-{day} 09:00")
    assert told() == [("09-23", "市教育局", ReminderState.SENT), ("09-27", "市教育局", ReminderState.SENT)]
    line = Reminder.objects.filter(occasion=MILESTONE.code).first().line
    assert line.title == "阶段目标将于 2024年9月30日 到期：完成结对签约"
    assert f"市教育局牵头的{task}，到 2024年9月30日 应完成 40%（完成结对签约），目前进度 0%。" in line.text
    assert line.path == f"/tasks/{task.pk}/"


def test_assisting_units_and_groups_of_another_task_hear_nothing(staffed, steps_set, tick):
    steps_set(SEPTEMBER)
    tick("2024-09-27 09:00")
    units = set(Reminder.objects.filter(occasion=MILESTONE.code).values_list("unit__name", flat=True))
    assert units == {"市教育局"}


def test_several_milestones_of_a_morning_are_a_line_each(staffed, steps_set, tick):
    steps_set(SEPTEMBER, no=1)
    steps_set((dt.date(2024, 9, 30), 50, "完成选址"), no=2)
    tick("2024-09-27 09:00")
    own = Reminder.objects.filter(occasion=MILESTONE.code, recipient=staffed.people["liaison"], line__isnull=False)
    assert sorted(row.line.title[-4:] for row in own) == ["完成选址", "结对签约"]


@pytest.mark.parametrize(("percent", "reached"), [(39, False), (40, True), (41, True)])
def test_one_that_is_reached_is_not_announced(staffed, steps_set, tick, percent, reached):
    steps_set(SEPTEMBER, OCTOBER)
    report = staffed.submit("school", percent=percent, at="2024-08-03 10:00")
    ids = list(report.entries.values_list("pk", flat=True))
    accept_entries(report=report, entry_ids=ids, by=staffed.people["coordinator"], at=beijing("2024-08-03 11:00"))
    assert foreseen() == ["10-08", "10-14"] if reached else ["09-23", "09-27", "10-08", "10-14"]


def test_what_is_handed_in_and_not_accepted_yet_has_reached_nothing(staffed, steps_set):
    steps_set(SEPTEMBER)
    staffed.submit("school", percent=90, at="2024-08-03 10:00")
    assert foreseen() == ["09-23", "09-27"]


def test_one_that_is_moved_is_announced_for_its_new_day_and_what_waited_is_put_off(steps_set, tick):
    steps_set(SEPTEMBER)
    tick("2024-09-23 09:00")
    tick("2024-09-27 00:01")
    steps_set((dt.date(2024, 10, 15), 40, "完成结对签约"))
    for moment in ("09-27 09:00", "10-08 09:00", "10-14 09:00"):
        tick(f"2024-{moment}")
    row = Reminder.objects.get(occasion=MILESTONE.code, moment=beijing("2024-09-27 09:00"))
    assert (row.state, row.why) == (ReminderState.SUPPRESSED, Why.SWITCHED_OFF)
    assert [(day, state) for day, _unit, state in told()] == [
        ("09-23", ReminderState.SENT), ("09-27", ReminderState.SUPPRESSED),
        ("10-08", ReminderState.SENT), ("10-14", ReminderState.SENT),
    ]  # fmt: skip


def test_setting_the_same_again_with_another_beside_it_says_nothing_twice(steps_set, tick):
    """All rows of a task are written anew; the one that stays as it was has spoken already."""
    steps_set(SEPTEMBER)
    tick("2024-09-23 09:00")
    steps_set(SEPTEMBER, OCTOBER)
    tick("2024-09-23 09:01")
    assert told() == [("09-23", "市教育局", ReminderState.SENT)]


def _closed(world):
    world.task_list.tasks.filter(seq=3).update(closed_on=AT.date())


def _retired(world):
    world.task_list.tasks.filter(seq=3).update(retired_at=AT)


def _deadline_before_it(world):
    world.task_list.tasks.filter(seq=3).update(due_on=dt.date(2024, 9, 30))


def _list_begins_after_it(world):
    type(world.task_list).objects.update(starts_on=dt.date(2024, 9, 30))


def _no_deadline(world):
    world.task_list.tasks.filter(seq=3).update(due_on=None)


def _no_lead(world):
    Obligation.objects.filter(task__seq=3, role="lead").delete()


@pytest.mark.parametrize(
    "change", [_closed, _retired, _deadline_before_it, _list_begins_after_it, _no_deadline, _no_lead]
)
def test_a_task_that_is_closed_retired_due_before_it_or_led_by_nobody_has_none(staffed, steps_set, change):
    steps_set(SEPTEMBER)
    assert foreseen()
    change(staffed)
    assert foreseen() == []
    assert not [one for one in deadlines_of(staffed.people["school"], at=AT) if "阶段目标" in one.title]


def test_a_former_lead_hears_nothing_and_the_new_one_does(staffed, steps_set, tick):
    task = steps_set(SEPTEMBER)
    tick("2024-09-23 09:00")
    tick("2024-09-27 00:01")
    Obligation.objects.filter(task=task, role="lead").update(unit=staffed.units["市住房建设局"])
    tick("2024-09-27 09:00")
    assert [one for one in told() if one[0] == "09-27"] == [
        ("09-27", "市教育局", ReminderState.SUPPRESSED),
        ("09-27", "市住房建设局", ReminderState.SENT),
    ]


def test_the_calendar_has_its_day_until_it_is_reached_and_its_name_stays_when_it_is_moved(staffed, steps_set):
    def days():
        return [(one.uid, one.on) for one in deadlines_of(staffed.people["school"], at=AT) if "阶段目标" in one.title]

    steps_set(SEPTEMBER)
    ((name, day),) = days()
    assert day == dt.date(2024, 9, 30)
    steps_set((dt.date(2024, 10, 15), 40, "完成结对签约"))
    assert days() == [(name, dt.date(2024, 10, 15))]
    assert not [one for one in deadlines_of(staffed.people["liaison"], at=AT) if "阶段目标" in one.title]


def test_it_is_chased_from_a_week_before_on_and_after_it(staffed, steps_set):
    steps_set(SEPTEMBER)

    def offered(moment: str) -> list[str]:
        cases = open_cases(staffed.task_list, at=beijing(moment))
        return [case.key for case in cases if case.occasion == MILESTONE.code]

    assert offered("2024-09-20 10:00") == []
    (key,) = offered("2024-09-24 10:00")
    assert offered("2024-10-09 10:00") == [key]
    by = staffed.people["supervisor"]
    assert send_now(task_list=staffed.task_list, case_keys=[key], by=by, at=beijing("2024-10-09 10:00")) == 1
    told = Message.objects.filter(recipient=staffed.people["school"], channel="site").latest("pk")
    assert told.subject == "阶段目标已过期限（2024年9月30日）：完成结对签约"


def test_its_words_are_the_lists_own_with_its_own_placeholders(staffed, steps_set, tick):
    steps_set(SEPTEMBER)
    browser = Client()
    browser.force_login(staffed.people["coordinator"], backend="django.contrib.auth.backends.ModelBackend")
    address = f"/reminders/lists/{staffed.task_list.pk}/words/milestone-before/"
    wrong = browser.post(address, {"title": "{期}", "text": "x"})
    assert "“{期}”不是可用的占位符" in wrong.content.decode()
    saved = browser.post(address, {"title": "{单位}：{阶段目标}（{现进度}/{应完成}）", "text": "{清单}"})
    assert saved.status_code == 302
    tick("2024-09-27 09:00")
    told = Message.objects.filter(recipient=staffed.people["school"], channel="site").latest("pk")
    assert "市教育局：完成结对签约（0%/40%）" in told.subject + told.body
