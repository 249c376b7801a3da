"""One large frame beneath all tests, so that CPython does not map and unmap memory at every deep call.

CPython 3.11 and 3.12 keep the frames of Python functions in chunks of 16 KB; a call that does not fit into the last
chunk maps another one, and its return unmaps it. A loop in a template that happens to stand just below such an edge
pays two system calls and four page faults for each call. Crawls of pages spent a fifth of their time so. A function
with very many local variables gets a chunk of 1 MB, the rest of which holds everything that is called from it.
"""

from collections.abc import Callable
from typing import Any

import pytest
from _pytest import runner

LOCALS = 70_000  # 8 bytes each: more than half of a chunk of 1 MB, so that the chunk is not made smaller


def _with_large_frame() -> Callable[[Callable[[], Any]], Any]:
    """A function that calls what it is given; its local variables are never set."""
    never = "=".join(f"x{number}" for number in range(LOCALS))
    made: dict[str, Any] = {}
    exec(f"def call(function):\n    return function()\n    {never} = None\n", made)  # noqa: S102 - our own text
    return made["call"]


call_in_large_frame = _with_large_frame()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    return call_in_large_frame(lambda: runner.pytest_runtest_protocol(item, nextitem))
