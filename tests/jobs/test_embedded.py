"""The embedded mode runs the same jobs and leaves the same signs of life."""

import pytest

from tasks_app import jobs
from tasks_app.outbox.queries import health
from tests.conftest import NOW


@pytest.mark.django_db
def test_one_tick_and_one_delivery_leave_a_sign_of_every_part(now):
    assert health(at=NOW).silent
    jobs.tick()
    jobs.deliver()
    assert health(at=NOW).well
