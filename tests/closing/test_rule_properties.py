"""What holds of two freezes laid side by side, whatever stands in them: found out by trying."""

import datetime as dt
from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tasks_app.closing import rules
from tasks_app.closing.rules import ChangeKind
from tasks_app.progress.choices import Light

UNITS = ["市住房建设局", "市教育局", "乐都区政府"]
FIGURES = st.builds(
    rules.TaskFigure,
    task_id=st.integers(1, 6),
    no=st.just("1"),
    headline=st.just("改造小区"),
    progress=st.integers(0, 100),
    light=st.sampled_from([light.value for light in Light]),
    due_on=st.none() | st.dates(dt.date(2024, 7, 1), dt.date(2025, 12, 31)),
    leads=st.lists(st.sampled_from(UNITS), unique=True, max_size=3).map(tuple),
)
ROUNDS = st.lists(FIGURES, max_size=6, unique_by=lambda figure: figure.task_id)
OPPOSITE = {
    ChangeKind.ADDED: ChangeKind.REMOVED,
    ChangeKind.REMOVED: ChangeKind.ADDED,
    ChangeKind.ADVANCED: ChangeKind.FELL,
    ChangeKind.FELL: ChangeKind.ADVANCED,
    ChangeKind.DUE: ChangeKind.DUE,
    ChangeKind.LEADS: ChangeKind.LEADS,
}


def counted(changes):
    return Counter((change.task.task_id, change.kind) for change in changes)


@given(ROUNDS)
def test_a_round_beside_itself_shows_no_change(figures):
    assert rules.task_changes(figures, figures) == []
    assert rules.task_changes(figures, reversed(figures)) == []


@given(ROUNDS, ROUNDS)
def test_what_is_new_one_way_is_gone_the_other_way(before, after):
    there = counted(change for change in rules.task_changes(before, after) if change.kind in OPPOSITE)
    back = counted(change for change in rules.task_changes(after, before) if change.kind in OPPOSITE)
    assert {(task, OPPOSITE[kind]): n for (task, kind), n in there.items()} == dict(back)


@given(ROUNDS, ROUNDS)
def test_each_light_that_became_another_in_or_out_of_red_or_into_closed_is_told_once(before, after):
    old = {figure.task_id: figure.light for figure in before}
    lights = {ChangeKind.CLOSED, ChangeKind.TURNED_RED, ChangeKind.MADE_UP}
    told = {change.task.task_id: change.kind for change in rules.task_changes(before, after) if change.kind in lights}
    for figure in after:
        was = old.get(figure.task_id)
        if was is None or was == figure.light:
            expected = None
        elif figure.light == "blue":
            expected = ChangeKind.CLOSED
        elif figure.light == "red":
            expected = ChangeKind.TURNED_RED
        else:
            expected = ChangeKind.MADE_UP if was == "red" else None
        assert told.get(figure.task_id) == expected


@given(ROUNDS, ROUNDS)
def test_a_unit_has_every_change_of_the_tasks_it_leads(before, after):
    changes = rules.task_changes(before, after)
    table = rules.by_unit(changes)
    for unit in UNITS:
        kinds = Counter(change.kind for change in changes if unit in change.task.leads)
        assert {kind: n for kind, n in table.get(unit, {}).items() if n} == dict(kinds)


@given(ROUNDS, st.randoms(), st.data())
def test_the_seal_knows_every_figure_and_no_order(figures, random, data):
    shuffled = list(figures)
    random.shuffle(shuffled)
    seal = rules.seal({"version": 1}, figures, [])
    assert rules.seal({"version": 1}, shuffled, []) == seal
    assert rules.seal({"version": 2}, figures, []) != seal
    if figures:
        place = data.draw(st.integers(0, len(figures) - 1))
        changed = [
            *figures[:place],
            replace(figures[place], progress=figures[place].progress + 1),
            *figures[place + 1 :],
        ]
        assert rules.seal({"version": 1}, changed, []) != seal
