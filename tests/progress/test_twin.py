"""The rule in Python and the rule in SQL say the same, case by case, through the tables, on both databases."""

import datetime as dt
import itertools
import random
from collections import Counter
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tasks_app.progress.choices import Reason
from tasks_app.progress.models import Standing
from tasks_app.progress.rules import Thresholds, verdict
from tasks_app.progress.twin import differences, judged
from tasks_app.reporting.actions import refresh_standings
from tasks_app.reporting.queries import standing_facts
from tests.progress.laid_out import ROUNDS, START, Case, Layout
from tests.progress.test_rules import CASES, END, day


def of_the_rule(today, progress, facts) -> Case:
    """A case of the rule's own table, as tables would hold it."""
    known = {"due_on": END, **facts}
    misses, duty = known.pop("misses", 0), known.pop("duty", True)
    return Case(
        today=day(today),
        due_on=known["due_on"],
        closed_on=known.get("closed_on"),
        percents=(progress or None,),
        rounds="-" * misses or "+",
        is_ruled=duty is not None,
        has_duty=bool(duty),
    )


def edges() -> list[Case]:
    """What the rule turns on, on both sides of each turn."""
    october, december = day("10-04"), day("12-01")  # the line stands at 50 and at 83
    gaps = [Case(october, END, percents=(50 - gap,)) for gap in (8, 9, 10, 11, 18, 19, 20, 21)]
    soon = [Case(december, END, percents=(percent,)) for percent in (73, 74, 78, 79, 80, 81)]
    days = [Case(END - dt.timedelta(days=left), END, percents=(79,)) for left in (29, 30, 31, 32)]
    own = [
        Case(october, END, percents=(percent,), thresholds=Thresholds(15, 5, 3, 60, 90))
        for percent in (34, 35, 36, 44, 45, 46)
    ]
    odd = [
        Case(december, END, percents=(50,), rounds=rounds, thresholds=Thresholds(red_behind=50, red_misses=misses))
        for misses in (1, 2, 3)
        for rounds in ("-", "--", "+--")
    ]
    return [*gaps, *soon, *days, *own, *odd]


def month_ends() -> list[Case]:
    """Deadlines and days on the last of a month, leap years and not."""
    ends = [dt.date(2023, 2, 28), dt.date(2024, 2, 28), dt.date(2024, 2, 29), dt.date(2024, 3, 31)]
    ends += [dt.date(2024, 4, 30), dt.date(2024, 12, 31)]
    return [
        Case(end + dt.timedelta(days=after), end, percents=(percent,), starts_on=dt.date(2023, 1, 31))
        for end in ends
        for after in (-1, 0, 1)
        for percent in (None, 90, 100)
    ]


def rounds_of_all_kinds() -> list[Case]:
    """Every three rounds in a row: in time, made up, missing, the task excused, the whole report excused."""
    signs = ["".join(three) for three in itertools.product(ROUNDS, repeat=3)]
    return [Case(day("12-20"), None, percents=(20,), rounds=rounds) for rounds in signs]


def the_rest() -> list[Case]:
    """长期 tasks, the first month, closed ones, several leads, lists without a rule, tasks that nobody owes."""
    first = [
        Case(START + dt.timedelta(days=after), due, percents=(None,), rounds="")
        for after in (-1, 0, 1, 2, 27, 31)
        for due in (None, START, START + dt.timedelta(days=1), START + dt.timedelta(days=30), END)
    ]
    closed = [
        Case(day("10-04"), due, closed_on=on, percents=(40,), rounds="--")
        for due in (None, day("08-31"), END)
        for on in (day("10-03"), day("10-04"), day("10-05"))
    ]
    leads = [
        Case(day("10-04"), END, percents=percents)
        for percents in ((None, None), (None, 63), (50, 51), (50, 50, 51), (30, None, 41), (100, None, None))
    ]
    nobody = [
        Case(day("10-04"), due, percents=percents, is_ruled=is_ruled, has_duty=False)
        for due in (None, day("08-31"), END)
        for percents in ((None,), (30,))
        for is_ruled in (True, False)
    ]
    return [*first, *closed, *leads, *nobody]


def through_milestones() -> list[Case]:
    slow = ((day("09-30"), 10), (day("11-30"), 70))
    outside = ((day("06-30"), 50), (dt.date(2025, 1, 31), 90))
    days = [day(text) for text in ("07-10", "09-29", "09-30", "10-01", "10-31", "11-30", "12-01", "12-30", "12-31")]
    return [
        Case(today, END, percents=(percent,), milestones=milestones)
        for today in days
        for milestones in (slow, outside)
        for percent in (0, 35, 65)
    ]


def at_random(count: int) -> list[Case]:
    """The same ones each time; what nobody thought of."""
    chance = random.Random(6)
    return [
        Case(
            today=START + dt.timedelta(days=chance.randrange(-5, 400)),
            due_on=None if chance.random() < 0.1 else START + dt.timedelta(days=chance.randrange(-30, 400)),
            percents=tuple(chance.choice([None, 0, *range(1, 101)]) for _ in range(chance.choice([1, 1, 2, 3]))),
            rounds="".join(chance.choices(ROUNDS, k=chance.randrange(5))),
            closed_on=START + dt.timedelta(days=chance.randrange(400)) if chance.random() < 0.15 else None,
            is_ruled=chance.random() < 0.9,
            has_duty=chance.random() < 0.95,
            milestones=tuple(
                (START + dt.timedelta(days=days), percent)
                for days, percent in sorted({40: 20, 90: 55, 150: 80}.items())[: chance.randrange(4)]
            ),
        )
        for _ in range(count)
    ]


def test_both_say_what_the_rules_own_table_says(world):
    layout = Layout(world)
    laid_out = [
        (layout.put(of_the_rule(today, progress, facts)), day(today), light, reason)
        for today, progress, facts, light, reason, _inputs in CASES
    ]
    told = {today: judged(today) for _task, today, _light, _reason in laid_out}
    answers = [(told[today][task.pk].light, told[today][task.pk].reason) for task, today, _l, _r in laid_out]
    assert answers == [(light, reason) for _task, _today, light, reason in laid_out]


def test_python_and_sql_agree_on_every_case(world):
    cases = [*edges(), *month_ends(), *rounds_of_all_kinds(), *the_rest(), *through_milestones(), *at_random(150)]
    assert len(cases) >= 400
    layout = Layout(world)
    looked_at: dict[dt.date, list[int]] = {}
    for case in cases:
        looked_at.setdefault(case.today, []).append(layout.put(case).pk)
    reasons = Counter()
    for today, tasks in looked_at.items():
        told = judged(today)
        facts = standing_facts(today=today)
        assert told.keys() == facts.keys()
        for task_id, (fact, thresholds) in facts.items():
            answer = verdict(fact, thresholds, today)
            said = told[task_id]
            assert (said.light, said.reason) == (answer.light, answer.reason), (fact, thresholds, today)
            assert (said.progress, said.expected) == (fact.progress, answer.expected), (fact, thresholds, today)
        reasons.update(told[task_id].reason for task_id in tasks)
    assert reasons.keys() == set(Reason), "no reason stays untried"


@pytest.fixture
def stored(world):
    refresh_standings(today=dt.date(2024, 8, 2))
    return world


def verify() -> str:
    out = StringIO()
    call_command("verify_lights", stdout=out)
    return out.getvalue()


def test_the_nightly_check_is_content_with_what_the_actions_stored(stored):
    stored.submit("liaison", percent=30, at="2024-08-02 11:00")
    assert "4 项任务的状态，与存数一致" in verify()


def test_it_names_each_light_that_is_otherwise_and_fails(stored):
    Standing.objects.filter(task=stored.task(1)).update(light="green", reason="on_track")
    out = StringIO()
    with pytest.raises(CommandError, match="有 1 项不符"):
        call_command("verify_lights", stdout=out)
    assert "第1项 推动城乡公共资源均衡配置：存为 正常（on_track" in out.getvalue()
    assert "应为 预警（" in out.getvalue()


def test_it_finds_a_fact_that_was_changed_behind_the_actions(stored):
    stored.task_list.tasks.filter(seq=2).update(due_on=dt.date(2024, 7, 31))
    [one] = differences(dt.date(2024, 8, 2))
    assert (one.task_id, one.told.light, one.told.reason) == (stored.task(2).pk, "red", "overdue")


def test_a_task_without_a_standing_is_a_difference(stored):
    Standing.objects.filter(task=stored.task(3)).delete()
    [one] = differences(dt.date(2024, 8, 2))
    assert (one.task_id, one.stored) == (stored.task(3).pk, None)


def test_before_anything_was_stored_there_is_nothing_to_check(world):
    Standing.objects.all().delete()
    assert "还没有评定过" in verify()
