"""What was kept under an older schema is whole under today's."""

import importlib

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tasks_app.accounts.permissions import viewer_of
from tasks_app.catalogue.models import Task
from tasks_app.inspection.choices import ReplyKind
from tasks_app.inspection.instructing import issue_instruction, reply_to_instruction
from tasks_app.notices.actions import issue_notices, reply_notice
from tasks_app.notices.choices import NoticeLevel
from tasks_app.notices.issuing import NoticeDraft
from tasks_app.reporting.models import ReportEntry
from tasks_app.search.choices import Kind
from tasks_app.search.queries import selections
from tasks_app.search.rules import question
from tests.bulletins.conftest import office
from tests.factories import beijing
from tests.support.keys import stale_keys, stale_tasks

__all__ = ["office"]

FIRST, KEYS = ("tasks_app", "0001_initial"), ("tasks_app", "0002_search_text")


def migrate(*targets):
    MigrationExecutor(connection).migrate(list(targets) or MigrationExecutor(connection).loader.graph.leaf_nodes())


@pytest.fixture
def written(transactional_db, office):
    """Words in every kind of thing that is searched, several rows of most."""
    world = office.world
    people, lead, at = world.people, world.units["市住房建设局"], beijing("2024-08-06 10:00")
    drafts = [
        NoticeDraft(unit=lead, level=level, tasks=(world.task(no),), demands_text=f"请 于［{no}］月报送 GB 9704 方案")
        for no, level in ((1, NoticeLevel.ORDER), (2, NoticeLevel.REMINDER))
    ]
    for notice in issue_notices(task_list=world.task_list, drafts=drafts, by=people["supervisor"], at=at):
        reply_notice(notice=notice, reply_text="已完成ＡＰＰ上线", version=0, by=people["liaison"], at=at)
    for no in (1, 2):
        instruction = issue_instruction(task=world.task(no), text="请—抓紧", by=people["leader"], at=at)
        for text in ("已 办 结", "二〇二四 年底前"):
            reply_to_instruction(
                instruction=instruction, unit=lead, kind=ReplyKind.ANSWER, text=text, by=people["liaison"], at=at
            )
    office.published()
    return world


@pytest.mark.django_db(transaction=True)
def test_rows_of_the_first_schema_are_found_after_the_keys_came(written, monkeypatch):
    # Two rows at a time, so that every table takes several rounds.
    monkeypatch.setattr(importlib.import_module("tasks_app.migrations.0002_search_text"), "BATCH", 2)
    try:
        migrate(FIRST)
        # Keys as they were then: with blanks, in one line.
        old = {Task: "2 gb 9704", ReportEntry: "gb 9704\n已完成"}
        for model, key in old.items():
            model.objects.update(search_text=key)
        migrate(KEYS)
    finally:
        migrate()
    assert stale_keys() + stale_tasks() == []
    assert set(ReportEntry.objects.filter(percent=None).values_list("search_text", flat=True)) == {""}
    for kind, typed, count in (
        (Kind.TASK, "小区", 1),
        (Kind.NOTICE, "GB9704", 2),
        (Kind.NOTICE, "app", 2),
        (Kind.INSTRUCTION, "请-抓紧", 2),
        (Kind.INSTRUCTION, "已办结", 2),
        (Kind.BULLETIN, "通报", 1),
        (Kind.REPORT, "招标", 5),
    ):
        rows = selections(viewer_of(written.people["supervisor"]), question(typed).words)[kind]
        assert rows.count() == count, (kind, typed)
