"""Who may do what is decided in one place: the rules of the house about permissions and refusals."""

import ast
import inspect
from pathlib import Path
from types import ModuleType

from tasks_app.accounts import permissions, scopes
from tasks_app.accounts.permissions import Viewer

APP = Path(__file__).parents[1] / "tasks_app"
# Of what a viewer is made; `memberships` is also what Django calls a person's posts.
RAW = {name for name in vars(Viewer) if name.endswith("_ids")} | {"jurisdiction_ids_as", "memberships"}


def sources() -> dict[str, ast.Module]:
    """Path below tasks_app → the source of each file that is not of accounts itself."""
    paths = [path for path in APP.rglob("*.py") if path.relative_to(APP).parts[0] not in ("accounts", "migrations")]
    return {path.relative_to(APP).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in sorted(paths)}


def attributes(tree: ast.Module) -> list[tuple[str, str, int]]:
    """Each `owner.name` as (the last name of the owner, name, line)."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            found.append((ast.unparse(node.value).rpartition(".")[2], node.attr, node.lineno))
    return found


def test_nobody_outside_accounts_looks_at_the_ids_of_which_a_viewer_is_made():
    assert {"liaison_unit_ids", "overseen_jurisdiction_ids", "jurisdiction_ids"} <= RAW
    offenders = [
        f"{path}:{line} viewer.{name}"
        for path, tree in sources().items()
        for owner, name, line in attributes(tree)
        if name in RAW and (owner == "viewer" or name != "memberships")
    ]
    assert not offenders, "a decision belongs in accounts/permissions.py, its condition in accounts/scopes.py"


def test_no_page_asks_for_a_role_where_it_means_a_permission():
    offenders = [
        f"{path}:{line}"
        for path, tree in sources().items()
        for owner, name, line in attributes(tree)
        if (owner, name) == ("viewer", "has")
    ]
    assert not offenders, "give what the role allows a name in accounts/permissions.py"


def functions(module: ModuleType) -> set[str]:
    found = inspect.getmembers(module, inspect.isfunction)
    return {name for name, each in found if each.__module__ == module.__name__ and not name.startswith("_")}


def test_every_permission_is_asked_for_somewhere():
    decided = functions(permissions) | functions(scopes)
    asked = {node.id for tree in sources().values() for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert not decided - asked, "a permission that nobody asks for keeps nobody out: use it, or delete it"


def test_a_refusal_is_shown_in_one_place():
    showing = [
        path
        for path, tree in sources().items()
        if any(isinstance(node, ast.Constant) and node.value in ("403.html", 403) for node in ast.walk(tree))
    ]
    assert showing == ["web/shared/errors.py"], "raise PermissionDenied(sentence)"
