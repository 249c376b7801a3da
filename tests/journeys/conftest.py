"""The browser, and the small city in a database that the live server can see."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.conftest import NOW
from tests.factories import World, build_world
from tests.journeys.desk import at_desk
from tests.support.browser import browser_context, chromium, watch

__all__ = ["at_desk", "browser_context", "chromium", "watch"]


@pytest.fixture
def town(transactional_db) -> Iterator[World]:
    """The small city on 2024-08-02 10:00, its clock running."""
    with time_machine.travel(NOW, tick=True):
        world = build_world()
        world.open("2024-08-02 10:00")
        yield world
