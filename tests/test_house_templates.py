"""How templates, style sheets and scripts are laid out, so that a diff of them can be read: one thing a line."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SHEETS = sorted((ROOT / "static" / "css").glob("*.css"))
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))
WIDTH = 120

Line = tuple[int, str]

DJANGO = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}")
# What cannot be broken: one tag of Django's, one attribute (its value may go on in the next line).
ONE_TAG = re.compile(r"\{%(?:(?!%\}).)*%\}")
ONE_ATTRIBUTE = re.compile(r"""[\w:-]+=(?:"(?:\{%.*?%\}|\{\{.*?\}\}|[^"])*"?|'(?:\{%.*?%\}|\{\{.*?\}\}|[^'])*'?)""")
BLOCKS = (
    "html|head|body|meta|link|header|footer|nav|main|aside|section|article|div|p|h[1-6]|ul|ol|li|dl|dt|dd|table|caption|"
    "thead|tbody|tfoot|tr|td|th|form|fieldset|legend|details|summary|figure|figcaption|hr|option|optgroup|blockquote|pre"
)
BLOCK = re.compile(rf"<({BLOCKS})\b")


def too_long_in_a_template(source: str) -> Iterator[Line]:
    """A sentence between blocktranslate and endblocktranslate is one msgid, and may be as long as it is."""
    sentence = False
    for number, line in enumerate(source.splitlines(), 1):
        words = line.strip(" ")
        inside, sentence = sentence, _opens_a_sentence(line, sentence)
        if len(line) <= WIDTH or ONE_TAG.fullmatch(words) or ONE_ATTRIBUTE.fullmatch(words):
            continue
        if not (inside and sentence):
            yield number, words


def _opens_a_sentence(line: str, inside: bool) -> bool:
    for tag in re.findall(r"\{% (blocktranslate|endblocktranslate)\b", line):
        inside = tag == "blocktranslate"
    return inside


def crowded_in_a_template(source: str) -> Iterator[Line]:
    """Lines on which a second block-level element begins."""
    for number, line in enumerate(source.splitlines(), 1):
        if len(BLOCK.findall(DJANGO.sub("", line))) > 1:
            yield number, line.strip(" ")


def crowded_in_a_sheet(source: str) -> Iterator[Line]:
    """Lines that are too long, hold two declarations, or a rule and something else."""
    bare = re.sub(r"/\*.*?\*/", lambda found: re.sub(r"[^\n]", " ", found.group()), source, flags=re.DOTALL)
    bare = re.sub(r"\"[^\"\n]*\"|\([^()\n]*\)", '""', bare)
    for number, (line, code) in enumerate(zip(source.splitlines(), bare.splitlines(), strict=True), 1):
        code = code.strip()
        if len(line) > WIDTH or code.count(";") > 1 or re.search(r"[{}].*\S", code.rstrip("{")) or code[1:].count("}"):
            yield number, line.strip()


# Rough signs of what came after ES2017, which is the most that every browser we support knows. They are looked for in
# the text without comments and strings; no parser stands behind it, and a method that is not named here goes unseen.
NEWER = {
    "optional chaining": r"\?\.(?!\d)",
    "??": r"\?\?",
    "||= &&=": r"(?:\|\||&&)=",
    "object spread": r"\{\s*\.\.\.|,\s*\.\.\.\w+\s*\}",
    "catch without a name": r"\bcatch\s*\{",
    "for await": r"\bfor\s+await\b",
    "private names and static blocks": r"\bthis\.#|^\s*#\w+|\bstatic\s*\{",
    "numbers with _ or n": r"\b\d+_\d|\b\d+n\b",
    "modules": r"^\s*(?:import|export)\b|\bimport\(",
    "groups and lookbehind of patterns": r"\(\?<",
    "methods": r"\.(?:at|flat|flatMap|replaceAll|matchAll|finally|findLast|toSorted|hasOwn|allSettled|any)\(",
    "functions": r"\b(?:Object\.fromEntries|structuredClone|globalThis|queueMicrotask)\b",
}


def bare_script(source: str) -> str:
    """A script without the words in its comments and strings, on the same lines."""
    words = r"/\*.*?\*/|(?<![:\"'\\])//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'"
    return re.sub(words, lambda found: re.sub(r"[^\n]", " ", found.group()), source, flags=re.DOTALL)


def wrong_in_a_script(source: str) -> Iterator[Line]:
    for number, line in enumerate(bare_script(source).splitlines(), 1):
        if re.search(r"\bvar\s", line):
            yield number, "var: say const, or let where it changes"
        if re.search(r";\s*[\w$(\[{}]", re.sub(r"\bfor \(.*?;.*?;", "", line)):
            yield number, "two statements"
        for name, sign in NEWER.items():
            if re.search(sign, line):
                yield number, f"newer than ES2017: {name}"
    for number, line in enumerate(source.splitlines(), 1):
        if len(line) > WIDTH:
            yield number, line.strip()


def offenders(paths: list[Path], check: Callable[[str], Iterator[Line]]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {words}"
        for path in paths
        for number, words in check(path.read_text(encoding="utf-8"))
    ]


CHECKS = [
    (TEMPLATES, too_long_in_a_template),
    (TEMPLATES, crowded_in_a_template),
    (SHEETS, crowded_in_a_sheet),
    (SCRIPTS, wrong_in_a_script),
]


@pytest.mark.parametrize(("paths", "check"), CHECKS, ids=[check.__name__ for _paths, check in CHECKS])
def test_one_thing_stands_on_a_line(paths, check):
    assert paths
    found = offenders(paths, check)
    assert not found, "\n".join(found)


LONG = "长" * WIDTH
SEEN = [
    (too_long_in_a_template, f"<p>{LONG}</p>"),
    (too_long_in_a_template, f'<a href="/" title="{LONG}">'),
    (too_long_in_a_template, f"{{% if a %}}{LONG}{{% endif %}}"),
    (too_long_in_a_template, f"{{% blocktranslate %}}{LONG}{{% endblocktranslate %}}"),
    (crowded_in_a_template, "<li><p>a</p></li>"),
    (crowded_in_a_template, "<td>a</td>{% if b %}<td>b</td>{% endif %}"),
    (crowded_in_a_sheet, "a { color: red; }"),
    (crowded_in_a_sheet, "a {\n  color: red; margin: 0;\n}"),
    (crowded_in_a_sheet, "a {\n  margin: 0;\n} b {\n  margin: 0;\n}"),
    (crowded_in_a_sheet, f"a {{\n  font-family: {LONG};\n}}"),
    (wrong_in_a_script, "var a = 1;"),
    (wrong_in_a_script, "a(); b();"),
    (wrong_in_a_script, "const a = b?.c;"),
    (wrong_in_a_script, "const a = b ?? c;"),
    (wrong_in_a_script, "const a = { ...b };"),
    (wrong_in_a_script, "try {\n} catch {\n}"),
    (wrong_in_a_script, "a.flatMap(b);"),
    (wrong_in_a_script, "const a = /(?<=b)c/;"),
    (wrong_in_a_script, f"// {LONG}"),
]
FINE = [
    (too_long_in_a_template, f'{{% include "a.html" with b=_("{LONG}") %}}'),
    (too_long_in_a_template, f'  data-title="{{% translate "{LONG}" %}}"'),
    (too_long_in_a_template, f"{{% blocktranslate trimmed %}}\n{LONG}\n{{% endblocktranslate %}}"),
    (crowded_in_a_template, "<li><a href='/'><b>a</b></a></li>"),
    (crowded_in_a_template, '<td data-html="{% if a %}<p>{% endif %}">a</td>'.replace("<p>", "")),
    (crowded_in_a_sheet, '@media print {\n  a::after {\n    content: "{;};";\n  }\n}'),
    (crowded_in_a_sheet, "a,\nb:not(.c) {\n  /* why; so */\n  background: url(data:a;b;c);\n}"),
    (wrong_in_a_script, "for (let a = 0; a < 1; a += 1) {\n  b(a); // and; so\n}"),
    (wrong_in_a_script, 'const a = "var b ?? c";\nconst d = a ? 0.5 : [...e];'),
]


@pytest.mark.parametrize(("check", "source"), SEEN, ids=[source[:40] for _check, source in SEEN])
def test_the_checks_see_what_they_look_for(check, source):
    assert list(check(source))


@pytest.mark.parametrize(("check", "source"), FINE, ids=[source[:40] for _check, source in FINE])
def test_the_checks_leave_alone_what_is_fine(check, source):
    assert not list(check(source))
