"""Stages: starting data that many tests share, built once and restored to its first state for each test.

A stage is a builder with a name: `@stage("world")`. A test that asks for the fixture of that name runs inside the
transaction in which the stage was built, and whatever it writes is rolled back to the savepoint before it. The stage
stands until a test needs another one, or none: tests/conftest.py puts the tests of a stage next to each other.

The rows are the same for every test; what the builder returned is copied for each, so that no test sees an object that
another has changed.
"""

import copy
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import translation
from pytest_django import DjangoDbBlocker

# Module and name of the fixture → builder. A test that asks for two runs on the one that was registered last, which is
# the one of its own file.
BUILDERS: dict[tuple[str, str], Callable[[], Any]] = {}
# Fixtures whose tests commit; nothing of a stage may be left when they begin.
COMMITTING = {"transactional_db", "live_server", "django_db_reset_sequences"}


def stage(name: str) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    """Register a builder under the name of the fixture, of the same file, whose tests it serves."""

    def register(builder: Callable[[], Any]) -> Callable[[], Any]:
        BUILDERS[builder.__module__, name] = builder
        return builder

    return register


def stage_of(item: pytest.Item) -> tuple[str, str] | None:
    """The stage that a test runs on; None for an empty database."""
    info = getattr(item, "_fixtureinfo", None)
    marker = item.get_closest_marker("django_db")
    if info is None or COMMITTING.intersection(info.names_closure) or (marker and marker.kwargs.get("transaction")):
        return None
    asked = {(found[-1].func.__module__, name) for name, found in info.name2fixturedefs.items()}
    return next((key for key in reversed(BUILDERS) if key in asked), None)


class Theatre:
    """The current stage of a test process; there is only one at a time."""

    def __init__(self, blocker: DjangoDbBlocker) -> None:
        self._blocker = blocker
        self._standing: tuple[str, str] | None = None
        self._built: Any = None
        self._open = ExitStack()

    def show(self, stage: tuple[str, str] | None) -> None:
        """Make this the current stage, taking down any other."""
        if stage == self._standing:
            return
        self.clear()
        if stage is None:
            return
        self._open.enter_context(self._blocker.unblock())
        self._open.enter_context(_rolled_back())
        try:
            with translation.override(settings.LANGUAGE_CODE):
                self._built = BUILDERS[stage]()
        except BaseException:
            # Half a stage must not stay for the next test.
            self.clear()
            raise
        self._standing = stage

    def clear(self) -> None:
        """Take down the current stage."""
        self._open.close()
        self._standing, self._built = None, None

    def copy_of(self, name: str) -> Any:
        """A fresh copy of what the builder returned; an error if another stage is current."""
        assert self.stands(name), f"{name} was asked for, but {self._standing or 'nothing'} stands"
        return copy.deepcopy(self._built)

    def stands(self, name: str) -> bool:
        return self._standing is not None and self._standing[1] == name


@contextmanager
def _rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
