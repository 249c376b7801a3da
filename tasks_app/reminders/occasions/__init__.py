"""The registry: every occasion of which people are reminded, in the order in which pages list them.

A further one is a module of this folder with its `Occasion`, a line in ALL, and a migration that gives its steps to
the lists that exist (see CONTRIBUTING.md). `tests/reminders/test_occasions.py` plays each through a whole month.
"""

from tasks_app.reminders.occasions.base import Occasion
from tasks_app.reminders.occasions.milestone import MILESTONE
from tasks_app.reminders.occasions.notice import NOTICE
from tasks_app.reminders.occasions.report import REPORT
from tasks_app.reminders.occasions.returned import RETURNED
from tasks_app.reminders.occasions.task import TASK

__all__ = [
    "ALL", "BY_CODE", "DEFAULT_LADDER", "MILESTONE", "NOTICE", "REPORT", "RETURNED", "TASK", "Occasion",
    "occasion_choices",
]  # fmt: skip

ALL: tuple[Occasion, ...] = (REPORT, TASK, MILESTONE, RETURNED, NOTICE)
BY_CODE = {occasion.code: occasion for occasion in ALL}
# The ladder of domain §4, for a list that brings none.
DEFAULT_LADDER = tuple(rung for occasion in ALL for rung in occasion.ladder)


def occasion_choices() -> list[tuple[str, object]]:
    """Coded word and label of each: what tables and forms choose from."""
    return [(occasion.code, occasion.label) for occasion in ALL]
