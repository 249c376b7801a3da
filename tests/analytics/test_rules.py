"""What stands out, case by case."""

import datetime as dt

import pytest

from tasks_app.analytics.rules import Mover, Slip, furthest_behind, light_of_mean, movers, worst, worst_light
from tasks_app.progress.choices import Light
from tasks_app.progress.rules import Thresholds

TODAY = dt.date(2024, 11, 22)


@pytest.mark.parametrize(
    ("lights", "answer"),
    [
        ({}, None),
        ({"red": 0, "green": 0}, None),
        ({"blue": 3}, Light.BLUE),
        ({"blue": 3, "green": 1}, Light.GREEN),
        ({"green": 9, "grey": 1}, Light.GREY),
        ({"grey": 9, "yellow": 1}, Light.YELLOW),
        ({"yellow": 9, "red": 1}, Light.RED),
    ],
)
def test_the_gravest_light_stands_for_all(lights, answer):
    assert worst_light(lights) == answer


@pytest.mark.parametrize(
    ("behind", "answer"),
    [(-5, Light.GREEN), (9, Light.GREEN), (10, Light.YELLOW), (19, Light.YELLOW), (20, Light.RED), (90, Light.RED)],
)
def test_a_mean_is_judged_by_the_points_that_the_list_sets_for_a_task(behind, answer):
    assert light_of_mean(behind, Thresholds()) == answer
    assert light_of_mean(behind + 10, Thresholds(red_behind=30, yellow_behind=20)) == answer


def test_furthest_behind_is_the_first_of_those_with_most_points_and_nobody_where_nobody_is_behind():
    assert furthest_behind([(1, 4), (2, 14), (3, 14)]) == 2
    assert furthest_behind([(1, 0), (2, -3)]) is None
    assert furthest_behind([]) is None


def test_movers_are_those_that_both_sides_know_and_that_moved_the_largest_first():
    gains, losses = movers({1: 10, 2: 20, 3: 30, 9: 1}, {1: 40, 2: 20, 3: 5, 4: 80}, most=6)
    assert gains == [Mover(1, 10, 40)]
    assert losses == [Mover(3, 30, 5)]
    assert losses[0].delta == -25


def test_places_that_one_side_does_not_need_go_to_the_other():
    before = dict.fromkeys(range(10), 50)
    up = {key: 51 + key for key in range(10)}
    assert [len(side) for side in movers(before, up, most=6)] == [6, 0]
    assert [m.task_id for m in movers(before, up, most=6)[0]] == [9, 8, 7, 6, 5, 4]
    both = {key: 60 if key < 5 else 40 for key in range(10)}
    assert [[m.task_id for m in side] for side in movers(before, both, most=6)] == [[0, 1, 2], [5, 6, 7]]


def test_the_worst_are_red_before_yellow_then_longest_overdue_then_furthest_behind():
    slips = [
        Slip(1, Light.YELLOW, dt.date(2024, 1, 1), 90),
        Slip(2, Light.RED, dt.date(2024, 12, 31), 60),
        Slip(3, Light.RED, None, 70),
        Slip(4, Light.RED, dt.date(2024, 11, 21), 5),
        Slip(5, Light.RED, dt.date(2024, 10, 31), 1),
        Slip(6, Light.GREEN, dt.date(2024, 10, 31), 99),
        Slip(7, Light.RED, dt.date(2024, 11, 22), 60),
    ]
    assert worst(slips, today=TODAY, most=9) == [5, 4, 3, 2, 7, 1]
    assert worst(slips, today=TODAY, most=2) == [5, 4]
    assert worst([], today=TODAY, most=5) == []
