"""What the tests of notices play with: the small city in November, and a notice in it."""

from collections.abc import Callable

import pytest

from tasks_app.notices.actions import issue_notices, save_setting
from tasks_app.notices.choices import NoticeLevel
from tasks_app.notices.issuing import NoticeDraft
from tasks_app.notices.models import Notice
from tasks_app.workdays.models import DayException
from tests.factories import World, beijing
from tests.support.keys import keys_follow  # noqa: F401  (looked at after every test)

Issue = Callable[..., Notice]
# The days of 2024 that matter here: the National Day holiday and the Saturdays and Sundays worked for it.
FREE = ["10-01", "10-02", "10-03", "10-04", "10-07"]
WORKED = ["09-29", "10-12"]


@pytest.fixture
def calendar(db) -> None:
    """The National Day holiday of 2024."""
    rows = [(day, False) for day in FREE] + [(day, True) for day in WORKED]
    DayException.objects.bulk_create(DayException(day=f"2024-{day}", is_workday=w, name="国庆节") for day, w in rows)


@pytest.fixture
def issue(world: World) -> Issue:
    """`issue(1, 2)` issues a 督办单 on these tasks to 市住房建设局, on Friday 2024-08-02 at 10:00."""
    values = {"pattern": "东督〔{年}〕{号}号"}
    save_setting(task_list=world.task_list, values=values, by=None, at=beijing("2024-08-01 09:00"))

    def act(
        *numbers: int,
        level: NoticeLevel = NoticeLevel.ORDER,
        unit: str = "市住房建设局",
        demands: str = "请倒排工期。",
        override: str = "",
        at: str = "2024-08-02 10:00",
    ) -> Notice:
        draft = NoticeDraft(
            unit=world.units[unit],
            level=level,
            tasks=tuple(world.task(no) for no in numbers or (1,)),
            demands_text=demands,
            override_text=override,
        )
        by = world.people["supervisor"]
        return issue_notices(task_list=world.task_list, drafts=[draft], by=by, at=beijing(at))[0]

    return act
