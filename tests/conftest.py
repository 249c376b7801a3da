"""The cast, a fixed day, and browsers signed in as each of the cast."""

import gc
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

import hypothesis
import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command
from django.test import Client, client
from django.utils import translation
from pytest_django import DjangoDbBlocker

from tests.factories import World, beijing, build_world
from tests.support.stages import Theatre, stage, stage_of

pytest_plugins = ["tests.support.frames", "tests.support.parts"]

# No test is timed: a slow machine is no failure.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

# A test process holds half a million objects that stay; looking through them again and again took a tenth of its time.
gc.set_threshold(100_000, 50, 100)

_every_template = client.store_rendered_templates


def _first_template(store: dict[str, Any], *args: Any, **kwargs: Any) -> None:
    """The page's own template and context are kept for `response.context`, not a copy for each fragment of it."""
    if not store:
        _every_template(store, *args, **kwargs)


client.store_rendered_templates = _first_template


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is not for this database; in each file put the tests of one stage next to each other.

    Tests with several writers at once belong to the run on PostgreSQL: SQLite has one writer at a time by design.
    """
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        alone = [item for item in items if item.get_closest_marker("concurrent")]
        config.hook.pytest_deselected(items=alone)
        items[:] = [item for item in items if item not in alone]
    items[:] = [item for _file, run in groupby(items, lambda item: item.path) for item in sorted(run, key=_stage_order)]


def _stage_order(item: pytest.Item) -> tuple[str, str]:
    return stage_of(item) or ("", "")


# A Friday: the August period is open and due on the Monday after.
NOW = beijing("2024-08-02 10:00")


@pytest.fixture(autouse=True)
def _language_of_the_house() -> None:
    """A page asked for in English leaves its thread English."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(scope="session")
def theatre(django_db_setup, django_db_blocker: DjangoDbBlocker) -> Iterator[Theatre]:
    theatre = Theatre(django_db_blocker)
    yield theatre
    theatre.clear()


@pytest.fixture
def _right_stage(request: pytest.FixtureRequest, theatre: Theatre) -> None:
    theatre.show(stage_of(request.node))


@pytest.fixture
def _django_db_helper(_right_stage, _django_db_helper) -> None:
    """pytest-django opens and rolls back a test's own transaction here: the stage must stand before it."""


@pytest.fixture
def now() -> Iterator[time_machine.Traveller]:
    """The clock stands at NOW; move it with `now.move_to(...)`."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@stage("haidong")
@time_machine.travel(NOW, tick=False)
def _real_lists() -> None:
    call_command("load_lists", verbosity=0)


@stage("world")
@time_machine.travel(NOW, tick=False)
def _small_city() -> World:
    world = build_world()
    world.open("2024-08-02 10:00")
    return world


@pytest.fixture
def world(db, now, theatre) -> World:
    """The small city on 2024-08-02: periods July and August are open, nothing is reported yet."""
    return theatre.copy_of("world")


@pytest.fixture
def signed_in(world) -> Callable[[str], Client]:
    """`signed_in("liaison")` is a test client in which that member of the cast is signed in."""

    def client(who: str) -> Client:
        browser = Client()
        browser.force_login(world.people[who], backend="django.contrib.auth.backends.ModelBackend")
        return browser

    return client


@pytest.fixture
def haidong(db, now, theatre) -> None:
    """The real lists, units and calendar, as `manage.py load_lists` loads them; beside the small city where asked."""
    if not theatre.stands("haidong"):
        _real_lists()
