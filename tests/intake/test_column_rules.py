"""A column of imports is whole: what each must have, without a database. See test_columns.py for the pages.

A failure names the file in which a field or a column is missing.
"""

import datetime as dt
import json
from dataclasses import fields, replace
from types import SimpleNamespace

from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from tasks_app.catalogue.items import ONCE, PLAIN, SEARCHED, DoubtNote, Item, Target, from_json, to_json
from tasks_app.catalogue.models import Task
from tasks_app.catalogue.writing import search_text
from tasks_app.intake.columns import COLUMN_OF, COLUMNS, FILE_COLUMNS, RESPONSIBLE, ROW_COLUMNS
from tasks_app.intake.context import Context
from tasks_app.intake.layout import column_of
from tasks_app.intake.matching import digest_of
from tasks_app.lib.text import search_key
from tests.factories import ITEMS
from tests.intake.column_examples import EXAMPLES

# What stands beside a task and no file brings: its place and kind, and what was noted about the document.
ASIDE = {"seq", "kind", "counties", "further_deadlines", "doubts", "source"}
UNITS = ("市教育局", "市住房建设局", "市发展改革委", "乐都区政府")
DUE = (
    (dt.date(2024, 10, 31), "10月底前", "explicit"),
    (dt.date(2024, 12, 31), "按年底", "default"),
    (dt.date(2025, 6, 30), "印发后半年内", "inferred"),
    (None, "长期", "explicit"),
    (None, "", "none"),
)
WORDS = st.text("改造建设新增老旧小区道路学校", min_size=1, max_size=12)
CODES = st.text("QHSN-0123456789", max_size=20).filter(lambda text: text == text.strip())


@st.composite
def targets(draw) -> Target:
    subject, value, unit = draw(WORDS), draw(st.decimals(1, 999, places=0)), draw(st.sampled_from("套个项"))
    county = draw(st.sampled_from(["", "乐都区", "平安区"]))
    kind = "breakdown" if county else "target"
    sign = draw(st.sampled_from(["=", ">="]))
    return Target(f"{subject}{value}{unit}", subject, value, unit, None, sign, kind, county)


@st.composite
def items(draw) -> Item:
    """Any item as a list may have it; every field that a column fills is drawn."""
    due_on, due_text, due_basis = draw(st.sampled_from(DUE))
    key_task = draw(st.one_of(st.just(""), WORDS))
    lead_units, assist_units = (tuple(draw(st.lists(st.sampled_from(UNITS), min_size=n, unique=True))) for n in (1, 0))
    drawn = {
        "no": str(draw(st.integers(1, 999))),
        "content": draw(WORDS),
        "path": tuple(draw(st.lists(WORDS, max_size=3))),
        "key_task": key_task,
        "sub_task": draw(st.one_of(st.just(""), WORDS)) if key_task else "",
        "title": draw(st.one_of(st.just(""), WORDS)),
        "lead_units": lead_units,
        "assist_units": assist_units,
        "lead_text": draw(WORDS),
        "assist_text": draw(WORDS),
        "due_on": due_on,
        "due_text": due_text,
        "due_basis": due_basis,
        "targets": tuple(draw(st.lists(targets(), max_size=3, unique_by=lambda t: (t.county, t.subject)))),
        "external_code": draw(CODES),
    }
    missing = {field.name for field in fields(Item)} - drawn.keys() - ASIDE
    assert not missing, f"draw {missing} in this strategy"
    # A column may come before its field in catalogue/items.py: another test says so.
    return Item(seq=1, **{name: drawn[name] for name in drawn if name in {field.name for field in fields(Item)}})


def context() -> Context:
    names = SimpleNamespace(vocabulary=UNITS, find=lambda name: SimpleNamespace(name=name) if name in UNITS else None)
    return Context(names, 2024, None, "", {}, frozenset({"乐都区", "平安区"}))


def shown(column, item: Item) -> object:
    """What is seen of a value; the order of units is no part of it."""
    return sorted(column.shown(item).split("、"))


def rest(column, item: Item) -> dict[str, object]:
    return {other.name: other.of(item) for other in ROW_COLUMNS if other is not column}


def test_every_field_that_imports_bring_has_one_column_and_every_column_its_field():
    known = {field.name for field in fields(Item)}
    assert not known - ASIDE - COLUMN_OF.keys(), "tasks_app/intake/columns.py has no column for this field of an item"
    assert not COLUMN_OF.keys() - known, "tasks_app/catalogue/items.py:Item has no such field, but a column fills it"
    filled = [field for column in ROW_COLUMNS for field in column.called]
    assert len(filled) == len(set(filled)), "two columns of tasks_app/intake/columns.py fill the same field"


def test_every_column_has_an_example_here_and_every_example_a_column():
    assert not {column.name for column in COLUMNS} - EXAMPLES.keys(), "give an example in column_examples.py"
    assert not EXAMPLES.keys() - {column.name for column in COLUMNS}, "tasks_app/intake/columns.py lacks this column"


def test_plain_fields_are_named_in_items_and_stored_under_the_same_name():
    texts = {field.name for field in fields(Item) if field.type in (str, "str")}
    assert texts == set(PLAIN), "tasks_app/catalogue/items.py: PLAIN names every text of an item"
    assert set(ONCE) <= set(PLAIN) >= set(SEARCHED)
    missing = [name for name in PLAIN if not _has_field(name)]
    assert not missing, f"tasks_app/catalogue/models.py:Task has no field {missing}"


def _has_field(name: str) -> bool:
    try:
        Task._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True


def test_what_stands_once_is_a_constraint_too():
    kept = {name for one in Task._meta.constraints if getattr(one, "condition", None) for name in one.fields}
    lacking, unnamed = set(ONCE) - kept, (kept & set(PLAIN)) - set(ONCE)
    assert not lacking, f"tasks_app/catalogue/models.py:Task: no constraint keeps {lacking} once in a list"
    assert not unnamed, f"tasks_app/catalogue/items.py: ONCE does not name {unnamed}"


def test_the_migrations_bring_the_tables_to_the_models():
    with translation.override(None):  # as makemigrations compares them
        loader = MigrationLoader(None)
        leaves = loader.graph.leaf_nodes("tasks_app")
        found = MigrationAutodetector(loader.project_state(leaves), ProjectState.from_apps(apps))
        made = found._detect_changes().get("tasks_app", [])
    changes = [operation.describe() for migration in made for operation in migration.operations]
    assert not changes, f"tasks_app/migrations/ and the models differ: {changes}"


@given(items())
def test_an_item_goes_through_json_and_comes_back_whole(item):
    item = replace(item, kind="duty", counties=("乐都区",), doubts=(DoubtNote("a", "no", "甲"),), source={"page": 1})
    back = from_json(json.loads(json.dumps(to_json(item))))
    lost = item.changed_fields(back)
    assert not lost, f"tasks_app/catalogue/items.py: to_json or from_json loses {lost}"
    for name in SEARCHED:
        assert search_key(getattr(item, name)) in search_text(item), f"no search finds a task by {name}"


def test_lists_without_the_newer_fields_have_the_fingerprint_that_they_had():
    # Taken before there was an external code; uploads that wait and imports that may be undone hold such ones.
    before = "e4e902e4f1cf086ed5eb03657534a56eec35bc2e9e73ffde0450c3a25caf990b"
    assert digest_of({item.seq: item for item in ITEMS}) == before
    for path in sorted((settings.FIXTURES_ROOT / "lists").glob("*.json")):
        items = json.loads(path.read_text(encoding="utf-8"))["items"]
        assert not any("external_code" in to_json(from_json(item)) for item in items)


@given(items())
def test_an_edit_that_says_what_stands_there_changes_nothing(item):
    for column in ROW_COLUMNS:
        assert column.onto(item, column.of(item), context()) == item, column.name
        assert column.put(item, column.anew(item, context())) == item, column.name
        assert column.take(item, item) == item, column.name


@given(items(), items())
def test_an_edit_of_one_column_takes_its_new_value_and_keeps_every_other(item, other):
    for column in ROW_COLUMNS:
        edited = column.onto(item, column.of(other), context())
        assert shown(column, edited) == shown(column, other), f"{column.name}: the edit is dropped"
        assert rest(column, edited) == rest(column, item), f"{column.name}: the edit changes another column"
        assert set(item.changed_fields(edited)) <= set(column.called), f"{column.name}: a change without a name"


@given(items(), items())
def test_a_row_gives_the_lists_item_its_values_column_by_column(known, item):
    for column in ROW_COLUMNS:
        taken = column.take(known, item)
        assert shown(column, taken) == shown(column, item), f"{column.name}: take() drops the row's value"
        assert rest(column, taken) == rest(column, known), f"{column.name}: take() changes another column"


def test_every_heading_stands_for_one_column():
    for column in (*FILE_COLUMNS, RESPONSIBLE):
        for heading in (column.title, *column.synonyms):
            assert column_of(heading) == column.name, heading


def test_the_glossary_names_every_column():
    table = (settings.BASE_DIR / "GLOSSARY.md").read_text(encoding="utf-8")
    screen = [line.split("|")[1] for line in table.splitlines() if line.startswith("|")]
    words = {column.name: column.title for column in ROW_COLUMNS} | {"path": "章, 节", "content": "工作事项"}
    missing = [name for name, word in words.items() if not any(word in cell for cell in screen)]
    assert not missing, f"GLOSSARY.md has no line for {missing}"


def test_the_readme_of_the_data_names_every_field_of_an_item():
    text = (settings.FIXTURES_ROOT / "README.md").read_text(encoding="utf-8")
    missing = [field.name for field in fields(Item) if field.name in PLAIN and f"`{field.name}`" not in text]
    missing = [name for name in missing if name not in {"due_text", "due_basis"}]  # `deadline` holds these
    assert not missing, f"fixtures/README.md does not say what {missing} is"
