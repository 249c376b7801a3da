"""Each landed schema, with a played month in it, migrates to today's, and nothing that was written is lost.

landed/NAME.json holds the rows of the small city at the migration NAME. Migrations are only added, so the oldest file
goes through all of them; a newer one is worth having where tables came that it should hold rows of. It is written, before
the next migration is made, by `DUBAN_RECORD_LANDED=NAME pytest tests/migrations -k record`.
"""

import json
import os
import re

import pytest
from django.apps import apps

from tests.migrations.databases import FOLDER, rows_of, run
from tests.migrations.played import play_month
from tests.support.landed import record, tables
from tests.support.schema import schema

# Django's own groups and permissions of single people: the product has roles instead.
UNUSED = {"user_groups", "user_user_permissions"}
# 0002 makes these keys anew, without blanks (tests/migrations/test_search_keys.py).
REWRITTEN = re.compile(r"(?:task|reportentry) \d+: search_text was ")
LANDED = sorted(path.stem for path in FOLDER.glob("*.json"))


@pytest.mark.slow
@pytest.mark.parametrize("name", LANDED)
def test_a_landed_schema_with_data_in_it_migrates_to_todays(name, landed, db):
    url = landed(name)
    run(url, "manage.py", "migrate", "--verbosity", "0")
    wrong = json.loads(run(url, "-m", "tests.support.landed", "check", str(rows_of(name))))
    assert [line for line in wrong if not REWRITTEN.match(line)] == []
    # The suite's own tables are made from the models.
    migrated, described = set(json.loads(run(url, "-m", "tests.support.schema"))), set(schema())
    assert (migrated - described, described - migrated) == (set(), set())


def test_the_month_that_is_recorded_leaves_rows_in_every_table(world, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.ROBOT_HOSTS = ["robots.example.test"]
    play_month(world)
    empty = {model._meta.model_name for model in tables(apps) if not model._base_manager.exists()}
    assert empty == UNUSED, "add an act to play_month that writes them"
    if name := os.environ.get("DUBAN_RECORD_LANDED"):
        record(rows_of(name))
