"""How a cell of the workbench is drawn."""

import pytest

from tasks_app.web.intake.show import CellView, Trouble

DOUBT = {"text": "移过格子", "accepted": ""}
TROUBLE = Trouble("content", "甲", "没有这个单位", "请改正")


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ({}, ""),
        ({"doubts": [DOUBT]}, "doubtful"),
        ({"doubts": [DOUBT | {"accepted": "管理员"}]}, ""),
        ({"doubts": [DOUBT | {"accepted": "管理员"}, DOUBT]}, "doubtful"),
        ({"doubts": [DOUBT], "troubles": [TROUBLE]}, "bad"),
    ],
)
def test_a_cell_is_doubtful_until_every_doubt_is_accepted_and_bad_before_that(said, state):
    assert CellView("content", "工作事项", "甲", **said).state == state
