"""Short versions of scripts/prove_reminders: real PostgreSQL, Redis, workers and SMTP, broken in mid-run."""

import os
from collections.abc import Iterator

import pytest

from tests.support import proving
from tests.support.servers import Missing, Postgres, Redis, SmtpSink, postgres_server, redis_server, smtp_sink

pytestmark = [pytest.mark.worker, pytest.mark.slow]


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Postgres, Redis, SmtpSink]]:
    try:
        with postgres_server() as postgres, redis_server() as redis, smtp_sink() as sink:
            yield postgres, redis, sink
    except Missing as missing:
        if os.environ.get("DUBAN_TEST_REQUIRE_ALL") == "1":
            raise
        pytest.skip(f"没有服务程序，未作可靠性试验：{missing}")


def test_a_worker_killed_in_the_middle_loses_nothing(servers):
    found = proving.worker_killed(servers, units=300, kills=2, patient=False)
    assert found.wrong == []
    assert found.figures["killed_at_work"] == 2


def test_redis_flushed_in_the_middle_loses_nothing(servers):
    assert proving.redis_flushed(servers, units=300, times=2).wrong == []


def test_three_days_without_any_process_across_the_due_day_end_in_one_batch(servers):
    assert proving.down_for_days(servers, units=40).wrong == []
