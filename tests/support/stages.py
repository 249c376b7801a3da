"""Stages: what many tests begin with, built once and given back to each as it was.

A stage is a builder with a name: `@stage("world")`. A test that asks for the fixture of that name runs inside the
transaction in which the stage was built, and whatever it writes is rolled back to the savepoint before it. The stage
stands until a test needs another one, or none: tests/conftest.py puts the tests of a stage next to each other.

The rows are the same for every test; what the builder returned is copied for each, so that no test sees an object that
another has changed.
"""

import copy
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

# Name → builder, the one that holds more first: a test that asks for two is built on the first of them.
BUILDERS: dict[str, Callable[[], Any]] = {}
# Fixtures whose tests commit; nothing of a stage may be left when they begin.
COMMITTING = {"transactional_db", "live_server", "django_db_reset_sequences"}


def stage(name: str) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    """Register a builder under the name of the fixture whose tests it serves."""

    def register(builder: Callable[[], Any]) -> Callable[[], Any]:
        BUILDERS[name] = builder
        return builder

    return register


def stage_of(item: pytest.Item) -> str:
    """The name of the stage that a test runs on; empty for an empty database."""
    asked: Sequence[str] = getattr(item, "fixturenames", ())
    marker = item.get_closest_marker("django_db")
    commits = COMMITTING.intersection(asked) or (marker and marker.kwargs.get("transaction"))
    return "" if commits else next((name for name in BUILDERS if name in asked), "")


class Theatre:
    """The one stage that stands now, in one test process."""

    def __init__(self, blocker: DjangoDbBlocker) -> None:
        self._blocker = blocker
        self._standing = ""
        self._built: Any = None
        self._open = ExitStack()

    def show(self, name: str) -> None:
        """Have this stage stand, and no other."""
        if name == self._standing:
            return
        self.clear()
        if name:
            self._open.enter_context(self._blocker.unblock())
            self._open.enter_context(_rolled_back())
            self._built = BUILDERS[name]()
            self._standing = name

    def clear(self) -> None:
        """Take down what stands."""
        self._open.close()
        self._standing, self._built = "", None

    def copy_of(self, name: str) -> Any:
        """What the builder returned, as good as new; an error if another stage stands."""
        assert name == self._standing, f"{name} was asked for, but {self._standing or 'nothing'} stands"
        return copy.deepcopy(self._built)

    def stands(self, name: str) -> bool:
        return name == self._standing


@contextmanager
def _rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
