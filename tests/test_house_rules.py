"""What a linter cannot keep: the rules of the house, checked over its own source."""

import ast
import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
APP = ROOT / "tasks_app"
SOURCES = [path for path in APP.rglob("*.py") if "migrations" not in path.parts]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
EDGES = ("web", "management")
CLOCKS = {
    ("timezone", "now"),
    ("timezone", "localdate"),
    ("date", "today"),
    ("datetime", "now"),
    ("datetime", "utcnow"),
}
# Writes of a queryset, a manager or a model.
WRITES = {
    "save", "create", "get_or_create", "update_or_create", "bulk_create", "bulk_update", "delete", "update",
}  # fmt: skip
# Derived or self-recording: their docstrings say why they add no audit event.
EVENTLESS = {
    "outbox.actions": {
        "enqueue", "suppress", "deliver_waiting", "mark_read", "mark_all_read", "write_digests", "settle_lines",
        "beat", "take_turn",
    },
    "progress.actions": {"store_standings", "set_verified"},
    "reporting.actions": {"refresh_standings", "refresh_stale_standings", "refuse_closed"},
    "audit.actions": {"record", "digest_of", "first_broken"},
    "reminders.actions": {"make_round", "send_due", "note_results"},
}  # fmt: skip
# Rendered by Django itself, never named in our code.
RENDERED_BY_DJANGO = {
    "400.html", "403.html", "404.html", "500.html", "403_csrf.html", "registration/login.html",
    "registration/password_change_form.html", "registration/password_change_done.html",
    "admin/base_site.html",
}  # fmt: skip


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    return str(path.relative_to(APP))


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_the_clock_is_read_only_in_clock(path):
    if path == APP / "clock.py":
        return
    calls = [
        (node.func.value.id, node.func.attr)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name)
    ]
    assert not CLOCKS & set(calls), "ask tasks_app.clock at the edges, take `at` or `today` elsewhere"


@pytest.mark.parametrize("path", [p for p in SOURCES if (APP / "web") in p.parents], ids=name_of)
def test_pages_write_only_through_actions(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            owner = ast.unparse(node.func.value)
            # A dict's or workbook's own update and save are no writes to a table.
            assert not re.search(r"objects|\ball\(\)|filter\(|_set\b|request\.user", owner), (
                f"line {node.lineno}: {ast.unparse(node)[:80]}"
            )


def actions() -> list[object]:
    """Every public function of every actions.py, as test parameters."""
    return list(_actions())


def _actions():
    """All of each actions.py; elsewhere in the rooms what opens a transaction is an action, too."""
    for path in sorted(APP.glob("*/*.py")):
        if path.parent.name in ("web", "migrations") or path.name == "__init__.py":
            continue
        deciding = path.name == "actions.py"
        text = path.read_text(encoding="utf-8")
        if not deciding and "@transaction.atomic" not in text:
            continue
        module = import_module(f"tasks_app.{path.parent.name}.{path.stem}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            own = function.__module__ == module.__name__ and not name.startswith("_")
            if own and (deciding or "@transaction.atomic" in inspect.getsource(function)):
                yield pytest.param(f"{path.parent.name}.{path.stem}", name, function, id=f"{path.parent.name}.{name}")


@pytest.mark.parametrize(("module", "name", "function"), actions())
def test_every_action_is_keyword_only_says_who_and_when_and_records_an_event(module, name, function):
    if name in EVENTLESS.get(module, ()):
        return
    parameters = inspect.signature(function).parameters
    assert all(p.kind is inspect.Parameter.KEYWORD_ONLY for p in parameters.values())
    assert {"by", "at"} <= parameters.keys()
    source = inspect.getsource(function)
    assert "@transaction.atomic" in source
    called = [getattr(inspect.getmodule(function), each, None) for each in re.findall(r"\b([a-z_]\w*)\(", source)]
    own = [each for each in called if inspect.isfunction(each) and each.__module__ == function.__module__]
    sources = [source, *map(inspect.getsource, own)]
    assert any("record(" in each for each in sources), "an action, or its helper, records its audit event"


def test_every_beat_entry_names_a_real_job():
    from config.celery import app

    app.loader.import_default_modules()
    for entry in app.conf.beat_schedule.values():
        assert entry["task"] in app.tasks


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_no_template_is_unused_and_none_breaks_the_content_policy(path):
    name = str(path.relative_to(ROOT / "templates"))
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|\son[a-z]+=\"|<style\b|<script(?![^>]*\bsrc=)(?![^>]*application/json)", text)
    assert not re.search(r"\{#(?:(?!#\}).)*$", text, re.MULTILINE), "{# #} ends on its line, or it is printed"
    if name in RENDERED_BY_DJANGO:
        return
    everything = [
        p.read_text(encoding="utf-8") for p in [*SOURCES, *TEMPLATES, *(ROOT / "config").glob("*.py")] if p != path
    ]
    assert any(f'"{name}"' in source or f"'{name}'" in source for source in everything), "no longer used: delete it"


@pytest.mark.parametrize("path", [*SOURCES, *(ROOT / "config").glob("*.py")], ids=lambda p: str(p.relative_to(ROOT)))
def test_files_stay_short_and_say_what_they_are_for(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 420, "is there a second subject in it?"
    if text.strip():
        assert ast.get_docstring(ast.parse(text)), "a module says in a line what it holds"
