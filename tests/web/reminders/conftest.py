"""People who must not: a coordinator of another unit, and one of another city."""

import pytest

from tasks_app.accounts.actions import add_person
from tasks_app.accounts.choices import Role
from tasks_app.outbox.actions import deliver_waiting
from tasks_app.reminders.actions import make_round
from tests.factories import beijing


@pytest.fixture
def others(world):
    """Beside the cast: `other`, coordinator in 市教育局; `far`, coordinator and administrator in 格尔木市."""
    far = world.people["stranger"].memberships.get().unit
    at = beijing("2024-08-02 10:00")
    for username, role, unit in (
        ("other", Role.COORDINATOR, world.units["市教育局"]),
        ("far", Role.ADMINISTRATOR, far),
    ):
        world.people[username] = add_person(
            username=username, name=f"{unit}{role.label}", email=f"{username}@example.test", password_hash="",
            unit=unit, role=role, by=None, at=at,
        )  # fmt: skip
    return world


@pytest.fixture
def tick(world, now):
    """`tick("2024-08-05 09:00")` moves the clock there; a round, a delivery, and the round that notes it."""

    def play(moment: str) -> None:
        at = beijing(moment)
        now.move_to(at)
        make_round(at=at)
        deliver_waiting(at=at)
        make_round(at=at)

    return play


@pytest.fixture
def read(signed_in):
    """`read("coordinator", "/reminders/")` is the page's text; it must answer 200."""

    def get(who: str, address: str) -> str:
        answer = signed_in(who).get(address)
        assert answer.status_code == 200, answer
        return answer.content.decode()

    return get
