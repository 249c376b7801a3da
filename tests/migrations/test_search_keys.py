"""0002: rows that were there before the search keys came are found by them, and the way back is open."""

import json

import pytest

from tests.migrations.databases import run

FIRST, KEYS = "0001_initial", "0002_search_text"
# There, back and there again, two rows at a time, so that every table takes several rounds.
PLAY = f"""
import importlib, json, django
django.setup()
from django.core.management import call_command
importlib.import_module("tasks_app.migrations.{KEYS}").BATCH = 2
for target in ("{KEYS}", "{FIRST}", "{KEYS}"):
    call_command("migrate", "tasks_app", target, verbosity=0)
call_command("migrate", verbosity=0)
"""
LOOK = """
from tasks_app.accounts.models import User
from tasks_app.accounts.permissions import viewer_of
from tasks_app.search.queries import selections
from tasks_app.search.rules import question
from tests.support.keys import FOLDED, stale_keys, stale_tasks
viewer = viewer_of(User.objects.get(username="supervisor"))
print(json.dumps({
    "stale": stale_keys() + stale_tasks(),
    "empty": [model.__name__ for model in FOLDED if not model.objects.exclude(search_text="").exists()],
    "found": {typed: [kind for kind, rows in selections(viewer, question(typed).words).items() if rows.exists()]
              for typed in ("倒排 工期", "已倒排工期", "请加快", "已部署", "412套", "老旧 小区")},
}))
"""


@pytest.mark.slow
def test_rows_of_the_first_schema_are_found_once_the_keys_have_come(landed):
    seen = json.loads(run(landed(FIRST), "-c", PLAY + LOOK))
    assert (seen["stale"], seen["empty"]) == ([], [])
    assert seen["found"] == {
        "倒排 工期": ["notice"], "已倒排工期": ["notice"], "请加快": ["instruction"], "已部署": ["instruction"],
        "412套": ["report"], "老旧 小区": ["task"],
    }  # fmt: skip
