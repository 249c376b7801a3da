"""The coordinator's part: who has not reported, what waits for my review?"""

import datetime as dt
from dataclasses import dataclass

from tasks_app.accounts.permissions import Viewer
from tasks_app.accounts.scopes import coordinated
from tasks_app.catalogue.models import TaskList
from tasks_app.reporting.models import MonthlyReport
from tasks_app.reporting.queries import waiting_for_review
from tasks_app.web.desk import common

SHOWN = 12


@dataclass
class CoordinatorPart:
    """`rounds`: the newest round of each coordinated list; `waiting`: the reports longest in."""

    rounds: list[common.RoundState]
    waiting: list[MonthlyReport]
    waiting_count: int


def read(viewer: Viewer, at: dt.datetime) -> CoordinatorPart:
    waiting = list(waiting_for_review(viewer))
    return CoordinatorPart(
        rounds=common.round_states(TaskList.objects.filter(coordinated(viewer)), at),
        waiting=waiting[:SHOWN],
        waiting_count=len(waiting),
    )
