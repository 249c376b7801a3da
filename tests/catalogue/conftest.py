"""After every test the search keys of tasks are looked at."""

from collections.abc import Iterator

import pytest

from tests.support.keys import stale_tasks


@pytest.fixture(autouse=True)
def keys_follow(request: pytest.FixtureRequest) -> Iterator[None]:
    played = "world" in request.fixturenames
    if played:
        request.getfixturevalue("world")
    yield
    if played:
        assert stale_tasks() == []
