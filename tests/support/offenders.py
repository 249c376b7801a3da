"""One test for a whole crowd of files, rows or items: it looks at every one and names each that breaks the rule."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

At = Callable[[str], AbstractContextManager[None]]


def listed(what_to_do: str, offenders: list[str]) -> str:
    """The message of a failed check: what to do, then one offender a line."""
    return "\n  ".join([f"{what_to_do} ({len(offenders)}):", *offenders])


@contextmanager
def every(what_to_do: str) -> Iterator[At]:
    """Assertions about one case stand inside `with at(its name)`; the first that fails there is kept, the rest go on.

        with every("write the deadline as a date") as at:
            for item in items:
                with at(item.name):
                    assert item.deadline

    At the end it fails with one line for each case that broke; also when there was no case at all.
    """
    looked_at, broken = [], []

    @contextmanager
    def at(name: str) -> Iterator[None]:
        looked_at.append(name)
        try:
            yield
        except Exception as error:  # whatever a case breaks with, the others are looked at as well
            broken.append(f"{name}: {_in_a_line(error)}")

    yield at
    assert looked_at, "nothing was looked at"
    assert not broken, listed(what_to_do, broken)


def _in_a_line(error: Exception) -> str:
    said = str(error).strip().splitlines()
    first = said[0][:300] if said else "the assertion does not hold"
    return first if isinstance(error, AssertionError) else f"{type(error).__name__}: {first}"
