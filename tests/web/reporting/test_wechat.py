"""The month opens inside WeChat, whose browser on older phones stops at ES2019."""

import re

from tests.support.offenders import listed
from tests.support.sources import ROOT, place, text_of

SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))
# Syntax and functions that came after Chrome 79.
TOO_NEW = re.compile(
    r"\?\.[\w(\[]|\?\?|\|\|=|&&=|\breplaceAll\(|\.at\(-|\bstructuredClone\(|\bObject\.hasOwn\(|"
    r"\.(?:toSorted|toReversed|findLast|replaceChildren)\(|\bPromise\.(?:any|allSettled)\("
)


def test_our_scripts_use_nothing_newer_than_wechats_browser():
    found = [
        f"{place(path, text_of(path).count(chr(10), 0, hit.start()) + 1)}: {hit.group()}"
        for path in SCRIPTS
        for hit in TOO_NEW.finditer(text_of(path))
    ]
    assert SCRIPTS
    assert not found, listed("say it in ES2019", found)
