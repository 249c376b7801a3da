"""Each occasion in isolation: a failing one is rolled back and noted, and does not hold up the others."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from django.db import transaction

from tasks_app.reminders import occasions
from tasks_app.reminders.occasions import Occasion

T = TypeVar("T")
log = logging.getLogger(__name__)


@dataclass
class Troubles:
    """Which occasions have failed in one reading or round, by the name of the error."""

    broken: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def guarded(self, code: str) -> Iterator[None]:
        """Swallow and note whatever goes wrong with one occasion. For what asks no database: there is no savepoint."""
        try:
            yield
        except Exception as error:
            self.note(code, error)

    def note(self, code: str, error: Exception) -> None:
        if code not in self.broken:
            log.exception("event=occasion_failed occasion=%s error=%s", code, type(error).__name__)
        self.broken[code] = type(error).__name__

    def for_each(self, act: Callable[[Occasion], T]) -> dict[str, T]:
        """Run `act` in a savepoint for every occasion that has not failed: code → its result, without those that fail
        now.

        While nothing fails one savepoint serves all; when one does, all is rolled back and repeated one by one, each in
        its own savepoint. `act` may be called twice, then.
        """
        whole = [one for one in occasions.ALL if one.code not in self.broken]
        try:
            with transaction.atomic():
                return {one.code: act(one) for one in whole}
        except Exception as error:
            log.warning("event=round_apart error=%s", type(error).__name__)
        done = {}
        for one in whole:
            try:
                with transaction.atomic():
                    done[one.code] = act(one)
            except Exception as error:
                self.note(one.code, error)
        return done
