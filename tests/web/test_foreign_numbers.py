"""A number of another list, typed into a list's own address: not found, and nothing happens to it.

Wherever an address or a form names two things, the second must belong to the first, whoever asks.
"""

import pytest
from django.urls import reverse

from tasks_app.audit.models import Event
from tasks_app.closing.actions import close_period, exempt_unit
from tasks_app.intake.actions import stage
from tasks_app.lib.errors import Refused
from tasks_app.outbox.actions import save_robot
from tasks_app.reminders.actions import set_robots
from tasks_app.reminders.models import Reminder
from tasks_app.reporting.actions import EntryDraft, save_entries, submit_report
from tests.factories import beijing
from tests.support.neighbours import with_neighbours
from tests.support.objects import AT, HOOK, LIST

JULY, AUGUST = 7, 8


@pytest.fixture
def other(world, settings):
    """The neighbour's list, July closed on both."""
    settings.ROBOT_HOSTS = ["robots.example.test"]
    other = with_neighbours(world)
    for one in (world, other):
        close_period(period=one.task_list.periods.get(month=JULY), by=one.people["coordinator"], at=AT)
    return other


def period(world, month=AUGUST):
    return world.task_list.periods.get(month=month)


def report(world, month=AUGUST):
    return period(world, month).reports.get(unit=world.units["市住房建设局"])


def robot(world):
    by = world.people["administrator"]
    made = save_robot(robot=None, name="群", kind="wecom", address=HOOK, secret="", active=True, by=by, at=AT)
    set_robots(task_list=world.task_list, robots=[made], by=by, at=AT)
    return made


def row(world):
    by = world.people["administrator"]
    return stage(content=LIST, file_name="list.csv", by=by, at=AT, task_list=world.task_list).rows.first()


def batch(world):
    return row(world).batch_id


def excused(world):
    found = world.report("school") if world.people["coordinator"].username == "coordinator" else report(world)
    return exempt_unit(report=found, reason="机构改革", by=world.people["coordinator"], at=AT)


# Address → who asks, its arguments, and what is sent: of the first list, and one number of the neighbour's.
CASES = {
    "period_exempt": (
        "coordinator", lambda w, o: [period(w).pk], lambda w, o: {"report": report(o).pk, "reason": "试"},
    ),
    "period_exempt a task": (
        "coordinator", lambda w, o: [period(w).pk], lambda w, o: {"task": o.task(1).pk, "reason": "试"},
    ),
    "period_exempt a unit": (
        "neighbour", lambda w, o: [period(o).pk],
        lambda w, o: {"task": o.task(1).pk, "unit": o.units["市教育局"].pk, "reason": "试"},
    ),
    "period_withdraw": (
        "coordinator", lambda w, o: [period(w).pk], lambda w, o: {"report": excused(o).pk, "reason": "试"},
    ),
    "period_reopen": (
        "coordinator", lambda w, o: [period(w, JULY).pk], lambda w, o: {"report": report(o, JULY).pk, "reason": "试"},
    ),
    "period_reopen another month": (
        "coordinator", lambda w, o: [period(w, AUGUST).pk], lambda w, o: {"report": report(w, JULY).pk, "reason": "试"},
    ),
    "roster_set": (
        "neighbour", lambda w, o: [o.task_list.slug],
        lambda w, o: {"unit": w.units["市教育局"].pk, "liaison": w.people["school"].pk},
    ),
    "reminder_step": (
        "coordinator", lambda w, o: [w.task_list.pk, o.task_list.reminder_steps.get().pk], lambda w, o: {},
    ),
    "reminder_robot": ("coordinator", lambda w, o: [w.task_list.pk, robot(o).pk], lambda w, o: {"do": "remove"}),
    "import_row": ("administrator", lambda w, o: [batch(w), row(o).pk], lambda w, o: {"version": 0}),
    "import_accept": ("administrator", lambda w, o: [batch(w), row(o).pk], lambda w, o: {"version": 0}),
    "entry_save": ("liaison", lambda w, o: [report(w).pk, report(o).entries.first().pk], lambda w, o: {}),
    "entry_files": ("liaison", lambda w, o: [report(w).pk, report(o).entries.first().pk], lambda w, o: {}),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_it_is_not_found_and_nothing_happens(world, other, signed_in, case):
    who, arguments, form = CASES[case]
    address, sent = reverse(case.split()[0], args=arguments(world, other)), form(world, other)
    before = Event.objects.count()
    assert signed_in(who).post(address, sent).status_code == 404
    assert Event.objects.count() == before


def test_the_forms_of_an_entry_and_a_units_score_are_not_found_either(world, other, signed_in):
    for name in ("entry_form", "entry_files"):
        address = reverse(name, args=[report(world).pk, report(other).entries.first().pk])
        assert signed_in("liaison").get(address).status_code == 404, name
    address = reverse("reminder_step", args=[world.task_list.pk, other.task_list.reminder_steps.get().pk])
    assert signed_in("coordinator").get(address).status_code == 404


def test_a_chase_of_the_round_reaches_only_units_of_the_round(world, other, signed_in):
    """市教育局 owes nothing on the neighbour's list."""
    address = reverse("period_chase", args=[period(other).pk])
    signed_in("neighbour").post(address, {"unit": world.units["市教育局"].pk})
    assert not Reminder.objects.filter(unit=world.units["市教育局"], task_list=other.task_list).exists()


def test_entries_of_another_report_are_neither_accepted_nor_returned_nor_saved(world, other, signed_in):
    for one in (world, other):
        found = report(one)
        one.fill(found, percent=30, text="已招标。", by="liaison", at="2024-08-02 09:00")
        submit_report(report=found, by=one.people["liaison"], at=beijing("2024-08-02 09:00"))
    foreign = report(other).entries.first()
    for form in ({"accept": foreign.pk}, {"entry": foreign.pk, "do": "return", "reason": "试", "return": foreign.pk}):
        signed_in("coordinator").post(reverse("report_review", args=[report(world).pk]), form)
    assert set(report(other).entries.values_list("status", flat=True)) == {"submitted"}
    assert set(report(world).entries.values_list("status", flat=True)) == {"submitted"}


def test_a_draft_for_another_reports_entry_is_refused_whole(world, other):
    entries = report(world).entries.first(), report(other).entries.first()
    drafts = [EntryDraft(one.pk, 0, 50, "混入", "", "", False) for one in entries]
    with pytest.raises(Refused):
        save_entries(report=report(world), drafts=drafts, by=world.people["liaison"], at=AT)
    assert not report(other).entries.filter(done_text="混入").exists()
