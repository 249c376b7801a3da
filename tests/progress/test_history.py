"""Every change of a light is kept, one a day; readings are laid side by side."""

import datetime as dt

import pytest

from tasks_app.lib.errors import Refused
from tasks_app.progress.actions import set_verified, store_standings
from tasks_app.progress.models import LightChange, Standing
from tasks_app.progress.rules import TaskFacts, Thresholds
from tasks_app.reporting.actions import EntryDraft, accept_entries, refresh_standings, save_entries, submit_report
from tests.factories import beijing

FIRST = dt.date(2024, 10, 1)
END = dt.date(2024, 12, 31)
START = dt.date(2024, 7, 9)
# On the first of October the line stands at 48, on the fourth at 50.
GREEN, YELLOW, RED = 60, 38, 20


@pytest.fixture
def task(world):
    Standing.objects.all().delete()
    LightChange.objects.all().delete()
    return world.task(1)


def store(task, progress, day=FIRST, **facts):
    known = {"starts_on": START, "due_on": END, "progress": progress, **facts}
    store_standings(facts={task.pk: (TaskFacts(**known), Thresholds())}, today=day)


def history(task):
    return [(f"{c.on:%m-%d}", c.before, c.after) for c in task.light_changes.order_by("on")]


def test_the_first_light_is_a_change_from_nothing(task):
    store(task, GREEN)
    assert history(task) == [("10-01", "", "green")]


def test_a_light_that_stays_leaves_no_row(task):
    store(task, GREEN)
    store(task, GREEN + 5, FIRST + dt.timedelta(days=1))
    assert len(history(task)) == 1


def test_a_change_keeps_its_reason_and_inputs(task):
    store(task, GREEN)
    store(task, RED, FIRST + dt.timedelta(days=3))
    change = task.light_changes.latest("on")
    assert (change.before, change.after, change.reason, change.inputs) == ("green", "red", "behind", {"gap": 30})
    assert change.reason_text == "比序时进度落后 30 个百分点"


def test_the_last_word_of_a_day_counts(task):
    store(task, GREEN)
    for progress in (YELLOW, RED):
        store(task, progress, FIRST + dt.timedelta(days=1))
    assert history(task) == [("10-01", "", "green"), ("10-02", "green", "red")]


def test_a_light_that_is_back_by_the_evening_leaves_no_row(task):
    store(task, GREEN)
    for progress in (RED, YELLOW, GREEN):
        store(task, progress, FIRST + dt.timedelta(days=1))
    assert history(task) == [("10-01", "", "green")]


def test_the_first_day_keeps_nothing_before_it(task):
    for progress in (GREEN, RED):
        store(task, progress)
    assert history(task) == [("10-01", "", "red")]


def test_closing_and_opening_again_are_changes(task):
    store(task, RED)
    store(task, 100, FIRST + dt.timedelta(days=1), closed_on=FIRST)
    store(task, RED, FIRST + dt.timedelta(days=2))
    assert history(task) == [("10-01", "", "red"), ("10-02", "red", "blue"), ("10-03", "blue", "red")]


def test_many_changes_cost_the_same_queries_as_one(world, django_assert_max_num_queries):
    tasks = list(world.task_list.tasks.all())
    fact = TaskFacts(starts_on=START, due_on=END, progress=GREEN)
    with django_assert_max_num_queries(7):
        store_standings(facts={task.pk: (fact, Thresholds()) for task in tasks}, today=FIRST)
    with django_assert_max_num_queries(7):
        store_standings(facts={tasks[0].pk: (fact, Thresholds(yellow_behind=1, red_behind=1))}, today=FIRST)


def test_a_check_on_the_spot_is_the_third_reading(world):
    by = world.people["supervisor"]
    refresh_standings(today=dt.date(2024, 8, 2))
    assert world.task(1).standing.light == "yellow"
    set_verified(task=world.task(1), light="red", on=dt.date(2024, 8, 2), by=by)
    standing = world.task(1).standing
    assert (standing.verified, standing.verified_by, standing.disagreement) == ("red", by, 1)
    refresh_standings(today=dt.date(2024, 8, 3))
    standing = world.task(1).standing
    assert (standing.verified, standing.verified_on, standing.disagreement) == ("red", dt.date(2024, 8, 2), 1)


def test_an_earlier_check_does_not_take_the_place_of_a_later_one(world):
    by, task = world.people["supervisor"], world.task(1)
    set_verified(task=task, light="red", on=dt.date(2024, 8, 2), by=by)
    set_verified(task=task, light="green", on=dt.date(2024, 8, 1), by=by)
    assert world.task(1).standing.verified == "red"
    set_verified(task=task, light="green", on=dt.date(2024, 8, 1), by=by, anew=True)
    assert world.task(1).standing.verified == "green"


def test_a_line_without_a_light_cannot_be_verified(world):
    Standing.objects.all().delete()
    with pytest.raises(Refused, match="没有可以核查的状态"):
        set_verified(task=world.task(1), light="red", on=FIRST, by=world.people["supervisor"])


def test_of_several_leads_the_worst_own_reading_counts_and_the_newest_of_each(world):
    obligations = world.task(1).obligations
    obligations.create(unit=world.units["市教育局"], role="lead")
    world.open("2024-09-01 09:00")

    def say(who, light, at):
        report = world.report(who)
        drafts = [
            EntryDraft(e.pk, e.version, 40, "推进。", "", "", False, own_light=light) for e in report.entries.all()
        ]
        save_entries(report=report, drafts=drafts, by=world.people[who], at=beijing(at))
        submit_report(report=report, by=world.people[who], at=beijing(at))
        ids = list(report.entries.values_list("pk", flat=True))
        accept_entries(report=report, entry_ids=ids, by=world.people["coordinator"], at=beijing(at))

    say("liaison", "green", "2024-09-02 09:00")
    assert world.task(1).standing.own == "green"
    say("school", "red", "2024-09-02 10:00")
    assert world.task(1).standing.own == "red"
    world.open("2024-10-01 09:00")
    say("school", "", "2024-10-02 10:00")
    assert world.task(1).standing.own == "green"
