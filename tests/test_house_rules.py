"""What a linter cannot keep: the rules of the house, checked over its own source."""

import ast
import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from tests.support.offenders import every, listed
from tests.support.sources import (
    APP,
    ROOT,
    place,
    python_sources,
    sources_of_the_suite,
    templates,
    text_of,
    tree_of,
)

CLOCKS = {
    ("timezone", "now"),
    ("timezone", "localdate"),
    ("date", "today"),
    ("datetime", "now"),
    ("datetime", "utcnow"),
}
READS = {name for _owner, name in CLOCKS}
# Writes of a queryset, a manager or a model.
WRITES = {
    "save", "create", "get_or_create", "update_or_create", "bulk_create", "bulk_update", "delete", "update",
}  # fmt: skip
# Derived or self-recording: their docstrings say why they add no audit event.
EVENTLESS = {
    "outbox.actions": {
        "enqueue", "suppress", "deliver_waiting", "mark_read", "mark_all_read", "write_digests", "settle_lines",
        "beat", "take_turn", "note_breakdowns", "tell",
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


# The one helper that waits for other processes; and trials that last for a given time, which no test runs.
WAITS, TRIALS = "tests/support/servers.py", {"tests/support/outages.py", "tests/support/smtp_faults.py"}
STOPWATCHES = {"perf_counter", "perf_counter_ns", "monotonic", "monotonic_ns", "process_time", "process_time_ns"}
SLEEPS = {"sleep", "wait_for_timeout"}


def calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call))


def called(call: ast.Call) -> str:
    """`now` of `timezone.now()`."""
    return getattr(call.func, "attr", "") or getattr(call.func, "id", "")


def owner(call: ast.Call) -> str:
    """`timezone` of `timezone.now()`."""
    return ast.unparse(call.func.value) if isinstance(call.func, ast.Attribute) else ""


def test_the_clock_is_read_only_in_clock():
    found = [
        f"{place(path, call.lineno)}: {ast.unparse(call)}"
        for path in python_sources()
        if APP in path.parents and path != APP / "clock.py"
        for call in calls(path)
        if called(call) in READS and (owner(call), called(call)) in CLOCKS
    ]
    assert not found, listed("ask tasks_app.clock at the edges, take `at` or `today` elsewhere", found)


# On pages and in commands `at` comes from tasks_app.clock, in Beijing's zone; what a table gives is in UTC.
OF_THE_CLOCK = {"at", "self.at", "clock.now()"}
# A moment that was made in Beijing's zone on the spot, and the cell of a workbook, which has no zone.
IN_PLACE = {"tasks_app/outbox/rules.py", "tasks_app/intake/readers/workbook.py"}
# Where a moment leaves the house as text: the log's digest, the calendar feed.
IN_UTC = {"tasks_app/audit/actions.py", "tasks_app/lib/icalendar.py"}


def test_the_day_of_a_moment_is_the_one_in_beijing():
    """Until eight in the morning the date of a moment in UTC is yesterday's; no test that plays at ten sees it."""
    found = []
    for path in python_sources():
        if APP not in path.parents or APP / "lib" in path.parents:
            continue
        by_clock = OF_THE_CLOCK if {"web", "management"} & set(path.relative_to(APP).parts) else set()
        found += [
            place(path, node.lineno)
            for node in ast.walk(tree_of(path))
            if (_asks_for_a_date(node, by_clock) and place(path) not in IN_PLACE)
            or (isinstance(node, ast.Attribute) and node.attr in ("UTC", "utc") and place(path) not in IN_UTC)
        ]
    assert not found, listed("ask lib.dates.beijing_day for it", found)


def _asks_for_a_date(node: ast.AST, by_clock: set[str]) -> bool:
    return isinstance(node, ast.Call) and called(node) == "date" and not node.args and owner(node) not in by_clock


def test_pages_write_only_through_actions():
    # A dict's or workbook's own update and save are no writes to a table.
    tables = re.compile(r"objects|\ball\(\)|filter\(|_set\b|request\.user")
    found = [
        f"{place(path, call.lineno)}: {ast.unparse(call)[:80]}"
        for path in python_sources()
        if APP / "web" in path.parents
        for call in calls(path)
        if called(call) in WRITES and tables.search(owner(call))
    ]
    assert not found, listed("call an action of the room", found)


def shows_a_refusal(tree: ast.AST) -> Iterator[int]:
    """Lines that catch nothing but a refusal and show its sentence."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Try) and [ast.unparse(each.type or each) for each in node.handlers] == ["Refused"]:
            (handler,) = node.handlers
            if ast.unparse(handler.body[0]) == f"messages.error(request, str({handler.name}))":
                yield handler.lineno


def test_a_refusal_becomes_a_message_in_one_place():
    found = [
        place(path, line)
        for path in python_sources()
        if APP / "web" in path.parents
        for line in shows_a_refusal(tree_of(path))
    ]
    assert not found, listed("put the act and the answer to its success into `with refusals_shown(request):`", found)


def actions() -> Iterator[tuple[str, str, object]]:
    """All of each actions.py; elsewhere in the rooms what opens a transaction is an action, too."""
    for path in sorted(APP.glob("*/*.py")):
        if path.parent.name in ("web", "migrations") or path.name == "__init__.py":
            continue
        deciding = path.name == "actions.py"
        if not deciding and "@transaction.atomic" not in text_of(path):
            continue
        module = import_module(f"tasks_app.{path.parent.name}.{path.stem}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            own = function.__module__ == module.__name__ and not name.startswith("_")
            if own and (deciding or "@transaction.atomic" in inspect.getsource(function)):
                yield f"{path.parent.name}.{path.stem}", name, function


def test_every_action_is_keyword_only_says_who_and_when_and_records_an_event():
    with every("see `action` in CONTRIBUTING.md") as at:
        for module, name, function in actions():
            with at(f"{module}.{name}"):
                if name not in EVENTLESS.get(module, ()):
                    _is_an_action(function)


def _is_an_action(function) -> None:
    parameters = inspect.signature(function).parameters
    assert all(p.kind is inspect.Parameter.KEYWORD_ONLY for p in parameters.values()), "every argument by its name"
    assert {"by", "at"} <= parameters.keys(), "take by= and at="
    source = inspect.getsource(function)
    assert "@transaction.atomic" in source, "open one transaction"
    assert any("record(" in each for each in _sources(function)), "an action, or its helper, records its audit event"


def _sources(function, seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """The texts in which an action may record: its own, its module's functions, and the helpers of its room.

    What opens a transaction in another module is no helper but another action: its event says what that one did.
    """
    source = inspect.getsource(function)
    yield source
    if "@transaction.atomic" in source and seen:
        return
    for name in set(re.findall(r"\b([a-z_]\w*)\(", source)) - seen:
        called = getattr(inspect.getmodule(function), name, None)
        if not inspect.isfunction(called) or _room(called) != _room(function):
            continue
        if called.__module__ == function.__module__ or "@transaction.atomic" not in inspect.getsource(called):
            yield from _sources(called, seen | {function.__name__, name})


def _room(function) -> str:
    return function.__module__.rpartition(".")[0]


def test_no_exception_among_the_actions_is_out_of_date():
    known = {(module, name) for module, name, _function in actions()}
    gone = [f"{module}.{name}" for module in EVENTLESS for name in EVENTLESS[module] if (module, name) not in known]
    assert not gone, listed("no such action: take it off EVENTLESS", sorted(gone))


def test_every_beat_entry_names_a_real_job():
    from config.celery import app

    app.loader.import_default_modules()
    for entry in app.conf.beat_schedule.values():
        assert entry["task"] in app.tasks


def test_no_template_breaks_the_content_policy():
    inline = re.compile(r"\sstyle=|\son[a-z]+=\"|<style\b|<script(?![^>]*\bsrc=)(?![^>]*application/json)")
    found = [_hit(path, hit) for path in templates() for hit in inline.finditer(text_of(path))]
    assert not found, listed("styles go into static/css, programs into static/js", found)


def test_every_comment_in_a_template_ends_on_its_line():
    endless = re.compile(r"\{#(?:(?!#\}).)*$", re.MULTILINE)
    found = [_hit(path, hit) for path in templates() for hit in endless.finditer(text_of(path))]
    assert not found, listed("{# #} over several lines is printed: use {% comment %}", found)


def _hit(path: Path, hit: re.Match[str]) -> str:
    text = text_of(path)
    line = text.count("\n", 0, hit.start()) + 1
    return f"{place(path, line)}: {text.splitlines()[line - 1].strip()[:120]}"


def test_no_template_is_unused():
    named = [(path, set(re.findall(r"[\"']([^\"'\s]+\.html)[\"']", text_of(path)))) for path in _name_templates()]
    unused = [
        place(path)
        for path in templates()
        if (name := str(path.relative_to(ROOT / "templates"))) not in RENDERED_BY_DJANGO
        and not any(name in names for source, names in named if source != path)
    ]
    assert not unused, listed("no longer used: delete it", unused)


def _name_templates() -> list[Path]:
    return [*python_sources(), *templates()]


def test_files_stay_short_and_say_what_they_are_for():
    with every("split it, or say at its top what it holds") as at:
        for path in python_sources():
            with at(place(path)):
                lines = text_of(path).count("\n")
                assert lines <= 420, f"{lines} lines: is there a second subject in it?"
                assert not text_of(path).strip() or ast.get_docstring(tree_of(path)), "says in a line what it holds"


def waits(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and text of what sleeps for a fixed time or compares a stopwatch with a number."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) in SLEEPS:
            yield node.lineno, ast.unparse(node)
        if isinstance(node, ast.Attribute | ast.Name | ast.alias):
            name = getattr(node, "attr", "") or getattr(node, "id", "") or getattr(node, "name", "")
            if name in STOPWATCHES:
                yield node.lineno, ast.unparse(node)


def test_no_test_sleeps_or_looks_at_a_stopwatch():
    found = [
        f"{place(path, line)}: {words}"
        for path in sources_of_the_suite()
        if place(path) not in {WAITS, *TRIALS}
        for line, words in waits(tree_of(path))
    ]
    assert not found, listed("wait for what should come: tests.support.servers.wait_until, Playwright's expect", found)


def test_no_test_runs_what_lasts_for_a_given_time():
    names = re.compile(rf"import .*\b({'|'.join(Path(each).stem for each in sorted(TRIALS))})\b")
    found = [
        place(path) for path in sources_of_the_suite() if place(path) not in TRIALS and names.search(text_of(path))
    ]
    assert not found, listed("leave it to scripts/prove_reminders", found)


def test_the_checks_see_what_they_look_for():
    timed = (
        "import time\nfrom time import monotonic\ntime.sleep(1)\npage.wait_for_timeout(5)\nx = time.perf_counter() < 1"
    )
    assert [line for line, _words in waits(ast.parse(timed))] == [2, 3, 4, 5]
    shown = (
        "try:\n    act()\nexcept Refused as why:\n    messages.error(request, str(why))\n    return redirect('there')"
    )
    assert list(shows_a_refusal(ast.parse(shown))) == [3]
    with_more = shown.replace("except Refused", "except Conflict as theirs:\n    beside(theirs)\nexcept Refused")
    assert not list(shows_a_refusal(ast.parse(with_more)))
    with pytest.raises(AssertionError, match=r"do it \(2\):\n  a: 1 is 2\n  c: KeyError: 'c'"):  # noqa: PT012, SIM117
        with every("do it") as at:
            for name in "abc":
                with at(name):
                    assert name != "a", "1 is 2"
                    assert {"a": 1, "b": 2}[name]
    with pytest.raises(AssertionError, match="nothing was looked at"), every("do it"):
        pass


def test_no_room_spells_an_address():
    """Models say where they are read (get_absolute_url); what has no model of its own is named to reverse()."""
    roots = {str(pattern.pattern).partition("/")[0] for pattern in _all_addresses()}
    spelled = re.compile(rf"/({'|'.join(map(re.escape, sorted(roots)))})/")
    found = [
        f"{place(path, node.lineno)}: {node.value}"
        for path in python_sources()
        if APP in path.parents and not {"web", "migrations"} & set(path.relative_to(APP).parts)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and spelled.match(node.value)
    ]
    assert not found, listed("ask get_absolute_url() or reverse() for the address", found)


def _all_addresses() -> Iterator[object]:
    from django.urls import get_resolver

    waiting = list(get_resolver().url_patterns)
    while waiting:
        one = waiting.pop()
        if hasattr(one, "url_patterns") and not str(one.pattern):
            waiting += one.url_patterns
        elif str(one.pattern).partition("/")[0]:
            yield one


def test_the_language_of_the_house_is_set_in_one_place_and_messages_are_composed_beside_their_room():
    """`@in_the_language_of_the_house` composes; acts call a `telling` of their room, or of one below."""
    keeper = APP / "audit" / "language.py"
    found = [
        f"{place(path, number)}: {line.strip()}"
        for path in python_sources()
        if APP in path.parents and path != keeper
        for number, line in enumerate(text_of(path).splitlines(), start=1)
        if "override(settings.LANGUAGE_CODE)" in line
    ]
    assert not found, listed("decorate what composes with in_the_language_of_the_house", found)
    senders = [
        f"{place(path, call.lineno)}: {called(call)}"
        for path in python_sources()
        if APP in path.parents and APP / "outbox" not in path.parents and path.name != "telling.py"
        for call in calls(path)
        if called(call) in ("enqueue", "tell") and not {"admin"} & set(path.parts)
    ]
    assert not senders, listed("compose the message in the room's telling.py", senders)
