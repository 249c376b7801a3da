"""The month opens inside WeChat, whose browser on older phones stops at ES2019."""

import re
from pathlib import Path

import pytest

SCRIPTS = sorted((Path(__file__).parents[3] / "static" / "js").glob("*.js"))
# Syntax and functions that came after Chrome 79.
TOO_NEW = re.compile(
    r"\?\.[\w(\[]|\?\?|\|\|=|&&=|\breplaceAll\(|\.at\(-|\bstructuredClone\(|\bObject\.hasOwn\(|"
    r"\.(?:toSorted|toReversed|findLast|replaceChildren)\(|\bPromise\.(?:any|allSettled)\("
)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_our_scripts_use_nothing_newer_than_wechats_browser(path):
    found = TOO_NEW.search(path.read_text(encoding="utf-8"))
    assert found is None, found and found.group()
