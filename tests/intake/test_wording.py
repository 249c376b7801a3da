"""Every code by which a file, a row or a cell is refused has words, and gives whatever those words ask for."""

import ast
import inspect
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tasks_app.intake import once
from tasks_app.intake.readers import Unreadable, encodings, files, reasons
from tasks_app.intake.staging import reason_of
from tasks_app.intake.understanding import deadlines
from tasks_app.intake.wording import WORDS

APP = Path(__file__).parents[2] / "tasks_app"
MAKERS = {"Unreadable", "CellProblem", "Problem"}
# First arguments that are no words: refusals handed on, and tables of codes, which are looked at below.
HANDED_ON = {"found.code", "problem.code", "code", "_OLE_SUFFIXES[suffix]", "said['code']"}
TABLES = {code for _mark, code in encodings._MAGIC} | set(files._OLE_SUFFIXES.values())
# The kinds of doubt in a deadline, each a code where no guess is allowed.
UNSURE = {
    ast.literal_eval(call.args[0])
    for call in ast.walk(ast.parse(inspect.getsource(deadlines)))
    if isinstance(call, ast.Call) and ast.unparse(call.func) == "Unsure"
}


@dataclass(frozen=True)
class Raised:
    """A code as it is raised somewhere, and the names of the details that it brings."""

    where: str
    maker: str
    code: str
    given: frozenset[str]


def raised():
    for path in sorted(APP.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
                if isinstance(call.func, ast.Name) and call.func.id in MAKERS and (call.args or call.keywords):
                    where = f"{path.relative_to(APP)}:{call.lineno}"
                    for code in _codes(call, where):
                        yield Raised(where, call.func.id, code, _given(call, function))


def _codes(call, where):
    if not call.args:
        assert ast.unparse(call) in {
            "Problem(**said)",
            "Problem(code=code, line=line, value=value, details=details)",
        }, where
        return set()
    if ast.unparse(call.args[0]) in HANDED_ON:
        return set()
    if ast.unparse(call.args[0]) == "f'deadline_{unsure.code}'":
        return {f"deadline_{code}" for code in UNSURE}
    # In a condition's answers and in a next((code for …), "other"): what may come out.
    first = call.args[0]
    branches = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
    if isinstance(first, ast.Call):
        branches = first.args[1:]
    found = {node.value for branch in branches for node in ast.walk(branch) if isinstance(node, ast.Constant)}
    assert found, f"{where}: which code may {ast.unparse(first)} be?"
    return found


def _given(call, function):
    if call.func.id != "Problem":
        spread = [_keys(word.value, function) for word in call.keywords if word.arg is None]
        return frozenset(word.arg for word in call.keywords if word.arg).union(*spread)
    details = next((word.value for word in call.keywords if word.arg == "details"), None)
    return _keys(call.args[4] if details is None and len(call.args) > 4 else details, function)


def _keys(details, function):
    """The keys of a dict that is written there, or earlier in the function under this name."""
    if isinstance(details, ast.Name):
        details = next(
            node.value
            for node in ast.walk(function)
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == details.id
        )
    return frozenset(ast.literal_eval(key) for key in details.keys) if isinstance(details, ast.Dict) else frozenset()


def said_again():
    """Values that stand once in a list: `once` keeps a code and its details as a pair, not as a problem."""
    for node in ast.walk(ast.parse(inspect.getsource(once))):
        if isinstance(node, ast.Tuple) and isinstance(node.elts[0], ast.Subscript):
            place = ast.literal_eval(node.elts[0].slice)
            yield Raised(f"intake/once.py:{node.lineno}", "Problem", once.CODES[place], _keys(node.elts[1], None))


@cache
def everywhere():
    return [*raised(), *said_again()]


def asked_in_chinese_rows(code):
    return set(re.findall(r"%\((\w+)\)", "".join(map(str, WORDS[code]))))


def asked_of_files(code):
    return set(re.findall(r"\{(\w+)\}", "".join(reasons._WORDS[code])))


def test_the_codes_are_found():
    assert {"value_held", "value_twice", "too_many_cells", "sheet_too_large", "unit_unknown", "too_long"} <= {
        one.code for one in everywhere()
    }
    assert len(everywhere()) > 40


def test_every_refusal_has_words_and_gives_what_they_ask_for():
    faults = []
    for one in everywhere():
        # A value and a line are always there.
        free = {"value", "line"}
        if one.maker != "Unreadable" and one.code not in WORDS:
            faults.append(f"{one.where}: {one.code} has no words")
        if one.code in WORDS and (missing := asked_in_chinese_rows(one.code) - one.given - free):
            faults.append(f"{one.where}: {one.code} gives no {missing}")
        if one.maker == "Unreadable":
            if not {one.code} & {*WORDS, *reasons._WORDS}:
                faults.append(f"{one.where}: {one.code} has no words")
            if one.code in reasons._WORDS and (missing := asked_of_files(one.code) - one.given - {"line"}):
                faults.append(f"{one.where}: {one.code} gives no {missing}")
    assert faults == []


def test_the_codes_in_tables_need_no_details():
    assert [code for code in TABLES if code not in {*WORDS, *reasons._WORDS}] == []
    assert [code for code in TABLES if code in WORDS and asked_in_chinese_rows(code)] == []
    assert [code for code in TABLES if code in reasons._WORDS and asked_of_files(code)] == []


def test_no_words_are_left_for_a_code_that_nothing_raises():
    codes = {one.code for one in everywhere()} | TABLES | {"is_xlsx", "is_document"}
    assert {*WORDS, *reasons._WORDS} - codes == set()


def test_a_refused_file_is_put_into_words():
    faults = []
    for one in (one for one in everywhere() if one.maker == "Unreadable"):
        details = {name: f"〈{name}〉" for name in one.given - {"line", "value"}}
        said = reason_of(Unreadable(one.code, line=3, value="甲", **details))
        if len(said) <= 10 or "{" in said or "%(" in said:
            faults.append(f"{one.where}: {one.code}: {said}")
    assert faults == []
