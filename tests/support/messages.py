"""The interface's texts as the sources hold them: what scripts/messages writes and tests/test_translation.py compares.

Reads Python by its syntax tree and templates through Django's own `templatize`, so that neither keeping
the catalogue nor checking it needs the gettext programs. Finds what `manage.py makemessages` finds.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.template.base import Lexer, Token, TokenType
from django.utils.translation.template import templatize

from tests.support.sources import ROOT, python_sources, templates, text_of, tree_of

CATALOGUE = ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po"
OF_DJANGO = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
CHINESE = re.compile(r"[\u3400-\u9fff]")
# Function → (context's place or None, places of the message and its plural), as xgettext is told by Django.
CALLS: dict[str, tuple[int | None, tuple[int, ...]]] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), (None, (0,))),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (None, (0, 1))),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), (0, (1,))),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), (0, (1, 2))),
}
_MARKED = re.compile(r"\b(?:_|n?p?gettext)\(")
_CONSTANT = re.compile(r"""_\((?:"[^"]*"|'[^']*')\)""")


class Text(NamedTuple):
    """One text of the interface, as the catalogue names it."""

    msgid: str
    plural: str = ""
    context: str | None = None


def texts() -> list[Text]:
    """Every text to be translated, once, in the order of the sources."""
    found: dict[Text, None] = {}
    for path in [*python_sources(), *templates()]:
        of_file = in_template(text_of(path)) if path.suffix == ".html" else in_python(tree_of(path))
        found.update(dict.fromkeys(of_file))
    # Used both with and without a plural it is one entry, as in gettext.
    counted = {(text.context, text.msgid) for text in found if text.plural}
    return [text for text in found if text.plural or (text.context, text.msgid) not in counted]


def in_python(tree: ast.AST) -> Iterator[Text]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (name := _called(node)) in CALLS:
            context, places = CALLS[name]
            words = [_constant(node, place) for place in places]
            if words[0]:
                yield Text(words[0], *words[1:], context=None if context is None else _constant(node, context))


def in_template(source: str) -> Iterator[Text]:
    """`templatize` turns the tags into calls of gettext's functions and blanks out the rest."""
    program = templatize(source)
    for call in _MARKED.finditer(program):
        end = call.end()
        while True:
            end = program.index(")", end) + 1
            try:
                tree = ast.parse(program[call.start() : end], mode="eval")
            except SyntaxError:
                continue  # a bracket inside the text
            yield from in_python(tree)
            break


def untranslatable_in_python(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and text of Chinese literals that are neither given to gettext nor a docstring."""
    fine = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) in CALLS:
            fine.update(id(argument) for argument in node.args)
        if isinstance(node, ast.Expr):
            fine.add(id(node.value))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in fine:
            found = CHINESE.search(node.value)
            if found:
                yield node.lineno, node.value


def frozen_in_python(tree: ast.Module) -> Iterator[int]:
    """Lines where a text is filled in or read while the module is loaded: it would stay in that moment's language."""
    lazy = {"gettext_lazy", "ngettext_lazy", "pgettext_lazy", "npgettext_lazy"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            lazy.update(name.asname or name.name for name in node.names if name.name in lazy)
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.Call) and _called(node) in CALLS and _called(node) not in lazy:
            yield node.lineno
        if isinstance(node, ast.BinOp | ast.FormattedValue):
            inner = node.left if isinstance(node, ast.BinOp) else node.value
            if isinstance(inner, ast.Call) and _called(inner) in lazy:
                yield node.lineno
        waiting.extend(ast.iter_child_nodes(node))


def untranslatable_in_template(source: str) -> Iterator[tuple[int, str]]:
    """Line and text of Chinese outside translate, blocktranslate and `_("…")`."""
    inside = False
    for token in Lexer(source).tokenize():
        tag = token.contents.split()[0] if token.contents.split() and token.token_type == TokenType.BLOCK else ""
        if tag in {"blocktranslate", "endblocktranslate"}:
            inside = tag == "blocktranslate"
        bare = token.token_type == TokenType.TEXT and inside
        if token.token_type == TokenType.COMMENT or bare or tag == "translate":
            continue
        if CHINESE.search(_CONSTANT.sub("", token.contents)):
            yield _line(token), token.contents.strip()


def _line(token: Token) -> int:
    return token.lineno or 0


def _called(node: ast.Call) -> str:
    return getattr(node.func, "id", None) or getattr(node.func, "attr", "")


def _constant(node: ast.Call, place: int) -> str:
    argument = node.args[place] if place < len(node.args) else None
    return argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else ""


def placeholders(text: str) -> Iterable[str]:
    """What a translation must keep: %(name)s, %s, {name}, tags and entities."""
    return re.findall(r"%\(\w+\)[\d.]*[sdf]|%[sd]|%%|\{\w+\}|</?\w+[^>]*>|&\w+;", text)
