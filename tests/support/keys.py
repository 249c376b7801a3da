"""Search keys beside the words that they are made of.

`keys_follow` is a fixture: named in a folder's conftest it looks, after each test that played the small city, at every
row that is searched.
"""

from collections.abc import Iterator

import pytest

from tasks_app.bulletins.models import Bulletin
from tasks_app.catalogue.models import Task, TaskList
from tasks_app.catalogue.queries import item_of, section_paths
from tasks_app.inspection.models import Instruction, InstructionReply
from tasks_app.lib.text import search_key
from tasks_app.notices.models import Notice, NoticeRound
from tasks_app.reporting.models import ReportEntry

FOLDED = (Notice, NoticeRound, Instruction, InstructionReply, Bulletin, ReportEntry)


def stale_keys() -> list[str]:
    """The rows whose key is not that of their words."""
    stale = []
    for model in FOLDED:
        for row in model.objects.all():
            kept = row.search_text
            row.fold()
            if kept != row.search_text:
                stale.append(f"{model.__name__} {row.pk}")
    return stale


def stale_tasks() -> list[str]:
    """The same for tasks, which may hold it in another order of units."""
    stale = []
    for task_list in TaskList.objects.all():
        paths = section_paths(task_list)
        for task in task_list.tasks.prefetch_related("assignments__unit", "indicators__county", "doubts", "counties"):
            if sorted(task.search_text.split("\n")) != sorted(search_key(*_words(task, paths)).split("\n")):
                stale.append(f"Task {task.pk}")
    return stale


def _words(task: Task, paths: dict[int | None, tuple[str, ...]]) -> list[str]:
    item = item_of(task, paths.get(task.section_id, ()))
    return [
        item.no, *item.path, item.key_task, item.sub_task, item.title, item.content,
        *item.lead_units, *item.assist_units, item.lead_text, item.assist_text,
    ]  # fmt: skip


@pytest.fixture(autouse=True)
def keys_follow(request: pytest.FixtureRequest) -> Iterator[None]:
    played = "world" in request.fixturenames
    if played:
        # Before this fixture, so that its rows are still there when the test has ended.
        request.getfixturevalue("world")
    yield
    if played:
        assert stale_keys() == []
