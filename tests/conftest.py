"""The cast, a fixed day, and browsers signed in as each of the cast."""

from collections.abc import Callable, Iterator

import hypothesis
import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils import translation

from tests.factories import World, beijing, build_world

# No test is timed: a slow machine is no failure.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests with several writers at once belong to the run on PostgreSQL.

    The suite's SQLite lies in memory, where a second writer is refused at once instead of waiting.
    """
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        alone = [item for item in items if item.get_closest_marker("concurrent")]
        config.hook.pytest_deselected(items=alone)
        items[:] = [item for item in items if item not in alone]


# A Friday: the August period is open and due on the Monday after.
NOW = beijing("2024-08-02 10:00")


@pytest.fixture(autouse=True)
def _quick_and_quiet(settings) -> None:
    """Passwords hash quickly; mail stays in memory; nothing of the demo is on; the language is that of the house."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.DEMO = False
    settings.CLOCK_SHIFT_YEARS = 0
    # A page asked for in English leaves its thread English.
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture
def now() -> Iterator[time_machine.Traveller]:
    """The clock stands at NOW; move it with `now.move_to(...)`."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def world(db, now) -> World:
    """The small city on 2024-08-02: periods July and August are open, nothing is reported yet."""
    world = build_world()
    world.open("2024-08-02 10:00")
    return world


@pytest.fixture
def signed_in(world) -> Callable[[str], Client]:
    """`signed_in("liaison")` is a test client in which that member of the cast is signed in."""

    def client(who: str) -> Client:
        browser = Client()
        browser.force_login(world.people[who], backend="django.contrib.auth.backends.ModelBackend")
        return browser

    return client


@pytest.fixture
def haidong(db, now) -> None:
    """The real lists, units and calendar, as `manage.py load_lists` loads them."""
    call_command("load_lists", verbosity=0)
