"""A page is complete: what is written for it is used, and somebody can get there. Each test names what is left out.

The answers are in test_access.py, the queries in web/test_query_counts.py, the words in test_translation.py.
"""

import ast
import csv
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
WEB = ROOT / "tasks_app" / "web"
TEMPLATES = ROOT / "templates"
# Nothing on a page leads there: opened from outside, or the end of an act.
UNLINKED = {
    "healthz": "asked by the proxy and the container",
    "metrics": "read by the monitoring",
    "report_submit": "检查并提交 saves the month and goes there",
    "workbook": "an upload ends there",
    "password_change_done": "Django leads there when the password is changed",
}


def sources() -> dict[str, ast.Module]:
    return {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted((ROOT / "tasks_app").rglob("*.py"))
        if "migrations" not in path.parts
    }


def views(tree: ast.Module) -> list[str]:
    """The public functions that take a request first and answer it."""
    return [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and node.args.args
        and node.args.args[0].arg == "request"
        and node.returns is not None
        and "HttpResponse" in ast.unparse(node.returns)
    ]


def used(tree: ast.Module) -> set[str]:
    """What is called or named here: `name`, or `module.name`."""
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return names | {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def test_every_view_has_an_address_or_is_used_by_one_that_has():
    trees = {path: tree for path, tree in sources().items() if path.startswith("tasks_app/web/")}
    named_here = set().union(*map(used, trees.values()))
    handlers = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "config").glob("*.py")))
    lost = [
        f"{path}: {name}"
        for path, tree in trees.items()
        for name in views(tree)
        if not {name, f"{Path(path).stem}.{name}"} & named_here and f".errors.{name}" not in handlers
    ]
    assert not lost, "no address in urls.py leads to it"


def opened() -> set[str]:
    """The names of the addresses that somebody may open."""
    with (ROOT / "tests" / "access_table.csv").open(encoding="utf-8", newline="") as file:
        return {row["address"] for row in csv.DictReader(file) if row["method"] == "GET" and "200" in row.values()}


def leads(node: ast.AST) -> bool:
    """An address by its name, or a row of a table of links; not where an act goes back to when it is done."""
    called = ast.unparse(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else ""
    return isinstance(node, ast.Tuple) or called in {"reverse", "reverse_lazy", "address"}


def texts(node: ast.AST) -> set[str]:
    parts = node.elts if isinstance(node, ast.Tuple) else node.args if isinstance(node, ast.Call) else []
    inside = [each for part in parts for each in ast.walk(part) if isinstance(each, ast.Constant)]
    return {each.value for each in inside if isinstance(each.value, str)}


def named() -> set[str]:
    """The names of addresses that templates and code lead to."""
    in_templates = {
        name
        for path in TEMPLATES.rglob("*.html")
        for name in re.findall(r"{%\s*url\s+['\"]([\w:]+)['\"]", path.read_text(encoding="utf-8"))
    }
    in_code = {
        text
        for path, tree in sources().items()
        if not path.endswith("urls.py")
        for node in ast.walk(tree)
        if leads(node)
        for text in texts(node)
    }
    return in_templates | in_code


def test_something_leads_to_every_page():
    lost = opened() - named() - UNLINKED.keys()
    assert not lost, "link it, or say in UNLINKED who opens it"
    assert not UNLINKED.keys() - opened(), "no such page any more"


def pictures() -> dict[str, str]:
    """Name → address, as scripts/screenshots takes them."""
    tree = ast.parse((ROOT / "scripts" / "screenshots").read_text(encoding="utf-8"))
    (taken,) = [
        node.value for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "PICTURES"
    ]
    assert isinstance(taken, ast.List)
    return {ast.literal_eval(each.elts[0]): ast.literal_eval(each.elts[2]) for each in taken.elts}


def test_the_pictures_of_the_docs_are_those_that_the_script_takes():
    kept = {path.stem for path in (ROOT / "docs" / "screenshots").glob("*.png")}
    assert kept == pictures().keys(), "run scripts/screenshots, or delete what it no longer takes"


@pytest.mark.parametrize("document", ["README.md", "README.zh-CN.md"])
def test_every_picture_that_a_document_shows_is_there(document):
    shown = set(re.findall(r"screenshots/([\w-]+)\.png", (ROOT / document).read_text(encoding="utf-8")))
    assert shown
    assert not shown - pictures().keys()
