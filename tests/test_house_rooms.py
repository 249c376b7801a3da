"""The rooms are laid out as ARCHITECTURE.md says."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
APP = ROOT / "tasks_app"
EDGES = {"web", "admin", "management", "migrations", "templatetags"}
# How the helper modules of the pages were called before they had one name.
OTHER_NAMES = {"shared", "pages", "found", "access", "helpers", "utils", "base"}


def modules() -> list[Path]:
    return [path for path in sorted(APP.glob("*/*.py")) if path.parent.name not in EDGES]


def test_an_act_stands_in_actions_or_in_a_module_that_the_architecture_names():
    acting = {
        f"{path.parent.name}/{path.stem}"
        for path in modules()
        if path.stem != "actions" and re.search(r"^@transaction\.atomic\ndef [a-z]", path.read_text("utf-8"), re.M)
    }
    words = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    named = re.search(r"Acts with a module of their own: ([^.]+)\.", words)
    assert named, "the sentence that lists them"
    assert acting == set(re.findall(r"`(\w+/\w+)`", named[1])), "put it into actions.py, or name the module there"


def test_nothing_is_written_where_it_is_only_asked_or_calculated():
    writing = re.compile(r"\.(?:save|create|bulk_create|bulk_update|get_or_create|update_or_create|delete)\(")
    offenders = [
        f"{path.relative_to(APP)}: {found[0]}"
        for path in modules()
        if path.stem in ("choices", "rules", "queries")
        if (found := writing.search(path.read_text("utf-8")))
    ]
    assert not offenders, "a write belongs in actions.py"


def test_what_the_pages_of_an_area_share_is_called_common():
    offenders = [str(path.relative_to(APP)) for path in APP.glob("web/*/*.py") if path.stem in OTHER_NAMES]
    assert not offenders, "one name for one thing: common.py"


def test_every_room_stands_in_the_architecture():
    rooms = {path.parent.name for path in APP.glob("*/__init__.py")} - EDGES
    drawn = set(re.findall(r"^  ([a-z]+)/ ", (ROOT / "ARCHITECTURE.md").read_text("utf-8"), re.M)) - EDGES
    assert drawn == rooms
